//! How people work: undo that has no effect or comes late, gates overridden or asked with stale data, a pace no hand can keep, one
//! person at two sites.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;

use foldhash::HashMap;

use super::verdict::{Certainty, Raised, Verdict};
use crate::event::{Act, Capture};
use crate::ids::{EpochId, OperatorId, SiteId, TerminalId};
use crate::mismatch::{Kind, Scope, Severity};
use crate::reference::Limits;
use crate::time::Timestamp;
use crate::trail::{Beside, Fact, Index, Scan};

/// Labels of one picture come within this time; the same picture later is a replay.
const ONE_FRAME_MS: i64 = 2_000;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    voids(verdict);
    gates(verdict);
    pace(verdict);
    two_sites(verdict);
}

fn voids(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for (void, event) in &index.invalid_voids {
        let undone = match event.act {
            // The event that the undone undo named.
            Act::Void { voids, .. } => {
                index.valid_voids.iter().map(|(_, event)| *event).find(|event| event.by == voids)
            }
            _ => Some(*event),
        };
        verdict.raise_fact(Kind::InvalidVoid, void, undone.and_then(|event| event.act.reference()));
    }
    for (void, event) in &index.valid_voids {
        let another = void.operator.is_some() && event.operator.is_some() && void.operator != event.operator;
        let late = void.at.as_ms().saturating_sub(event.at.as_ms()) > verdict.limits.undo_ms;
        if another || late {
            verdict.raise_fact(Kind::LateUndo, void, event.act.reference());
        }
    }
}

fn gates(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for fact in &index.others {
        match &fact.act {
            Act::Gate { overridden: Some(_), .. } => {
                verdict.raise_fact(Kind::GateOverridden, fact, fact.act.reference());
            }
            Act::GateAsked { references_at: Some(references_at), .. } => stale(verdict, fact, *references_at),
            _ => {}
        }
    }
}

/// References older than the limit when the gate was asked hold clearing, never recording.
fn stale(verdict: &mut Verdict<'_>, asked: &Fact, references_at: Timestamp) {
    let age_ms = asked.at.as_ms().saturating_sub(references_at.as_ms());
    if age_ms <= verdict.limits.stale_warn_ms {
        return;
    }
    let terminal = asked.by.terminal;
    let mut raised = Raised::new(Kind::StaleData, terminal.to_string(), Scope::Terminal(terminal), asked.at);
    if let Some((basis, document)) = asked.act.reference() {
        (raised.basis, raised.document) = (Some(basis.clone()), Some(document.clone()));
    }
    raised.events.push(asked.by);
    raised.severity = (age_ms > verdict.limits.stale_block_ms).then_some(Severity::Block);
    verdict.raise(raised);
}

/// The aims of one log: each the labels of one picture, or one label where no picture is told. Those before a slice have no scan.
#[derive(Default)]
struct Aims<'v> {
    by_time: Vec<(Timestamp, Option<&'v Scan<'v>>)>,
    first_of_frame: HashMap<u64, Timestamp>,
}

impl Aims<'_> {
    /// The aims before the newest scan of a slice.
    fn before(beside: Option<&Beside>) -> Self {
        let before = beside.map_or(&[][..], |beside| beside.aims.as_slice());
        Self {
            by_time: before.iter().map(|(_, at)| (*at, None)).collect(),
            first_of_frame: before.iter().filter_map(|(frame, at)| Some((frame.as_ref().copied()?, *at))).collect(),
        }
    }
}

/// More aims than a person can make, and pictures used again (traceability/2022 art. 25(1)). Fixed readers are exempt.
fn pace(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let mut logs: BTreeMap<(TerminalId, EpochId), Aims<'_>> = BTreeMap::new();
    let by_hand = |scan: &&Scan<'_>| matches!(scan.how, Capture::Camera | Capture::Wedge);
    // Of a slice only the newest scan is asked: the aims before it are told beside it.
    let asked = index.scans.iter().filter(|scan| index.beside.is_none_or(|beside| beside.focus == Some(scan.by)));
    for scan in asked.filter(by_hand) {
        let aims = logs.entry((scan.by.terminal, scan.by.epoch)).or_insert_with(|| Aims::before(index.beside));
        match scan.frame.map(|frame| aims.first_of_frame.entry(frame)) {
            Some(Entry::Occupied(first)) => {
                if scan.at.as_ms().saturating_sub(first.get().as_ms()) > ONE_FRAME_MS {
                    verdict.raise_document(Kind::ImplausiblePace, scan, Certainty::Sure);
                }
                continue;
            }
            Some(Entry::Vacant(free)) => drop(free.insert(scan.at)),
            None => {}
        }
        aims.by_time.push((scan.at, Some(scan)));
    }
    let least_ms = verdict.limits.pace_ms.saturating_mul(i64::try_from(Limits::PACE_AIMS - 1).unwrap_or(i64::MAX));
    for aims in logs.values() {
        for window in aims.by_time.windows(Limits::PACE_AIMS) {
            let ((first, _), (last, scan)) = (window[0], window[Limits::PACE_AIMS - 1]);
            let soon = last.as_ms().saturating_sub(first.as_ms()) < least_ms;
            if let Some(scan) = scan.filter(|_| soon) {
                verdict.raise_document(Kind::ImplausiblePace, scan, Certainty::Sure);
            }
        }
    }
}

/// When an operator was signed in on a terminal of a site: until the next sign-in or sign-out there.
struct Session<'v> {
    terminal: TerminalId,
    site: &'v SiteId,
    from: Timestamp,
    until: Timestamp,
}

/// One person active at two sites at once: the scans of one terminal while the same person is signed in at another site.
fn two_sites(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let sessions = sessions(index);
    if sessions.is_empty() {
        return;
    }
    for scan in &index.scans {
        let (Some(operator), Ok(code)) = (scan.operator, &scan.code) else { continue };
        let of_operator = sessions.get(operator).map_or(&[][..], Vec::as_slice);
        let here = |session: &&Session<'_>| session.terminal == scan.by.terminal && is_within(session, scan.at);
        let elsewhere = |session: &&Session<'_>| session.site != scan.site && is_within(session, scan.at);
        if of_operator.iter().any(|session| here(&session)) && of_operator.iter().any(|session| elsewhere(&session)) {
            verdict.raise_code(Kind::UnauthorisedOperator, *code, &[scan], Certainty::Sure);
        }
    }
}

fn is_within(session: &Session<'_>, at: Timestamp) -> bool {
    session.from <= at && at < session.until
}

fn sessions<'v>(index: &'v Index<'v>) -> BTreeMap<&'v OperatorId, Vec<Session<'v>>> {
    let mut sessions: BTreeMap<&OperatorId, Vec<Session<'_>>> = BTreeMap::new();
    let frame = |fact: &&&Fact| matches!(fact.act, Act::SignedIn | Act::SignedOut | Act::OperatorChanged);
    let frames: Vec<&&Fact> = index.others.iter().filter(|fact| frame(fact)).collect();
    for (place, fact) in frames.iter().enumerate() {
        let Some(operator) = fact.operator.as_ref().filter(|_| !matches!(fact.act, Act::SignedOut)) else { continue };
        let next = frames[place + 1..].iter().find(|next| next.by.terminal == fact.by.terminal);
        let until = next.map_or(Timestamp::from_ms(i64::MAX), |next| next.at);
        let session = Session { terminal: fact.by.terminal, site: &fact.site, from: fact.at, until };
        sessions.entry(operator).or_default().push(session);
    }
    sessions
}
