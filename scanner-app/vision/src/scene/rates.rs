//! How much of each profile is read: `cargo nextest run --workspace -E 'package(vision) and test(rates)' --run-ignored all
//! --no-capture`; `docs/capture.md` has the table of the last run.

use std::collections::BTreeSet;

use super::random::Random;
use super::tests::texts;
use super::*;
use crate::{Decoder, Reader, ZxingDecoder};

/// Scenes of each kind, and frames of a film.
const SCENES: u64 = 6;
const FRAMES: u32 = 10;

/// Which of the labels are among the texts that were read, and how many texts are nobody's.
fn right(scene: &Scene, read: &[crate::Symbol]) -> (BTreeSet<usize>, usize) {
    let at = |text: &str| scene.labels().iter().position(|label| label.text() == text);
    let known: BTreeSet<usize> = read.iter().filter_map(|symbol| at(&symbol.text)).collect();
    (known, read.iter().filter(|symbol| at(&symbol.text).is_none()).count())
}

#[test]
#[ignore = "measures for some minutes; run it in the release profile or when the machine is free"]
fn rates_of_each_profile() {
    let kinds = [(1, FrameSize::FULL_HD), (10, FrameSize::FULL_HD), (30, FrameSize::FULL_HD), (60, FrameSize::UHD)];
    for profile in Profile::ALL {
        for (labels, size) in kinds {
            let (mut ours, mut zxing, mut filmed, mut wrong) = (0, 0, 0, 0);
            let scenes = if labels == 1 { 4 * SCENES } else { SCENES };
            for seed in 0..scenes {
                let mut random = Random::new(1000 + seed);
                let scene = Scene::new(&texts(&mut random, labels), size, profile).unwrap();
                let mut read = BTreeSet::new();
                let frames = if labels == 30 { FRAMES } else { 1 };
                for (frame, shot) in scene.film_luma(seed, frames).enumerate() {
                    let (right_ours, wrong_ours) = right(&scene, &Reader::new().read(&shot.frame.view()));
                    wrong += wrong_ours;
                    if frame == 0 {
                        ours += right_ours.len();
                        let alone = ZxingDecoder::full().decode(&shot.frame.view()).symbols;
                        zxing += right(&scene, &alone).0.len();
                    }
                    read.extend(right_ours);
                }
                filmed += read.len();
            }
            let all = labels * usize::try_from(scenes).unwrap();
            println!(
                "{:12} {labels:2} labels in {}x{}: reader {ours}, zxing {zxing}, in {FRAMES} frames {filmed} of {all}; wrong {wrong}",
                profile.name, size.width, size.height
            );
            assert_eq!(wrong, 0, "wrong texts");
        }
    }
}
