//! Returns: which document's goods go back, and why.

use shared::event::ReturnReason;

use super::super::generated::{Mark, Row};
use super::super::sheet::{Say, Sheet, act, choice, fact, heading as row_heading, main_act, sentence};
use super::super::view::{ApprovedView, ReasonView, ReturnableView};
use super::super::{Intent, words};
use super::{Heading, heading};
use shared::reference::Level;

pub(super) fn sheet(documents: &[ReturnableView], say: Say) -> (Heading, Sheet) {
    let row = |document: &ReturnableView| {
        let unit = words::level(say.0, Level::Unit);
        let stage = words::stage(say.0, document.stage);
        let sub = format!("{} · {} {unit}", document.counterparty, words::count(document.units));
        choice(format!("{stage}  {}", document.document), sub, &Intent::Return(document.document.clone()))
    };
    let sheet = Sheet {
        // What fills an empty list is done here.
        acts: if documents.is_empty() {
            vec![main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)]
        } else {
            Vec::new()
        },
        rows: documents.iter().map(row).collect(),
        is_long: true,
        empty: say.of(
            "没有可退的单证。先同步；货到过本节点才能退。",
            "No document to return. Sync first; only goods that were here go back.",
        ),
        ..Sheet::default()
    };
    (heading(say.of("退货", "Returns"), say.of("选单证，或扫它的二维码", "choose it, or scan its QR")), sheet)
}

pub(super) fn reason(view: &ReasonView, say: Say) -> (Heading, Sheet) {
    let stage = words::stage(say.0, view.stage);
    let one = |reason: ReturnReason| {
        let sub = if reason.never_taken_in() {
            say.of("没有入库，不用批准", "never taken in, needs no approval")
        } else {
            say.of("要有退货批准", "needs a return approval")
        };
        choice(words::return_reason(say.0, reason), sub, &Intent::Because(reason))
    };
    let mut rows = vec![row_heading(say.of("为什么退？", "Why do they go back?"))];
    rows.extend(
        [ReturnReason::Quality, ReturnReason::Refused, ReturnReason::Undeliverable, ReturnReason::Other].map(one),
    );
    rows.extend(approvals(&view.approved, say));
    let acts = vec![act(say.of("返回", "Back"), &Intent::Back)];
    (heading(format!("{stage} {}", view.document), ""), Sheet { rows, acts, ..Sheet::default() })
}

/// What approvals cover, product by product.
pub(super) fn approvals(approved: &[ApprovedView], say: Say) -> Vec<Row> {
    let mut rows = vec![row_heading(say.of("退货批准（交易规则第 16 条）", "Approvals (trading rules, art. 16)"))];
    if approved.is_empty() {
        rows.push(sentence(
            Mark::Missing,
            say.of("本终端没有批准的记录。", "No approval is known here."),
            say.of(
                "质量或其他原因：先由买方在平台申请，再同步。照常扫码记录。",
                "For quality or another reason the buyer applies on the platform; then sync. Scans are recorded all the same.",
            ),
        ));
    }
    for line in approved {
        let unit = words::level(say.0, Level::Unit);
        let figure = format!("{} {unit}", words::figure(line.units.0, Some(line.units.1)));
        let mark = if line.units.0 < line.units.1 { Mark::Good } else { Mark::Bad };
        rows.push(fact(mark, line.product.as_str(), figure));
        rows.push(sentence(Mark::None, line.approvals.as_str(), say.of("批准编号", "approval")));
    }
    rows
}
