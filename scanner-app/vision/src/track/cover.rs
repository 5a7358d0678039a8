//! Labels that are known already are painted over, so that decoders spend their time on the others.

use crate::luma::{Luma, LumaView};
use crate::symbol::Corners;

/// A copy of the picture with each of `places` filled with the light around it.
pub(crate) fn covered<'a>(view: &LumaView<'_>, places: impl Iterator<Item = &'a Corners>) -> Luma {
    let mut luma = view.to_luma();
    for corners in places {
        fill(&mut luma, corners);
    }
    luma
}

/// Fills a convex quadrangle, row by row.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // clamped to the picture
fn fill(luma: &mut Luma, corners: &Corners) {
    let (width, height) = (luma.view().width(), luma.view().height());
    let paper = paper(&luma.view(), corners);
    let heights = corners.map(|corner| corner[1]);
    let top = heights.into_iter().fold(f32::MAX, f32::min).max(0.0) as usize;
    let bottom = (heights.into_iter().fold(0.0, f32::max).ceil() as usize).min(height);
    for y in top..bottom {
        let level = y as f32 + 0.5;
        let crossings = (0..4).filter_map(|at| {
            let (a, b) = (corners[at], corners[(at + 1) % 4]);
            let is_crossed = (a[1] <= level) != (b[1] <= level);
            is_crossed.then(|| a[0] + (level - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
        });
        let (left, right) = crossings.fold((f32::MAX, 0.0), |(low, high), x| (f32::min(low, x), f32::max(high, x)));
        let (left, right) = (left.max(0.0) as usize, (right.ceil() as usize).min(width));
        if left < right {
            luma.row_mut(y)[left..right].fill(paper);
        }
    }
}

/// The luma just outside of the corners.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // luma
fn paper(view: &LumaView<'_>, corners: &Corners) -> u8 {
    let centre = crate::symbol::centre(corners);
    let outside = corners.map(|[x, y]| {
        let beyond = |from: f32, to: f32| from + (to - from) * 1.06;
        view.interpolate(beyond(centre[0], x), beyond(centre[1], y))
    });
    (outside.iter().sum::<f32>() / 4.0) as u8
}
