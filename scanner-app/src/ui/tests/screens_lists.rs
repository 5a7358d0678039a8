//! Lists and history: pages of a handheld; on a tablet they stand beside the work, whatever it is.

use std::sync::Arc;

use shared::mismatch::Kind;

use super::super::intent::HistoryTab;
use super::super::route::ListTab;
use super::super::view::{
    BesideView, HistoryRow, HistoryView, ListRowView, ListsView, PageView, ReceiptView, ResultView, ScanView, SortView,
    View,
};
use super::screens::{ACCEPTED, DUPLICATE, NOTE, WRONG, receipt, result, scan};
use super::screens_sorts::sort;
use super::{ago, view};

pub(super) fn lists(tab: ListTab) -> ListsView {
    let tails: &[&str] = if tab == ListTab::SetAside { &["9WPT"] } else { &["2LM8", "6TRA", "P0CW"] };
    let row = |tail: &&str| ListRowView {
        text: format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2{tail}"),
        tail: (*tail).to_owned(),
        product: "原味 3% ×50".into(),
        at: ago(1_240),
        kind: (tab == ListTab::SetAside).then_some(Kind::ProductNotOnBasis),
        outcome: (tab == ListTab::SetAside).then_some(WRONG),
    };
    ListsView {
        title: "FH-2031".into(),
        tab,
        counts: [Some(3), Some(0), Some(1), Some(1), Some(2)],
        rows: tails.iter().map(row).collect(),
        empty: ("没有未扫的".into(), "Nothing to scan".into()),
        search: String::new(),
    }
}

fn history() -> HistoryView {
    let row = |place: u32| HistoryRow {
        outcome: [ACCEPTED, ACCEPTED, DUPLICATE, WRONG, NOTE][place as usize % 5],
        tail: format!("{place:04}"),
        at: ago(i64::from(place)),
        kind: [None, None, Some(Kind::RepeatedScan), Some(Kind::UnknownCode), Some(Kind::ImplausiblePace)]
            [place as usize % 5],
        seq: u64::from(place),
        undone: place == 6,
        provisional: place == 3,
        by: (place == 4).then(|| "张强".into()),
    };
    HistoryView {
        title: "FH-2031".into(),
        rows: (0..40).map(row).collect::<Arc<[_]>>(),
        chosen: Some(3),
        search: String::new(),
        tab: HistoryTab::All,
        newer: 3,
    }
}

pub(super) fn all(tablet: bool) -> Vec<(&'static str, View)> {
    let empty = ListsView {
        title: "FH-2031".into(),
        counts: [Some(0), Some(0), Some(1), Some(0), Some(2)],
        empty: ("没有未扫的".into(), "Nothing to scan".into()),
        ..ListsView::default()
    };
    let (all, aside) = (lists(ListTab::ToScan), lists(ListTab::SetAside));
    if !tablet {
        return vec![
            ("lists", view(PageView::Lists(all))),
            ("lists-aside", view(PageView::Lists(aside))),
            ("lists-empty", view(PageView::Lists(empty))),
            ("history", view(PageView::History(history()))),
        ];
    }
    let last = || Some(ResultView { units: 50, ..result(ACCEPTED, "7K3M", &[]) });
    let beside = |beside| view(PageView::Scan(Box::new(ScanView { beside: Some(beside), ..scan(last()) })));
    let found = history().rows.iter().filter(|row| row.tail.ends_with('3')).cloned().collect();
    let found = HistoryView { search: "3".into(), rows: found, chosen: None, newer: 0, ..history() };
    let sorting = |beside| {
        let sort = sort(false);
        view(PageView::Sort(Box::new(SortView { scan: ScanView { beside: Some(beside), ..sort.scan }, ..sort })))
    };
    let received = ReceiptView { beside: Some(BesideView::Lists(aside.clone())), ..receipt(None) };
    vec![
        ("lists", beside(BesideView::Lists(all))),
        ("lists-aside", beside(BesideView::Lists(aside))),
        ("lists-empty", beside(BesideView::Lists(empty))),
        ("history", beside(BesideView::History(history()))),
        ("history-found", beside(BesideView::History(found))),
        ("sort-history", sorting(BesideView::History(history()))),
        ("receipt-lists", view(PageView::Receipt(received))),
    ]
}
