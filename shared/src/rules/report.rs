//! What people report of goods: unreadable labels, goods that are not what their code says, damage.

use super::verdict::Verdict;
use crate::event::{Act, ReportKind};
use crate::mismatch::Kind;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
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
