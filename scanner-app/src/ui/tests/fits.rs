//! Words that must not be cut: verdicts in their banner, the one warning before a final close, what lies at a pad's end.

use i_slint_backend_testing::{ElementHandle, ElementQuery};
use shared::mismatch::Kind;

use super::super::view::{Outcome, PageView, ResultView, SkinView, Strip, StripTone, View};
use super::super::{MainWindow, show};
use super::screens::{self, ACCEPTED, BLOCKED, DUPLICATE, NOTE, WRONG, result, scan};
use super::{find, labels, on_both, open, view};
use crate::config::Language;

const SKINS: [SkinView; 3] = [SkinView::Light, SkinView::Dark, SkinView::Sunlight];

fn shown(window: &MainWindow, view: &View, language: Language) {
    show(window, view, language);
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
}

fn screen(name: &str, tablet: bool) -> View {
    screens::all(tablet).into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn answered(outcome: Outcome, (provisional, training): (bool, bool), skin: SkinView) -> View {
    let kinds = if outcome == ACCEPTED { Vec::new() } else { vec![Kind::ImplausiblePace] };
    let answer = ResultView { provisional, ..result(outcome, "7K3M", &kinds) };
    let mut view = view(PageView::Scan(Box::new(scan(Some(answer)))));
    view.chrome.training = training;
    view.chrome.look.skin = skin;
    view
}

/// A word that is too wide would push the code out of the banner: nothing in it is elided.
#[test]
fn every_verdict_stands_whole_beside_its_code() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let mut faults = Vec::new();
        for outcome in [ACCEPTED, NOTE, DUPLICATE, WRONG, BLOCKED] {
            for skin in SKINS {
                for marks in [(false, false), (true, false), (false, true), (true, true)] {
                    for language in [Language::Zh, Language::En] {
                        shown(&window, &answered(outcome, marks, skin), language);
                        let banners = ElementQuery::from_root(&window).match_descendants().match_type_name("Banner");
                        let banner = banners.find_first().expect("there is a banner");
                        let right = banner.absolute_position().x + banner.size().width - 12.0;
                        let bottom = banner.absolute_position().y + banner.size().height;
                        for text in banner.query_descendants().match_type_name("Text").find_all() {
                            let (at, size) = (text.absolute_position(), text.size());
                            if at.x + size.width > right || at.y + size.height > bottom {
                                faults.push(format!(
                                    "{outcome:?} {skin:?} {marks:?} {language:?} {tablet}: {at:?} {size:?}"
                                ));
                            }
                        }
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

#[test]
fn whom_to_ask_first_is_read_before_the_final_close() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for skin in SKINS {
            for (language, asked, act) in [
                (Language::Zh, "别的终端也扫了 5 箱 · 先问他们扫完没有。", "部分结束 · 稍后继续，不算少货"),
                (
                    Language::En,
                    "5 cases scanned by others · Ask first whether they are done.",
                    "Close partial · go on later, no shortage",
                ),
            ] {
                let mut view = screen("close-seen", tablet);
                view.chrome.look.skin = skin;
                shown(&window, &view, language);
                let asked = find(&window, asked);
                // The second line of the row stands beneath its first, which carries the label.
                let bottom = asked.absolute_position().y + asked.size().height + 40.0;
                let acts = find(&window, act).absolute_position();
                assert!(
                    bottom <= acts.y || tablet,
                    "{language:?} {skin:?}: ends at {bottom}, the acts begin at {}",
                    acts.y
                );
                assert!(bottom <= 800.0);
            }
        }
    });
}

/// The site's name is one line beside the language's button, and the terminal a smaller one, whatever they are called.
#[test]
fn the_sign_in_says_where_it_is_in_one_line() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let mut widest = Vec::new();
        for place in ["广州", "广州市番禺区第二物流分拣中心一号库", "Panyu second sorting centre, hall 1"]
        {
            for skin in SKINS {
                for (language, terminal) in [(Language::Zh, "终端 1e2f"), (Language::En, "Terminal 1e2f")] {
                    let mut view = screen("sign-in", tablet);
                    let PageView::SignIn(page) = &mut view.page else { panic!("no sign-in") };
                    page.place = place.into();
                    view.chrome.look.skin = skin;
                    shown(&window, &view, language);
                    let title = find(&window, &format!("{place} · {terminal}"));
                    let (at, size) = (title.absolute_position(), title.size());
                    let texts = title.query_descendants().match_type_name("Text").find_all();
                    assert!(
                        texts
                            .iter()
                            .all(|text| text.absolute_position().x + text.size().width <= at.x + size.width + 0.6),
                        "{place}"
                    );
                    assert!((size.height - 84.0).abs() < 0.6, "{place} {skin:?}: {size:?}");
                    widest.push(find(&window, "PIN").absolute_position().y);
                }
            }
        }
        widest.dedup();
        assert_eq!(widest.len(), 1, "a name pushes the pad: {widest:?}");
    });
}

/// All keys of a pad lie above the fold, the last one in the thumb's reach, and a slip takes back one character.
#[test]
fn a_pad_is_typed_on_without_pushing_anything() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for name in ["search", "search-task", "nearby-address", "receipt-sign", "report-count"] {
            shown(&window, &screen(name, tablet), Language::En);
            if labels(&window).iter().any(|label| label == "ABC") {
                find(&window, "ABC").invoke_accessible_default_action();
                i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
                find(&window, "A");
                find(&window, "Z");
            }
            for element in
                ElementQuery::from_root(&window).match_descendants().match_type_name("TouchButton").find_all()
            {
                let bottom = element.absolute_position().y + element.size().height;
                assert!(bottom <= 800.0, "{name} {tablet}: {:?} ends at {bottom}", element.accessible_label());
            }
            let delete = find(&window, "Delete").absolute_position();
            assert!(delete.y > 600.0, "{name} {tablet}: the last row lies at {}", delete.y);
        }
    });
}

/// A duplicate or an undo at sorting says on a second line what counts: it stands above the acts, and they above the fold, also
/// beneath a strip.
#[test]
fn what_a_slots_banner_says_stands_above_the_acts() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let mut faults = Vec::new();
        let answers =
            [(ACCEPTED, false), (NOTE, false), (ACCEPTED, true), (DUPLICATE, false), (DUPLICATE, true), (WRONG, false)];
        let looks = [SkinView::Light, SkinView::Sunlight]
            .into_iter()
            .flat_map(|skin| [(skin, Language::Zh), (skin, Language::En)]);
        let looks = looks.flat_map(|(skin, language)| [(skin, language, false), (skin, language, true)]);
        for ((outcome, undone), (skin, language, strip)) in
            answers.into_iter().flat_map(|answer| looks.clone().map(move |look| (answer, look)))
        {
            let mut view = slot_page(tablet, outcome, undone);
            view.chrome.look.skin = skin;
            view.chrome.strip = strip.then(|| Strip {
                tone: StripTone::Calm,
                words: ("这个单证的作业已打开。".into(), "This document's task is open already.".into()),
                tap: None,
            });
            shown(&window, &view, language);
            let banner = ElementQuery::from_root(&window).match_descendants().match_type_name("Banner");
            let banner = banner.find_first().expect("there is a banner");
            let bottom = banner.absolute_position().y + banner.size().height;
            let ends = |texts: Vec<ElementHandle>| {
                texts.into_iter().map(|text| text.absolute_position().y + text.size().height).fold(0.0, f32::max)
            };
            let words = ends(banner.query_descendants().match_type_name("Text").find_all());
            let acts = ends(ElementQuery::from_root(&window).match_descendants().match_type_name("ActBar").find_all());
            if words > bottom || acts > 800.0 {
                faults.push(format!(
                    "{outcome:?} {undone} {skin:?} {language:?} {tablet} {strip}: {words} {bottom} {acts}"
                ));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

/// Slot 12, and the answer to the scan: a package that is wrong has no slot.
fn slot_page(tablet: bool, outcome: Outcome, undone: bool) -> View {
    let mut view = screen("sort", tablet);
    let PageView::Sort(sort) = &mut view.page else { panic!("the sort page") };
    sort.slot = sort.slot.take().filter(|_| outcome != WRONG && !undone);
    let kinds = if outcome == ACCEPTED { Vec::new() } else { vec![Kind::RepeatedScan] };
    sort.scan.result = Some(ResultView { undone, ..result(outcome, "3HZQ", &kinds) });
    view
}

#[test]
fn a_list_that_opens_on_a_late_tab_shows_its_name() {
    let (window, _wanted) = open(false);
    let mut view = screen("lists-aside", false);
    if let PageView::Lists(lists) = &mut view.page {
        lists.counts[3] = Some(12);
    }
    show(&window, &view, Language::En);
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    let tab = find(&window, "Aside 12");
    let (left, right) = (tab.absolute_position().x, tab.absolute_position().x + tab.size().width);
    assert!(left >= 0.0 && right <= 480.0, "it stands from {left} to {right}");
}
