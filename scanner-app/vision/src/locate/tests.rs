use super::*;
use crate::luma::Luma;
use crate::modules::{self, Surface};
use crate::scene::{FrameSize, Scene, WAREHOUSE_1};
use crate::symbol::centre;

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{at:012}")).collect()
}

/// Everything that the locator finds and the modules give, with the corners.
fn read(view: &LumaView<'_>, inverted: bool) -> Vec<(String, crate::Corners)> {
    let mut found = Vec::new();
    Field::search(view, inverted, |_| false).symbols(
        || false,
        |_| false,
        |located| {
            let read = modules::read(view, &located.corners, located.version?, Surface::Flat);
            found.extend(
                read.iter().map(|read| (String::from_utf8(read.payload.bytes.clone()).unwrap(), located.corners)),
            );
            Some(read.is_ok())
        },
    );
    found
}

#[test]
fn thirty_labels_of_a_pallet_are_located_and_read() {
    let texts = texts(30);
    let shot = Scene::new(&texts, FrameSize::FULL_HD, WAREHOUSE_1).unwrap().shoot_luma(3);
    let found = read(&shot.frame.view(), false);
    assert!(found.len() >= 29, "{} of 30", found.len());
    for (text, corners) in found {
        let at = texts.iter().position(|own| *own == text).expect("no other text");
        let (wanted, found) = (centre(&shot.corners[at]), centre(&corners));
        assert!((wanted[0] - found[0]).hypot(wanted[1] - found[1]) < 3.0, "{text} at {found:?}, not {wanted:?}");
    }
}

#[test]
fn light_on_dark_is_found_when_it_is_looked_for() {
    let shot = Scene::new(&texts(1), FrameSize::HD, WAREHOUSE_1).unwrap().shoot_luma(1);
    let view = shot.frame.view();
    let inverted = Luma::from_fn(view.width(), view.height(), |x, y| 255 - view.pixel(x, y));
    assert_eq!(read(&inverted.view(), true).len(), 1);
    assert_eq!(read(&inverted.view(), false).len(), 0);
}

#[test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // luma
fn a_turned_label_is_located() {
    let label = crate::scene::Label::new("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/TURNED").unwrap().to_luma(6);
    let (sine, cosine) = 0.7_f32.sin_cos();
    let picture = Luma::from_fn(480, 480, |x, y| {
        let (dx, dy) = (f32::from(u16::try_from(x).unwrap()) - 240.0, f32::from(u16::try_from(y).unwrap()) - 240.0);
        let (u, v) = (dx * cosine + dy * sine + 111.0, dy * cosine - dx * sine + 111.0);
        if (0.0..222.0).contains(&u) && (0.0..222.0).contains(&v) {
            label.view().interpolate(u - 0.5, v - 0.5) as u8
        } else {
            255
        }
    });
    assert_eq!(read(&picture.view(), false).len(), 1);
}

#[test]
fn a_search_ends_when_it_is_told() {
    let shot = Scene::new(&texts(10), FrameSize::FULL_HD, WAREHOUSE_1).unwrap().shoot_luma(1);
    let field = Field::search(&shot.frame.view(), false, |_| false);
    let mut asked = 0;
    field.symbols(
        || false,
        |_| false,
        |_| {
            asked += 1;
            None
        },
    );
    assert_eq!(asked, 1);
    field.symbols(|| true, |_| false, |_| panic!("over before it began"));
    field.symbols(|| false, |_| true, |_| panic!("all were to be left alone"));
}

#[test]
fn nothing_and_noise_hold_no_symbol() {
    let flat = Luma::from_fn(200, 120, |_, _| 90);
    assert!(read(&flat.view(), false).is_empty());
    let mut state = 7_u32;
    let noise = Luma::from_fn(640, 480, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    assert!(read(&noise.view(), false).is_empty());
    assert!(read(&Luma::from_fn(1, 1, |_, _| 0).view(), false).is_empty());
}
