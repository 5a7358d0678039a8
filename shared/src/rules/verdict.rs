//! Where the rules write: mismatches gathered by (kind, subject, scope), and scans that a graver rule already explains.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{BasisId, DocumentId, EventRef, MemberId, ProductId};
use crate::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use crate::reference::References;
use crate::reference::{Limits, Policy};
use crate::time::Timestamp;
use crate::trail::{CodeNo, Fact, Index, Scan};

/// The judgement under way.
pub(super) struct Verdict<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) references: &'a References,
    pub(super) limits: Limits,
    pub(super) now: Timestamp,
    /// One fact raises one kind: scans that a kind before explains, by place.
    explained: Vec<bool>,
    /// Whether some line has too much.
    pub(super) is_over: bool,
    found: BTreeMap<(Kind, Subject, Scope), Mismatch>,
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

/// What a rule says.
pub(super) struct Raised {
    pub(super) kind: Kind,
    pub(super) subject: String,
    pub(super) scope: Scope,
    pub(super) basis: Option<BasisId>,
    pub(super) document: Option<DocumentId>,
    pub(super) count: u64,
    pub(super) codes: Vec<CodeNo>,
    pub(super) events: Vec<EventRef>,
    pub(super) at: Timestamp,
    pub(super) certainty: Certainty,
    /// Another severity than the catalogue's.
    pub(super) severity: Option<Severity>,
}

impl Raised {
    pub(super) fn new(kind: Kind, subject: String, scope: Scope, at: Timestamp) -> Self {
        Self {
            kind,
            subject,
            scope,
            basis: None,
            document: None,
            count: 1,
            codes: Vec::new(),
            events: Vec::new(),
            at,
            certainty: Certainty::Sure,
            severity: None,
        }
    }

    /// About a basis and document, in the scope of the basis.
    pub(super) fn under(
        kind: Kind,
        subject: String,
        (basis, document): (&BasisId, &DocumentId),
        at: Timestamp,
    ) -> Self {
        let mut raised = Self::new(kind, subject, Scope::Basis(basis.clone()), at);
        raised.basis = Some(basis.clone());
        raised.document = Some(document.clone());
        raised
    }
}

impl<'a> Verdict<'a> {
    pub(super) fn new(index: &'a Index<'a>, policy: &Policy, now: Timestamp) -> Self {
        let explained = vec![false; index.scans.len()];
        let references = index.references;
        let limits = policy.limits;
        Self { index, references, limits, now, explained, is_over: false, found: BTreeMap::new() }
    }

    /// Marks a scan as explained: what it says of legs and lines is not judged any more.
    pub(super) fn explain(&mut self, scan: &Scan<'_>) {
        self.explained[scan.place as usize] = true;
    }

    pub(super) fn is_explained(&self, scan: &Scan<'_>) -> bool {
        self.explained[scan.place as usize]
    }

    /// Whether `wrong` holds at a scan's time. Where the time is unsure and the answer differs within it, there is no verdict,
    /// only a note on the terminal's clock.
    pub(super) fn surely(&mut self, scan: &Scan<'_>, wrong: impl Fn(Timestamp) -> bool) -> bool {
        let Some((earliest, latest)) = scan.window else { return wrong(scan.at) };
        let (first, last) = (wrong(earliest), wrong(latest));
        if first != last {
            let subject = scan.by.terminal.to_string();
            let mut raised = Raised::under(Kind::ClockSkew, subject, scan.reference(), scan.at);
            raised.events.push(scan.by);
            self.raise(raised);
        }
        first && last
    }

    /// Raises a kind about a package.
    pub(super) fn raise_code(&mut self, kind: Kind, code: CodeNo, scans: &[&Scan<'_>], certainty: Certainty) {
        self.raise_code_as(kind, code, scans, certainty, None);
    }

    /// The same, with another severity than the catalogue's.
    pub(super) fn raise_code_as(
        &mut self,
        kind: Kind,
        code: CodeNo,
        scans: &[&Scan<'_>],
        certainty: Certainty,
        severity: Option<Severity>,
    ) {
        let Some(last) = scans.iter().max_by_key(|scan| scan.place) else { return };
        let code_text = &self.index.package(code).code;
        let mut raised = Raised::new(kind, code_text.to_string(), Scope::Code(code_text.clone()), last.at);
        raised.basis = Some(last.movement.basis.clone());
        raised.document = Some(last.movement.document.clone());
        raised.codes.push(code);
        raised.events.extend(scans.iter().map(|scan| scan.by));
        raised.certainty = certainty;
        raised.severity = severity;
        self.raise(raised);
    }

    /// Raises a kind about a package, from an event that is no scan.
    pub(super) fn raise_code_fact(&mut self, kind: Kind, code: CodeNo, fact: &Fact) {
        let code_text = &self.index.package(code).code;
        let mut raised = Raised::new(kind, code_text.to_string(), Scope::Code(code_text.clone()), fact.at);
        if let Some((basis, document)) = fact.act.reference() {
            raised.basis = Some(basis.clone());
            raised.document = Some(document.clone());
        }
        raised.codes.push(code);
        raised.events.push(fact.by);
        self.raise(raised);
    }

    /// Raises a kind about the document of a scan (its basis, its task where it has neither): once, with a list.
    pub(super) fn raise_document(&mut self, kind: Kind, scan: &Scan<'_>, certainty: Certainty) {
        self.raise_document_as(kind, scan, certainty, None);
    }

    /// The same, with another severity than the catalogue's.
    pub(super) fn raise_document_as(
        &mut self,
        kind: Kind,
        scan: &Scan<'_>,
        certainty: Certainty,
        severity: Option<Severity>,
    ) {
        let mut raised = Raised::under(kind, document_subject(scan.reference()), scan.reference(), scan.at);
        raised.codes.extend(scan.code.as_ref().ok());
        raised.events.push(scan.by);
        raised.certainty = certainty;
        raised.severity = severity;
        self.raise(raised);
    }

    /// Raises a kind about the document that an event names; about its terminal where it names none.
    pub(super) fn raise_fact(&mut self, kind: Kind, fact: &Fact, about: Option<(&BasisId, &DocumentId)>) {
        let terminal = fact.by.terminal;
        let mut raised = about.map_or_else(
            || Raised::new(kind, terminal.to_string(), Scope::Terminal(terminal), fact.at),
            |reference| Raised::under(kind, document_subject(reference), reference, fact.at),
        );
        raised.events.push(fact.by);
        self.raise(raised);
    }

    /// Raises a kind about a line of a basis, without a stage.
    pub(super) fn raise_basis_line(&mut self, kind: Kind, basis: &BasisId, product: &ProductId, count: u64) {
        let mut raised = Raised::new(kind, format!("{basis}/{product}"), Scope::Basis(basis.clone()), self.now);
        raised.basis = Some(basis.clone());
        raised.count = count;
        self.raise(raised);
    }

    /// Raises a kind about a member.
    pub(super) fn raise_member(&mut self, kind: Kind, member: &MemberId, count: u64, severity: Option<Severity>) {
        let mut raised = Raised::new(kind, member.to_string(), Scope::Member(member.clone()), self.now);
        raised.count = count;
        raised.severity = severity;
        self.raise(raised);
    }

    /// Adds to what was found; the same (kind, subject, scope) again adds its evidence.
    pub(super) fn raise(&mut self, raised: Raised) {
        let (state, due) = self.certain(raised.certainty);
        let codes = raised.codes.iter().map(|code| self.index.package(*code).code.clone());
        let codes: BTreeSet<_> = codes.collect();
        let key = (raised.kind, Subject(raised.subject), raised.scope);
        let entry = self.found.entry(key.clone()).or_insert_with(|| Mismatch {
            kind: key.0,
            subject: key.1,
            state,
            severity: Severity::Info,
            scope: key.2,
            basis: raised.basis.clone(),
            document: raised.document.clone(),
            count: 0,
            codes: BTreeSet::new(),
            events: BTreeSet::new(),
            at: raised.at,
            due,
        });
        let before = entry.events.len();
        entry.codes.extend(codes);
        entry.events.extend(raised.events);
        // The same scan under two rules of one kind is one fact.
        if before == 0 || entry.events.len() > before {
            entry.count = entry.count.saturating_add(raised.count);
        }
        entry.state = entry.state.max(state);
        entry.severity = entry.severity.max(raised.severity.unwrap_or(severity(raised.kind, state)));
        if raised.at > entry.at {
            entry.at = raised.at;
            (entry.basis, entry.document) = (raised.basis, raised.document);
        }
        entry.due = entry.due.into_iter().chain(due).min();
    }

    /// The answer: sorted; those confirmed have no due time.
    pub(super) fn into_mismatches(self) -> Vec<Mismatch> {
        let settle = |mut mismatch: Mismatch| {
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
                let due = at.plus_ms(self.limits.grace_ms);
                if self.now >= due { (State::Confirmed, None) } else { (State::Provisional, Some(due)) }
            }
        }
    }
}

/// A document's number, or its basis's where there is none.
pub(super) fn document_subject((basis, document): (&BasisId, &DocumentId)) -> String {
    if document.is_none() { basis.to_string() } else { document.to_string() }
}

/// A missing counterpart warns while it is provisional and holds once confirmed; the others do not change.
const fn severity(kind: Kind, state: State) -> Severity {
    if kind.waits() && matches!(state, State::Provisional) { Severity::Warn } else { kind.info().severity }
}
