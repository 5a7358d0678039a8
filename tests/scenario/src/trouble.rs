//! Statements about what goes wrong with terminals on their way to the server: gaps, forks, tampering, revocation.

use std::collections::BTreeSet;

use shared::ids::EventRef;
use shared::rules::arrivals::{Fault, LogFault};
use shared::time::Timestamp;

use crate::terminal::Terminal;

/// What the server was told or found out of one terminal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    /// From when its batches are quarantined.
    pub revoked_at: Option<Timestamp>,
    /// Numbers of quarantined events that a supervisor admitted.
    pub admitted: BTreeSet<u64>,
    /// When they were admitted.
    pub admitted_at: Option<Timestamp>,
    /// Its log's bytes were changed from this number on: nothing from there is taken in.
    pub tampered_from: Option<u64>,
    /// Another device claims its numbers since then.
    pub forked_at: Option<Timestamp>,
    /// It presents another's log as its own.
    pub replayed_at: Option<Timestamp>,
}

impl Trouble {
    /// Whether the server takes an event in that came at `received`.
    pub(crate) fn takes_in(&self, seq: u64, received: Timestamp) -> bool {
        let quarantined = self.revoked_at.is_some_and(|revoked| received >= revoked) && !self.admitted.contains(&seq);
        !quarantined && self.tampered_from.is_none_or(|from| seq < from)
    }

    /// What is wrong with the log as the server holds it at `now`.
    pub(crate) fn faults(&self, terminal: &Terminal, now: Timestamp) -> Vec<LogFault> {
        let mut faults = Vec::new();
        let mut add = |fault, at, events: BTreeSet<EventRef>| {
            if at <= now {
                faults.push(LogFault { terminal: terminal.id, fault, at, events, more: 0 });
            }
        };
        let held = || {
            terminal.log.iter().filter_map(|logged| {
                let received = terminal.connection.received_at(logged.true_at)?;
                (received <= now && !logged.dropped).then_some((logged, received))
            })
        };
        if let Some(last) = held().map(|(logged, _)| logged.event.seq).max() {
            let missing = terminal.log.iter().filter(|logged| logged.dropped && logged.event.seq < last);
            let missing: Vec<_> = missing.collect();
            let after = |seq: u64| held().filter(|(logged, _)| logged.event.seq > seq).map(|(_, at)| at).min();
            if let Some(at) = missing.iter().filter_map(|logged| after(logged.event.seq)).min() {
                add(Fault::Gap, at, missing.iter().map(|logged| logged.event.by()).collect());
            }
        }
        if let Some(from) = self.tampered_from {
            let events: BTreeSet<EventRef> =
                held().filter(|(logged, _)| logged.event.seq >= from).map(|(logged, _)| logged.event.by()).collect();
            let at = held().filter(|(logged, _)| logged.event.seq >= from).map(|(_, at)| at).min();
            if let Some(at) = at {
                add(Fault::BrokenChain, at, events);
            }
        }
        for (at, fault) in [(self.forked_at, Fault::Fork), (self.replayed_at, Fault::BrokenChain)] {
            if let Some(at) = at {
                add(fault, at, BTreeSet::new());
            }
        }
        if let Some(revoked) = self.revoked_at {
            let after = |(logged, received): &(&crate::terminal::Logged, Timestamp)| {
                *received >= revoked && !self.admitted.contains(&logged.event.seq)
            };
            let events: BTreeSet<EventRef> = held().filter(after).map(|(logged, _)| logged.event.by()).collect();
            if let Some(at) = held().filter(after).map(|(_, at)| at).min() {
                add(Fault::Revoked, at, events);
            }
        }
        faults
    }
}
