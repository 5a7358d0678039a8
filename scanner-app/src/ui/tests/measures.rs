//! Targets, places and text sizes, measured on the elements of every screen.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};

use super::super::view::View;
use super::super::{MainWindow, show};
use super::{open, screens};
use crate::config::Language;

/// A rounding error of a layout, in px.
const ROUNDING: f32 = 0.6;

fn elements(window: &MainWindow) -> Vec<ElementHandle> {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    let all = ElementQuery::from_root(window).match_descendants().find_all();
    all.into_iter().filter(|element| element.accessible_label().is_some_and(|label| !label.is_empty())).collect()
}

fn faults(window: &MainWindow, (name, view): (&str, &View), tablet: bool) -> Vec<String> {
    let (width, target) = if tablet { (1_280.0, 56.0) } else { (480.0, 84.0) };
    let mut faults = Vec::new();
    for language in [Language::Zh, Language::En] {
        show(window, view, language);
        for element in elements(window) {
            let label = element.accessible_label().unwrap_or_default();
            let (size, place) = (element.size(), element.absolute_position());
            if size.width <= 0.0 || size.height <= 0.0 {
                faults.push(format!("{name} {language:?}: `{label}` has no size"));
            }
            if element.accessible_role() == Some(AccessibleRole::Button)
                && (size.width < target - ROUNDING || size.height < target - ROUNDING)
            {
                faults.push(format!("{name} {language:?}: `{label}` is {} x {}", size.width, size.height));
            }
            let scrolls = label.starts_with('…') || element.accessible_checkable() == Some(true);
            if !scrolls && (place.x < -ROUNDING || place.x + size.width > width + ROUNDING) {
                faults.push(format!("{name} {language:?}: `{label}` leaves the screen: {} + {}", place.x, size.width));
            }
        }
    }
    faults
}

fn every_screen(tablet: bool) {
    let (window, _wanted) = open(tablet);
    let mut found = Vec::new();
    for (name, view) in screens::all(tablet) {
        found.extend(faults(&window, (name, &view), tablet));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_gloved_finger_meets_every_target_of_the_handheld() {
    every_screen(false);
}

#[test]
fn every_target_of_the_tablet_is_large_enough() {
    every_screen(true);
}

#[test]
fn no_text_is_smaller_than_the_floor() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut sources = vec![folder];
    let mut seen = 0;
    while let Some(path) = sources.pop() {
        if path.is_dir() {
            sources.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "slint") {
            let text = std::fs::read_to_string(&path).unwrap();
            for size in text.split("font-size: ").skip(1) {
                seen += 1;
                let said = size.split([';', ' ']).next().unwrap();
                let px = said.strip_suffix("px").and_then(|px| px.parse::<u32>().ok());
                // The calm line: 20 px on the handheld, 18 on the tablet.
                let is_sync_line = path.ends_with("sync_line.slint");
                assert!(is_sync_line || px.is_none_or(|px| px >= 22), "{}: {said}", path.display());
            }
        }
    }
    assert!(seen > 40, "the sizes were not found");
}
