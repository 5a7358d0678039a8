//! How much of each profile is read: `cargo nextest run --workspace -E 'package(vision) and test(rates)' --run-ignored all
//! --no-capture`; `docs/capture.md` has the table of the last run.

use std::collections::BTreeSet;

use super::random::Random;
use super::tests::texts;
use super::*;
use crate::{Decoder, Reader, ZxingDecoder};

/// Scenes of each kind, takes of each, and frames of a film.
const SCENES: u64 = 6;
const TAKES: u64 = 4;
const FRAMES: u32 = 10;

/// Which of the labels are among the texts that were read; counts and shows texts that are nobody's.
fn right(scene: &Scene, read: &[crate::Symbol], wrong: &mut usize) -> BTreeSet<usize> {
    let mut known = BTreeSet::new();
    for symbol in read {
        if let Some(at) = scene.labels().iter().position(|label| label.text() == symbol.text) {
            known.insert(at);
        } else {
            *wrong += 1;
            println!("wrong: {symbol:?}");
        }
    }
    known
}

/// What was read of the labels of some scenes.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    labels: usize,
    reader: usize,
    zxing: usize,
    reader_wrong: usize,
    zxing_wrong: usize,
    filmed_labels: usize,
    reader_in_film: usize,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            labels: self.labels + other.labels,
            reader: self.reader + other.reader,
            zxing: self.zxing + other.zxing,
            reader_wrong: self.reader_wrong + other.reader_wrong,
            zxing_wrong: self.zxing_wrong + other.zxing_wrong,
            filmed_labels: self.filmed_labels + other.filmed_labels,
            reader_in_film: self.reader_in_film + other.reader_in_film,
        }
    }
}

/// One scene in some takes of one frame each; 30 labels also in one take of many.
fn count(profile: Profile, labels: usize, size: FrameSize, seed: u64) -> Count {
    let scene = Scene::new(&texts(&mut Random::new(1000 + seed), labels), size, profile)
        .expect("the texts are links that the national format holds");
    let mut count = Count::default();
    for take in 0..TAKES {
        let shot = scene.shoot_luma(seed * TAKES + take);
        count.labels += labels;
        count.reader += right(&scene, &Reader::new().read(&shot.frame.view()), &mut count.reader_wrong).len();
        let alone = ZxingDecoder::full().decode(&shot.frame.view()).symbols;
        count.zxing += right(&scene, &alone, &mut count.zxing_wrong).len();
    }
    if labels == 30 {
        let film = scene.film_luma(seed * TAKES, FRAMES);
        let read: BTreeSet<usize> = film
            .flat_map(|shot| right(&scene, &Reader::new().read(&shot.frame.view()), &mut count.reader_wrong))
            .collect();
        count.filmed_labels += labels;
        count.reader_in_film += read.len();
    }
    count
}

#[test]
#[ignore = "measures for some minutes; run it in the release profile or when the machine is free"]
fn long_rates_of_each_profile() {
    let kinds = [(1, FrameSize::FULL_HD), (10, FrameSize::FULL_HD), (30, FrameSize::FULL_HD), (60, FrameSize::UHD)];
    for profile in Profile::ALL {
        for (labels, size) in kinds {
            let counts = (0..SCENES).map(|seed| count(profile, labels, size, seed));
            let sum = counts.reduce(Count::plus).unwrap();
            println!("{:12} {labels:2} labels in {}x{}: {sum:?}", profile.name, size.width, size.height);
        }
    }
}
