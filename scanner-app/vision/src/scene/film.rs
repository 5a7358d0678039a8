//! Stretch film round the pallet: a milky veil in overlapping bands, and wrinkles that mirror the lamps as streaks.

use super::FrameSize;
use super::exact::{cos, decay, sin};
use super::hand::Moment;
use super::noise::smooth;
use super::picture::Picture;
use super::plane::Plane;
use super::profile::Film;
use super::random::Random;

/// The grey level of the film's own light.
const MILK: f32 = 205.0;

/// Height of a turn of film, frame heights; where two turns overlap the veil is thicker.
const BAND: f32 = 0.42;
const OVERLAP: f32 = 0.3;

/// The film as it is wound; it stays on the pallet from take to take.
#[derive(Clone, Debug)]
pub(crate) struct Wrap {
    film: Film,
    seed: u32,
    haze: f32,
    /// Directions of the wrinkles of the two layers, radians.
    angles: [f32; 2],
    band_slope: f32,
}

/// A lamp's mirror image on the film: an ellipse of light.
#[derive(Clone, Debug)]
pub(crate) struct Lamp {
    at: [f32; 2],
    angle: f32,
    /// Half axes in frame heights.
    half: [f32; 2],
    /// Grey levels at its brightest.
    glare: f32,
}

/// What the film does to a frame, at half the frame's sides.
#[derive(Clone, Debug)]
pub(crate) struct Veil {
    /// Share of the milky light, 0 to 1.
    pub(crate) haze: Plane,
    /// Grey levels that reflections add.
    pub(crate) shine: Plane,
}

impl Wrap {
    /// The film of a pallet; `None` where the profile has none.
    pub(crate) fn new(film: Film, random: &mut Random) -> Option<Self> {
        let present = film.haze.1 > 0.0 || film.glare.1 > 0.0;
        present.then(|| Self {
            film,
            seed: random.seed(),
            haze: random.within(film.haze),
            angles: [random.between(-0.35, 0.35), random.sign() * random.between(0.5, 1.1)],
            band_slope: random.between(-0.12, 0.12),
        })
    }

    /// The lamps that this take's place mirrors in the film: one or two.
    pub(crate) fn lamps(&self, size: FrameSize, random: &mut Random) -> Vec<Lamp> {
        let aspect = size.width as f32 / size.height as f32;
        let lamp = |random: &mut Random| Lamp {
            at: [random.between(-0.45, 0.45) * aspect, random.between(-0.4, 0.4)],
            angle: random.between(-0.5, 0.5),
            half: [random.between(0.25, 0.6), random.between(0.06, 0.16)],
            glare: random.within(self.film.glare),
        };
        (0..=random.below(2)).map(|_| lamp(random)).collect()
    }

    /// The veil at one moment.
    pub(crate) fn veil(&self, lamps: &[Lamp], size: FrameSize, moment: &Moment) -> Veil {
        let (width, height) = (size.width.div_ceil(2) as usize, size.height.div_ceil(2) as usize);
        let mut veil = Veil { haze: Plane::new(width, height, 0.0), shine: Plane::new(width, height, 0.0) };
        let step = 2.0 / size.height as f32;
        let aspect = size.width as f32 / size.height as f32;
        let axes = self.angles.map(|angle| (cos(angle), sin(angle)));
        let mirrors: Vec<Mirror> = lamps.iter().map(|lamp| Mirror::new(lamp, moment)).collect();
        for y in 0..height {
            let down = (y as f32 + 0.5) * step - 0.5;
            let (haze, shine) = (veil.haze.row_mut(y), veil.shine.row_mut(y));
            for (x, (haze, shine)) in haze.iter_mut().zip(shine).enumerate() {
                let across = (x as f32 + 0.5) * step - 0.5 * aspect;
                let at = [across - moment.shift[0], down - moment.shift[1]];
                let wrinkle = self.wrinkle(at, axes);
                *shine = mirrors.iter().map(|mirror| mirror.shine([across, down], wrinkle)).sum();
                *haze = (self.haze * self.thickness(at) * (1.0 + 0.5 * wrinkle)).clamp(0.0, 0.95);
            }
        }
        veil
    }

    /// How much a place stands up as a wrinkle, 0 to 1: thin lines, some of the way across the film.
    fn wrinkle(&self, at: [f32; 2], axes: [(f32, f32); 2]) -> f32 {
        let bend = 0.06 * smooth(self.seed, at[0] * 2.2, at[1] * 2.2);
        let layer = |layer: usize, per_height: f32| {
            let (cos, sin) = axes[layer];
            let along = at[0] * cos + at[1] * sin;
            let across = at[1] * cos - at[0] * sin + bend;
            let height = smooth(self.seed.wrapping_add(1 + layer as u32), along * 1.7, across * per_height);
            let ridge = 1.0 - (2.0 * height - 1.0).abs();
            let sharp = ridge * ridge;
            let sharp = sharp * sharp;
            sharp * sharp
        };
        (layer(0, self.film.wrinkles) + 0.7 * layer(1, self.film.wrinkles * 0.45)).min(1.0)
    }

    /// How thick the film is at a place, around 1.
    fn thickness(&self, at: [f32; 2]) -> f32 {
        let turns = (at[1] + self.band_slope * at[0]) / BAND + 64.0;
        let within = turns - turns.floor();
        let double = if within < OVERLAP { 0.55 } else { 0.0 };
        0.55 + double + 0.5 * smooth(self.seed ^ 0x5EED, at[0] * 2.0, at[1] * 2.0)
    }
}

/// A lamp's mirror image at one moment.
struct Mirror {
    at: [f32; 2],
    along: [f32; 2],
    half: [f32; 2],
    glare: f32,
}

impl Mirror {
    fn new(lamp: &Lamp, moment: &Moment) -> Self {
        Self {
            at: [0, 1].map(|axis| lamp.at[axis] + moment.reflection[axis]),
            along: [cos(lamp.angle), sin(lamp.angle)],
            half: lamp.half,
            glare: lamp.glare,
        }
    }

    /// Grey levels at a place: the lamp's glow, and its full light on the wrinkles.
    fn shine(&self, at: [f32; 2], wrinkle: f32) -> f32 {
        let (x, y) = (at[0] - self.at[0], at[1] - self.at[1]);
        let along = (x * self.along[0] + y * self.along[1]) / self.half[0];
        let across = (y * self.along[0] - x * self.along[1]) / self.half[1];
        let distance = along * along + across * across;
        // Wrinkles stand at many angles, so some catch the lamp from far off.
        let far = 0.25 / (1.0 + distance);
        self.glare * (decay(distance) * (0.22 + 0.78 * wrinkle) + far * wrinkle)
    }
}

impl Veil {
    /// Lays the film over the picture.
    pub(crate) fn cover(&self, picture: &mut Picture) {
        for (y, row) in picture.luma.rows_mut().enumerate() {
            let (haze, shine) = (self.haze.row(y / 2), self.shine.row(y / 2));
            for (x, value) in row.iter_mut().enumerate() {
                *value += (MILK - *value) * haze[x / 2] + shine[x / 2];
            }
        }
        for plane in picture.chroma.iter_mut().flatten() {
            for (y, row) in plane.rows_mut().enumerate() {
                for ((value, haze), shine) in row.iter_mut().zip(self.haze.row(y)).zip(self.shine.row(y)) {
                    *value *= (1.0 - haze) * (1.0 - (shine / 150.0).min(1.0));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hand::STILL;
    use super::super::profile::{CLEAN, FILM};
    use super::*;

    const SIZE: FrameSize = FrameSize { width: 640, height: 360 };
    fn veil(film: Film, moment: &Moment) -> Veil {
        let mut random = Random::new(8);
        let wrap = Wrap::new(film, &mut random).unwrap();
        let lamps = wrap.lamps(SIZE, &mut random);
        wrap.veil(&lamps, SIZE, moment)
    }

    fn stripes() -> Picture {
        let mut picture = Picture::new(SIZE, true);
        for row in picture.luma.rows_mut() {
            for (x, value) in row.iter_mut().enumerate() {
                *value = if x % 2 == 0 { 30.0 } else { 230.0 };
            }
        }
        picture
    }

    #[test]
    fn haze_takes_contrast_and_lifts_the_dark() {
        let film = Film { glare: (0.0, 0.0), haze: (0.3, 0.3), ..FILM.film };
        let mut picture = stripes();
        veil(film, &STILL).cover(&mut picture);
        let pairs: Vec<&[f32]> = picture.luma.values().chunks_exact(2).collect();
        let contrast = pairs.iter().map(|pair| pair[1] - pair[0]).sum::<f32>() / pairs.len() as f32;
        let dark = pairs.iter().map(|pair| pair[0]).sum::<f32>() / pairs.len() as f32;
        assert!(contrast > 100.0 && contrast < 165.0, "of 200 levels {contrast} are left");
        assert!(dark > 60.0 && dark < 120.0, "{dark}");
    }

    #[test]
    fn glare_is_streaks_over_a_part_of_the_frame() {
        let film = Film { glare: (350.0, 350.0), ..FILM.film };
        let shine = veil(film, &STILL).shine;
        let bright = shine.values().iter().filter(|value| **value > 150.0).count();
        let share = bright as f32 / shine.values().len() as f32;
        assert!(share > 0.003 && share < 0.15, "{share}");
        // Streaks run more along than across: the picture changes faster downwards.
        let (mut along, mut across) = (0.0, 0.0);
        for y in 1..shine.height() {
            for x in 1..shine.width() {
                along += (shine.row(y)[x] - shine.row(y)[x - 1]).abs();
                across += (shine.row(y)[x] - shine.row(y - 1)[x]).abs();
            }
        }
        assert!(across > along * 1.3, "{along} {across}");
    }

    #[test]
    fn reflections_wander_with_the_hand() {
        let moved = Moment { reflection: [0.3, 0.0], ..STILL };
        let (here, there) = (veil(FILM.film, &STILL).shine, veil(FILM.film, &moved).shine);
        let middle = |plane: &Plane| {
            let (mut sum, mut total) = (0.0, 0.0);
            for y in 0..plane.height() {
                for (x, value) in plane.row(y).iter().enumerate() {
                    sum += x as f32 * value;
                    total += value;
                }
            }
            sum / total
        };
        assert!(middle(&there) - middle(&here) > 10.0, "{} {}", middle(&here), middle(&there));
    }

    #[test]
    fn without_film_there_is_none() {
        assert!(Wrap::new(CLEAN.film, &mut Random::new(1)).is_none());
    }
}
