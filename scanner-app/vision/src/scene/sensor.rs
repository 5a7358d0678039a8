//! The sensor: read noise that is always there, and shot noise that grows with the root of the light.

use super::plane::Plane;
use super::profile::Profile;
use super::random::Random;

/// Draws kept ready: 12 random bits choose one.
const DRAWS: usize = 4096;

/// The deviation of the noise at a grey level, grey levels.
pub(crate) fn deviation(profile: &Profile, level: f32) -> f32 {
    let shot = profile.shot_noise * profile.shot_noise * level.clamp(0.0, 255.0) / 255.0;
    (profile.read_noise * profile.read_noise + shot).sqrt()
}

/// Adds the noise of a moment to a plane of grey levels, and cuts off what the sensor cannot hold.
pub(crate) fn expose(plane: &mut Plane, profile: &Profile, random: &mut Random) {
    if profile.read_noise <= 0.0 && profile.shot_noise <= 0.0 {
        return;
    }
    let draws: Vec<f32> = (0..DRAWS).map(|_| random.normal()).collect();
    let deviations: Vec<f32> = (0..=255_u8).map(|level| deviation(profile, level.into())).collect();
    for values in plane.values_mut().chunks_mut(5) {
        let mut bits = random.bits();
        for value in values {
            let level = value.clamp(0.0, 255.0);
            *value = (level + deviations[level as usize] * draws[bits as usize % DRAWS]).clamp(0.0, 255.0);
            bits >>= 12;
        }
    }
}

/// Adds the blotches that a camera's noise leaves in its colour: a share of the luma's noise.
pub(crate) fn speckle(chroma: &mut Plane, profile: &Profile, random: &mut Random) {
    let deviation = 0.35 * deviation(profile, 128.0);
    if deviation <= 0.0 {
        return;
    }
    for value in chroma.values_mut() {
        *value += deviation * random.normal();
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::CLEAN;
    use super::*;

    fn measured(profile: &Profile, level: f32) -> f32 {
        let mut plane = Plane::new(200, 100, level);
        expose(&mut plane, profile, &mut Random::new(5));
        let mean = plane.values().iter().sum::<f32>() / 20_000.0;
        (plane.values().iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / 20_000.0).sqrt()
    }

    #[test]
    fn read_noise_is_the_same_in_any_light() {
        let profile = Profile { read_noise: 5.0, ..CLEAN };
        for level in [60.0, 120.0, 200.0] {
            assert!((measured(&profile, level) - 5.0).abs() < 0.25);
        }
    }

    #[test]
    fn shot_noise_grows_with_the_root_of_the_light() {
        let profile = Profile { shot_noise: 8.0, ..CLEAN };
        let (dim, bright) = (measured(&profile, 50.0), measured(&profile, 200.0));
        assert!((bright / dim - 2.0).abs() < 0.1, "{dim} {bright}");
        assert!((bright - 8.0 * (200.0_f32 / 255.0).sqrt()).abs() < 0.3, "{bright}");
    }

    #[test]
    fn without_noise_nothing_changes() {
        let mut plane = Plane::new(3, 3, 300.0);
        expose(&mut plane, &CLEAN, &mut Random::new(5));
        assert_eq!(plane, Plane::new(3, 3, 300.0));
    }
}
