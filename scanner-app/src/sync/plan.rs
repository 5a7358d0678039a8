//! What to do now: a pure decision.

use super::SyncPolicy;

/// What waits on this terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Events that may be offered now.
    pub events: u64,
    /// Gates that are shut and to be asked again now.
    pub questions: u64,
    /// Photos that may be offered now.
    pub photos: u64,
    /// Runs of events that a rescue kept, and that may be offered now.
    pub leftovers: u64,
    /// Parcels of other terminals that may be delivered now.
    pub parcels: u64,
    /// Events in all, with those that the server would not take for the time being.
    pub pending: u64,
}

/// How the last attempts went, and how large a batch may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whether the server is reached.
    pub reach: Reach,
    /// Events in one batch, at most.
    pub batch_events: u64,
}

/// Whether the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The last attempt succeeded, or none was made yet, or the wait after a failure is over.
    Open,
    /// So many attempts in a row failed.
    Down {
        /// How many.
        failures: u32,
        /// The server's own wish (`Retry-After`), in milliseconds.
        retry_after_ms: Option<u64>,
    },
}

/// How long ago things were done, by a clock that never steps, in milliseconds. None = never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The last page of changes that had no further one behind it.
    pub pull_ms: Option<u64>,
    /// The last batch or heartbeat that the server took.
    pub heard_ms: Option<u64>,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing is due: look again after so many milliseconds, or when an event is recorded.
    Idle(u64),
    /// Try again after so many milliseconds; new events do not shorten it.
    Wait(u64),
    /// Send a batch of at most so many events.
    Send(u64),
    /// Ask for changes.
    Pull,
    /// Ask again for the next gate that is shut.
    Question,
    /// Send the next photo.
    Photo,
    /// Offer the next of what a rescue kept.
    Leftover,
    /// Deliver the next parcel of another terminal.
    Parcel,
    /// Say that nothing waits.
    Heartbeat,
}

/// Decides. `jitter` is a draw from 0 up to 1. A pull that is due goes before the next batch, so that neither starves the other;
/// photos go after the events, and a heartbeat is sent only when nothing waits.
#[must_use]
pub fn plan(waiting: Waiting, link: Link, since: Since, policy: &SyncPolicy, jitter: f64) -> Action {
    if let Reach::Down { failures, retry_after_ms } = link.reach {
        return Action::Wait(policy.wait_ms(failures, retry_after_ms, jitter));
    }
    let pull_in_ms = since.pull_ms.map_or(0, |since| policy.pull_ms.saturating_sub(since));
    let heartbeat_in_ms = since.heard_ms.map_or(0, |since| policy.heartbeat_ms.saturating_sub(since));
    // The first contact sends what waits before anything is fetched: that is what cannot be replaced.
    if waiting.events > 0 && (pull_in_ms > 0 || since.pull_ms.is_none()) {
        return Action::Send(link.batch_events.min(waiting.events).max(1));
    }
    if pull_in_ms == 0 {
        return Action::Pull;
    }
    if waiting.questions > 0 {
        return Action::Question;
    }
    if waiting.photos > 0 {
        return Action::Photo;
    }
    if waiting.leftovers > 0 {
        return Action::Leftover;
    }
    if waiting.parcels > 0 {
        return Action::Parcel;
    }
    if waiting.pending > 0 {
        return Action::Idle(pull_in_ms);
    }
    if heartbeat_in_ms == 0 { Action::Heartbeat } else { Action::Idle(pull_in_ms.min(heartbeat_in_ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: Link = Link { reach: Reach::Open, batch_events: 1_000 };

    fn down(failures: u32, retry_after_ms: Option<u64>) -> Link {
        Link { reach: Reach::Down { failures, retry_after_ms }, ..UP }
    }

    fn waiting(events: u64, photos: u64) -> Waiting {
        Waiting { events, photos, questions: 0, leftovers: 0, parcels: 0, pending: events }
    }

    fn since(pull_ms: u64, heard_ms: u64) -> Since {
        Since { pull_ms: Some(pull_ms), heard_ms: Some(heard_ms) }
    }

    #[test]
    fn plans() {
        let held = Waiting { pending: 9, ..waiting(0, 0) };
        let rescued = Waiting { leftovers: 1, ..waiting(0, 0) };
        let shut = Waiting { questions: 1, ..waiting(0, 2) };
        let others = Waiting { parcels: 1, ..waiting(0, 0) };
        let table = [
            ("the first contact, nothing waits", waiting(0, 0), UP, Since::default(), Action::Pull),
            ("the first contact, events wait", waiting(5, 0), UP, Since::default(), Action::Send(5)),
            ("nothing waits", waiting(0, 0), UP, since(1, 1), Action::Idle(29_999)),
            ("nothing waits, long ago", waiting(0, 0), UP, since(30_000, 1), Action::Pull),
            ("events wait", waiting(5, 0), UP, since(1, 1), Action::Send(5)),
            ("more events than a batch holds", waiting(5_000, 0), UP, since(1, 1), Action::Send(1_000)),
            ("events wait and a pull is due", waiting(5, 0), UP, since(30_000, 1), Action::Pull),
            ("photos go after events", waiting(5, 2), UP, since(1, 1), Action::Send(5)),
            ("gates are asked again before photos", shut, UP, since(1, 1), Action::Question),
            ("gates are asked again after the pull", shut, UP, since(30_000, 1), Action::Pull),
            ("photos wait", waiting(0, 2), UP, since(1, 1), Action::Photo),
            ("what a rescue kept", rescued, UP, since(1, 300_000), Action::Leftover),
            ("others' parcels go last", others, UP, since(1, 300_000), Action::Parcel),
            ("others' parcels wait for own events", Waiting { events: 5, ..others }, UP, since(1, 1), Action::Send(5)),
            ("a heartbeat is due", waiting(0, 0), UP, since(1, 300_000), Action::Heartbeat),
            ("a heartbeat is due before the pull", waiting(0, 0), UP, since(1, 299_990), Action::Idle(10)),
            ("no heartbeat while refused events wait", held, UP, since(1, 300_000), Action::Idle(29_999)),
            ("a failure", waiting(5, 0), down(1, None), since(1, 1), Action::Wait(500)),
            ("the server's wish", waiting(5, 0), down(1, Some(7_000)), since(1, 1), Action::Wait(7_000)),
            ("idle and down still tries", waiting(0, 0), down(2, None), since(1, 1), Action::Wait(1_000)),
        ];
        for (name, waiting, link, since, expected) in table {
            assert_eq!(plan(waiting, link, since, &SyncPolicy::default(), 0.5), expected, "{name}");
        }
    }
}
