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

/// The symbol on paper that is no plane: each point is moved by up to `depth_px`, more in the middle.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // luma
fn bent(version: u8, depth_px: f32) -> (Luma, Vec<u8>, Corners) {
    const MARGIN: f32 = 40.0;
    let (flat, text) = symbol(version, EcLevel::M, 6);
    #[allow(clippy::cast_precision_loss)] // sides of a symbol
    let side = flat.view().width() as f32;
    let whole = flat.view().width() + 80;
    let picture = Luma::from_fn(whole, whole, |x, y| {
        let [x, y] = [x, y].map(|at| f32::from(u16::try_from(at).unwrap()) - MARGIN);
        let wave = |at: f32| (at / side * std::f32::consts::PI).sin();
        let (u, v) = (x + depth_px * wave(y), y + depth_px * wave(x) * 0.7);
        let inside = (0.0..side).contains(&u) && (0.0..side).contains(&v);
        if inside { flat.view().interpolate(u - 0.5, v - 0.5) as u8 } else { 240 }
    });
    let (near, far) = (MARGIN, MARGIN + side);
    (picture, text, [[near, near], [far, near], [far, far], [near, far]])
}

#[test]
fn a_bent_surface_is_followed() {
    // Six pixels to the module: the middle is five sixths of a module off.
    for version in [2, 3, 4, 5, 7] {
        let (picture, text, corners) = bent(version, 5.0);
        let read = |surface| read(&picture.view(), &corners, version, surface).map(|read| read.payload.bytes);
        assert!(read(Surface::Flat).is_err(), "version {version}");
        assert_eq!(read(Surface::Bent), Ok(text), "version {version}");
    }
}

#[test]
fn damage_is_mended_up_to_a_point_and_never_guessed() {
    let (clean, text) = symbol(3, EcLevel::M, 4);
    let side = clean.view().width();
    // Grey smears: what is under them is unknown, not wrong.
    let smeared =
        |rows: usize| {
            Luma::from_fn(side, side, |x, y| {
                if (40..40 + rows).contains(&y) && x > 36 { 125 } else { clean.view().pixel(x, y) }
            })
        };
    let read = |rows: usize| read(&smeared(rows).view(), &whole(&clean), 3, Surface::Flat);
    assert_eq!(read(12).unwrap().payload.bytes, text);
    assert_eq!(read(60).err(), Some(Unread::Damaged));
}

#[test]
fn what_is_no_symbol_is_nothing() {
    let flat = Luma::from_fn(100, 100, |x, y| u8::try_from((x * 31 + y * 17) % 256).unwrap());
    assert_eq!(read(&flat.view(), &whole(&flat), 3, Surface::Flat).err(), Some(Unread::Nothing));
    assert_eq!(read(&flat.view(), &whole(&flat), 41, Surface::Flat).err(), Some(Unread::Nothing));
    assert_eq!(read(&flat.view(), &[[1.0; 2]; 4], 3, Surface::Flat).err(), Some(Unread::Nothing));
}
