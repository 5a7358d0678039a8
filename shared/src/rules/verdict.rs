//! Where the rules write: mismatches gathered by (kind, subject, scope), and scans that a graver rule already explains.

use std::collections::{BTreeMap, BTreeSet};

use super::Policy;
use crate::code::PackageCode;
use crate::ids::{BasisId, DocumentId, EventRef};
use crate::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use crate::reference::References;
use crate::time::Timestamp;
use crate::trail::{Index, Scan};

/// The judgement under way.
pub(super) struct Verdict<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) references: &'a References,
    policy: Policy,
    now: Timestamp,
    /// One fact raises one kind: scans that a kind before explains.
    pub(super) explained: BTreeSet<EventRef>,
    found: BTreeMap<(Kind, Subject, Scope), Mismatch>,
}

/// What a rule says.
pub(super) struct Raised {
    pub(super) kind: Kind,
    pub(super) subject: Subject,
    pub(super) scope: Scope,
    pub(super) basis: BasisId,
    pub(super) document: DocumentId,
    pub(super) count: u64,
    pub(super) codes: BTreeSet<PackageCode>,
    pub(super) events: BTreeSet<EventRef>,
    pub(super) certainty: Certainty,
}

/// How sure a rule is.
#[derive(Clone, Copy)]
pub(super) enum Certainty {
    /// Nothing on its way by rule can end it.
    Sure,
    /// Data on its way may end it, whenever it comes.
    Open,
    /// Data on its way may end it until the grace after this moment has run out.
    Since(Timestamp),
}

impl<'a> Verdict<'a> {
    pub(super) fn new(index: &'a Index<'a>, references: &'a References, policy: Policy, now: Timestamp) -> Self {
        Self { index, references, policy, now, explained: BTreeSet::new(), found: BTreeMap::new() }
    }

    /// Raises a kind about the package of one scan.
    pub(super) fn raise_code(&mut self, kind: Kind, code: &PackageCode, scans: &[&Scan<'_>], certainty: Certainty) {
        let Some(last) = scans.last() else { return };
        self.raise(Raised {
            kind,
            subject: Subject(code.to_string()),
            scope: Scope::Code(code.clone()),
            basis: last.movement.basis.clone(),
            document: last.movement.document.clone(),
            count: 1,
            codes: BTreeSet::from([code.clone()]),
            events: scans.iter().map(|scan| scan.by).collect(),
            certainty,
        });
    }

    /// Raises a kind about the document of a scan (its basis where it has none): once, with a list.
    pub(super) fn raise_document(&mut self, kind: Kind, scan: &Scan<'_>, certainty: Certainty) {
        let (basis, document) = scan.reference();
        let subject = if document.is_none() { basis.as_str() } else { document.as_str() };
        self.raise(Raised {
            kind,
            subject: Subject(subject.to_owned()),
            scope: Scope::Basis(basis.clone()),
            basis: basis.clone(),
            document: document.clone(),
            count: 1,
            codes: scan.code.iter().cloned().collect(),
            events: BTreeSet::from([scan.by]),
            certainty,
        });
    }

    /// Adds to what was found; the same (kind, subject, scope) again adds its evidence.
    pub(super) fn raise(&mut self, raised: Raised) {
        let (state, due) = self.certain(raised.certainty);
        let entry =
            self.found.entry((raised.kind, raised.subject.clone(), raised.scope.clone())).or_insert_with(|| Mismatch {
                kind: raised.kind,
                subject: raised.subject,
                state,
                severity: Severity::Info,
                scope: raised.scope,
                basis: Some(raised.basis),
                document: Some(raised.document),
                count: 0,
                codes: BTreeSet::new(),
                events: BTreeSet::new(),
                due,
            });
        entry.count += raised.count;
        entry.codes.extend(raised.codes);
        entry.events.extend(raised.events);
        entry.state = entry.state.max(state);
        entry.due = entry.due.into_iter().chain(due).min();
    }

    /// The answer: severities set, those confirmed without a due time.
    pub(super) fn into_mismatches(self) -> Vec<Mismatch> {
        let settle = |mut mismatch: Mismatch| {
            mismatch.severity = severity(mismatch.kind, mismatch.state);
            if mismatch.state == State::Confirmed {
                mismatch.due = None;
            }
            mismatch
        };
        self.found.into_values().map(settle).collect()
    }

    fn certain(&self, certainty: Certainty) -> (State, Option<Timestamp>) {
        match certainty {
            Certainty::Sure => (State::Confirmed, None),
            Certainty::Open => (State::Provisional, None),
            Certainty::Since(at) => {
                let due = at.plus_ms(self.policy.grace_ms);
                if self.now >= due { (State::Confirmed, None) } else { (State::Provisional, Some(due)) }
            }
        }
    }
}

/// A missing counterpart warns while it is provisional and holds once confirmed; the others do not change.
fn severity(kind: Kind, state: State) -> Severity {
    let waits = matches!(kind, Kind::InboundWithoutOutbound | Kind::SortWithoutInbound | Kind::ReceiptWithoutSort);
    if waits && state == State::Provisional { Severity::Warn } else { kind.info().severity }
}
