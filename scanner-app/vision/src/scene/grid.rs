//! How many goods stand beside and above each other, and which carry labels.

use super::FrameSize;
use super::sticker;

/// Board that a carton shows beside its sticker at least, and below and above it, modules.
const BESIDE: usize = 16;
const ABOVE: usize = 18;

/// How much larger than that a carton may be.
const LARGEST: f32 = 1.35;

/// A stack of equal cells; the labelled ones are in its middle.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// Pixels to the module at which the labelled cells fit into the frame, and no more than was wanted.
    pub(crate) module_px: f32,
    /// Width and height of a cell, modules.
    pub(crate) cell: [f32; 2],
    /// Column and row of the labelled cells, in the order of the labels, and of the others.
    pub(crate) labelled: Vec<(i32, i32)>,
    pub(crate) blank: Vec<(i32, i32)>,
    /// Left top and right bottom of the whole stack from the middle of the labelled cells, modules.
    pub(crate) stack: [[f32; 2]; 2],
    columns: i32,
    rows: i32,
}

impl Grid {
    /// Cells for `labels` labels whose symbols have at most `side` modules; in an `open` stack they are the uppermost.
    pub(crate) fn new(labels: usize, side: usize, size: FrameSize, wanted_px: f32, open: bool) -> Self {
        let (width, height) = (size.width as f32, size.height as f32);
        let (sticker_width, sticker_height) = sticker::size(side);
        let least = [(sticker_width + BESIDE) as f32, (sticker_height + ABOVE) as f32];
        let fits = |columns: usize| {
            let rows = labels.max(1).div_ceil(columns);
            (width / (columns as f32 * least[0])).min(height / (rows as f32 * least[1]))
        };
        // The largest labels, and of equally large ones the fewest cells.
        let columns = (1..=labels.max(1))
            .max_by(|a, b| fits(*a).total_cmp(&fits(*b)).then_with(|| cells(labels, *b).cmp(&cells(labels, *a))))
            .unwrap_or(1);
        let rows = labels.max(1).div_ceil(columns);
        let module_px = fits(columns).min(wanted_px);
        let cell = [
            (width / (columns as f32 * module_px)).clamp(least[0], least[0] * LARGEST),
            (height / (rows as f32 * module_px)).clamp(least[1], least[1] * LARGEST),
        ];
        let (columns, rows) = (columns as i32, rows as i32);
        // The stack goes on beyond the labelled cells, to the frame's edges and past them, but it may end above.
        let beyond = |frame: f32, count: i32, cell: f32| {
            ((frame * 1.25 / module_px - count as f32 * cell) / (2.0 * cell) + 1.0).clamp(1.0, 8.0) as i32
        };
        let aside = beyond(width, columns, cell[0]);
        let below = beyond(height, rows, cell[1]);
        let above = if open { 0 } else { below };
        let all = (-above..rows + below).flat_map(|row| (-aside..columns + aside).map(move |column| (column, row)));
        let index = |(column, row): (i32, i32)| {
            let inside = (0..columns).contains(&column) && (0..rows).contains(&row);
            inside.then_some((row * columns + column) as usize).filter(|at| *at < labels)
        };
        let (labelled, blank): (Vec<_>, Vec<_>) = all.partition(|cell| index(*cell).is_some());
        let (left, right) = ((-aside) as f32, (columns + aside) as f32);
        let (top, bottom) = ((-above) as f32, (rows + below) as f32);
        let middle = [columns as f32 / 2.0, rows as f32 / 2.0];
        let stack = [[left, top], [right, bottom]]
            .map(|corner: [f32; 2]| [0, 1].map(|axis| (corner[axis] - middle[axis]) * cell[axis]));
        Self { module_px, cell, labelled, blank, stack, columns, rows }
    }

    /// The middle of a cell from the middle of the labelled ones, modules.
    pub(crate) fn middle(&self, (column, row): (i32, i32)) -> [f32; 2] {
        let from_middle = |at: i32, count: i32| at as f32 + 0.5 - count as f32 / 2.0;
        [from_middle(column, self.columns) * self.cell[0], from_middle(row, self.rows) * self.cell[1]]
    }
}

fn cells(labels: usize, columns: usize) -> usize {
    columns * labels.div_ceil(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(labels: usize, size: FrameSize) -> Grid {
        Grid::new(labels, 29, size, 7.0, false)
    }

    #[test]
    fn every_label_has_a_cell_in_order() {
        for labels in 0..70 {
            let grid = grid(labels, FrameSize::FULL_HD);
            assert_eq!(grid.labelled.len(), labels);
            let order: Vec<(i32, i32)> = grid.labelled.iter().map(|(column, row)| (*row, *column)).collect();
            assert!(order.is_sorted(), "{order:?}");
            assert!(grid.blank.iter().all(|cell| !grid.labelled.contains(cell)));
        }
    }

    #[test]
    fn crowds_are_smaller() {
        assert!((grid(1, FrameSize::FULL_HD).module_px - 7.0).abs() < 1e-6);
        let thirty = grid(30, FrameSize::FULL_HD).module_px;
        assert!(thirty > 3.5 && thirty < 4.5, "{thirty}");
        let sixty = grid(60, FrameSize::UHD).module_px;
        assert!(sixty > 5.0 && sixty < 6.0, "{sixty}");
    }
}
