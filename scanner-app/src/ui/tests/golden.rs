//! Every screen × language × size × theme as a picture, compared with the one in `tests/golden`.
//!
//! `TALLYMAN_GOLDEN=write cargo nextest run --workspace golden` writes them anew (`write:search,package`: of these screens alone); then look
//! at every one that changed.

use std::path::PathBuf;

use slint::ComponentHandle;

use super::super::view::{Look, PageView, SkinView};
use super::super::{MainWindow, show};
use super::{open, picture, screens};
use crate::config::Language;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

/// Lets conditionals and repeaters follow.
fn settle(window: &MainWindow) {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    window.window().request_redraw();
}

fn every_screen(tablet: bool, skin: SkinView, skin_name: &str) {
    let (window, _wanted) = open(tablet);
    let wish = std::env::var("TALLYMAN_GOLDEN").unwrap_or_default();
    let writes = wish.starts_with("write");
    let only: Vec<&str> = wish.split_once(':').map(|(_, names)| names.split(',').collect()).unwrap_or_default();
    let mut faults = Vec::new();
    for (name, mut view) in screens::all(tablet) {
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        view.chrome.look = Look { skin, left_handed: view.chrome.look.left_handed };
        if let PageView::Settings(settings) = &mut view.page {
            settings.look = view.chrome.look;
        }
        for (language, language_name) in [(Language::Zh, "zh"), (Language::En, "en")] {
            show(&window, &view, language);
            settle(&window);
            let picture = window.window().take_snapshot().unwrap();
            let size = if tablet { "tablet" } else { "handheld" };
            let path = golden(&format!("{name}-{language_name}-{size}-{skin_name}"));
            if writes {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                picture::write(&path, &picture);
                continue;
            }
            match picture::difference(&path, &picture) {
                // Less than a thousandth may differ: the rounding of letters' edges, not a word.
                Ok(0) => {}
                Ok(differ) => faults.push(format!("{}: {differ}/1000 of it differs", path.display())),
                Err(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "look at these, and write them anew if they are right:\n{}", faults.join("\n"));
}

#[test]
fn golden_handheld_light() {
    every_screen(false, SkinView::Light, "light");
}

#[test]
fn golden_handheld_dark() {
    every_screen(false, SkinView::Dark, "dark");
}

#[test]
fn golden_handheld_sunlight() {
    every_screen(false, SkinView::Sunlight, "sunlight");
}

#[test]
fn golden_tablet_light() {
    every_screen(true, SkinView::Light, "light");
}

#[test]
fn golden_tablet_dark() {
    every_screen(true, SkinView::Dark, "dark");
}

#[test]
fn golden_tablet_sunlight() {
    every_screen(true, SkinView::Sunlight, "sunlight");
}
