//! What people report of goods and papers: unreadable labels, goods that are not what their code says, damage, papers that differ.

use std::collections::BTreeMap;

use super::verdict::Verdict;
use crate::event::{Act, PaperMark, ReportKind, Stage};
use crate::ids::{BasisId, DocumentId};
use crate::mismatch::Kind;
use crate::trail::Fact;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    goods(verdict);
    papers(verdict);
}

fn goods(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for fact in &index.others {
        let Act::Report(report) = &fact.act else { continue };
        let about = Some((&report.basis, &report.document));
        let code = report.text.as_deref().and_then(|text| index.read(text));
        match (report.what, code) {
            (ReportKind::Unreadable, _) => verdict.raise_fact(Kind::UnreadableLabel, fact, about),
            (ReportKind::Damaged, _) => verdict.raise_fact(Kind::DamagedGoods, fact, about),
            (ReportKind::PhysicalDiffers, Some(code)) => verdict.raise_code_fact(Kind::PhysicalDiffers, code, fact),
            (ReportKind::PhysicalDiffers, None) => verdict.raise_fact(Kind::PhysicalDiffers, fact, about),
            // Loss and theft of single packages, destruction, refusal and delay speak in the rules they concern.
            (
                ReportKind::Lost
                | ReportKind::Stolen
                | ReportKind::Destroyed
                | ReportKind::Refused
                | ReportKind::Delayed,
                _,
            ) => {}
        }
    }
}

/// Papers that a person found to differ, or lacking a field (logistics/2022 art. 30). Of several checks of a document at one stage the
/// last one holds, whoever made it: papers that were put right and compared again are equal.
fn papers(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let mut last: BTreeMap<(&BasisId, &DocumentId, Stage), &Fact> = BTreeMap::new();
    for fact in &index.others {
        let Act::PapersChecked { stage, basis, document, .. } = &fact.act else { continue };
        let held = last.entry((basis, document, *stage)).or_insert(fact);
        if (held.at, held.by) < (fact.at, fact.by) {
            *held = fact;
        }
    }
    for ((basis, document, _), fact) in last {
        let Act::PapersChecked { fields, .. } = &fact.act else { continue };
        if fields.iter().any(|field| field.mark != PaperMark::Equal) {
            verdict.raise_fact(Kind::DocumentDiffers, fact, Some((basis, document)));
        }
    }
}
