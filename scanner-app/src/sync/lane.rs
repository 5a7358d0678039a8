//! One epoch's way up: what of it is offered next, and how a refusal is narrowed down to the event that it is about.

use std::collections::BTreeMap;

use shared::ids::EpochId;
use shared::wire::{Offer, Problem};

use super::SyncPolicy;
use crate::store::Outgoing;

/// What is known of an epoch's refusals. It is forgotten when the app ends: what must last is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// A refused batch ended here: until this number is acknowledged, batches are halves of what is left before it.
    suspect_to: Option<u64>,
    /// Refusals in a row that narrowing down could not mend.
    failures: u32,
    /// Nothing is offered before this time, in milliseconds of the monotonic clock.
    rests_until_ms: u64,
    /// The last of those refusals.
    problem: Option<Problem>,
}

/// What to offer next of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// First number.
    pub(super) first: u64,
    /// Events, at most.
    pub(super) at_most: u64,
    /// How they are offered.
    pub(super) offer: Offer,
}

impl Lane {
    /// What of an epoch is offered next. `refused` are the numbers, in order, that the server refused as new.
    pub(super) fn next(&self, outgoing: &Outgoing, refused: &[u64], at_most: u64) -> Stretch {
        let first = outgoing.acknowledged + 1;
        let closed = outgoing.closed.unwrap_or(u64::MAX);
        let mut until = outgoing.last;
        let offer = if first > closed {
            Offer::Disputed
        } else if refused.first() == Some(&first) {
            until = first;
            Offer::Disputed
        } else {
            until = until.min(closed).min(refused.first().map_or(u64::MAX, |seq| seq - 1));
            Offer::New
        };
        let mut events = until + 1 - first;
        if let Some(to) = self.suspect_to.filter(|to| *to >= first) {
            // The whole of what is left was refused: a half of it is not, or holds the culprit.
            events = events.min(((to + 1 - first) / 2).max(1));
        }
        Stretch { first, at_most: events.min(at_most).max(1), offer }
    }

    /// A batch that ends here was refused for what is in it; smaller ones are tried.
    pub(super) const fn suspect(&mut self, last: u64) {
        self.suspect_to = Some(last);
    }

    /// The server took a batch.
    pub(super) fn taken(&mut self, last: u64) {
        (self.failures, self.problem) = (0, None);
        if self.suspect_to.is_some_and(|to| to <= last) {
            self.suspect_to = None;
        }
    }

    /// A refusal that nothing here can mend: the epoch rests, the others go on.
    pub(super) fn rest(&mut self, problem: Problem, now_ms: u64, policy: &SyncPolicy, jitter: f64) {
        self.failures = self.failures.saturating_add(1);
        self.rests_until_ms = now_ms.saturating_add(policy.wait_ms(self.failures, None, jitter));
        self.problem = Some(problem);
    }

    /// Whether it rests now.
    pub(super) const fn rests(&self, now_ms: u64) -> bool {
        self.problem.is_some() && now_ms < self.rests_until_ms
    }
}

/// The lanes of all epochs.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes(BTreeMap<EpochId, Lane>);

impl Lanes {
    pub(super) fn of(&mut self, epoch: EpochId) -> &mut Lane {
        self.0.entry(epoch).or_default()
    }

    /// The first epoch that may be offered now.
    pub(super) fn open<'a>(&self, outgoing: &'a [Outgoing], now_ms: u64) -> Option<&'a Outgoing> {
        outgoing.iter().find(|outgoing| !self.0.get(&outgoing.epoch).is_some_and(|lane| lane.rests(now_ms)))
    }

    /// Events that may be offered now.
    pub(super) fn events(&self, outgoing: &[Outgoing], now_ms: u64) -> u64 {
        let open = |row: &&Outgoing| !self.0.get(&row.epoch).is_some_and(|lane| lane.rests(now_ms));
        outgoing.iter().filter(open).map(|row| row.last - row.acknowledged).sum()
    }

    /// When the first resting epoch may be offered again, in milliseconds from now.
    pub(super) fn wakes_in_ms(&self, now_ms: u64) -> Option<u64> {
        let resting = self.0.values().filter(|lane| lane.rests(now_ms));
        resting.map(|lane| lane.rests_until_ms.saturating_sub(now_ms)).min()
    }

    /// What the server says of an epoch that it would not take.
    pub(super) fn problem(&self) -> Option<&Problem> {
        self.0.values().find_map(|lane| lane.problem.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use shared::wire::ProblemCode;
    use uuid::Uuid;

    use super::*;

    fn outgoing(acknowledged: u64, last: u64, closed: Option<u64>) -> Outgoing {
        Outgoing { epoch: EpochId::new(Uuid::from_u128(1)), acknowledged, last, closed }
    }

    fn stretch(first: u64, at_most: u64, offer: Offer) -> Stretch {
        Stretch { first, at_most, offer }
    }

    #[test]
    fn offers_the_new_before_the_disputed_and_never_both_in_one_batch() {
        let lane = Lane::default();
        let next = |row: Outgoing, refused: &[u64]| lane.next(&row, refused, 1_000);
        assert_eq!(next(outgoing(0, 70, None), &[]), stretch(1, 70, Offer::New));
        assert_eq!(next(outgoing(0, 7_000, None), &[]), stretch(1, 1_000, Offer::New));
        assert_eq!(next(outgoing(0, 70, Some(20)), &[]), stretch(1, 20, Offer::New));
        assert_eq!(next(outgoing(20, 70, Some(20)), &[]), stretch(21, 50, Offer::Disputed));
        assert_eq!(next(outgoing(0, 70, None), &[5]), stretch(1, 4, Offer::New));
        assert_eq!(next(outgoing(4, 70, None), &[5]), stretch(5, 1, Offer::Disputed));
        assert_eq!(next(outgoing(5, 70, None), &[]), stretch(6, 65, Offer::New));
    }

    /// Offers against a server that refuses whatever holds one number. Answers how many requests were made.
    fn requests(bad: u64, count: u64) -> u64 {
        let (mut lane, mut acknowledged, mut requests, mut refused) = (Lane::default(), 0, 0, Vec::new());
        while acknowledged < count {
            let refused_after: Vec<u64> = refused.iter().copied().filter(|seq| *seq > acknowledged).collect();
            let offered = lane.next(&outgoing(acknowledged, count, None), &refused_after, 1_000);
            let last = offered.first + offered.at_most - 1;
            requests += 1;
            let is_bad = (offered.first..=last).contains(&bad) && offered.offer == Offer::New;
            if !is_bad {
                lane.taken(last);
                acknowledged = last;
            } else if offered.at_most == 1 {
                refused.push(bad);
            } else {
                lane.suspect(last);
            }
        }
        requests
    }

    #[test]
    fn one_bad_event_is_found_in_a_score_of_requests() {
        for bad in [1, 2, 500, 777, 999, 1_000] {
            let made = requests(bad, 1_000);
            assert!(made <= 24, "{bad}: {made} requests");
        }
        assert_eq!(requests(5_000, 1_000), 1, "nothing is wrong");
    }

    #[test]
    fn a_refused_epoch_rests_and_the_next_goes_on() {
        let policy = SyncPolicy::default();
        let rows = [outgoing(0, 9, None), Outgoing { epoch: EpochId::new(Uuid::from_u128(2)), ..outgoing(0, 5, None) }];
        let mut lanes = Lanes::default();
        assert_eq!(lanes.open(&rows, 0).map(|row| row.epoch), Some(rows[0].epoch));
        let problem = Problem { code: ProblemCode::WireVersion, message: "newer".into(), head: None };
        lanes.of(rows[0].epoch).rest(problem, 100, &policy, 0.5);
        assert_eq!(lanes.open(&rows, 100).map(|row| row.epoch), Some(rows[1].epoch));
        assert_eq!((lanes.events(&rows, 100), lanes.wakes_in_ms(100)), (5, Some(500)));
        assert!(lanes.problem().is_some());
        assert_eq!(lanes.open(&rows, 600).map(|row| row.epoch), Some(rows[0].epoch));
        lanes.of(rows[0].epoch).taken(9);
        assert!(lanes.problem().is_none());
    }
}
