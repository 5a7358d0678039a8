//! From the luma of modules to how dark each is: local light, local ink, and the blur between neighbours.

use super::layout::Layout;
use crate::perspective::small;

/// How far, in modules, the paper and the ink around a module are looked at.
const WINDOW: usize = 5;

/// The first guess at what divides dark from light looks this far.
const FIRST_WINDOW: usize = 4;

/// Rounds of taking the neighbours' share out; more change nothing.
const ROUNDS: usize = 3;

/// The most of a neighbour that can show in a module, as a share of the module's own; beyond, it is no longer blur.
const SPILL_MAX: f32 = 0.45;

/// How dark each module is: near 1 for ink, near -1 for paper, 0 in between. `luma` is row by row; an inverted symbol
/// has to be turned round before.
pub(crate) fn soft(luma: &[f32], layout: &Layout) -> Vec<f32> {
    let side = layout.side();
    let first: Vec<f32> = means(luma, side, FIRST_WINDOW).iter().zip(luma).map(|(mean, luma)| mean - luma).collect();
    let soft = balance(luma, &known(&first, layout), side);
    sharpen(&soft, layout)
}

/// Signs where they are known from the standard, guesses elsewhere.
fn known(soft: &[f32], layout: &Layout) -> Vec<bool> {
    let side = layout.side();
    (0..side * side).map(|at| layout.fixed(at % side, at / side).unwrap_or(soft[at] > 0.0)).collect()
}

/// Between the paper and the ink around each module.
fn balance(luma: &[f32], dark: &[bool], side: usize) -> Vec<f32> {
    let pick = |wanted: bool| -> (Vec<f32>, Vec<f32>) {
        let chosen = dark.iter().map(|dark| *dark == wanted);
        chosen.zip(luma).map(|(chosen, luma)| if chosen { (*luma, 1.0) } else { (0.0, 0.0) }).unzip()
    };
    let level = |wanted: bool| -> Vec<Option<f32>> {
        let (sums, counts) = pick(wanted);
        let (sums, counts) = (means(&sums, side, WINDOW), means(&counts, side, WINDOW));
        sums.iter().zip(&counts).map(|(sum, count)| (*count > 0.0).then(|| sum / count)).collect()
    };
    let (ink, paper) = (level(true), level(false));
    let shade = |at: usize| match (ink[at], paper[at]) {
        (Some(ink), Some(paper)) => {
            let half = ((paper - ink) / 2.0).max(1.0);
            ((f32::midpoint(paper, ink) - luma[at]) / half).clamp(-1.5, 1.5)
        }
        // All around is of one colour.
        _ if dark[at] => 1.0,
        _ => -1.0,
    };
    (0..luma.len()).map(shade).collect()
}

/// Takes out what blur lets spill over from the neighbours: its share is estimated over all modules (least squares with
/// the signs decided so far), then subtracted, and the signs decided anew.
fn sharpen(soft: &[f32], layout: &Layout) -> Vec<f32> {
    let side = layout.side();
    let mut dark = known(soft, layout);
    let mut clear = soft.to_vec();
    for _ in 0..ROUNDS {
        let [own, across, along, diagonal] = shares(soft, &dark, side);
        if own < 0.2 {
            return soft.to_vec();
        }
        let limit = |share: f32| (share / own).clamp(0.0, SPILL_MAX);
        let (across, along, diagonal) = (limit(across), limit(along), limit(diagonal));
        for at in 0..clear.len() {
            let [beside, above, corners] = neighbours(&dark, side, at);
            clear[at] = soft[at] / own - across * beside - along * above - diagonal * corners;
        }
        dark = known(&clear, layout);
    }
    clear
}

/// The sums of the signs left and right, above and below, and at the corners; outside all is paper.
fn neighbours(dark: &[bool], side: usize, at: usize) -> [f32; 3] {
    let (x, y) = (at % side + 1, at / side + 1);
    let sign = |dx: usize, dy: usize| {
        // One more than the place, so that the ring outside needs no negative numbers.
        let (x, y) = (x + dx - 1, y + dy - 1);
        let inside = x >= 1 && y >= 1 && x <= side && y <= side;
        if inside && dark[(y - 1) * side + x - 1] { 1.0 } else { -1.0 }
    };
    [sign(0, 1) + sign(2, 1), sign(1, 0) + sign(1, 2), sign(0, 0) + sign(2, 0) + sign(0, 2) + sign(2, 2)]
}

/// Least squares of soft = own * sign + across * (left + right) + along * (above + below) + diagonal * (corners).
fn shares(soft: &[f32], dark: &[bool], side: usize) -> [f32; 4] {
    let mut normal = [[0.0_f64; 5]; 4];
    for (at, value) in soft.iter().enumerate() {
        let [beside, above, corners] = neighbours(dark, side, at);
        let row = [if dark[at] { 1.0 } else { -1.0 }, beside, above, corners, *value].map(f64::from);
        for i in 0..4 {
            for j in 0..5 {
                normal[i][j] += row[i] * row[j];
            }
        }
    }
    solve(normal)
}

/// Gauss and Jordan on four unknowns; a singular system gives "all its own".
#[allow(clippy::cast_possible_truncation)] // shares of about 1
fn solve(mut rows: [[f64; 5]; 4]) -> [f32; 4] {
    for column in 0..4 {
        let best = (column..4).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()));
        rows.swap(column, best.unwrap_or(column));
        let pivot = rows[column][column];
        if pivot.abs() < 1e-6 {
            return [1.0, 0.0, 0.0, 0.0];
        }
        for row in 0..4 {
            if row != column {
                let factor = rows[row][column] / pivot;
                let above = rows[column];
                for (value, above) in rows[row].iter_mut().zip(above).skip(column) {
                    *value -= factor * above;
                }
            }
        }
    }
    [0, 1, 2, 3].map(|at| (rows[at][4] / rows[at][at]) as f32)
}

/// The mean of the window around each value, cut off at the sides; by sums over rows, then columns.
fn means(values: &[f32], side: usize, window: usize) -> Vec<f32> {
    let span = |at: usize| at.saturating_sub(window)..(at + window + 1).min(side);
    let mut rows = vec![0.0; values.len()];
    for (row, out) in values.chunks_exact(side).zip(rows.chunks_exact_mut(side)) {
        for (x, out) in out.iter_mut().enumerate() {
            *out = row[span(x)].iter().sum::<f32>() / small(span(x).len());
        }
    }
    let column = |at: usize| -> f32 {
        let (x, rows_near) = (at % side, span(at / side));
        let count = small(rows_near.len());
        rows_near.map(|y| rows[y * side + x]).sum::<f32>() / count
    };
    (0..values.len()).map(column).collect()
}
