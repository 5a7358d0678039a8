//! Which facts bear on a question: those around a package, or all under a basis. Registrations are looked up for each question and
//! stay among the references until the next.

use std::collections::{BTreeSet, HashSet};

use shared::code::PackageCode;
use shared::ids::BasisId;
use shared::trail::{Fact, History};
use shared::wire::Manifest;

use super::Knowledge;
use super::approved::places_under;
use crate::store::{Around, EventNo, Store, StoreError};

impl Knowledge {
    /// The facts around a package, and the frame of its basis. Loads the registrations around it.
    pub(super) fn slice(
        &mut self,
        store: &Store,
        basis: &BasisId,
        code: Option<&PackageCode>,
    ) -> Result<History, StoreError> {
        let mut around = Around::default();
        let mut places = BTreeSet::new();
        store.frame_of(basis, &mut places)?;
        self.gather(store, code.cloned(), places, &mut around)?;
        self.history_of(store, (basis, false), around)
    }

    /// All facts under a basis and around the packages that moved there. Loads their registrations.
    pub(in crate::session) fn whole(
        &mut self,
        store: &Store,
        basis: &BasisId,
        code: Option<&PackageCode>,
    ) -> Result<History, StoreError> {
        self.whole_around(store, basis, code.cloned())
    }

    fn whole_around(
        &mut self,
        store: &Store,
        basis: &BasisId,
        also: impl IntoIterator<Item = PackageCode>,
    ) -> Result<History, StoreError> {
        let mut around = Around::default();
        store.read_into(places_under(store, &self.pulled.references, basis)?, &mut around)?;
        let scanned = around.events.values().filter_map(|event| event.act.movement());
        let scanned = scanned.chain(self.fresh.iter().filter_map(|fact| fact.act.movement()));
        let codes: BTreeSet<PackageCode> = scanned.filter_map(|(_, movement)| self.read(&movement.text)).collect();
        self.gather(store, codes.into_iter().chain(also), BTreeSet::new(), &mut around)?;
        self.history_of(store, (basis, true), around)
    }

    /// The same, and all that consignors sent under the basis.
    pub(in crate::session) fn whole_with_lists(
        &mut self,
        store: &Store,
        basis: &BasisId,
    ) -> Result<History, StoreError> {
        let listed = store.listed_under(basis)?;
        self.whole_around(store, basis, listed)
    }

    /// The facts around some packages: what is said of them and of what they are in, and the frame of a basis.
    pub(in crate::session) fn around(
        &mut self,
        store: &Store,
        basis: &BasisId,
        codes: impl IntoIterator<Item = PackageCode>,
    ) -> Result<History, StoreError> {
        let mut around = Around::default();
        let mut places = BTreeSet::new();
        store.frame_of(basis, &mut places)?;
        self.gather(store, codes, places, &mut around)?;
        self.history_of(store, (basis, true), around)
    }

    /// The facts around a package, and the lists that name it or what it is in.
    pub(in crate::session) fn with_lists_around(
        &mut self,
        store: &Store,
        basis: &BasisId,
        code: &PackageCode,
    ) -> Result<(History, Vec<Manifest>), StoreError> {
        let mut around = Around::default();
        self.gather(store, [code.clone()], BTreeSet::new(), &mut around)?;
        let manifests = store.manifests(&BasisId::from(""), around.sent.clone())?;
        Ok((self.history_of(store, (basis, true), around)?, manifests))
    }

    fn gather(
        &mut self,
        store: &Store,
        codes: impl IntoIterator<Item = PackageCode>,
        places: BTreeSet<EventNo>,
        around: &mut Around,
    ) -> Result<(), StoreError> {
        let fresh = self.fresh.iter().filter_map(|fact| fact.act.movement());
        let fresh: HashSet<PackageCode> = fresh.filter_map(|(_, movement)| self.read(&movement.text)).collect();
        let references = &mut self.pulled.references;
        references.codes.clear();
        references.children.clear();
        store.read_into(places, around)?;
        store.gather(codes, &fresh, references, around)
    }

    fn history_of(
        &self,
        store: &Store,
        (basis, is_whole): (&BasisId, bool),
        around: Around,
    ) -> Result<History, StoreError> {
        let Around { codes, events, sent, .. } = around;
        let mut facts: Vec<Fact> = events.into_values().map(|event| self.fact(event)).collect();
        let bears = |fact: &&Fact| match fact.act.movement() {
            // Of a slice only what is about its packages: the others are in the sums already.
            Some((_, movement)) => match self.read(&movement.text) {
                Some(code) => codes.contains(&code),
                None => is_whole && movement.basis == *basis,
            },
            None => true,
        };
        facts.extend(self.fresh.iter().filter(bears).cloned());
        let mut history = History { facts, ..History::default() };
        for fact in &history.facts {
            let reached = history.reached.entry(fact.by.terminal).or_insert(fact.at);
            *reached = fact.at.max(*reached).max(self.newest_at.unwrap_or(fact.at));
        }
        for manifest in store.manifests(basis, sent)? {
            history.add_manifest(&manifest);
        }
        Ok(history)
    }
}
