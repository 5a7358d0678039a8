use super::random::Random;
use super::*;
use crate::symbol::same_place;
use crate::{Reader, Symbol};

fn read(frame: &Luma) -> Vec<Symbol> {
    Reader::new().read(&frame.view())
}

/// Links of the national format with random serials.
pub(super) fn texts(random: &mut Random, count: usize) -> Vec<String> {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..count)
        .map(|_| {
            let serial: String = (0..12).map(|_| char::from(LETTERS[random.below(32)])).collect();
            format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{serial}")
        })
        .collect()
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
    use crate::{Decoder, EcLevel, Mode, RqrrDecoder};
    let found = RqrrDecoder.decode(&Label::new("PURE RUST 42").unwrap().to_luma(4).view());
    let [symbol] = found.symbols.as_slice() else { panic!("{found:?}") };
    assert_eq!((symbol.text.as_str(), symbol.version, symbol.ec_level), ("PURE RUST 42", Some(3), Some(EcLevel::M)));
    assert_eq!((symbol.mode, symbol.mirrored), (Some(Mode::Alphanumeric), false));
}

#[test]
fn a_seed_gives_one_picture() {
    for profile in Profile::ALL {
        let scene = Scene::new(&["ONE", "TWO"], FrameSize { width: 320, height: 240 }, profile).unwrap();
        assert_eq!(scene.render(5), scene.render(5), "{}", profile.name);
        assert_ne!(scene.render(5), scene.render(6), "{}", profile.name);
    }
}

/// 200 labels over scenes of 1 to 8: at least 99 % in their first frame, all within three, none wrong.
#[test]
fn generated_labels_are_read_right() {
    let mut random = Random::new(1);
    let (mut planted, mut first, mut frames) = (0, 0, 0);
    let mut size = 0;
    while planted < 200 {
        size = size % 8 + 1;
        let texts = texts(&mut random, size);
        let frame_size = if size == 3 { FrameSize::FULL_HD } else { FrameSize::HD };
        let scene = Scene::new(&texts, frame_size, WAREHOUSE_1).unwrap();
        let mut unread: Vec<usize> = (0..texts.len()).collect();
        for attempt in 0..3 {
            let shot = scene.shoot(1000 * planted as u64 + attempt);
            let symbols = read(&Luma::from_rgb(&shot.frame).unwrap());
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
    println!("{first} of {planted} labels in their first frame, {frames} frames");
    assert!(first * 100 >= planted * 99, "{first} of {planted}");
}

#[test]
fn true_corners_are_where_the_symbol_is() {
    for (profile, most_px) in [(CLEAN, 2.0), (WAREHOUSE_1, 4.0)] {
        let scene = Scene::new(&["CORNERS"], FrameSize::HD, profile).unwrap();
        let shot = scene.shoot_luma(3);
        let symbols = read(&shot.frame);
        let [symbol] = symbols.as_slice() else { panic!("{symbols:?}") };
        for (read, planted) in symbol.corners.iter().zip(shot.corners[0]) {
            let distance = (read[0] - planted[0]).hypot(read[1] - planted[1]);
            assert!(distance < most_px, "{read:?} {planted:?}");
        }
    }
}

#[test]
fn labels_stay_in_the_frame_whatever_the_hand_does() {
    let mut random = Random::new(2);
    for profile in Profile::ALL {
        for count in [1, 12] {
            let size = FrameSize { width: 640, height: 360 };
            let scene = Scene::new(&texts(&mut random, count), size, profile).unwrap();
            for shot in scene.film_luma(count as u64, 6) {
                assert_eq!((shot.corners.len(), shot.sights.len()), (count, count));
                for [x, y] in shot.corners.into_iter().flatten() {
                    assert!((0.0..640.0).contains(&x) && (0.0..360.0).contains(&y), "{} {x} {y}", profile.name);
                }
            }
        }
    }
}

#[test]
fn frames_of_a_film_follow_each_other() {
    let scene = Scene::new(&["ONE", "TWO"], FrameSize { width: 640, height: 360 }, DOCK).unwrap();
    let film: Vec<_> = scene.film_luma(9, 12).collect();
    assert_eq!(scene.shoot_luma(9).corners, film[0].corners, "a shot is the first frame");
    let step = |a: &Corners, b: &Corners| {
        a.iter().zip(b).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).fold(0.0_f32, f32::max)
    };
    for pair in film.windows(2) {
        let moved = step(&pair[0].corners[0], &pair[1].corners[0]);
        assert!(moved > 0.0 && moved < 6.0, "{moved} pixels in a frame of 360 rows");
        assert_ne!(pair[0].frame, pair[1].frame);
    }
    assert!(film.iter().any(|shot| step(&shot.corners[0], &film[0].corners[0]) > 2.0), "the hand sways");
}

#[test]
fn luma_and_colour_show_the_same() {
    let scene = Scene::new(&["ONE", "TWO"], FrameSize { width: 640, height: 360 }, WAREHOUSE_1).unwrap();
    let (colour, luma) = (scene.shoot(4), scene.shoot_luma(4));
    assert_eq!((&colour.corners, &colour.sights), (&luma.corners, &luma.sights));
    // JPEG's weights of the three colours are not quite those of `Luma::from_rgb`.
    let weighed = Luma::from_rgb(&colour.frame).unwrap();
    let pairs = weighed.view().data().iter().zip(luma.frame.view().data());
    let mean = pairs.map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / (640.0 * 360.0);
    assert!(mean < 8.0, "{mean}");
}

#[test]
fn sights_say_what_is_in_the_way() {
    type Measure = fn(&Sight) -> f32;
    let texts = texts(&mut Random::new(3), 30);
    let seen = Profile::ALL.map(|profile| {
        let scene = Scene::new(&texts, FrameSize::FULL_HD, profile).unwrap();
        let sights: Vec<Sight> = (0..3).flat_map(|seed| scene.shoot_luma(seed).sights).collect();
        (profile.name, sights)
    });
    let mean = |profile: Profile, of: Measure| {
        let (_, sights) = seen.iter().find(|(name, _)| *name == profile.name).unwrap();
        sights.iter().map(of).sum::<f32>() / 90.0
    };
    let kinds: [(Measure, Profile, f32); 6] = [
        (|sight| sight.glare_share, FILM, 0.02),
        (|sight| sight.haze, FILM, 0.05),
        (|sight| sight.damage_share, WORN, 0.005),
        (|sight| sight.arc_deg, ROUND, 30.0),
        (|sight| sight.motion_px, DOCK, 1.0),
        (|sight| sight.noise, DOCK, 5.0),
    ];
    for (of, profile, least) in kinds {
        let (clean, hard) = (mean(CLEAN, of), mean(profile, of));
        assert!(clean < 0.001 && hard > least, "{}: {clean} {hard}", profile.name);
    }
    let contrast = |profile| mean(profile, |sight| sight.contrast);
    assert!(contrast(CLEAN) > contrast(WAREHOUSE_1) && contrast(WAREHOUSE_1) > contrast(DOCK) * 1.5);
    let size = mean(WAREHOUSE_1, |sight| sight.module_px);
    assert!(size > 3.0 && size < 4.0, "{size} pixels to the module");
}

#[test]
fn a_scene_without_labels_shows_none() {
    let scene = Scene::new::<&str>(&[], FrameSize::HD, WAREHOUSE_1).unwrap();
    let shot = scene.shoot_luma(1);
    assert!(shot.corners.is_empty() && read(&shot.frame).is_empty());
    let tiny = FrameSize { width: 0, height: 1 };
    assert_eq!(Scene::new(&["A"], tiny, FILM).unwrap().shoot(1).frame.dimensions(), (1, 1));
}

/// The pictures are the same on every machine and in every build; who changes the generator on purpose changes these.
#[test]
fn the_pictures_are_those_of_every_machine() {
    let fingerprint = |profile: Profile| {
        let scene = Scene::new(&["ONE", "TWO", "THREE"], FrameSize { width: 480, height: 270 }, profile).unwrap();
        let frames = scene.film(11, 3).flat_map(|shot| shot.frame.into_raw());
        frames.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    };
    let pictures = Profile::ALL.map(|profile| (profile.name, format!("{:016x}", fingerprint(profile))));
    let known = [
        ("warehouse-1", "ecb0d44f072c3d22"),
        ("film", "64ec8dd2316036d1"),
        ("dock", "a3030e797ea6f6bc"),
        ("worn", "8a489bccdf1fd975"),
        ("round", "18e35497bd776e91"),
        ("clean", "de6528f3ab231f9a"),
    ];
    assert_eq!(pictures, known.map(|(name, print)| (name, print.to_owned())));
}
