//! What divides dark from light: the mean of the surroundings, in blocks.

use crate::luma::LumaView;

/// Side of a block in pixels: a shift by 3 finds it.
const BLOCK_SHIFT: usize = 3;
const BLOCK: usize = 1 << BLOCK_SHIFT;
/// Blocks to each side that the mean is taken over.
const REACH: usize = 2;

/// A threshold for each block of a picture.
pub(crate) struct Thresholds {
    columns: usize,
    rows: usize,
    values: Vec<u8>,
    /// Whether something is to be seen in a block or beside it.
    busy: Vec<bool>,
}

/// The variance of luma, in squared grey levels, below which a block shows nothing but noise.
const VARIANCE_MIN: u32 = 80;

impl Thresholds {
    pub(crate) fn new(view: &LumaView<'_>) -> Self {
        let (columns, rows) = (view.width().div_ceil(BLOCK), view.height().div_ceil(BLOCK));
        let (means, lively) = statistics(view, columns, rows);
        let span = |at: usize, reach: usize, count: usize| at.saturating_sub(reach)..(at + reach + 1).min(count);
        let mut values = Vec::with_capacity(columns * rows);
        let mut busy = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (near_rows, near) = (span(row, REACH, rows), span(column, REACH, columns));
                let line = |y: usize| means[y * columns + near.start..y * columns + near.end].iter();
                let sum: u32 = near_rows.clone().flat_map(line).map(|mean| u32::from(*mean)).sum();
                let count = u32::try_from(near_rows.len() * near.len()).unwrap_or(u32::MAX);
                values.push(u8::try_from(sum / count).unwrap_or(u8::MAX));
                let beside = span(column, 1, columns);
                busy.push(
                    span(row, 1, rows)
                        .any(|y| lively[y * columns + beside.start..y * columns + beside.end].contains(&true)),
                );
            }
        }
        Self { columns, rows, values, busy }
    }

    /// Whether something is to be seen in each of the blocks that row `y` crosses.
    pub(crate) fn busy_row(&self, y: usize) -> &[bool] {
        let row = (y >> BLOCK_SHIFT).min(self.rows - 1);
        &self.busy[row * self.columns..(row + 1) * self.columns]
    }

    /// The thresholds of the blocks that row `y` crosses, one for each eight pixels.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let row = (y >> BLOCK_SHIFT).min(self.rows - 1);
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// The threshold at a pixel.
    pub(crate) fn at(&self, x: usize, y: usize) -> u8 {
        self.row(y)[(x >> BLOCK_SHIFT).min(self.columns - 1)]
    }
}

/// The mean of each block, and whether it varies by more than noise does.
fn statistics(view: &LumaView<'_>, columns: usize, rows: usize) -> (Vec<u8>, Vec<bool>) {
    let mut means = Vec::with_capacity(columns * rows);
    let mut lively = Vec::with_capacity(columns * rows);
    let mut sums = vec![(0_u32, 0_u32); columns];
    for row in 0..rows {
        sums.fill((0, 0));
        let lines = row * BLOCK..((row + 1) * BLOCK).min(view.height());
        let height = lines.len();
        for y in lines {
            for ((sum, squares), block) in sums.iter_mut().zip(view.row(y).chunks(BLOCK)) {
                *sum += block.iter().map(|value| u32::from(*value)).sum::<u32>();
                *squares += block.iter().map(|value| u32::from(*value) * u32::from(*value)).sum::<u32>();
            }
        }
        for (column, (sum, squares)) in sums.iter().enumerate() {
            let width = BLOCK.min(view.width() - column * BLOCK);
            let count = u32::try_from(width * height).unwrap_or(u32::MAX);
            let mean = sum / count;
            means.push(u8::try_from(mean).unwrap_or(u8::MAX));
            lively.push((squares / count).saturating_sub(mean * mean) > VARIANCE_MIN);
        }
    }
    (means, lively)
}
