//! The screens of a sort, and of the close.

use shared::event::Stage;
use shared::mismatch::Kind;
use shared::reference::Level;

use super::super::view::{CloseView, PageView, ResultView, ScanView, SlotView, SortView, View};
use super::screens::{ACCEPTED, WRONG, result, scan};
use super::view;

fn slot(number: u32, retailer: &str, done: u64) -> SlotView {
    SlotView { slot: number, retailer: retailer.into(), order: format!("PS-88{number}"), units: (done, 10) }
}

pub(super) fn sort(instead: bool) -> SortView {
    let shown = result(ACCEPTED, "3HZQ", &[]);
    SortView {
        units: (61, 240),
        slot: (!instead).then(|| slot(12, "红星便利店", 4)),
        instead: instead.then(|| ("格口 12：6 盒\n格口 7：4 盒".into(), "slot 12: 6 units\nslot 7: 4 units".into())),
        whole: instead.then_some((0, 12)),
        orders: vec![slot(12, "红星便利店", 4), slot(7, "东门烟酒", 10), slot(3, "江南路商行", 0)],
        scan: ScanView {
            stage: Stage::Sort,
            title: "广州分拣中心".into(),
            single: true,
            ..scan((!instead).then_some(shown))
        },
    }
}

pub(super) fn close(notes_seen: bool) -> CloseView {
    CloseView {
        title: "FH-2031".into(),
        stage: Stage::Outbound,
        done: 37,
        total: Some(40),
        level: Level::Case,
        unsent_units: 0,
        set_aside: 1,
        others: if notes_seen { 5 } else { 0 },
        open_case: None,
        papers: notes_seen.then_some(true),
        notes: vec![(Kind::ImplausiblePace, 2)],
        notes_seen,
        orders: Vec::new(),
    }
}

/// A sort of three orders, of which one has what it wants.
fn close_sort() -> CloseView {
    CloseView {
        stage: Stage::Sort,
        done: 24,
        total: Some(30),
        level: Level::Unit,
        set_aside: 0,
        notes: Vec::new(),
        orders: vec![slot(12, "红星便利店", 4), slot(7, "东门烟酒", 10), slot(3, "江南路商行", 10)],
        ..close(true)
    }
}

/// A shop's order of ten units, of which six were sent and are here.
fn close_unsent() -> CloseView {
    CloseView {
        stage: Stage::Receipt,
        title: "PD-8841".into(),
        done: 6,
        total: Some(6),
        level: Level::Unit,
        unsent_units: 4,
        set_aside: 0,
        others: 0,
        notes: Vec::new(),
        ..close(true)
    }
}

/// A unit that lies in another order's slot already.
fn sort_held() -> SortView {
    let sent_with = Some("PD-8841".to_owned());
    let held = ResultView { sent_with, provisional: true, ..result(WRONG, "3HZQ", &[Kind::DoubleAllocation]) };
    let instead = Some(("不进格口 12，放隔离区。".into(), "Not into slot 12: set it aside.".into()));
    let sorted = sort(false);
    SortView { slot: None, instead, scan: ScanView { result: Some(held), ..sorted.scan }, ..sorted }
}

/// Every order has what it wants: the close is what comes next.
fn sort_complete() -> SortView {
    let orders = vec![slot(12, "红星便利店", 10), slot(7, "东门烟酒", 10), slot(3, "江南路商行", 10)];
    SortView { units: (30, 30), slot: orders.first().cloned(), orders, ..sort(false) }
}

/// Every one of them by a short name.
pub(super) fn all() -> Vec<(&'static str, View)> {
    vec![
        ("sort", view(PageView::Sort(Box::new(sort(false))))),
        ("sort-complete", view(PageView::Sort(Box::new(sort_complete())))),
        ("sort-open-case", view(PageView::Sort(Box::new(sort(true))))),
        ("sort-held", view(PageView::Sort(Box::new(sort_held())))),
        ("close", view(PageView::Close(close(false)))),
        ("close-seen", view(PageView::Close(close(true)))),
        ("close-unsent", view(PageView::Close(close_unsent()))),
        ("close-sort", view(PageView::Close(close_sort()))),
    ]
}
