//! What this terminal knows, put before the same rules that the server asks.
//!
//! | to find | look in |
//! |---|---|
//! | one scan, judged from a slice of the log and sums beside it | `slice` |
//! | which facts bear on a package or a basis | `history`, `approved` |

mod approved;
mod history;
mod slice;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use shared::code::PackageCode;
use shared::event::{Act, Capture, Event};
use shared::ids::{BasisId, EpochId, EventRef, MemberId};
use shared::mismatch::Mismatch;
use shared::reference::Limits;
use shared::rules::{Progress, judge_and_sum, on_terminal, progress_of};
use shared::time::Timestamp;
use shared::trail::beside::Aim;
use shared::trail::clock::Anchors;
use shared::trail::{Fact, History, Place, Sums};

use crate::store::{Pulled, Store, StoreError};
use slice::restricted;

/// Newest events that the last aims of the scanner are looked for in: thirty labels a picture.
const EVENTS_OF_AIMS: u64 = 600;

/// The log, what was pulled, and sums over both.
pub(in crate::session) struct Knowledge {
    member: MemberId,
    /// References; of codes those around the last question.
    pub(in crate::session) pulled: Pulled,
    /// Ledger position of what was pulled.
    pub(in crate::session) position: u64,
    anchors: BTreeMap<EpochId, Anchors>,
    /// What stands on every line of the bases that were asked about.
    sums: HashMap<BasisId, Sums>,
    /// Facts of the commit under way: not in the log yet.
    fresh: Vec<Fact>,
    aims: Vec<Aim>,
    newest_at: Option<Timestamp>,
}

impl Knowledge {
    pub(in crate::session) fn load(store: &Store, member: &MemberId) -> Result<Self, StoreError> {
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
    pub(in crate::session) fn load_log(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut of_epochs: BTreeMap<EpochId, Vec<Event>> = BTreeMap::new();
        for anchor in store.anchors()? {
            of_epochs.entry(anchor.epoch).or_default().push(anchor);
        }
        self.anchors = of_epochs.into_iter().map(|(epoch, anchors)| (epoch, Anchors::of(&anchors))).collect();
        self.forget_sums();
        self.load_aims(store)
    }

    pub(in crate::session) fn load_aims(&mut self, store: &Store) -> Result<(), StoreError> {
        let newest = store.newest(EVENTS_OF_AIMS)?;
        self.newest_at = newest.first().map(|event| self.fact(event.clone()).at);
        let voided: HashSet<EventRef> = newest.iter().filter_map(voided_by).collect();
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
    pub(in crate::session) fn fact(&self, event: Event) -> Fact {
        match self.anchors.get(&event.epoch) {
            Some(anchors) => {
                let moment = anchors.moment(&event);
                Fact::at(event, self.member.clone(), moment)
            }
            None => Fact::of(event, self.member.clone()),
        }
    }

    /// The package that a label's text names.
    pub(in crate::session) fn read(&self, text: &str) -> Option<PackageCode> {
        self.pulled.references.grammars.parse(text).ok()
    }

    /// What stands on the lines of a basis, summed up over the whole log once.
    pub(in crate::session) fn sums_of(
        &mut self,
        store: &Store,
        basis: &BasisId,
        now: Timestamp,
    ) -> Result<&Sums, StoreError> {
        if !self.sums.contains_key(basis) {
            let history = self.whole(store, basis, None)?;
            let (_, sums) = self.judge_history(&history, now);
            self.sums.insert(basis.clone(), restricted(sums, basis));
        }
        // It was put there just now.
        Ok(&self.sums[basis])
    }

    /// All that is wrong under a basis, as far as this terminal knows; consignors' lists are read in full.
    pub(in crate::session) fn judge_all(
        &mut self,
        store: &Store,
        basis: &BasisId,
        now: Timestamp,
    ) -> Result<Vec<Mismatch>, StoreError> {
        let history = self.whole_with_lists(store, basis)?;
        let (judged, sums) = self.judge_history(&history, now);
        self.sums.insert(basis.clone(), restricted(sums, basis));
        Ok(judged)
    }

    /// How far a place is.
    pub(in crate::session) fn progress(
        &mut self,
        store: &Store,
        place: &Place,
        now: Timestamp,
    ) -> Result<Progress, StoreError> {
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

    /// The commit is durable: its facts are in the log.
    pub(in crate::session) fn committed(&mut self) {
        self.fresh.clear();
    }

    /// This terminal's own facts of the present epoch under a basis that no void takes back, in order.
    pub(in crate::session) fn own_facts(&self, store: &Store, basis: &BasisId) -> Result<Vec<Fact>, StoreError> {
        let mut places = BTreeSet::new();
        store.frame_of(basis, &mut places)?;
        store.scans_under(basis, &mut places)?;
        let events: Vec<Event> = store.events_at(&places)?.into_iter().map(|(_, event)| event).collect();
        let voided: HashSet<EventRef> = events.iter().filter_map(voided_by).collect();
        let own = events.into_iter().filter(|event| event.epoch == store.epoch() && !voided.contains(&event.by()));
        Ok(own.map(|event| self.fact(event)).collect())
    }

    /// Sums follow from the log: they are made again when they are asked for.
    pub(in crate::session) fn forget_sums(&mut self) {
        self.sums.clear();
        self.fresh.clear();
    }
}

const fn voided_by(event: &Event) -> Option<EventRef> {
    match event.act {
        Act::Void { voids, .. } => Some(voids),
        _ => None,
    }
}
