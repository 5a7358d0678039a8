//! What a label looked like when it was read, to find it again in the next frame without reading it.

use crate::luma::LumaView;
use crate::perspective::{Perspective, small};
use crate::symbol::{Corners, longest_side};

/// Samples a side.
const SIDE: usize = 16;

/// From this correlation on it is the same label: another symbol of the same version shares its finder patterns, about a
/// third.
const SAME_MIN: f32 = 0.72;

/// How far a hand moves a label between two frames, in pixels of a frame of 1080 rows; other frames in proportion.
const JUMP_PX: f32 = 28.0;

/// Luma at evenly spread points of a symbol, less its mean, scaled to a length of 1.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    samples: Vec<f32>,
    /// A quarter of them, for a search over many places: those of every other row and column.
    few: Vec<f32>,
}

impl Template {
    /// The template of what is between `corners`; `None` where nothing is to be seen.
    pub(crate) fn new(view: &LumaView<'_>, corners: &Corners) -> Option<Self> {
        let map = Perspective::from_unit_square(corners)?;
        let samples: Vec<f32> = points().map(|point| sample(view, map.map(point))).collect();
        let few = samples.iter().enumerate().filter(|(at, _)| is_of_few(*at)).map(|(_, value)| *value).collect();
        Some(Self { few: normalised(few)?, samples: normalised(samples)? })
    }

    /// How much what is between `corners` looks the same: 1 for all, 0 for chance.
    fn correlation(&self, view: &LumaView<'_>, corners: &Corners) -> f32 {
        let Some(map) = Perspective::from_unit_square(corners) else { return 0.0 };
        correlation(view, points().map(|point| map.map(point)), &self.samples)
    }

    /// Where the label that was at `corners` is now: first about `expected` pixels from there, then anywhere a hand could
    /// have moved it. `None` where it is not to be seen.
    pub(crate) fn follow(&self, view: &LumaView<'_>, corners: &Corners, expected: [f32; 2]) -> Option<Corners> {
        let pitch = (longest_side(corners) / 29.0).max(1.5);
        let map = Perspective::from_unit_square(corners)?;
        let places: Vec<[f32; 2]> = points().map(|point| map.map(point)).collect();
        let all = (places.as_slice(), self.samples.as_slice());
        let near = best_shift(view, all, expected, (pitch * 1.2, pitch * 0.4));
        let found = if near.0 >= SAME_MIN * 0.8 {
            near
        } else {
            let reach = JUMP_PX * small(view.height()) / 1080.0;
            // Hundreds of places: a quarter of the samples finds the one, all of them judge it.
            let few: Vec<[f32; 2]> =
                places.iter().enumerate().filter(|(at, _)| is_of_few(*at)).map(|(_, to)| *to).collect();
            let wide = best_shift(view, (&few, &self.few), expected, (reach, pitch * 0.6));
            if wide.0 < SAME_MIN * 0.4 {
                return None;
            }
            best_shift(view, all, wide.1, (pitch * 0.6, pitch * 0.2))
        };
        let mut placed = corners.map(|[x, y]| [x + found.1[0], y + found.1[1]]);
        (self.settle(view, &mut placed, pitch) >= SAME_MIN).then_some(placed)
    }

    /// Moves the corners a little as long as that helps: a label also turns and comes nearer.
    fn settle(&self, view: &LumaView<'_>, corners: &mut Corners, pitch: f32) -> f32 {
        let mut best = self.correlation(view, corners);
        for step in [0.4 * pitch, 0.15 * pitch] {
            for corner in 0..4 {
                for axis in 0..2 {
                    for sign in [-1.0, 1.0] {
                        let mut moved = *corners;
                        moved[corner][axis] += sign * step;
                        let score = self.correlation(view, &moved);
                        if score > best {
                            best = score;
                            *corners = moved;
                            break;
                        }
                    }
                }
            }
        }
        best
    }
}

fn points() -> impl Iterator<Item = [f32; 2]> {
    let place = |at: usize| (small(at) + 0.5) / small(SIDE);
    (0..SIDE * SIDE).map(move |at| [place(at % SIDE), place(at / SIDE)])
}

/// Whether a sample is of the few.
const fn is_of_few(at: usize) -> bool {
    at % SIDE % 2 == 1 && at / SIDE % 2 == 1
}

fn sample(view: &LumaView<'_>, [x, y]: [f32; 2]) -> f32 {
    view.interpolate(x - 0.5, y - 0.5)
}

/// How much what is seen at `places` looks like `own`.
fn correlation(view: &LumaView<'_>, places: impl Iterator<Item = [f32; 2]>, own: &[f32]) -> f32 {
    let (mut sum, mut squares, mut product) = (0.0, 0.0, 0.0);
    for (place, own) in places.zip(own) {
        let value = sample(view, place);
        sum += value;
        squares += value * value;
        product += value * own;
    }
    let count = small(own.len());
    let spread = squares - sum * sum / count;
    if spread < count { 0.0 } else { product / spread.sqrt() }
}

/// The shift, within `reach` of `from` in steps, under which the samples look most alike.
fn best_shift(
    view: &LumaView<'_>,
    (places, own): (&[[f32; 2]], &[f32]),
    from: [f32; 2],
    (reach, step): (f32, f32),
) -> (f32, [f32; 2]) {
    let mut best = (f32::MIN, from);
    let count = whole(reach / step);
    for row in -count..=count {
        for column in -count..=count {
            let shift = [from[0] + f32::from(column) * step, from[1] + f32::from(row) * step];
            let moved = places.iter().map(|[x, y]| [x + shift[0], y + shift[1]]);
            let score = correlation(view, moved, own);
            if score > best.0 {
                best = (score, shift);
            }
        }
    }
    best
}

fn normalised(mut samples: Vec<f32>) -> Option<Vec<f32>> {
    let mean = samples.iter().sum::<f32>() / small(samples.len());
    for value in &mut samples {
        *value -= mean;
    }
    let length = samples.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length < small(samples.len()).sqrt() {
        return None;
    }
    for value in &mut samples {
        *value /= length;
    }
    Some(samples)
}

#[allow(clippy::cast_possible_truncation)] // a few dozen steps
fn whole(value: f32) -> i16 {
    value.ceil().clamp(1.0, 60.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Luma;
    use crate::scene::Label;

    fn frame(text: &str, left: usize, top: usize) -> Luma {
        let label = Label::new(text).unwrap().to_luma(4);
        let side = label.view().width();
        Luma::from_fn(400, 300, |x, y| match (x.checked_sub(left), y.checked_sub(top)) {
            (Some(x), Some(y)) if x < side && y < side => label.view().pixel(x, y),
            _ => 200,
        })
    }

    /// Corners of the symbol in `frame`: the quiet zone is 16 pixels wide, the symbol 116.
    fn at(x: f32, y: f32) -> Corners {
        let (left, top, side) = (x + 16.0, y + 16.0, 116.0);
        [[left, top], [left + side, top], [left + side, top + side], [left, top + side]]
    }

    #[test]
    fn a_label_is_followed_and_another_is_not_it() {
        let first = frame("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/AAAA", 60, 40);
        let template = Template::new(&first.view(), &at(60.0, 40.0)).unwrap();
        let moved = frame("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/AAAA", 66, 37);
        let followed = template.follow(&moved.view(), &at(60.0, 40.0), [0.0; 2]).unwrap();
        for (found, wanted) in followed.iter().zip(at(66.0, 37.0)) {
            assert!((found[0] - wanted[0]).hypot(found[1] - wanted[1]) < 1.5, "{followed:?}");
        }
        let other = frame("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/B7K2M9QX", 60, 40);
        assert_eq!(template.follow(&other.view(), &at(60.0, 40.0), [0.0; 2]), None);
        let nothing = Luma::from_fn(400, 300, |_, _| 200);
        assert_eq!(template.follow(&nothing.view(), &at(60.0, 40.0), [0.0; 2]), None);
        assert!(Template::new(&nothing.view(), &at(60.0, 40.0)).is_none());
    }
}
