//! The table of profiles in `docs/capture.md` says what the code says.

use super::*;

type Row = (&'static str, fn(&Profile) -> String);

fn range((least, most): (f32, f32)) -> String {
    if least.to_bits() == most.to_bits() { number(least) } else { format!("{least} to {most}") }
}

fn number(value: f32) -> String {
    if value.abs() > 0.0 { format!("{value}") } else { "–".to_owned() }
}

fn whole((least, most): (u8, u8)) -> String {
    range((least.into(), most.into()))
}

const ROWS: [Row; 21] = [
    ("Pixels to the module (1080 rows)", |profile| range(profile.module_px)),
    ("Tilt of the pallet, degrees", |profile| range(profile.tilt_deg)),
    ("Turn of a sticker at most, degrees", |profile| number(profile.turn_deg)),
    ("Arc of the symbol, degrees", |profile| range(profile.arc_deg)),
    ("Sway of the hand, ‰ of the height", |profile| number(profile.sway)),
    ("Radius out of focus, pixels", |profile| range(profile.defocus_px)),
    ("Length of motion, pixels", |profile| range(profile.motion_px)),
    ("White paper, grey level", |profile| range(profile.white)),
    ("Read noise, grey levels", |profile| number(profile.read_noise)),
    ("Shot noise at 255, grey levels", |profile| number(profile.shot_noise)),
    ("Fall-off of the light, share", |profile| number(profile.shade)),
    ("Depth of a shadow, share", |profile| range(profile.shadow)),
    ("Film: haze, share", |profile| range(profile.film.haze)),
    ("Film: glare, grey levels", |profile| range(profile.film.glare)),
    ("Film: wrinkles to the height", |profile| number(profile.film.wrinkles)),
    ("Wear: contrast gone, share", |profile| range(profile.wear.fade)),
    ("Wear: ink spread, modules", |profile| range(profile.wear.ink_spread)),
    ("Wear: scratches", |profile| whole(profile.wear.scratches)),
    ("Wear: torn corner, modules", |profile| range(profile.wear.tear)),
    ("Wear: darkest smudge, share", |profile| range(profile.wear.dirt)),
    ("JPEG quality", |profile| whole(profile.jpeg_quality)),
];

fn table() -> String {
    let line = |first: &str, cells: &[String]| format!("| {first} | {} |\n", cells.join(" | "));
    let names: Vec<String> = Profile::ALL.iter().map(|profile| format!("`{}`", profile.name)).collect();
    let mut table = line("", &names) + &line("---", &vec!["---".to_owned(); names.len()]);
    for (name, value) in ROWS {
        table += &line(name, &Profile::ALL.each_ref().map(value));
    }
    table
}

#[test]
fn the_published_profiles_are_those_of_the_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/capture.md");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(&table()), "put this into docs/capture.md:\n{}", table());
}

#[test]
fn a_profile_is_found_by_its_name() {
    for profile in Profile::ALL {
        assert_eq!(Profile::named(profile.name), Some(profile));
    }
    assert_eq!(Profile::named("warehouse-2"), None);
}
