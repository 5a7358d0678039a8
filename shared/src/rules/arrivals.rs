//! What depends on when and how data arrived: outside convergence, and no part of J (`settled.md` 15). The server tells these facts
//! beside the events.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Stage;
use crate::ids::{DocumentId, EventRef, TerminalId};
use crate::mismatch::{Kind, Mismatch, Scope, State, Subject};
use crate::reference::Limits;
use crate::time::Timestamp;
use crate::trail::{Index, Scan};

/// The kinds that arrival alone says of a terminal.
pub const KINDS: [Kind; 6] = [
    Kind::LateUpload,
    Kind::ClockSkew,
    Kind::SequenceGap,
    Kind::BrokenChain,
    Kind::ForkedTerminal,
    Kind::RevokedTerminal,
];

/// When one event arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Which event.
    pub by: EventRef,
    /// When it happened.
    pub at: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// Something wrong with a terminal's log, and the events it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFault {
    /// Which terminal.
    pub terminal: TerminalId,
    /// What.
    pub fault: Fault,
    /// When it was found.
    pub at: Timestamp,
    /// The events it concerns, where they are known.
    pub events: BTreeSet<EventRef>,
    /// How many more it concerns that are not named.
    pub more: u64,
}

/// What can be wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A number is missing although later ones are here.
    Gap,
    /// Hash or signature does not hold.
    BrokenChain,
    /// Two events claim one number.
    Fork,
    /// The terminal was revoked before the batch came.
    Revoked,
    /// Events came later than agreed.
    Late,
    /// The wall clock is off by this many milliseconds.
    Offset(i64),
    /// The wall clock stepped backwards.
    SteppedBack,
}

/// All that is told of arrival.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    /// When events arrived.
    pub received: Vec<Received>,
    /// What is wrong with logs.
    pub faults: Vec<LogFault>,
    /// Documents that the server confirmed only at a moment, or never; the others were confirmed before goods left.
    pub confirmed_at: BTreeMap<DocumentId, Option<Timestamp>>,
}

/// The mismatches of arrival, sorted: one for each (kind, subject).
#[must_use]
pub fn judge(arrivals: &Arrivals, index: &Index<'_>, limits: &Limits, now: Timestamp) -> Vec<Mismatch> {
    let mut found = Found { found: BTreeMap::new() };
    for one in &arrivals.received {
        if one.received_at.as_ms().saturating_sub(one.at.as_ms()) > limits.late_ms {
            found.terminal(Kind::LateUpload, one.by.terminal, one.at, [one.by], 0);
        }
    }
    for fault in &arrivals.faults {
        let events = fault.events.iter().copied();
        if let Some(kind) = kind(fault, limits, now) {
            found.terminal(kind, fault.terminal, fault.at, events, fault.more);
        }
    }
    for scan in &index.scans {
        let leaves = matches!(scan.stage, Stage::Outbound | Stage::TransferOut | Stage::Sort) && !scan.repeat;
        let confirmed = arrivals.confirmed_at.get(&scan.movement.document);
        if leaves && confirmed.is_some_and(|at| at.is_none_or(|at| at > scan.at)) {
            found.not_uploaded(index, scan);
        }
    }
    found.found.into_values().collect()
}

fn kind(fault: &LogFault, limits: &Limits, now: Timestamp) -> Option<Kind> {
    match fault.fault {
        // A hole may close by itself: batches overtake each other.
        Fault::Gap => (now >= fault.at.plus_ms(limits.grace_ms)).then_some(Kind::SequenceGap),
        Fault::BrokenChain => Some(Kind::BrokenChain),
        Fault::Fork => Some(Kind::ForkedTerminal),
        Fault::Late => Some(Kind::LateUpload),
        Fault::Revoked => Some(Kind::RevokedTerminal),
        Fault::Offset(ms) => (ms.saturating_abs() > limits.skew_ms).then_some(Kind::ClockSkew),
        Fault::SteppedBack => Some(Kind::ClockSkew),
    }
}

struct Found {
    found: BTreeMap<(Kind, Subject, Scope), Mismatch>,
}

impl Found {
    fn terminal(
        &mut self,
        kind: Kind,
        terminal: TerminalId,
        at: Timestamp,
        events: impl IntoIterator<Item = EventRef>,
        more: u64,
    ) {
        let found = self.entry(kind, terminal.to_string(), Scope::Terminal(terminal), at);
        found.events.extend(events);
        found.count = found.count.max(found.events.len() as u64 + more).max(1);
    }

    fn not_uploaded(&mut self, index: &Index<'_>, scan: &Scan<'_>) {
        let Ok(code) = scan.code else { return };
        let code = &index.package(code).code;
        let found = self.entry(Kind::DocumentNotUploaded, code.to_string(), Scope::Code(code.clone()), scan.at);
        found.basis = Some(scan.movement.basis.clone());
        found.document = Some(scan.movement.document.clone());
        found.codes.insert(code.clone());
        found.events.insert(scan.by);
        found.count = 1;
    }

    fn entry(&mut self, kind: Kind, subject: String, scope: Scope, at: Timestamp) -> &mut Mismatch {
        let key = (kind, Subject(subject), scope);
        let found = self.found.entry(key.clone()).or_insert_with(|| Mismatch {
            kind: key.0,
            subject: key.1,
            state: State::Confirmed,
            severity: kind.info().severity,
            scope: key.2,
            basis: None,
            document: None,
            count: 0,
            codes: BTreeSet::new(),
            events: BTreeSet::new(),
            at,
            due: None,
        });
        found.at = found.at.max(at);
        found
    }
}
