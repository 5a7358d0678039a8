use qrcode::bits::Bits;
use qrcode::{Color, QrCode, Version};

use super::*;

/// A symbol of another implementation, `module_px` to the module, without a quiet zone, and its payload.
fn symbol(version: u8, level: EcLevel, module_px: usize) -> (Luma, Vec<u8>) {
    let level = match level {
        EcLevel::L => qrcode::EcLevel::L,
        EcLevel::M => qrcode::EcLevel::M,
        EcLevel::Q => qrcode::EcLevel::Q,
        EcLevel::H => qrcode::EcLevel::H,
    };
    let mut bits = Bits::new(Version::Normal(version.into()));
    let most = bits.max_len(level).unwrap();
    let text: Vec<u8> = (0..(most / 8 - 3).min(400)).map(|at| u8::try_from(33 + at % 90).unwrap()).collect();
    bits.push_byte_data(&text).unwrap();
    bits.push_terminator(level).unwrap();
    let code = QrCode::with_bits(bits, level).unwrap();
    let (side, colours) = (code.width(), code.into_colors());
    let dark = |x: usize, y: usize| colours[y / module_px * side + x / module_px] == Color::Dark;
    (Luma::from_fn(side * module_px, side * module_px, |x, y| if dark(x, y) { 20 } else { 230 }), text)
}

#[allow(clippy::cast_precision_loss)] // sides of a symbol
fn whole(luma: &Luma) -> Corners {
    let side = luma.view().width() as f32;
    [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]]
}

#[test]
fn every_version_and_level_of_another_implementation_is_read() {
    for version in 1..=40 {
        for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
            let (luma, text) = symbol(version, level, 2);
            let read = read(&luma.view(), &whole(&luma), version, Surface::Flat);
            let read = read.unwrap_or_else(|_| panic!("version {version} {level:?}"));
            assert_eq!(
                (&read.payload.bytes, read.level, read.errors),
                (&text, level, 0),
                "version {version} {level:?}"
            );
            assert!(read.payload.is_padded && read.payload.mode == Some(Mode::Byte), "version {version} {level:?}");
        }
    }
}

#[test]
fn a_clean_copy_is_what_was_printed() {
    for version in [1, 3, 7, 22, 40] {
        let (luma, _) = symbol(version, EcLevel::M, 4);
        let read = read(&luma.view(), &whole(&luma), version, Surface::Flat).unwrap();
        let copy = read.clean_copy().unwrap();
        let side = luma.view().width();
        let printed = |luma: &Luma, x: usize, y: usize| luma.view().pixel(x, y) < 128;
        let differ = (0..side * side).filter(|at| {
            let (x, y) = (at % side, at / side);
            printed(&copy, x + 16, y + 16) != printed(&luma, x, y)
        });
        assert_eq!(differ.count(), 0, "version {version}");
    }
}
