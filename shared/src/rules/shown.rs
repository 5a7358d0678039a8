//! What of a judgement speaks against one scan: what a clerk is shown.

use crate::code::PackageCode;
use crate::mismatch::{Kind, Mismatch, Severity, State};
use crate::trail::Fact;

/// What a terminal shows of a judgement: the kinds that it can decide. Those that the server settles are provisional here.
#[must_use]
pub fn on_terminal(judged: Vec<Mismatch>) -> Vec<Mismatch> {
    use crate::mismatch::Decided;
    let mut shown: Vec<Mismatch> = judged.into_iter().filter(|found| found.kind.info().decided.on_terminal()).collect();
    for found in shown.iter_mut().filter(|found| found.kind.info().decided == Decided::Both) {
        found.state = State::Provisional;
        if found.kind.waits() {
            found.severity = Severity::Warn;
        }
    }
    shown
}

/// What speaks against one scan of `code`, with the evidence of this scan alone: a mismatch about a document may rest on thousands.
/// A package that is set aside stays what it is when it is scanned again: a mere "duplicate" would send it on.
#[must_use]
pub fn verdict_on(fact: &Fact, code: Option<&PackageCode>, found: &[Mismatch]) -> Vec<Mismatch> {
    let document = fact.act.reference().map(|(_, document)| document);
    let rests_on_it = |found: &Mismatch| found.events.contains(&fact.by);
    let repeats = found.iter().any(|found| found.kind == Kind::RepeatedScan && rests_on_it(found));
    let still_grave = |found: &Mismatch| {
        let names_it = code.is_some_and(|code| found.codes.contains(code));
        repeats && names_it && found.document.as_ref() == document && found.severity >= Severity::Hold
    };
    let of_this_scan = |found: &Mismatch| Mismatch {
        kind: found.kind,
        subject: found.subject.clone(),
        state: found.state,
        severity: found.severity,
        scope: found.scope.clone(),
        basis: found.basis.clone(),
        document: found.document.clone(),
        count: found.count,
        codes: code.filter(|code| found.codes.contains(code)).cloned().into_iter().collect(),
        events: found.events.get(&fact.by).copied().into_iter().collect(),
        at: found.at,
        due: found.due,
    };
    found.iter().filter(|found| rests_on_it(found) || still_grave(found)).map(of_this_scan).collect()
}
