//! What scrolls: whatever ends below the fold has its mark there, and can be reached.

use i_slint_backend_testing::{ElementHandle, ElementQuery};

use super::super::view::SkinView;
use super::super::{MainWindow, show};
use super::{on_both, open, screens};
use crate::config::Language;

/// A rounding error of a layout, in px; the mark leaves out four.
const ROUNDING: f32 = 4.6;

fn bottom(element: &ElementHandle) -> f32 {
    element.absolute_position().y + element.size().height
}

/// What scrolls, once each: an element is found for each component that it is made of.
fn scrolling(window: &MainWindow) -> Vec<ElementHandle> {
    let found = |name: &str| ElementQuery::from_root(window).match_descendants().match_type_name(name).find_all();
    found("ScrollView").into_iter().chain(found("ListView")).collect()
}

/// How far words go on below the fold of something that scrolls, and whether a mark says so.
fn beyond(window: &MainWindow, views: &[ElementHandle]) -> Option<(f32, bool)> {
    let marks = ElementQuery::from_root(window).match_descendants().match_type_name("More").find_all();
    let is_marked = |fold: f32| {
        let here = marks.iter().filter(|mark| (bottom(mark) - fold).abs() < 1.0);
        here.into_iter().any(|mark| mark.query_descendants().match_type_name("Path").find_first().is_some())
    };
    let one = |view: &ElementHandle| {
        let fold = bottom(view);
        let words = view.query_descendants().match_type_name("Text").find_all();
        let last = words.iter().map(bottom).fold(0.0, f32::max);
        (last > fold + ROUNDING).then(|| (last - fold, is_marked(fold)))
    };
    views.iter().filter_map(one).min_by_key(|(_, is_marked)| *is_marked)
}

#[test]
fn whatever_goes_on_below_the_fold_has_its_mark() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let (mut faults, mut marked) = (Vec::new(), 0);
        for (name, mut view) in screens::all(tablet) {
            // The dark has the sizes of the light.
            for skin in [SkinView::Light, SkinView::Sunlight] {
                view.chrome.look.skin = skin;
                for language in [Language::Zh, Language::En] {
                    show(&window, &view, language);
                    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
                    match beyond(&window, &scrolling(&window)) {
                        Some((by, false)) => faults.push(format!("{name} {tablet} {skin:?} {language:?}: {by} px")),
                        Some((_, true)) => marked += 1,
                        None => {}
                    }
                }
            }
        }
        assert!(marked > 10, "what goes on was not found: {marked}");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}
