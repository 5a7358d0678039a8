//! The alarm of every kind that blocks: what to do is read without pushing anything, in both languages, on both canvases.

use shared::mismatch::{Kind, Severity};

use super::super::show;
use super::super::view::{AlarmView, SkinView};
use super::{find, on_both, open, screens};
use crate::config::Language;

/// With scans meanwhile and other packages beside, in the largest words.
#[test]
fn why_and_what_it_rests_on_are_read_too_in_the_sun() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for language in [Language::Zh, Language::En] {
            let mut view = screens::all(tablet).into_iter().find(|(name, _)| *name == "alarm").unwrap().1;
            view.chrome.look.skin = SkinView::Sunlight;
            let kind = view.alarm.as_ref().unwrap().kind;
            show(&window, &view, language);
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
            let (rests, meanwhile) = match language {
                Language::Zh => ("依据", "期间又扫 2：通过 1  重复 1"),
                Language::En => ("Rests on", "Meanwhile 2: Accepted 1  Duplicate 1"),
            };
            let rests = find(&window, &format!("{rests} {}", super::super::words::article(language, kind)));
            let bottom = rests.absolute_position().y + rests.size().height;
            let line = find(&window, meanwhile).absolute_position().y;
            assert!(bottom <= line, "{language:?} {tablet}: ends at {bottom}, of {line}");
        }
    });
}

/// One hold acknowledges all of them: the button counts them, and every code stands where it is read without pushing anything.
#[test]
fn every_package_that_is_blocked_is_counted_on_the_button_and_named_above_the_fold() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for (language, hold) in [(Language::Zh, "按住 1 秒：3 个都已隔离"), (Language::En, "Hold 1 s: all 3 set aside")]
        {
            let mut view = screens::all(tablet).into_iter().find(|(name, _)| *name == "alarm").unwrap().1;
            view.chrome.look.skin = SkinView::Sunlight;
            let more = ("2LM8".to_owned(), Kind::FrozenCode);
            view.alarm =
                view.alarm.map(|alarm| AlarmView { others: [alarm.others.clone(), vec![more]].concat(), ..alarm });
            show(&window, &view, language);
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
            let codes = find(&window, "5R8N  9WPT  2LM8");
            let kind = view.alarm.as_ref().unwrap().kind;
            let head = if language == Language::Zh { "怎么办" } else { "What to do" };
            let next = find(&window, &format!("{head} {}", super::super::words::next(language, kind)));
            let bottom = codes.absolute_position().y + codes.size().height;
            assert!(bottom <= next.absolute_position().y, "{language:?} {tablet}: beneath what to do");
            assert!(bottom < find(&window, hold).absolute_position().y);
        }
        let mut view = screens::all(tablet).into_iter().find(|(name, _)| *name == "alarm").unwrap().1;
        view.alarm = view.alarm.map(|alarm| AlarmView { others: Vec::new(), ..alarm });
        show(&window, &view, Language::Zh);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        find(&window, "按住 1 秒：已隔离");
    });
}

#[test]
fn what_to_do_is_read_without_scrolling_whatever_blocks() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let mut seen = 0;
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.info().severity == Severity::Block) {
            for language in [Language::Zh, Language::En] {
                let mut view = screens::all(tablet).into_iter().find(|(name, _)| *name == "alarm").unwrap().1;
                view.alarm = view.alarm.map(|alarm| AlarmView { kind, ..alarm });
                show(&window, &view, language);
                i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
                let (head, hold, meanwhile) = match language {
                    Language::Zh => ("怎么办", "按住 1 秒：2 个都已隔离", "期间又扫 2：通过 1  重复 1"),
                    Language::En => ("What to do", "Hold 1 s: all 2 set aside", "Meanwhile 2: Accepted 1  Duplicate 1"),
                };
                let next = find(&window, &format!("{head} {}", super::super::words::next(language, kind)));
                let bottom = next.absolute_position().y + next.size().height;
                // The scans meanwhile stand between, and the words that can be pushed end above them.
                let hold = find(&window, hold).absolute_position().y;
                let line = find(&window, meanwhile).absolute_position().y;
                assert!(bottom <= line && line < hold, "{kind:?} {language:?} {tablet}: ends at {bottom}, of {line}");
                seen += 1;
            }
        }
        assert!(seen >= 10, "the kinds that block were not found");
    });
}
