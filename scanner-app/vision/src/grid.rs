//! A symbol's modules, sampled from the picture by its corners: the second opinion on a text that was read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rqrr::SimpleGrid;

use crate::luma::LumaView;
use crate::perspective::Perspective;
use crate::pure::read_grid;
use crate::symbol::Symbol;

/// Half the side, in modules, of the window whose mean divides dark from light.
const WINDOW: usize = 4;

/// Reads the symbol again with rqrr, from modules that are sampled and thresholded here.
///
/// True when it reads the same payload; the mode, where the symbol lacks it, is then taken over.
pub(crate) fn confirm(view: &LumaView<'_>, symbol: &mut Symbol) -> bool {
    let Some(version) = symbol.version.filter(|version| (1..=40).contains(version)) else {
        return false;
    };
    let size = 17 + 4 * usize::from(version);
    let Some(modules) = sample(view, symbol, size) else {
        return false;
    };
    let dark = threshold(&modules, size);
    let grid = SimpleGrid::from_func(size, |x, y| dark[y * size + x]);
    let read = catch_unwind(AssertUnwindSafe(|| read_grid(&grid))).unwrap_or_default();
    let same = read.as_ref().is_some_and(|read| read.payload == symbol.payload());
    if same {
        symbol.mode = symbol.mode.or_else(|| read.and_then(|read| read.mode));
    }
    same
}

/// The luma at the centre of each module, row by row; `None` for corners that span no area.
fn sample(view: &LumaView<'_>, symbol: &Symbol, size: usize) -> Option<Vec<f32>> {
    let to_picture = Perspective::from_unit_square(&symbol.corners)?;
    let modules = (0..size * size).map(|at| {
        let unit = |module: usize| (small(module) + 0.5) / small(size);
        let [x, y] = to_picture.map([unit(at % size), unit(at / size)]);
        view.interpolate(x - 0.5, y - 0.5)
    });
    Some(modules.collect())
}

/// True for dark: below the mean of the neighbourhood, or above it in an inverted symbol.
fn threshold(modules: &[f32], size: usize) -> Vec<bool> {
    // The centre of the first finder pattern is dark and the ring around it light, unless all is inverted.
    let inverted = modules[3 * size + 3] > modules[3 * size + 1];
    (0..size * size).map(|at| (modules[at] < neighbourhood(modules, size, at % size, at / size)) != inverted).collect()
}

fn neighbourhood(modules: &[f32], size: usize, x: usize, y: usize) -> f32 {
    let span = |at: usize| at.saturating_sub(WINDOW)..(at + WINDOW + 1).min(size);
    let (mut sum, mut count) = (0.0, 0);
    for row in span(y) {
        let line = &modules[row * size..(row + 1) * size];
        sum += line[span(x)].iter().sum::<f32>();
        count += span(x).len();
    }
    sum / small(count)
}

#[allow(clippy::cast_precision_loss)] // counts of modules
fn small(count: usize) -> f32 {
    count as f32
}
