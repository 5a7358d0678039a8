//! What somebody met who walked the real windows: each stays mended.

use i_slint_backend_testing::ElementQuery;
use shared::event::Stage;
use shared::mismatch::Kind;
use slint::{ComponentHandle, SharedString};

use super::super::generated::Scan;
use super::super::route::Page;
use super::super::view::{
    CheckItem, CheckRow, CheckView, CloseView, OpenCaseView, PageView, ReceiptView, ScanView, SkinView, View,
};
use super::super::{Intent, MainWindow, show};
use super::flows::{activate, pass, press, release, shown, strike, tap};
use super::screens::{BLOCKED, WRONG, receipt, result, scan};
use super::screens_sorts::close;
use super::{find, labels, on_both, open, view};
use crate::config::Language;

const SKINS: [SkinView; 3] = [SkinView::Light, SkinView::Dark, SkinView::Sunlight];

fn put(window: &MainWindow, view: &View, language: Language) {
    show(window, view, language);
    pass(20);
}

#[test]
fn the_pad_is_empty_after_a_wrong_pin_so_that_the_right_one_signs() {
    let (window, wanted) = open(false);
    let signing = |answers| {
        let mut view = shown("receipt-sign");
        let PageView::Sign(sign) = &mut view.page else { panic!("no signing") };
        sign.answers = answers;
        sign.trouble = (answers > 0).then(|| ("PIN 不对".into(), "Wrong PIN".into()));
        view
    };
    put(&window, &signing(0), Language::En);
    for key in ["1", "1", "1", "1", "1", "1", "Sign"] {
        tap(&window, key);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::Typed("111111".into())));
    put(&window, &signing(1), Language::En);
    for key in ["9", "1", "3", "9", "0", "3", "Sign"] {
        tap(&window, key);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::Typed("913903".into())));
}

#[test]
fn tabs_keep_their_place_when_a_scan_is_answered() {
    let (window, _wanted) = open(false);
    let mut mode = shown("case-mode");
    let PageView::Case(case) = &mut mode.page else { panic!("no case") };
    case.answer = None;
    put(&window, &mode, Language::Zh);
    let before = find(&window, "拆箱").absolute_position();
    let PageView::Case(case) = &mut mode.page else { panic!("no case") };
    case.answer = Some((("这是单盒。".into(), "This is a unit.".into()), WRONG));
    put(&window, &mode, Language::Zh);
    assert_eq!(find(&window, "拆箱").absolute_position(), before);
}

/// Where Undo stood until its ten seconds were over nothing stands that a late finger could open.
#[test]
fn a_receipt_of_which_nothing_is_left_offers_no_other_way_in_undos_place() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let over = ReceiptView { confirmed: None, ..receipt(Some(10)) };
        put(&window, &view(PageView::Receipt(over)), Language::En);
        find(&window, "Done · next: PS-8855");
        assert!(!labels(&window).iter().any(|label| label == "Scan each"), "{:#?}", labels(&window));
    });
}

#[test]
fn the_close_tells_of_a_case_that_was_begun_and_leads_to_it() {
    let (window, wanted) = open(false);
    let building = OpenCaseView { tail: "VDRG".into(), is_check: false, done: 3, of: Some(6) };
    let page = |case| view(PageView::Close(CloseView { open_case: Some(case), ..close(true) }));
    put(&window, &page(building.clone()), Language::En);
    tap(&window, "Case not ended …VDRG · 3 / 6 · finish it, or give it up");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Case)));
    put(&window, &page(OpenCaseView { is_check: true, ..building }), Language::Zh);
    find(&window, "核对没做完 …VDRG · 3 / 6 · 先完成，或放弃");
}

#[test]
fn more_than_the_note_says_is_never_complete() {
    let (window, _wanted) = open(false);
    let loaded = |done| {
        let page = ScanView { done, total: Some(40), set_aside: 0, ..scan(None) };
        view(PageView::Scan(Box::new(page)))
    };
    put(&window, &loaded(40), Language::En);
    assert!(window.global::<Scan>().get_complete());
    put(&window, &loaded(41), Language::En);
    assert!(!window.global::<Scan>().get_complete(), "41 of 40 has the flag");
    let over = CloseView { done: 41, set_aside: 0, others: 0, notes: Vec::new(), ..close(true) };
    put(&window, &view(PageView::Close(over)), Language::En);
    find(&window, "1 case more than on the note · Undo the extra ones first, and take them off.");
    find(&window, "Close final · 1 case too many");
    assert!(!labels(&window).iter().any(|label| label.starts_with("All there")));
}

#[test]
fn one_of_something_is_no_plural_at_the_close() {
    let (window, _wanted) = open(false);
    let short = CloseView {
        done: 39,
        set_aside: 0,
        others: 0,
        notes: vec![(Kind::ImplausiblePace, 1)],
        stage: Stage::Inbound,
        ..close(true)
    };
    put(&window, &view(PageView::Close(short)), Language::En);
    let all = labels(&window).join("\n");
    for said in ["1 case to scan", "1 note seen", "Close final · 1 case short"] {
        assert!(all.contains(said), "`{said}` is not said:\n{all}");
    }
}

/// A busy screen looks at its clock less often: a second stays a second. But what was a tap before a stall is no hold after it.
#[test]
fn a_second_of_holding_is_measured_by_the_clock_and_no_stall_is_taken_for_it() {
    let (window, wanted) = open(false);
    activate(&window);
    put(&window, &shown("alarm"), Language::Zh);
    press(&window, "\n");
    pass(10);
    for _ in 0..7 {
        pass(190);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::Acknowledged), "held for 1.3 s at five looks a second");
    release(&window, "\n");
    pass(20);
    press(&window, "\n");
    pass(10);
    pass(3_000);
    release(&window, "\n");
    pass(2_000);
    assert!(wanted.try_recv().is_err(), "the screen stood still, nobody held");
}

/// Words are largest in the sun, and English is longest: what to do and what it rests on stand within the banner's edge.
#[test]
fn a_block_among_others_of_its_frame_is_said_whole_in_every_theme() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for skin in SKINS {
            for language in [Language::Zh, Language::En] {
                let mut answer = result(BLOCKED, "1YEV", &[Kind::FrozenCode]);
                answer.same_frame = vec![(super::screens::ACCEPTED, 4)];
                let mut view = view(PageView::Scan(Box::new(scan(Some(answer)))));
                view.chrome.look.skin = skin;
                put(&window, &view, language);
                let banner =
                    ElementQuery::from_root(&window).match_descendants().match_type_name("Banner").find_first();
                let banner = banner.expect("there is a banner");
                let bottom = banner.absolute_position().y + banner.size().height - 8.0;
                for text in banner.query_descendants().match_type_name("Text").find_all() {
                    let end = text.absolute_position().y + text.size().height;
                    assert!(end <= bottom, "{skin:?} {language:?} {tablet}: ends at {end}, of {bottom}");
                }
            }
        }
    });
}

#[test]
fn who_works_by_keys_sees_where_he_is_on_the_main_act_too() {
    let (window, _wanted) = open(false);
    activate(&window);
    for skin in SKINS {
        let mut view = shown("about");
        view.chrome.look.skin = skin;
        put(&window, &view, Language::Zh);
        let mains = i_slint_backend_testing::ElementHandle::find_by_accessible_label(&window, "返回");
        let (at, size) =
            mains.map(|one| (one.absolute_position(), one.size())).max_by(|a, b| a.0.y.total_cmp(&b.0.y)).unwrap();
        let ring = |window: &MainWindow| {
            window.window().request_redraw();
            let picture = window.window().take_snapshot().unwrap();
            (
                super::sampled::pixel(&picture, at.x + 4.0, at.y + size.height / 2.0),
                super::sampled::pixel(&picture, at.x + 16.0, at.y + size.height / 2.0),
            )
        };
        let best = (0..8).map(|_| {
            strike(&window, &SharedString::from(slint::platform::Key::Tab));
            pass(20);
            let (edge, fill) = ring(&window);
            super::sampled::ratio(edge, fill)
        });
        let best = best.fold(1.0, f64::max);
        assert!(best >= 3.0, "{skin:?}: the ring is {best:.1} from the act's fill");
    }
}

#[test]
fn what_a_check_could_not_find_out_stands_beside_its_name() {
    let (window, _wanted) = open(false);
    let battery =
        CheckRow {
            item: CheckItem::Battery, is_good: None, words: ("本机没有电池".into(), "no battery here".into())
        };
    put(&window, &view(PageView::Check(CheckView { rows: vec![battery] })), Language::En);
    find(&window, "Battery · no battery here");
}
