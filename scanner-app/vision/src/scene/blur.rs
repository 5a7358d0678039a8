//! Blur: the disc that a lens out of focus makes of a point, and the line that a moving hand makes of it.

use super::exact::{cos, sin};
use super::plane::Plane;

/// One weighed shift of a picture, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tap {
    dx: i32,
    dy: i32,
    weight: f32,
}

/// The disc of a lens whose circle of confusion has a radius of `radius_px`; a sharp lens has one tap.
pub(crate) fn disc(radius_px: f32) -> Vec<Tap> {
    let radius_px = radius_px.clamp(0.0, 24.0);
    let reach = (radius_px + 0.5) as i32 + 1;
    let mut taps = Vec::new();
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let distance = ((dx * dx + dy * dy) as f32).sqrt();
            // The edge of the disc passes through its outermost pixels.
            let weight = (radius_px + 0.5 - distance).clamp(0.0, 1.0);
            if weight > 0.0 {
                taps.push(Tap { dx, dy, weight });
            }
        }
    }
    normal(taps)
}

/// The line of a hand that moves the picture by `length_px` in the direction `angle`, radians, while the shutter is open.
pub(crate) fn line(length_px: f32, angle: f32) -> Vec<Tap> {
    const STEPS_PER_PX: f32 = 4.0;
    let length_px = length_px.clamp(0.0, 64.0);
    let steps = (length_px * STEPS_PER_PX) as i32 + 1;
    let (along_x, along_y) = (cos(angle), sin(angle));
    let mut taps: Vec<Tap> = Vec::new();
    for step in 0..steps {
        let at = length_px * ((step as f32 + 0.5) / steps as f32 - 0.5);
        let (x, y) = (at * along_x, at * along_y);
        let (left, top) = (x.floor(), y.floor());
        // A point between pixels is shared by the four around it.
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let share = |at: f32, first: f32, second: i32| if second == 0 { 1.0 - (at - first) } else { at - first };
            let tap = Tap {
                dx: left as i32 + column,
                dy: top as i32 + row,
                weight: share(x, left, column) * share(y, top, row),
            };
            match taps.iter_mut().find(|other| (other.dx, other.dy) == (tap.dx, tap.dy)) {
                Some(other) => other.weight += tap.weight,
                None => taps.push(tap),
            }
        }
    }
    normal(taps)
}

/// The taps that matter, their weights summing to 1.
fn normal(mut taps: Vec<Tap>) -> Vec<Tap> {
    let total: f32 = taps.iter().map(|tap| tap.weight).sum();
    taps.retain(|tap| tap.weight > total * 1e-3);
    let total: f32 = taps.iter().map(|tap| tap.weight).sum();
    for tap in &mut taps {
        tap.weight /= total;
    }
    taps
}

/// Spreads each pixel over the taps; what lies outside of the plane is as its edge.
pub(crate) fn spread(plane: &mut Plane, taps: &[Tap]) {
    if let [] | [Tap { dx: 0, dy: 0, .. }] = taps {
        return;
    }
    let reach = taps.iter().map(|tap| tap.dx.abs().max(tap.dy.abs())).max().unwrap_or(0) as usize;
    let (width, height) = (plane.width(), plane.height());
    let sources: Vec<Vec<f32>> = (0..height).map(|y| padded(plane.row(y), reach)).collect();
    for (y, out) in plane.rows_mut().enumerate() {
        out.fill(0.0);
        for tap in taps {
            // A pixel takes its light from the other side.
            let source = &sources[y.saturating_add_signed(-tap.dy as isize).min(height - 1)];
            let start = reach.saturating_add_signed(-tap.dx as isize);
            for (sum, value) in out.iter_mut().zip(&source[start..start + width]) {
                *sum += tap.weight * value;
            }
        }
    }
}

fn padded(row: &[f32], reach: usize) -> Vec<f32> {
    let mut padded = Vec::with_capacity(row.len() + 2 * reach);
    padded.resize(reach, row[0]);
    padded.extend_from_slice(row);
    padded.resize(row.len() + 2 * reach, row[row.len() - 1]);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point of light in the middle of a dark plane, spread: its deviation along and across `angle`, and its sum.
    fn spread_of_a_point(taps: &[Tap], angle: f32) -> (f32, f32, f32) {
        let mut plane = Plane::new(65, 65, 0.0);
        plane.row_mut(32)[32] = 1000.0;
        spread(&mut plane, taps);
        let (mut along, mut across, mut sum) = (0.0, 0.0, 0.0);
        for y in 0..65_u8 {
            for (x, value) in (0..65_u8).zip(plane.row(y.into())) {
                let (x, y) = (f32::from(x) - 32.0, f32::from(y) - 32.0);
                let (a, b) = (x * angle.cos() + y * angle.sin(), y * angle.cos() - x * angle.sin());
                along += a * a * value;
                across += b * b * value;
                sum += value;
            }
        }
        ((along / sum).sqrt(), (across / sum).sqrt(), sum)
    }

    #[test]
    fn a_disc_spreads_a_point_evenly_over_its_radius() {
        for radius in [1.0_f32, 2.5, 5.0] {
            let (along, across, sum) = spread_of_a_point(&disc(radius), 0.3);
            // A disc has half its radius as deviation.
            assert!((along - radius / 2.0).abs() < 0.3 && (along - across).abs() < 0.05, "{radius}: {along} {across}");
            assert!((sum - 1000.0).abs() < 0.1, "no light is lost: {sum}");
        }
    }

    #[test]
    fn a_line_spreads_a_point_along_its_direction_only() {
        for (length, angle) in [(6.0_f32, 0.0_f32), (12.0, 0.7), (20.0, -1.2), (9.0, 2.6)] {
            let (along, across, sum) = spread_of_a_point(&line(length, angle), angle);
            // A line has its length by the root of 12 as deviation; a pixel's width comes on top across.
            assert!((along - length / 12.0_f32.sqrt()).abs() < 0.3, "{length} {angle}: {along}");
            assert!(across < 0.45, "{length} {angle}: {across}");
            assert!((sum - 1000.0).abs() < 0.1, "no light is lost: {sum}");
        }
    }

    #[test]
    fn sharp_and_still_changes_nothing() {
        let mut plane = Plane::new(9, 5, 3.0);
        plane.row_mut(2)[4] = 200.0;
        let before = plane.clone();
        spread(&mut plane, &disc(0.0));
        spread(&mut plane, &line(0.0, 1.0));
        assert_eq!(plane, before);
    }

    #[test]
    fn an_even_plane_stays_even_to_its_edges() {
        let mut plane = Plane::new(20, 10, 80.0);
        spread(&mut plane, &disc(3.0));
        spread(&mut plane, &line(7.0, 0.5));
        assert!(plane.values().iter().all(|value| (value - 80.0).abs() < 0.01));
    }
}
