//! A tablet has lists and history beside the work, and a finished receipt leads on to the next.

use super::super::view::{PageView, View};
use super::super::{Intent, show};
use super::flows::{pass, tap};
use super::{find, labels, open, screens};
use crate::config::Language;
use crate::ui::route::{ListTab, Page};

fn shown(name: &str) -> View {
    screens::all(true).into_iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn lists_and_history_stand_beside_the_work_and_lead_back_to_what_stood_there() {
    let (window, wanted) = open(true);
    for (name, work, taps) in [
        ("history", "37 / 40 箱", vec![("清单", Intent::BesideAgain), ("撤销 0003", Intent::Undo(3))]),
        ("history-found", "37 / 40 箱", vec![("不再查找 3", Intent::ClearSearch), ("查找", Intent::Go(Page::Search))]),
        (
            "lists-aside",
            "37 / 40 箱",
            vec![("提示 2", Intent::Tab(ListTab::Notes)), ("记录", Intent::Go(Page::History))],
        ),
        ("sort-history", "格口 12 红星便利店 4 / 10 盒", vec![("订单", Intent::BesideAgain)]),
        ("receipt-lists", "全部收到 · 10 盒", vec![("订单", Intent::BesideAgain)]),
    ] {
        show(&window, &shown(name), Language::Zh);
        pass(20);
        find(&window, work);
        for (label, intent) in taps {
            tap(&window, label);
            assert_eq!(wanted.try_recv(), Ok(intent), "{name}: {label}");
        }
    }
}

#[test]
fn done_names_the_next_order_and_opens_it_also_when_the_seconds_are_over() {
    let (window, wanted) = open(true);
    let mut view = shown("receipt-done");
    let receipt = |view: &mut View, change: fn(&mut crate::ui::view::ReceiptView)| {
        let PageView::Receipt(page) = &mut view.page else { panic!("no receipt") };
        change(page);
    };
    for seconds_are_over in [false, true] {
        if seconds_are_over {
            receipt(&mut view, |page| page.confirmed = None);
        }
        show(&window, &view, Language::En);
        pass(20);
        tap(&window, "Done · next: PS-8855");
        assert_eq!(wanted.try_recv(), Ok(Intent::CloseAndOpen("2".into())));
    }
    receipt(&mut view, |page| page.next = None);
    show(&window, &view, Language::En);
    pass(20);
    tap(&window, "Done");
    assert_eq!(wanted.try_recv(), Ok(Intent::CloseFinal), "nothing is due");
    // Notes are seen at the close.
    receipt(&mut view, |page| page.has_notes = true);
    show(&window, &view, Language::En);
    pass(20);
    tap(&window, "Close");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Close)));
    assert!(labels(&window).iter().all(|label| label != "Done"));
}
