//! Facts as they are read, and remembered: who judges batch after batch asks the database only for what it has not seen. Who cannot hear
//! of everything that is appended must [`Facts::forget`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::code::PackageCode;
use shared::ids::{EventRef, MemberId, PackId};
use shared::trail::Fact;

use super::labelled::Labelled;
use super::memory::{Batch, Memory};
use super::named;
use super::packages::PackageNo;

/// Facts found so far: each event once, at the time that its log's clock anchors give it.
#[derive(Debug, Default)]
pub struct Facts {
    found: Found,
    pub(super) memory: Memory,
}

/// What was asked for, by its places in memory.
#[derive(Debug, Default)]
struct Found {
    places: Vec<u32>,
    is_found: Vec<bool>,
}

impl Found {
    fn add(&mut self, place: u32) {
        let at = place as usize;
        if at >= self.is_found.len() {
            self.is_found.resize(at + 1, false);
        }
        if !std::mem::replace(&mut self.is_found[at], true) {
            self.places.push(place);
        }
    }

    fn clear(&mut self) {
        for place in self.places.drain(..) {
            self.is_found[place as usize] = false;
        }
    }
}

/// New events of one batch.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The batch's entry in the ledger.
    pub entry: u64,
    /// The number of the first that was new.
    pub first_seq: u64,
    /// Whose they are.
    pub member: MemberId,
    /// Those that can be read.
    pub events: Vec<Labelled>,
}

impl Facts {
    /// Everything that was read and found.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What was found, in no order.
    pub fn found(&self) -> impl Iterator<Item = &Arc<Fact>> + Clone {
        self.found.places.iter().map(|place| &self.memory.held[*place as usize].fact)
    }

    /// What was found, by event.
    #[must_use]
    pub fn by_event(&self) -> BTreeMap<EventRef, &Fact> {
        self.found().map(|fact| (fact.by, &**fact)).collect()
    }

    /// Begins a new search; what was read is remembered.
    pub fn search_anew(&mut self) {
        self.found.clear();
    }

    /// What was found, for one who asks once.
    #[must_use]
    pub fn into_owned(self) -> Vec<Fact> {
        self.found().map(|fact| Fact::clone(fact)).collect()
    }

    /// How many events are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.memory.held.len()
    }

    /// Adds events to what was found that a batch brought just now. The anchors of its terminal must be known.
    pub(super) fn append(&mut self, brought: Brought) {
        let memory = &mut self.memory;
        let Brought { entry, first_seq, member, events } = brought;
        let Some(log) = events.first().map(|event| event.by()) else { return };
        for event in &events {
            memory.follow_clock(event);
        }
        let mut scans = Vec::with_capacity(events.len());
        for event in events {
            let is_known = memory.places.contains_key(&event.by());
            // A scan names nothing beside its label.
            let names = if event.act.movement().is_some() { BTreeSet::new() } else { named::keys(&event) };
            let place = memory.keep(event, member.clone());
            let fact = Arc::clone(&memory.held[place as usize].fact);
            if fact.act.movement().is_some() {
                scans.push(place);
            }
            if !is_known {
                memory.follow(&fact, place);
                for name in &names {
                    memory.of_name.push(name, place);
                }
            }
            self.found.add(place);
        }
        memory.batches.insert(entry, Batch { first: EventRef { seq: first_seq, ..log }, scans });
    }

    /// Adds what another search found.
    pub(crate) fn adopt(&mut self, other: &Self) {
        for place in &other.found.places {
            let held = &other.memory.held[*place as usize];
            let place = self.memory.adopt(Arc::clone(&held.fact), held.told);
            self.found.add(place);
        }
    }

    /// Adds events at these places to what was found.
    pub(super) fn find(&mut self, places: &[u32]) {
        for place in places {
            self.found.add(*place);
        }
    }

    /// The numbers of packages, met before or not.
    pub(crate) fn numbers<'c>(&mut self, codes: impl IntoIterator<Item = &'c PackageCode>) -> Vec<PackageNo> {
        codes.into_iter().map(|code| self.memory.packages.number(code)).collect()
    }

    /// The number of a package that was met before.
    pub(crate) fn number(&self, code: &PackageCode) -> Option<PackageNo> {
        self.memory.packages.find(code)
    }

    /// Those of these packages about which something stands, or may stand.
    pub(crate) fn unclear<'f>(&'f self, numbers: &'f [PackageNo]) -> impl Iterator<Item = &'f PackageCode> {
        let packages = numbers.iter().map(|number| self.memory.packages.get(*number));
        packages.filter(|package| !package.is_clear).map(|package| &package.code)
    }

    /// Whether nothing stands about a package, and nothing did: until something is found it need not be asked about again.
    pub(crate) fn set_clear(&mut self, code: &PackageCode, is_clear: bool) {
        self.memory.packages.set_clear(code, is_clear);
    }

    /// The code pack that a package was registered with, as far as it was asked.
    pub(crate) fn pack_of(&self, number: PackageNo) -> Option<&PackId> {
        self.memory.packages.get(number).pack.as_ref()
    }

    /// Adds what is known of packages to what was found, and their next of kin to `kin`: what they hold and what holds them, as
    /// registered and as told.
    pub(crate) fn find_packages(&mut self, numbers: &[PackageNo], kin: &mut Vec<PackageNo>) {
        for number in numbers {
            let package = self.memory.packages.get(*number);
            kin.extend(&package.related);
            for place in &package.facts {
                self.found.add(*place);
                let packages = &self.memory.held[*place as usize].packages;
                kin.extend(packages.iter().filter(|other| *other != number));
            }
        }
    }

    /// Packages that the events found so far scan or name, some of them several times.
    pub(crate) fn packages_found(&self) -> Vec<PackageNo> {
        self.found.places.iter().flat_map(|place| self.memory.packages_at(*place)).copied().collect()
    }

    /// Events found so far of which it was not asked yet what is about them; from now on it was.
    pub(super) fn not_asked_about(&mut self) -> Vec<EventRef> {
        let mut not_asked = Vec::new();
        for place in &self.found.places {
            let held = &mut self.memory.held[*place as usize];
            if !std::mem::replace(&mut held.is_asked_about, true) {
                not_asked.push(held.fact.by);
            }
        }
        not_asked
    }

    /// Adds what is about events found so far. Answers whether something new was found.
    pub(super) fn find_about(&mut self) -> bool {
        let before = self.found.places.len();
        if !self.memory.about.is_empty() {
            let places: Vec<u32> =
                self.found().filter_map(|fact| self.memory.about.get(&fact.by)).flatten().copied().collect();
            self.find(&places);
        }
        self.found.places.len() > before
    }
}
