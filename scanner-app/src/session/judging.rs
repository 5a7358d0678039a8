//! What this terminal knows, put before the same rules that the server asks. A scan is judged from a slice of the log: the facts
//! around its package, and sums over all others (see [`shared::trail::beside`]).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use shared::code::PackageCode;
use shared::event::{Act, Capture, Event};
use shared::ids::{BasisId, EpochId, EventRef, MemberId};
use shared::mismatch::Mismatch;
use shared::reference::{BasisKind, Limits};
use shared::rules::{Progress, judge_and_sum, on_terminal, progress_of, verdict_on};
use shared::time::Timestamp;
use shared::trail::beside::Aim;
use shared::trail::clock::Anchors;
use shared::trail::{Beside, Fact, History, Place, Sums};

use crate::store::{Around, EventNo, Pulled, Store, StoreError};

/// Newest events that the last aims of the scanner are looked for in: thirty labels a picture.
const EVENTS_OF_AIMS: u64 = 600;

/// The log, what was pulled, and sums over both.
pub(super) struct Knowledge {
    member: MemberId,
    /// References; of codes those around the last question.
    pub(super) pulled: Pulled,
    /// Ledger position of what was pulled.
    pub(super) position: u64,
    anchors: BTreeMap<EpochId, Anchors>,
    /// What stands on every line of the bases that were asked about.
    sums: HashMap<BasisId, Sums>,
    /// Facts of the commit under way: not in the log yet.
    fresh: Vec<Fact>,
    aims: Vec<Aim>,
    newest_at: Option<Timestamp>,
}

/// A scan's verdict, and what it was judged from: a package that is set aside is summed up once more.
pub(super) struct Judged {
    /// What speaks against the scan.
    pub(super) verdict: Vec<Mismatch>,
    basis: BasisId,
    slice: Option<History>,
}

impl Knowledge {
    pub(super) fn load(store: &Store, member: &MemberId) -> Result<Self, StoreError> {
        let mut knowledge = Self {
            member: member.clone(),
            pulled: store.pulled()?,
            position: store.cursor()?.1,
            anchors: BTreeMap::new(),
            sums: HashMap::new(),
            fresh: Vec::new(),
            aims: Vec::new(),
            newest_at: None,
        };
        knowledge.load_log(store)?;
        Ok(knowledge)
    }

    /// The log's anchors and the newest events, read again.
    pub(super) fn load_log(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut of_epochs: BTreeMap<EpochId, Vec<Event>> = BTreeMap::new();
        for anchor in store.anchors()? {
            of_epochs.entry(anchor.epoch).or_default().push(anchor);
        }
        self.anchors = of_epochs.into_iter().map(|(epoch, anchors)| (epoch, Anchors::of(&anchors))).collect();
        self.forget_sums();
        self.load_aims(store)
    }

    pub(super) fn load_aims(&mut self, store: &Store) -> Result<(), StoreError> {
        let newest = store.newest(EVENTS_OF_AIMS)?;
        self.newest_at = newest.first().map(|event| self.fact(event.clone()).at);
        let voided: HashSet<EventRef> = newest
            .iter()
            .filter_map(|event| match event.act {
                Act::Void { voids, .. } => Some(voids),
                _ => None,
            })
            .collect();
        self.aims.clear();
        for event in newest.into_iter().rev().filter(|event| !voided.contains(&event.by())) {
            let fact = self.fact(event);
            self.aim(&fact);
        }
        Ok(())
    }

    /// Remembers an aim of the scanner: the first label of a picture.
    fn aim(&mut self, fact: &Fact) {
        let Some((_, movement)) = fact.act.movement() else { return };
        let by_hand = matches!(movement.how, Capture::Camera | Capture::Wedge);
        let seen = movement.frame.is_some() && self.aims.iter().any(|(frame, _)| *frame == movement.frame);
        if by_hand && !seen {
            if self.aims.len() >= Limits::PACE_AIMS {
                self.aims.remove(0);
            }
            self.aims.push((movement.frame, fact.at));
        }
    }

    /// The fact that an event of this terminal states.
    pub(super) fn fact(&self, event: Event) -> Fact {
        match self.anchors.get(&event.epoch) {
            Some(anchors) => {
                let moment = anchors.moment(&event);
                Fact::at(event, self.member.clone(), moment)
            }
            None => Fact::of(event, self.member.clone()),
        }
    }

    /// The package that a label's text names.
    pub(super) fn read(&self, text: &str) -> Option<PackageCode> {
        self.pulled.references.grammars.parse(text).ok()
    }

    /// Judges a scan that is about to be recorded, and takes it into the sums.
    pub(super) fn judge(&mut self, store: &Store, fact: &Fact, now: Timestamp) -> Result<Judged, StoreError> {
        let Some((stage, movement)) = fact.act.movement() else {
            return Ok(Judged { verdict: Vec::new(), basis: BasisId::from(""), slice: None });
        };
        let (basis, code) = (movement.basis.clone(), self.read(&movement.text));
        // Returns are covered by approvals in their order, a clock that was set back changes the order of all, and which scans
        // are too much depends on it: all three are rare.
        let set_back = self.newest_at.is_some_and(|newest| fact.at < newest);
        let judged = if stage.returns() || set_back || self.sums_of(store, &basis, now)?.is_over {
            let mut history = self.whole(store, &basis, code.clone())?;
            history.facts.push(fact.clone());
            let (judged, sums) = self.judge_history(&history, now);
            self.sums.insert(basis.clone(), restricted(sums, &basis));
            let verdict = verdict_on(fact, code.as_ref(), &judged);
            Judged { verdict, basis, slice: None }
        } else {
            self.judge_slice(store, fact, (basis, code.as_ref()), now)?
        };
        self.aim(fact);
        self.newest_at = self.newest_at.max(Some(fact.at));
        self.fresh.push(fact.clone());
        Ok(judged)
    }

    fn judge_slice(
        &mut self,
        store: &Store,
        fact: &Fact,
        (basis, code): (BasisId, Option<&PackageCode>),
        now: Timestamp,
    ) -> Result<Judged, StoreError> {
        let (mut slice, baseline) = self.slice_beside(store, (&basis, code), now)?;
        slice.facts.push(fact.clone());
        slice.beside = Some(Beside { focus: Some(fact.by), sums: baseline, aims: self.aims.clone() });
        let (judged, sums) = self.judge_history(&slice, now);
        self.put_back(&basis, &slice, sums);
        let verdict = verdict_on(fact, code, &judged);
        Ok(Judged { verdict, basis, slice: Some(slice) })
    }

    /// Takes in that a package just judged is set aside.
    pub(super) fn set_aside(&mut self, judged: Judged, aside: Fact, now: Timestamp) {
        self.fresh.push(aside.clone());
        match judged.slice {
            Some(mut slice) => {
                slice.facts.push(aside);
                let (_, sums) = self.judge_history(&slice, now);
                self.put_back(&judged.basis, &slice, sums);
            }
            None => drop(self.sums.remove(&judged.basis)),
        }
    }

    /// Takes in that a scan is about to be undone.
    pub(super) fn undo(&mut self, store: &Store, scan: &Fact, void: Fact, now: Timestamp) -> Result<(), StoreError> {
        let Some((_, movement)) = scan.act.movement() else { return Ok(()) };
        let (basis, code) = (movement.basis.clone(), self.read(&movement.text));
        if code.is_none() || self.sums_of(store, &basis, now)?.is_over {
            // What was too much may fit now, and a text without a code is found by none: that is for the whole log to say.
            self.sums.remove(&basis);
            return Ok(());
        }
        let (mut slice, baseline) = self.slice_beside(store, (&basis, code.as_ref()), now)?;
        slice.facts.push(void);
        slice.beside = Some(Beside { focus: None, sums: baseline, aims: Vec::new() });
        let (_, sums) = self.judge_history(&slice, now);
        self.put_back(&basis, &slice, sums);
        Ok(())
    }

    /// The facts around a package, and the sums over all others.
    fn slice_beside(
        &mut self,
        store: &Store,
        (basis, code): (&BasisId, Option<&PackageCode>),
        now: Timestamp,
    ) -> Result<(History, Sums), StoreError> {
        self.sums_of(store, basis, now)?;
        let mut slice = self.slice(store, basis, code)?;
        slice.beside = Some(Beside::default());
        let (_, own) = self.judge_history(&slice, now);
        let mut baseline = self.sums.get(basis).cloned().unwrap_or_default();
        baseline.take_away(&restricted(own, basis));
        Ok((slice, baseline))
    }

    /// The sums after a slice has changed: what stands beside it, and its own.
    fn put_back(&mut self, basis: &BasisId, slice: &History, own: Sums) {
        let (Some(beside), Some(full)) = (&slice.beside, self.sums.get_mut(basis)) else { return };
        full.clone_from(&beside.sums);
        full.add(&restricted(own, basis));
    }

    /// What stands on the lines of a basis, summed up over the whole log once.
    pub(super) fn sums_of(&mut self, store: &Store, basis: &BasisId, now: Timestamp) -> Result<&Sums, StoreError> {
        if !self.sums.contains_key(basis) {
            let history = self.whole(store, basis, [])?;
            let (_, sums) = self.judge_history(&history, now);
            self.sums.insert(basis.clone(), restricted(sums, basis));
        }
        // It was put there just now.
        Ok(&self.sums[basis])
    }

    /// All that is wrong under a basis, as far as this terminal knows.
    pub(super) fn judge_all(
        &mut self,
        store: &Store,
        basis: &BasisId,
        now: Timestamp,
    ) -> Result<Vec<Mismatch>, StoreError> {
        let history = self.whole(store, basis, [])?;
        let (judged, sums) = self.judge_history(&history, now);
        self.sums.insert(basis.clone(), restricted(sums, basis));
        Ok(judged)
    }

    /// How far a place is.
    pub(super) fn progress(&mut self, store: &Store, place: &Place, now: Timestamp) -> Result<Progress, StoreError> {
        let mut sums = Sums::default();
        let sent = if place.2.sends() { Sums::default() } else { store.sent_sums(&place.0)? };
        let own = self.sums_of(store, &place.0, now)?;
        for stage in [place.2, place.2.counterpart()] {
            let at = (place.0.clone(), place.1.clone(), stage);
            let found = sent.places.get(&at).or_else(|| own.places.get(&at));
            sums.places.extend(found.map(|found| (at, found.clone())));
        }
        Ok(progress_of(&sums, &self.pulled.references, place))
    }

    fn judge_history(&self, history: &History, now: Timestamp) -> (Vec<Mismatch>, Sums) {
        let references = &self.pulled.references;
        let (judged, sums) = judge_and_sum(history, references, &references.policy(), now);
        (on_terminal(judged), sums)
    }

    /// The facts around a package, and the frame of its basis. Loads the registrations around it.
    fn slice(&mut self, store: &Store, basis: &BasisId, code: Option<&PackageCode>) -> Result<History, StoreError> {
        let mut around = Around::default();
        let mut places = BTreeSet::new();
        store.frame_of(basis, &mut places)?;
        self.gather(store, code.cloned(), places, &mut around)?;
        self.history_of(store, (basis, false), around)
    }

    /// All facts under a basis and around the packages that moved there, and around these. Loads their registrations.
    pub(super) fn whole(
        &mut self,
        store: &Store,
        basis: &BasisId,
        further: impl IntoIterator<Item = PackageCode>,
    ) -> Result<History, StoreError> {
        let mut around = Around::default();
        let mut places = BTreeSet::new();
        for basis in self.approved_with(basis).into_iter().chain([basis]) {
            store.frame_of(basis, &mut places)?;
            store.scans_under(basis, &mut places)?;
        }
        store.read_into(places, &mut around)?;
        let scanned = around.events.values().filter_map(|event| event.act.movement());
        let scanned = scanned.chain(self.fresh.iter().filter_map(|fact| fact.act.movement()));
        let codes: BTreeSet<PackageCode> = scanned.filter_map(|(_, movement)| self.read(&movement.text)).collect();
        self.gather(store, codes.into_iter().chain(further), BTreeSet::new(), &mut around)?;
        self.history_of(store, (basis, true), around)
    }

    /// All facts around some packages, wherever they moved. Loads their registrations.
    pub(super) fn around(
        &mut self,
        store: &Store,
        codes: impl IntoIterator<Item = PackageCode>,
    ) -> Result<History, StoreError> {
        let mut around = Around::default();
        self.gather(store, codes, BTreeSet::new(), &mut around)?;
        // No basis has the empty number.
        self.history_of(store, (&BasisId::from(""), false), around)
    }

    /// The other bases between the same two members, where returns between them are approved: an approval covers what went back
    /// under any of them.
    fn approved_with(&self, basis: &BasisId) -> Vec<&BasisId> {
        let bases = &self.pulled.references.bases;
        let Some(own) = bases.get(basis) else { return Vec::new() };
        let theirs = || bases.values().filter(|other| other.seller == own.seller && other.buyer == own.buyer);
        let is_approved = theirs().any(|other| other.kind == BasisKind::ReturnApproval);
        let others = theirs().filter(|other| is_approved && other.basis != *basis);
        others.map(|other| &other.basis).collect()
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

    /// The commit is durable: its facts are in the log.
    pub(super) fn committed(&mut self) {
        self.fresh.clear();
    }

    /// Sums follow from the log: they are made again when they are asked for.
    pub(super) fn forget_sums(&mut self) {
        self.sums.clear();
        self.fresh.clear();
    }
}

/// Of sums only what a basis has.
fn restricted(mut sums: Sums, basis: &BasisId) -> Sums {
    sums.places.retain(|(of, _, _), _| of == basis);
    sums.typed.retain(|(of, _), _| of == basis);
    sums
}
