use std::time::{Duration, Instant};

use super::*;
use crate::symbol::same_place;
use crate::{EcLevel, Luma, Mode, Reader, Symbol};

fn read(frame: &RgbImage) -> Vec<Symbol> {
    Reader::new().read(&Luma::from_rgb(frame).unwrap().view())
}

fn texts(random: &mut Random, count: usize) -> Vec<String> {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..count)
        .map(|_| {
            let serial: String =
                (0..12).map(|_| char::from(LETTERS[to_byte_index(random.between(0.0, 32.0))])).collect();
            format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{serial}")
        })
        .collect()
}

fn to_byte_index(value: f32) -> usize {
    usize::from(carton::to_byte(value.floor())).min(31)
}

#[test]
fn a_label_is_version_3_m_in_alphanumeric_mode() {
    let longest = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WDABCDEF";
    assert_eq!(longest.len(), LABEL_MAX_CHARS);
    for text in [longest, "A", "0123456789"] {
        let symbols = Reader::new().read(&Label::new(text).unwrap().to_luma(4).view());
        let [symbol] = symbols.as_slice() else { panic!("{symbols:?}") };
        assert_eq!(symbol.text, text);
        assert_eq!(
            (symbol.version, symbol.ec_level, symbol.mode),
            (Some(3), Some(EcLevel::M), Some(Mode::Alphanumeric))
        );
        assert!(symbol.accepted && symbol.agree >= 2 && !symbol.mirrored, "{symbol:?}");
    }
}

#[test]
fn what_a_label_cannot_carry_is_an_error() {
    assert!(matches!(Label::new("https"), Err(LabelError::Character { character: 'h', .. })));
    assert!(matches!(Label::new(""), Err(LabelError::Length { length: 0, .. })));
    assert!(matches!(Label::new(&"A".repeat(62)), Err(LabelError::Length { length: 62, .. })));
}

#[test]
fn a_mirrored_symbol_is_known_as_such() {
    let luma = Label::new("MIRROR").unwrap().to_luma(5);
    let view = luma.view();
    let flipped = Luma::from_fn(view.width(), view.height(), |x, y| view.pixel(view.width() - 1 - x, y));
    let symbols = Reader::new().read(&flipped.view());
    let [symbol] = symbols.as_slice() else { panic!("{symbols:?}") };
    assert!(symbol.mirrored && symbol.text == "MIRROR", "{symbol:?}");
    assert!(symbol.corners[0][0] > symbol.corners[1][0], "its own left is the picture's right: {symbol:?}");
}

#[test]
fn rqrr_alone_reads_a_label() {
    use crate::{Decoder, RqrrDecoder};
    let found = RqrrDecoder.decode(&Label::new("PURE RUST 42").unwrap().to_luma(4).view());
    let [symbol] = found.symbols.as_slice() else { panic!("{found:?}") };
    assert_eq!((symbol.text.as_str(), symbol.version, symbol.ec_level), ("PURE RUST 42", Some(3), Some(EcLevel::M)));
    assert_eq!((symbol.mode, symbol.mirrored), (Some(Mode::Alphanumeric), false));
}

#[test]
fn a_seed_gives_one_picture() {
    let scene = Scene::new(&["ONE", "TWO"], FrameSize::HD, WAREHOUSE_1).unwrap();
    assert_eq!(scene.render(5), scene.render(5));
    assert_ne!(scene.render(5), scene.render(6));
}

/// 200 labels over scenes of 1 to 8: at least 99 % in their first frame, all within three, none wrong.
#[test]
fn generated_labels_are_read_right() {
    let mut random = Random::new(1);
    let (mut planted, mut first, mut frames) = (0, 0, 0);
    let (mut drawing, mut reading) = (Duration::ZERO, Duration::ZERO);
    let mut size = 0;
    while planted < 200 {
        size = size % 8 + 1;
        let texts = texts(&mut random, size);
        let frame_size = if size == 3 { FrameSize::FULL_HD } else { FrameSize::HD };
        let scene = Scene::new(&texts, frame_size, WAREHOUSE_1).unwrap();
        let mut unread: Vec<usize> = (0..texts.len()).collect();
        for attempt in 0..3 {
            let start = Instant::now();
            let shot = scene.shoot(1000 * planted as u64 + attempt);
            drawing += start.elapsed();
            let start = Instant::now();
            let symbols = read(&shot.frame);
            reading += start.elapsed();
            frames += 1;
            for symbol in &symbols {
                let place = shot.corners.iter().position(|corners| same_place(corners, &symbol.corners));
                assert_eq!(place.map(|at| &texts[at]), Some(&symbol.text), "a wrong text");
            }
            unread.retain(|at| !symbols.iter().any(|symbol| symbol.text == texts[*at]));
            if attempt == 0 {
                first += texts.len() - unread.len();
            }
            if unread.is_empty() {
                break;
            }
        }
        assert!(unread.is_empty(), "unread after three frames: {unread:?} of {}", texts.len());
        planted += texts.len();
    }
    println!(
        "{first} of {planted} labels in their first frame, {frames} frames, {drawing:?} to draw, {reading:?} to read"
    );
    assert!(first * 100 >= planted * 99, "{first} of {planted}");
}

#[test]
fn true_corners_are_where_the_symbol_is() {
    let scene = Scene::new(&["CORNERS"], FrameSize::HD, WAREHOUSE_1).unwrap();
    let shot = scene.shoot(3);
    let symbols = read(&shot.frame);
    let [symbol] = symbols.as_slice() else { panic!("{symbols:?}") };
    for (read, planted) in symbol.corners.iter().zip(shot.corners[0]) {
        let distance = (read[0] - planted[0]).hypot(read[1] - planted[1]);
        assert!(distance < 4.0, "{read:?} {planted:?}");
    }
}
