//! Flows of acts that are not done every day, by accessible label.

use shared::event::{ReturnReason, Stage, VoidReason};
use slint::platform::Key;

use super::super::intent::{CaseAct, HistoryTab, ReportWhat};
use super::super::route::Page;
use super::super::{Intent, show};
use super::flows::{activate, pass, shown, strike, tap};
use super::{find, labels, open, open_with};
use crate::config::Language;
use crate::function_keys::Function;

/// Shows a screen, touches what is labelled so, and answers what was wanted.
fn wanted_of(screen: &str, language: Language, label: &str) -> Option<Intent> {
    let (window, wanted) = open(false);
    show(&window, &shown(screen), language);
    pass(20);
    tap(&window, label);
    wanted.try_recv().ok()
}

/// Each flow in a window of its own: one window a thread.
fn expect(steps: &[(&str, Language, &str, Intent)]) {
    for (screen, language, label, intent) in steps {
        let asked = (screen.to_string(), *language, label.to_string());
        let found = std::thread::spawn(move || wanted_of(&asked.0, asked.1, &asked.2)).join().unwrap();
        assert_eq!(found.as_ref(), Some(intent), "{screen}: {label}");
    }
}

#[test]
fn goods_go_back_by_document_and_reason() {
    expect(&[
        ("menu-desk", Language::Zh, "退货 · 退出和退入", Intent::Go(Page::Returns)),
        ("returns", Language::Zh, "退入  PS-8841 · 红星便利店 · 40 盒", Intent::Return("PS-8841".into())),
        ("returns", Language::En, "Return out  FH-1988 · 深圳制造 · 40 units", Intent::Return("FH-1988".into())),
        ("return-reason", Language::Zh, "质量 · 要有退货批准", Intent::Because(ReturnReason::Quality)),
        (
            "return-reason",
            Language::En,
            "Refused · never taken in, needs no approval",
            Intent::Because(ReturnReason::Refused),
        ),
    ]);
}

#[test]
fn a_reason_shows_what_approvals_cover() {
    let (window, _wanted) = open(false);
    show(&window, &shown("return-reason"), Language::Zh);
    pass(20);
    find(&window, "原味 3% · 30 ml 4 / 10 盒");
    show(&window, &shown("return-unapproved"), Language::En);
    pass(20);
    assert!(labels(&window).iter().any(|label| label.starts_with("No approval is known here.")));
    show(&window, &shown("scan-return"), Language::Zh);
    pass(20);
    assert!(labels(&window).iter().any(|label| label.contains("质量")), "{:#?}", labels(&window));
}

#[test]
fn a_case_is_built_opened_or_checked() {
    expect(&[
        ("case-mode", Language::Zh, "拆箱", Intent::CaseMode(CaseAct::Open)),
        ("case-mode", Language::En, "Check", Intent::CaseMode(CaseAct::Check)),
        ("case-elsewhere", Language::En, "Put in anyway · …5R8N", Intent::CaseDespite),
        ("case-elsewhere", Language::En, "Undo 7K3M", Intent::CaseUndo),
        ("case", Language::Zh, "尾箱完成 · 就 43，不再加", Intent::CaseFinish(true)),
        ("case-check", Language::Zh, "撤销 9WPT", Intent::CheckUndo),
        ("case-check", Language::Zh, "完成：少 2 多 1", Intent::CheckFinish),
    ]);
}

#[test]
fn a_case_undone_says_how_many_units_go_with_it() {
    let (window, _wanted) = open(false);
    show(&window, &shown("scan-undone"), Language::Zh);
    pass(20);
    assert!(labels(&window).iter().any(|label| label.contains("可再扫 · -50 盒")), "{:#?}", labels(&window));
}

#[test]
fn papers_are_equal_in_one_tap_or_marked_field_by_field() {
    expect(&[
        ("papers", Language::Zh, "齐全且一致", Intent::PapersRecord),
        ("papers", Language::Zh, "数量（盒） · 2 000 一致", Intent::PaperMark(4)),
        ("papers-differ", Language::En, "Record: 1 differ", Intent::PapersRecord),
        ("papers-differ", Language::En, "Photo 1", Intent::Photo),
        ("papers-none", Language::Zh, "记录：没有单证", Intent::PapersRecord),
        ("papers-none", Language::Zh, "立即同步", Intent::SyncNow),
        ("returns-empty", Language::En, "Sync now", Intent::SyncNow),
        ("papers-recorded", Language::Zh, "继续扫码", Intent::Go(Page::Work)),
    ]);
}

#[test]
fn a_code_pack_is_reported_lost_or_stolen() {
    expect(&[
        ("report-lost", Language::Zh, "是整个码包 · 未用的追溯码丢失或失窃", Intent::Go(Page::Packs)),
        (
            "report-packs",
            Language::Zh,
            "P-2031-1 · 原味 3% · 30 ml · 盒 09-18 发",
            Intent::ReportPack("P-2031-1".into()),
        ),
        ("report-pack", Language::En, "Record", Intent::ReportSend),
        ("report-lost", Language::En, "Type the count", Intent::Go(Page::Count)),
        ("report-lost", Language::En, "Stolen · tap to choose another", Intent::Report(ReportWhat::Stolen)),
    ]);
}

#[test]
fn any_scan_is_undone_and_somebody_elses_with_a_reason() {
    expect(&[
        ("history", Language::Zh, "新 3", Intent::HistoryNew),
        ("history", Language::En, "Wrong", Intent::HistoryFilter(HistoryTab::Grave)),
        ("history", Language::Zh, "撤销 0003", Intent::Undo(3)),
        (
            "undo-why",
            Language::Zh,
            "记录有误 · 货动了，单证或环节不对",
            Intent::UndoBecause(7, VoidReason::IncorrectData),
        ),
        ("undo-why", Language::En, "Do not undo", Intent::Back),
    ]);
}

#[test]
fn a_gate_is_printed_and_the_supervisor_called() {
    expect(&[
        ("gate-cleared", Language::Zh, "打印", Intent::Print),
        ("gate-held", Language::Zh, "叫主管看", Intent::Go(Page::Call)),
        ("gate-call", Language::En, "Back", Intent::Back),
        ("gate-cleared", Language::En, "Why", Intent::Go(Page::Call)),
    ]);
}

#[test]
fn a_gate_quotes_who_settled_what_and_the_load_that_it_cleared() {
    let (window, _wanted) = open(false);
    let said = "Short quantity · FH-2031 薄荷 2% Outbound · settled by 王主管: true shortage: 合同已改";
    for (screen, language, words) in [
        ("gate-why", Language::En, said),
        ("gate-why", Language::En, "40 cases · 2\u{202F}000 units: they agree with contract and note, and may leave."),
        ("gate-why", Language::Zh, "40 箱 · 2\u{202F}000 盒，与合同和单证一致，可以离开。"),
        ("gate-why", Language::Zh, "查询号 20\u{202F}417"),
        ("gate-cleared", Language::Zh, "放行判定 FH-2031 · 40 箱 · 顺达物流"),
    ] {
        show(&window, &shown(screen), language);
        pass(20);
        find(&window, words);
    }
}

#[test]
fn a_tablet_has_the_open_task_and_a_cleared_gates_facts_beside() {
    let (window, wanted) = open(true);
    show(&window, &shown("tasks"), Language::Zh);
    pass(20);
    tap(&window, "继续 出库 FH-2031 37 / 40 箱");
    assert_eq!(wanted.try_recv(), Ok(Intent::OpenTask("outbound C1 FH-2031".into())));
    show(&window, &shown("gate-cleared"), Language::En);
    pass(20);
    find(&window, "Decided by server");
    show(&window, &shown("gate-held"), Language::En);
    pass(20);
    find(&window, "Short quantity · FH-2031 薄荷 2% Outbound · settled by 王主管: true shortage: 合同已改");
    show(&window, &shown("close-seen"), Language::Zh);
    pass(20);
    let (facts, act) = (find(&window, "37 / 40 箱"), find(&window, "最终结束 · 3 箱记为少货 · 先问别的终端"));
    assert!(act.absolute_position().x > facts.absolute_position().x + facts.size().width, "the acts stand beside");
}

#[test]
fn the_first_sync_tells_how_far_it_is() {
    let (window, wanted) = open(false);
    show(&window, &shown("tasks-first-sync"), Language::En);
    pass(20);
    find(&window, "62%");
    tap(&window, "Data 62% synced. The rest is judged provisional. Keep scanning.");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Queue)));
    show(&window, &shown("tasks-no-data"), Language::En);
    pass(20);
    assert!(!labels(&window).iter().any(|label| label.contains('%')), "nothing is fetched, nothing is told of it");
}

#[test]
fn records_are_handed_to_a_terminal_nearby() {
    expect(&[
        ("carry", Language::Zh, "附近的终端 · 同一无线网，当场有回执", Intent::Go(Page::Nearby)),
        ("which-stage", Language::Zh, "出库 · 货从这里发走", Intent::OpenRead(Some(Stage::Outbound))),
        ("which-stage", Language::En, "Sync now", Intent::SyncNow),
        ("sign-in-wrong", Language::En, "Not me", Intent::NotMe),
        ("receipt-differs", Language::En, "Refuse all · every line, as much as is due", Intent::RefuseAll),
        ("nearby", Language::Zh, "等候别人转交 · 它的记录下次同步代传", Intent::Listen),
        ("nearby", Language::En, "Type address and code · without a camera", Intent::Go(Page::Address)),
        ("nearby-waiting", Language::En, "Stop waiting", Intent::StopListening),
    ]);
    let (window, wanted) = open(false);
    show(&window, &shown("nearby-address"), Language::En);
    pass(20);
    for key in ["1", ".", "2", ":", "3", "Space", "4", "Connect"] {
        tap(&window, key);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::Typed("1.2:3 4".into())));
}

#[test]
fn tasks_say_when_they_are_due_what_was_blocked_since_and_are_found_by_number() {
    let (window, _wanted) = open(false);
    show(&window, &shown("tasks"), Language::Zh);
    pass(20);
    let all = labels(&window);
    assert!(all.iter().any(|label| label.contains("FH-2044") && label.contains("今天 18:00")), "{all:#?}");
    assert!(all.iter().any(|label| label.contains("FH-2050") && label.contains("事后拦截 1")), "{all:#?}");
    show(&window, &shown("tasks-search"), Language::En);
    pass(20);
    let all = labels(&window);
    assert!(all.iter().any(|label| label.contains("DB-0007")) && !all.iter().any(|label| label.contains("FH-2031")));
    tap(&window, "All 2");
}

#[test]
fn function_keys_do_what_the_configuration_says() {
    let keys = toml::from_str("undo = \"F11\"\nclose = \"F24\"\nmenu = \"F1\"").unwrap();
    let (window, wanted) = open_with(false, &keys);
    activate(&window);
    show(&window, &shown("scan-accepted"), Language::Zh);
    pass(20);
    let told = [
        (Key::F11, Some(Intent::Function(Function::Undo))),
        (Key::F24, Some(Intent::Function(Function::Close))),
        (Key::F1, Some(Intent::Go(Page::Menu))),
        (Key::F3, Some(Intent::Function(Function::Torch))),
        (Key::F4, None),
        (Key::F10, None),
    ];
    for (key, intent) in told {
        strike(&window, &slint::SharedString::from(key));
        assert_eq!(wanted.try_recv().ok(), intent, "{key:?}");
    }
}
