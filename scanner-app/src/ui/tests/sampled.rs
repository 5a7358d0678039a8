//! What the pixels say: contrast as drawn, the answers without colour, the banner's edge, codes on white.

use std::collections::HashMap;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::{ComponentHandle, Rgba8Pixel, SharedPixelBuffer};

use super::super::view::{Look, Outcome, PageView, SkinView, View};
use super::super::{MainWindow, show};
use super::screens::{self, ACCEPTED, BLOCKED, DUPLICATE, WRONG, result, scan};
use super::{find, on_both, open, view};
use crate::config::Language;

pub(super) type Picture = SharedPixelBuffer<Rgba8Pixel>;
pub(super) type Rgb = [u8; 3];

const SKINS: [SkinView; 3] = [SkinView::Light, SkinView::Dark, SkinView::Sunlight];

/// A colour that fewer pixels have is a step of a letter's edge.
const PIXELS_MIN: u32 = 6;

fn drawn(window: &MainWindow, view: &View, language: Language) -> Picture {
    show(window, view, language);
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    window.window().request_redraw();
    window.window().take_snapshot().unwrap()
}

pub(super) fn pixel(picture: &Picture, x: f32, y: f32) -> Rgb {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on the screen")]
    let at = y as usize * picture.width() as usize + x as usize;
    let pixel = picture.as_slice()[at];
    [pixel.r, pixel.g, pixel.b]
}

fn luminance(colour: Rgb) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(colour[0]) + 0.7152 * channel(colour[1]) + 0.0722 * channel(colour[2])
}

pub(super) fn ratio(one: Rgb, two: Rgb) -> f64 {
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

/// The colours within an element, with how many pixels each has; its outermost pixels are left out, they are its edge.
fn colours(picture: &Picture, element: &ElementHandle) -> HashMap<Rgb, u32> {
    let (at, size) = (element.absolute_position(), element.size());
    let mut counts = HashMap::new();
    let (mut y, edge) = (at.y + 10.0, 10.0);
    while y < at.y + size.height - edge {
        let mut x = at.x + edge;
        while x < at.x + size.width - edge {
            *counts.entry(pixel(picture, x, y)).or_default() += 1;
            x += 1.0;
        }
        y += 1.0;
    }
    counts
}

fn is_on_screen(element: &ElementHandle, (width, height): (f32, f32)) -> bool {
    let (at, size) = (element.absolute_position(), element.size());
    at.x >= 0.0 && at.y >= 0.0 && at.x + size.width <= width && at.y + size.height <= height
}

/// Buttons that lie beneath no other: rows of a list go on behind the acts.
fn buttons(window: &MainWindow, screen: (f32, f32)) -> Vec<ElementHandle> {
    let all =
        ElementQuery::from_root(window).match_descendants().match_accessible_role(AccessibleRole::Button).find_all();
    let all: Vec<ElementHandle> = all.into_iter().filter(|element| is_on_screen(element, screen)).collect();
    let covers = |one: &ElementHandle, two: &ElementHandle| {
        let (a, b, c, d) = (one.absolute_position(), one.size(), two.absolute_position(), two.size());
        a.x < c.x + d.width && c.x < a.x + b.width && a.y < c.y + d.height - 1.0 && c.y < a.y + b.height - 1.0
    };
    let alone = |place: &usize| (0..all.len()).all(|other| other == *place || !covers(&all[*place], &all[other]));
    (0..all.len()).filter(alone).map(|place| all[place].clone()).collect()
}

fn faint(window: &MainWindow, picture: &Picture, screen: (f32, f32)) -> Vec<String> {
    let mut faults = Vec::new();
    for button in buttons(window, screen) {
        let counts = colours(picture, &button);
        let Some((ground, _)) = counts.iter().max_by_key(|(_, count)| **count) else { continue };
        let inks = counts.iter().filter(|(_, count)| **count >= PIXELS_MIN).map(|(ink, _)| ratio(*ink, *ground));
        let best = inks.fold(1.0, f64::max);
        let label = button.accessible_label().unwrap_or_default();
        if best < 4.5 {
            faults.push(format!("`{label}`: {best:.1}"));
        }
    }
    faults
}

#[test]
fn every_button_is_readable_as_drawn_in_every_theme() {
    on_both(|tablet| {
        let mut faults = Vec::new();
        let (window, _wanted) = open(tablet);
        let screen = if tablet { (1_280.0, 800.0) } else { (480.0, 800.0) };
        for (name, mut view) in screens::all(tablet) {
            // The trigger is the picture: what the camera sees is under nobody's control.
            for skin in SKINS {
                view.chrome.look = Look { skin, left_handed: view.chrome.look.left_handed };
                let picture = drawn(&window, &view, Language::Zh);
                let found = faint(&window, &picture, screen);
                faults.extend(found.into_iter().map(|fault| format!("{name} {skin:?} {tablet}: {fault}")));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

fn answered(outcome: Outcome, skin: SkinView) -> View {
    let mut view = view(PageView::Scan(Box::new(scan(Some(result(outcome, "7K3M", &[]))))));
    view.chrome.look.skin = skin;
    view
}

const ANSWERS: [(Outcome, &str); 4] = [(ACCEPTED, "通过"), (DUPLICATE, "重复"), (WRONG, "不符"), (BLOCKED, "拦截")];

fn banner(window: &MainWindow, word: &str) -> ElementHandle {
    find(window, &format!("{word} 7K3M  "))
}

#[test]
fn without_colour_the_four_answers_are_still_four() {
    let (window, _wanted) = open(false);
    let grey = |colour: Rgb| 0.299 * f64::from(colour[0]) + 0.587 * f64::from(colour[1]) + 0.114 * f64::from(colour[2]);
    let fills = ANSWERS.map(|(outcome, word)| {
        let picture = drawn(&window, &answered(outcome, SkinView::Light), Language::Zh);
        let at = banner(&window, word).absolute_position();
        grey(pixel(&picture, at.x + 12.0, at.y + 12.0))
    });
    for (place, one) in fills.iter().enumerate() {
        for other in &fills[place + 1..] {
            // A sixth of the way from black to white: an eye tells a tenth.
            assert!((one - other).abs() >= 38.0, "{fills:?}");
        }
    }
}

#[test]
fn the_banner_has_its_edge_in_every_theme() {
    let (window, _wanted) = open(false);
    for skin in SKINS {
        for (outcome, word) in ANSWERS {
            let picture = drawn(&window, &answered(outcome, skin), Language::Zh);
            let at = banner(&window, word).absolute_position();
            let (edge, fill) = (pixel(&picture, at.x + 1.0, at.y + 60.0), pixel(&picture, at.x + 12.0, at.y + 60.0));
            let around = pixel(&picture, 470.0, 150.0);
            assert_ne!(edge, fill, "{skin:?} {word} has no edge");
            assert!(ratio(edge, around) >= 3.0, "{skin:?} {word}: the edge does not stand out: {edge:?} on {around:?}");
        }
    }
}

#[test]
fn codes_stand_black_on_white_with_room_around_in_the_dark_too() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for (screen, label) in [("gate-cleared", "给司机或门卫扫"), ("carry-code", "移动二维码")] {
            let mut view = screens::all(tablet).into_iter().find(|(name, _)| *name == screen).unwrap().1;
            view.chrome.look.skin = SkinView::Dark;
            let picture = drawn(&window, &view, Language::Zh);
            let code = find(&window, label);
            let (at, size) = (code.absolute_position(), code.size());
            assert!(size.width >= 320.0 && size.height >= 320.0, "{screen} {tablet}: {size:?}");
            let counts = colours(&picture, &code);
            assert!(counts.contains_key(&[0; 3]) && counts.contains_key(&[255; 3]), "{screen} {tablet}");
            // 77 modules a side, quiet zone included: four modules are white.
            let module = size.width / 77.0;
            for step in 1..76_u8 {
                let along = f32::from(step) * module;
                for (x, y) in [(along, module), (module, along), (along, 3.5 * module), (size.width - module, along)] {
                    assert_eq!(pixel(&picture, at.x + x, at.y + y), [255; 3], "{screen} {tablet} at {x}, {y}");
                }
            }
        }
    });
}
