//! Pallets to look at: their labels, and consecutive frames of them.

use vision::Luma;
use vision::scene::{FrameSize, Profile, Scene};

/// The names of the published profiles.
pub(super) fn names() -> [&'static str; 6] {
    Profile::ALL.map(|profile| profile.name)
}

/// Milliseconds between frames: a camera of 30 frames a second.
pub(super) const FRAME_MS: u64 = 33;

/// The texts of a scene: as many digital links, no two alike, another seed others.
pub(super) fn texts(seed: u64, labels: usize) -> Vec<String> {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let serial = |label: u64| -> String {
        let mut bits = mix(mix(seed) ^ label);
        // The last two letters number the label: no chance makes two alike.
        let number = [label >> 5, label];
        let random = (0..10).map(|_| {
            bits >>= 5;
            bits
        });
        random.chain(number).map(|five| char::from(LETTERS[usize::from(five.to_le_bytes()[0] % 32)])).collect()
    };
    (0..labels as u64).map(|label| format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{}", serial(label))).collect()
}

/// Consecutive frames of one pallet, held by a hand.
pub(super) fn film(scene: &Scene, seed: u64, frames: u32) -> impl Iterator<Item = Luma> {
    scene.film_luma(mix(seed), frames).map(|shot| shot.frame)
}

/// A scene of so many labels.
pub(super) fn scene(texts: &[String], size: FrameSize, profile: Profile) -> Scene {
    Scene::new(texts, size, profile).expect("texts made here fit on a label")
}

/// Sebastiano Vigna's `SplitMix64`: neighbouring seeds give unlike numbers.
pub(super) fn mix(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn texts_are_distinct_and_repeatable() {
        let all: BTreeSet<String> = (0..20).flat_map(|seed| texts(seed, 60)).collect();
        assert_eq!(all.len(), 20 * 60);
        assert_eq!(texts(3, 5), texts(3, 5));
    }

    #[test]
    fn every_profile_that_is_named_exists() {
        assert!(names().into_iter().all(|name| Profile::named(name).is_some()));
        assert!(Profile::named("moonlight").is_none());
    }

    #[test]
    fn frames_of_a_film_differ() {
        let scene = scene(&texts(1, 1), FrameSize { width: 320, height: 180 }, Profile::ALL[0]);
        let frames: Vec<Luma> = film(&scene, 1, 2).collect();
        assert_ne!(frames[0], frames[1]);
    }
}
