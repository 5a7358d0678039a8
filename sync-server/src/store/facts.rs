//! Facts as they are read, and remembered: who judges batch after batch asks the database only for what it has not seen.
//!
//! A list that is known is complete: what is appended later is told by `lookup::append`. Who cannot hear of everything that is
//! appended must [`Facts::forget`].

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use shared::code::PackageCode;
use shared::event::{Act, Event};
use shared::ids::{BasisId, EpochId, EventRef, MemberId, PackId, TerminalId};
use shared::trail::Fact;
use shared::trail::clock::{Anchors, Moment, Told};

use super::packages::{PackageNo, Packages};
use super::stored::Stored;
use super::trail::Place;
use super::{StoreError, named};

/// Facts found so far: each event once, at the time that its log's clock anchors give it.
#[derive(Debug, Default)]
pub struct Facts {
    /// What was asked for.
    pub found: BTreeMap<EventRef, Arc<Fact>>,
    pub(super) memory: Memory,
}

/// One event's fact, and what a better clock makes of it later.
#[derive(Debug)]
struct Held {
    fact: Arc<Fact>,
    told: Told,
    /// Packages that it scans or names.
    packages: Box<[PackageNo]>,
    /// Whether it was asked what is about this event.
    is_asked_about: bool,
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
    pub events: Vec<Event>,
}

/// A batch that is remembered.
#[derive(Debug)]
struct Batch {
    /// The first event that was new in it.
    first: EventRef,
    /// Where its scans are.
    scans: Vec<u32>,
}

/// What was read, and under which questions.
#[derive(Debug, Default)]
pub(super) struct Memory {
    held: Vec<Held>,
    places: HashMap<EventRef, u32>,
    pub(super) anchors: BTreeMap<(TerminalId, EpochId), Anchors>,
    looked_up: BTreeSet<TerminalId>,
    pub(super) of_basis: Lists<BasisId>,
    pub(super) of_name: Lists<[u8; 16]>,
    pub(super) tasks: Lists<BasisId>,
    about: HashMap<EventRef, Vec<u32>>,
    batches: HashMap<u64, Batch>,
    pub(super) packages: Packages,
}

/// Answers to one kind of question.
#[derive(Debug)]
pub(super) struct Lists<K>(HashMap<K, Vec<u32>>);

impl<K> Default for Lists<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Clone + Eq + Hash> Lists<K> {
    /// Which of these was not asked yet.
    pub(super) fn unknown<'k>(&self, keys: impl IntoIterator<Item = &'k K>) -> Vec<&'k K> {
        keys.into_iter().filter(|key| !self.0.contains_key(*key)).collect()
    }

    /// What was asked, and everything that came of it.
    pub(super) fn learn(&mut self, asked: &[&K], answers: impl IntoIterator<Item = (K, u32)>) {
        self.0.extend(asked.iter().map(|key| ((*key).clone(), Vec::new())));
        for (key, place) in answers {
            self.push(&key, place);
        }
    }

    fn push(&mut self, key: &K, place: u32) {
        if let Some(list) = self.0.get_mut(key) {
            list.push(place);
        }
    }

    /// The places under keys that are known.
    pub(super) fn places<'k>(&self, keys: impl IntoIterator<Item = &'k K>) -> Vec<u32>
    where
        K: 'k,
    {
        keys.into_iter().filter_map(|key| self.0.get(key)).flatten().copied().collect()
    }
}

impl Facts {
    /// Everything that was read. What was found stays.
    pub fn forget(&mut self) {
        self.memory = Memory::default();
    }

    /// What was found, for one who asks once.
    #[must_use]
    pub fn into_owned(self) -> Vec<Fact> {
        self.found.into_values().map(|fact| Fact::clone(&fact)).collect()
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
        let Some(log) = events.first().map(Event::by) else { return };
        for event in &events {
            memory.follow_clock(event);
        }
        let mut scans = Vec::with_capacity(events.len());
        for event in events {
            let is_known = memory.places.contains_key(&event.by());
            let names = named::keys(&event);
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
            self.found.insert(fact.by, fact);
        }
        memory.batches.insert(entry, Batch { first: EventRef { seq: first_seq, ..log }, scans });
    }

    /// Adds what another search found.
    pub(crate) fn adopt(&mut self, other: Self) {
        let mut places = Vec::with_capacity(other.found.len());
        for held in other.memory.held.into_iter().filter(|held| other.found.contains_key(&held.fact.by)) {
            places.push(self.memory.adopt(held.fact, held.told));
        }
        self.find(&places);
    }

    /// Adds events at these places to what was found.
    pub(super) fn find(&mut self, places: &[u32]) {
        for place in places {
            let fact = &self.memory.held[*place as usize].fact;
            self.found.insert(fact.by, Arc::clone(fact));
        }
    }

    /// The numbers of packages, met before or not.
    pub(crate) fn numbers<'c>(&mut self, codes: impl IntoIterator<Item = &'c PackageCode>) -> Vec<PackageNo> {
        codes.into_iter().map(|code| self.memory.packages.number(code)).collect()
    }

    /// A package's code, and the code pack that it was registered with, as far as it was asked.
    pub(crate) fn package(&self, number: PackageNo) -> (&PackageCode, Option<&PackId>) {
        let package = self.memory.packages.get(number);
        (&package.code, package.pack.as_ref())
    }

    /// Adds what is known of packages to what was found, and their next of kin to `kin`: what they hold and what holds them, as
    /// registered and as told.
    pub(crate) fn find_packages(&mut self, numbers: &[PackageNo], kin: &mut Vec<PackageNo>) {
        for number in numbers {
            let package = self.memory.packages.get(*number);
            kin.extend(&package.related);
            for place in &package.facts {
                let Held { fact, packages, .. } = &self.memory.held[*place as usize];
                self.found.insert(fact.by, Arc::clone(fact));
                kin.extend(packages.iter().filter(|other| *other != number));
            }
        }
    }

    /// Packages that the events found so far scan or name, some of them several times.
    pub(crate) fn packages_found(&self) -> Vec<PackageNo> {
        let places = self.found.keys().filter_map(|by| self.memory.place(by));
        places.flat_map(|place| self.memory.packages_at(place)).copied().collect()
    }

    /// Events found so far of which it was not asked yet what is about them; from now on it was.
    pub(super) fn not_asked_about(&mut self) -> Vec<EventRef> {
        let memory = &mut self.memory;
        let mut not_asked = Vec::new();
        for by in self.found.keys() {
            let Some(place) = memory.places.get(by) else { continue };
            let held = &mut memory.held[*place as usize];
            if !std::mem::replace(&mut held.is_asked_about, true) {
                not_asked.push(*by);
            }
        }
        not_asked
    }

    /// Adds what is about events found so far. Answers whether something new was found.
    pub(super) fn find_about(&mut self) -> bool {
        let before = self.found.len();
        if !self.memory.about.is_empty() {
            let about = self.found.keys().filter_map(|by| self.memory.about.get(by)).flatten().copied();
            let places: Vec<u32> = about.collect();
            self.find(&places);
        }
        self.found.len() > before
    }
}

impl Memory {
    /// Where an event is, if it is remembered.
    pub(super) fn place(&self, by: &EventRef) -> Option<u32> {
        self.places.get(by).copied()
    }

    /// The fact at a place.
    pub(super) fn fact(&self, place: u32) -> &Fact {
        &self.held[place as usize].fact
    }

    /// Which of these batches were not met yet.
    pub(super) fn unmet(&self, entries: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        entries.into_iter().filter(|entry| !self.batches.contains_key(entry)).collect()
    }

    /// Remembers the scans of a stored batch. The anchors of its terminal must be known.
    pub(super) fn bring(&mut self, stored: &Stored) -> Result<(), StoreError> {
        let first = EventRef { terminal: stored.terminal, epoch: stored.epoch, seq: stored.first_seq };
        let Some(member) = &stored.member else { return Ok(()) };
        let mut scans = Vec::new();
        for event in stored.scans() {
            scans.push(self.keep(event?, member.clone()));
        }
        self.batches.insert(stored.entry, Batch { first, scans });
        Ok(())
    }

    /// Where the scans of a batch that was met are.
    pub(super) fn scans(&self, entry: u64) -> &[u32] {
        self.batches.get(&entry).map_or(&[], |batch| batch.scans.as_slice())
    }

    /// Where one scan of a batch that was met is.
    pub(super) fn scan(&self, at: Place) -> Option<u32> {
        let first = self.batches.get(&at.entry)?.first;
        self.place(&EventRef { seq: first.seq + u64::from(at.index), ..first })
    }

    /// Which of these terminals' anchors are not known; from now on they are.
    pub(super) fn strange(&mut self, terminals: impl IntoIterator<Item = TerminalId>) -> Vec<TerminalId> {
        terminals.into_iter().filter(|terminal| self.looked_up.insert(*terminal)).collect()
    }

    /// Remembers an event. Answers its place.
    pub(super) fn keep(&mut self, event: Event, member: MemberId) -> u32 {
        if let Some(place) = self.places.get(&event.by()) {
            return *place;
        }
        let told = Told::from(&event);
        let moment = match self.anchors.get(&(event.terminal, event.epoch)) {
            Some(anchors) => anchors.moment(told),
            None => Moment { at: event.at, window: None },
        };
        self.adopt(Arc::new(Fact::at(event, member, moment)), told)
    }

    fn adopt(&mut self, fact: Arc<Fact>, told: Told) -> u32 {
        let by = fact.by;
        if let Some(place) = self.places.get(&by) {
            return *place;
        }
        let place = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        self.places.insert(by, place);
        // A void or set-aside is found by what it is about from the moment that it is known.
        if let Some(about) = super::event::about(&fact.act, by) {
            self.about.entry(about).or_default().push(place);
        }
        let packages = self.named(&fact.act);
        self.held.push(Held { fact, told, packages, is_asked_about: false });
        place
    }

    /// An anchor may give the events around it another time.
    fn follow_clock(&mut self, event: &Event) {
        let log = (event.terminal, event.epoch);
        if !matches!(event.act, Act::ClockAnchor { .. }) || !self.anchors.entry(log).or_default().follow(event) {
            return;
        }
        let anchors = &self.anchors[&log];
        for held in self.held.iter_mut().filter(|held| (held.fact.by.terminal, held.fact.by.epoch) == log) {
            let moment = anchors.moment(held.told);
            if (held.fact.at, held.fact.window) != (moment.at, moment.window) {
                let fact = Fact { at: moment.at, window: moment.window, ..(*held.fact).clone() };
                held.fact = Arc::new(fact);
            }
        }
    }

    /// Lists that are known go on.
    fn follow(&mut self, fact: &Fact, place: u32) {
        if let Some((basis, _)) = fact.act.reference() {
            self.of_basis.push(basis, place);
            if is_task(&fact.act) {
                self.tasks.push(basis, place);
            }
        }
        self.packages.follow(&self.held[place as usize].packages, place);
    }

    /// The packages that an act scans or names, each once.
    fn named(&mut self, act: &Act) -> Box<[PackageNo]> {
        let scanned = act.movement().map(|(_, movement)| movement.text.as_str());
        let texts = act.named_texts().into_iter().chain(scanned);
        let codes = texts.filter_map(|text| shared::code::parse(text).ok());
        let mut packages: Vec<PackageNo> = codes.map(|code| self.packages.number(&code)).collect();
        packages.sort_unstable();
        packages.dedup();
        packages.into_boxed_slice()
    }

    /// The packages that an event scans or names.
    pub(super) fn packages_at(&self, place: u32) -> &[PackageNo] {
        &self.held[place as usize].packages
    }
}

/// Whether an event opens or closes a task.
const fn is_task(act: &Act) -> bool {
    matches!(act, Act::TaskOpened { .. } | Act::TaskClosed { .. })
}
