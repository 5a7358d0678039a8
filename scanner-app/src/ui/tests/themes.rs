//! Contrast of every pair of colours, computed from the themes' own values (WCAG 2.1).

use slint::{Color, ComponentHandle};

use super::super::generated::{Skin, Theme};
use super::open;

fn luminance(colour: Color) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(colour.red()) + 0.7152 * channel(colour.green()) + 0.0722 * channel(colour.blue())
}

fn ratio(one: Color, two: Color) -> f64 {
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

#[test]
fn words_and_edges_stand_out_in_every_theme() {
    let (window, _wanted) = open(false);
    let theme = window.global::<Theme>();
    for skin in [Skin::Light, Skin::Dark, Skin::Sunlight] {
        theme.set_skin(skin);
        let words = [
            ("text on bg", theme.get_text(), theme.get_bg()),
            ("text on surface", theme.get_text(), theme.get_surface()),
            ("text2 on bg", theme.get_text2(), theme.get_bg()),
            ("text2 on surface", theme.get_text2(), theme.get_surface()),
            ("disabled on surface", theme.get_disabled(), theme.get_surface()),
            ("on primary", theme.get_on_primary(), theme.get_primary()),
            ("text on pressed", theme.get_text(), theme.get_pressed()),
            ("stale", theme.get_stale_text(), theme.get_stale()),
            ("trouble", theme.get_trouble_text(), theme.get_trouble()),
            ("on accepted", theme.get_on_accepted(), theme.get_accepted()),
            ("on duplicate", theme.get_on_accepted(), theme.get_duplicate()),
            ("on wrong", theme.get_on_wrong(), theme.get_wrong()),
            ("on blocked", theme.get_on_wrong(), theme.get_blocked()),
            ("on edge", theme.get_on_edge(), theme.get_edge()),
        ];
        for (name, one, two) in words {
            assert!(ratio(one, two) >= 4.5, "{skin:?} {name}: {:.1}", ratio(one, two));
        }
        let controls = [
            ("line", theme.get_line(), theme.get_surface()),
            ("primary", theme.get_primary(), theme.get_bg()),
            ("focus", theme.get_focus(), theme.get_surface()),
            ("edge", theme.get_edge(), theme.get_bg()),
        ];
        for (name, one, two) in controls {
            assert!(ratio(one, two) >= 3.0, "{skin:?} {name}: {:.1}", ratio(one, two));
        }
    }
}
