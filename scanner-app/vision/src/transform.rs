//! Other looks at the same picture: what one scale or sharpness hides, another may show.

use crate::luma::{Luma, LumaView};
use crate::symbol::Corners;

/// A changed copy of a part of a picture, and the way back to it.
pub(crate) struct Look {
    pub(crate) luma: Luma,
    left: usize,
    top: usize,
    scale: f32,
}

impl Look {
    /// Corners in pixels of the picture that the look was made of.
    #[allow(clippy::cast_precision_loss)] // pixel positions are far below 2^24
    pub(crate) fn back(&self, corners: &Corners) -> Corners {
        corners.map(|[x, y]| [x / self.scale + self.left as f32, y / self.scale + self.top as f32])
    }
}

/// The whole picture at half size.
pub(crate) fn halved(view: &LumaView<'_>) -> Look {
    Look { luma: half(view), left: 0, top: 0, scale: 0.5 }
}

/// The whole picture, halved until it has at most `pixels_max` pixels.
pub(crate) fn shrunk(view: &LumaView<'_>, pixels_max: usize) -> Look {
    let mut look = halved(view);
    while look.luma.view().width() * look.luma.view().height() > pixels_max {
        look = Look { luma: half(&look.luma.view()), scale: look.scale / 2.0, ..look };
    }
    look
}

/// The whole picture at double size, sharpened.
pub(crate) fn doubled(view: &LumaView<'_>) -> Look {
    Look { luma: sharpen(&double(view)), left: 0, top: 0, scale: 2.0 }
}

/// The whole picture with its light evened out: each pixel against the mean around it, contrast doubled.
pub(crate) fn evened(view: &LumaView<'_>) -> Look {
    let reach = (view.width().min(view.height()) / 16).clamp(6, 60);
    let means = box_means(view, reach);
    let mut means = means.iter();
    let luma = Luma::from_fn(view.width(), view.height(), |x, y| {
        let mean = i32::from(*means.next().unwrap_or(&0));
        u8::try_from((128 + 2 * (i32::from(view.pixel(x, y)) - mean)).clamp(0, 255)).unwrap_or(u8::MAX)
    });
    Look { luma, left: 0, top: 0, scale: 1.0 }
}

/// The mean of the square of `reach` pixels to each side around every pixel, cut off at the borders; row by row.
fn box_means(view: &LumaView<'_>, reach: usize) -> Vec<u8> {
    let (width, height) = (view.width(), view.height());
    let mut sums = vec![0_u32; width];
    let add = |sums: &mut [u32], y: usize| {
        sums.iter_mut().zip(view.row(y)).for_each(|(sum, value)| *sum += u32::from(*value));
    };
    let take = |sums: &mut [u32], y: usize| {
        sums.iter_mut().zip(view.row(y)).for_each(|(sum, value)| *sum -= u32::from(*value));
    };
    let mut rows = 0_u32;
    for y in 0..reach.min(height) {
        add(&mut sums, y);
        rows += 1;
    }
    let mut means = Vec::with_capacity(width * height);
    for y in 0..height {
        if y + reach < height {
            add(&mut sums, y + reach);
            rows += 1;
        }
        if y > reach {
            take(&mut sums, y - reach - 1);
            rows -= 1;
        }
        let mut sum: u32 = sums.iter().take(reach.min(width)).sum();
        let mut columns = u32::try_from(reach.min(width)).unwrap_or(u32::MAX);
        for x in 0..width {
            if x + reach < width {
                sum += sums[x + reach];
                columns += 1;
            }
            if x > reach {
                sum -= sums[x - reach - 1];
                columns -= 1;
            }
            means.push(u8::try_from(sum / (rows * columns).max(1)).unwrap_or(u8::MAX));
        }
    }
    means
}

/// The surroundings of a located symbol, a quarter wider on each side: halved if `large`, else doubled and sharpened.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the picture before the cast
pub(crate) fn around(view: &LumaView<'_>, corners: &Corners, large: bool) -> Look {
    let bounds = |axis: usize| {
        let values = corners.map(|corner| corner[axis]);
        let low = values.into_iter().fold(f32::MAX, f32::min);
        let high = values.into_iter().fold(f32::MIN, f32::max);
        let margin = (high - low) / 4.0;
        ((low - margin).max(0.0) as usize, (high + margin).max(1.0).ceil() as usize)
    };
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    let (left, top) = (left.min(view.width() - 1), top.min(view.height() - 1));
    let part = view.crop(left, top, right.saturating_sub(left), bottom.saturating_sub(top));
    if large {
        Look { luma: half(&part), left, top, scale: 0.5 }
    } else {
        Look { luma: sharpen(&double(&part)), left, top, scale: 2.0 }
    }
}

/// Means of 2x2 pixels.
pub(crate) fn half(view: &LumaView<'_>) -> Luma {
    Luma::from_fn(view.width() / 2, view.height() / 2, |x, y| {
        let sum: u16 = [(0, 0), (1, 0), (0, 1), (1, 1)]
            .into_iter()
            .map(|(dx, dy)| u16::from(view.pixel(2 * x + dx, 2 * y + dy)))
            .sum();
        u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
    })
}

/// Twice the size, weights 3:1 of the nearest pixels.
fn double(view: &LumaView<'_>) -> Luma {
    Luma::from_fn(view.width() * 2, view.height() * 2, |x, y| {
        let near = |at: usize| (at / 2, if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { at / 2 + 1 });
        let ((x0, x1), (y0, y1)) = (near(x), near(y));
        let pixel = |x: usize, y: usize| u16::from(view.pixel(x, y));
        let sum = 9 * pixel(x0, y0) + 3 * (pixel(x1, y0) + pixel(x0, y1)) + pixel(x1, y1);
        u8::try_from((sum + 8) / 16).unwrap_or(u8::MAX)
    })
}

/// Unsharp mask: each pixel plus its difference to the mean of 5x5.
fn sharpen(luma: &Luma) -> Luma {
    let view = luma.view();
    let along = |at: usize, offset: usize| (at + offset).saturating_sub(2);
    let rows = Luma::from_fn(view.width(), view.height(), |x, y| {
        let sum: u16 = (0..5).map(|dx| u16::from(view.pixel(along(x, dx), y))).sum();
        u8::try_from(sum / 5).unwrap_or(u8::MAX)
    });
    let rows = rows.view();
    Luma::from_fn(view.width(), view.height(), |x, y| {
        let sum: i16 = (0..5).map(|dy| i16::from(rows.pixel(x, along(y, dy)))).sum();
        let value = i16::from(view.pixel(x, y));
        u8::try_from((2 * value - sum / 5).clamp(0, 255)).unwrap_or(u8::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_know_the_way_back() {
        let luma = Luma::from_fn(100, 80, |x, y| u8::try_from(x + y).unwrap());
        let corners = [[40.0, 40.0], [60.0, 40.0], [60.0, 60.0], [40.0, 60.0]];
        let look = around(&luma.view(), &corners, false);
        assert_eq!((look.luma.view().width(), look.luma.view().height()), (60, 60));
        let [x, y] = look.back(&[[0.0, 0.0], [10.0, 20.0], [0.0, 0.0], [0.0, 0.0]])[1];
        assert!((x - 40.0).abs() < 0.001 && (y - 45.0).abs() < 0.001, "{x} {y}");
        let outside = corners.map(|[x, y]| [x + 500.0, y - 500.0]);
        assert!(around(&luma.view(), &outside, true).luma.view().width() >= 1);
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        let luma = Luma::from_fn(9, 7, |_, _| 77);
        for look in [halved(&luma.view()), doubled(&luma.view())] {
            assert!(look.luma.view().data().iter().all(|value| *value == 77));
        }
    }
}
