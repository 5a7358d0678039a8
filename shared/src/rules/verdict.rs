//! Where the rules write: mismatches gathered by (kind, subject, scope), and scans that a graver rule already explains.

use std::collections::{BTreeMap, BTreeSet};

use super::Policy;
use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, EventRef, ProductId};
use crate::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use crate::reference::References;
use crate::time::Timestamp;
use crate::trail::{History, Index, Scan};

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

/// How far a task is: the big figure and the line beneath it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Packages of the document's packing level that count.
    pub packages_counted: u64,
    /// Packages that should come: what the consignor sent where that is known, else what the document says.
    pub packages_expected: Option<u64>,
    /// Units (盒) that count, scanned or inferred from their case.
    pub units_counted: u64,
    /// Units that should come.
    pub units_expected: u64,
    /// Packages set aside.
    pub set_aside: u64,
}

/// How far the stage of a document (or of a basis alone) is.
#[must_use]
pub fn progress(
    history: &History,
    references: &References,
    basis: &BasisId,
    document: &DocumentId,
    stage: Stage,
) -> Progress {
    let index = Index::new(history, references);
    let here = |stage: Stage| {
        let reference = (basis, document);
        index.scans.iter().filter(move |scan| scan.stage == stage && scan.reference() == reference)
    };
    let lines = references.documents.get(document).map(|found| (&found.lines, found.packing_level));
    let lines = lines.or_else(|| {
        let order_level = crate::reference::Level::Unit;
        references.bases.get(basis).map(|found| (&found.lines, order_level))
    });
    let mut progress = Progress {
        set_aside: here(stage).filter(|scan| scan.set_aside.is_some()).count() as u64,
        ..Progress::default()
    };
    let sent_known = !stage.sends() && here(stage.counterpart()).any(Scan::counts);
    let mut expected = 0;
    let mut products: BTreeSet<&ProductId> = BTreeSet::new();
    for line in lines.iter().flat_map(|(lines, _)| lines.iter()).filter(|line| products.insert(&line.product)) {
        let per_package =
            lines.and_then(|(_, level)| references.products.get(&line.product).map(|p| p.units_in(level)));
        let per_package = u64::from(per_package.unwrap_or(1).max(1));
        let counted = super::line::units(&index, references, basis, document, stage, &line.product, Scan::counts);
        let due = if sent_known {
            let sent = stage.counterpart();
            super::line::units(&index, references, basis, document, sent, &line.product, Scan::counts)
        } else {
            lines
                .iter()
                .flat_map(|(lines, _)| lines.iter())
                .filter(|l| l.product == line.product)
                .map(|l| l.units)
                .sum()
        };
        progress.units_counted += counted;
        progress.units_expected += due;
        progress.packages_counted += counted.div_ceil(per_package);
        expected += due.div_ceil(per_package);
    }
    if lines.is_none() {
        progress.packages_counted = here(stage).filter(|scan| scan.counts() && scan.code.is_ok()).count() as u64;
    }
    progress.packages_expected = lines.is_some().then_some(expected);
    progress
}
