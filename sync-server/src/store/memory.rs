//! What was read of the ledger, by one who hears of everything that is appended: events, and which of them answer which question.
//!
//! A list that is known is complete: what is appended later is told by `lookup::append`.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use shared::event::{Act, Event};
use shared::ids::{BasisId, EpochId, EventRef, MemberId, TerminalId};
use shared::trail::Fact;
use shared::trail::clock::{Anchors, Moment, Told};

use super::StoreError;
use super::labelled::Labelled;
use super::packages::{PackageNo, Packages};
use super::stored::Stored;
use super::trail::Place;

/// One event's fact, and what a better clock makes of it later.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) fact: Arc<Fact>,
    pub(super) told: Told,
    /// Packages that it scans or names.
    pub(super) packages: Box<[PackageNo]>,
    /// Whether it was asked what is about this event.
    pub(super) is_asked_about: bool,
}

/// A batch that is remembered.
#[derive(Debug)]
pub(super) struct Batch {
    /// The first event that was new in it.
    pub(super) first: EventRef,
    /// Where its scans are.
    pub(super) scans: Vec<u32>,
}

/// What was read, and under which questions.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) held: Vec<Held>,
    pub(super) places: HashMap<EventRef, u32>,
    pub(super) anchors: BTreeMap<(TerminalId, EpochId), Anchors>,
    pub(super) looked_up: BTreeSet<TerminalId>,
    pub(super) of_basis: Lists<BasisId>,
    pub(super) of_name: Lists<[u8; 16]>,
    pub(super) tasks: Lists<BasisId>,
    pub(super) about: HashMap<EventRef, Vec<u32>>,
    pub(super) batches: HashMap<u64, Batch>,
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

    pub(super) fn push(&mut self, key: &K, place: u32) {
        if let Some(list) = self.0.get_mut(key) {
            list.push(place);
        }
    }

    /// The places under one key, if it is known.
    pub(super) fn list(&self, key: &K) -> Option<&[u32]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// The places under keys that are known.
    pub(super) fn places<'k>(&self, keys: impl IntoIterator<Item = &'k K>) -> Vec<u32>
    where
        K: 'k,
    {
        keys.into_iter().filter_map(|key| self.0.get(key)).flatten().copied().collect()
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
            scans.push(self.keep(event?.into(), member.clone()));
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
    pub(super) fn keep(&mut self, event: Labelled, member: MemberId) -> u32 {
        if let Some(place) = self.places.get(&event.by()) {
            return *place;
        }
        let told = Told::from(&*event);
        let moment = match self.anchors.get(&(event.terminal, event.epoch)) {
            Some(anchors) => anchors.moment(told),
            None => Moment { at: event.at, window: None },
        };
        let (event, code) = event.into_parts();
        self.adopt(Arc::new(Fact { code, ..Fact::at(event, member, moment) }), told)
    }

    pub(super) fn adopt(&mut self, fact: Arc<Fact>, told: Told) -> u32 {
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
        let packages = self.named(&fact);
        self.held.push(Held { fact, told, packages, is_asked_about: false });
        place
    }

    /// An anchor may give the events around it another time.
    pub(super) fn follow_clock(&mut self, event: &Event) {
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
    pub(super) fn follow(&mut self, fact: &Fact, place: u32) {
        if let Some((basis, _)) = fact.act.reference() {
            self.of_basis.push(basis, place);
            if fact.act.is_of_task() {
                self.tasks.push(basis, place);
            }
        }
        self.packages.follow(&self.held[place as usize].packages, place);
    }

    /// The packages that an act scans or names, each once.
    fn named(&mut self, fact: &Fact) -> Box<[PackageNo]> {
        if let Some(code) = &fact.code {
            return Box::new([self.packages.number(code)]);
        }
        let codes = fact.act.named_texts().into_iter().filter_map(|text| crate::labels::read(text).ok());
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
