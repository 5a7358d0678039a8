//! Codewords from modules, the doubtful ones given up first.

use super::format::Format;
use super::layout::{Layout, is_masked};
use super::reed_solomon;

/// Parity that has to be left over when a block was mended: what is used up cannot tell a wrong text from a right one.
/// Three bytes let one in 16 million pass.
const SLACK_MIN: usize = 3;

/// Codewords after correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Codewords {
    /// All of them as the symbol has them, blocks interleaved.
    pub(crate) all: Vec<u8>,
    /// The data in order.
    pub(crate) data: Vec<u8>,
    /// How many read wrong.
    pub(crate) errors: usize,
}

/// A codeword as it looks: its most likely value, and how sure its least sure bit is.
#[derive(Clone, Copy)]
struct Look {
    value: u8,
    sure: f32,
}

/// The codewords of a symbol; `soft` is positive for dark, row by row, its size how sure that is.
///
/// Each block is mended as it stands, then with its least sure codewords taken as unknown, two more at each try
/// (generalised minimum distance, Forney 1966), which mends up to twice as many.
pub(crate) fn read(layout: &Layout, soft: &[f32], format: Format) -> Option<Codewords> {
    let looks = looks(layout, soft, format.mask);
    let blocks = layout.blocks(format.level);
    let mut all: Vec<u8> = looks.iter().map(|look| look.value).collect();
    let mut data = Vec::with_capacity(all.len());
    let mut errors = 0;
    for block in 0..blocks.count {
        let positions = blocks.positions(block);
        let own: Vec<Look> = positions.iter().map(|at| looks[*at]).collect();
        let mended = mend(&own, blocks.parity)?;
        for (at, byte) in positions.iter().zip(&mended) {
            errors += usize::from(all[*at] != *byte);
            all[*at] = *byte;
        }
        data.extend_from_slice(&mended[..mended.len() - blocks.parity]);
    }
    Some(Codewords { all, data, errors })
}

fn looks(layout: &Layout, soft: &[f32], mask: u8) -> Vec<Look> {
    let bit = |at: &usize| {
        let (x, y) = (at % layout.side(), at / layout.side());
        if is_masked(mask, x, y) { -soft[*at] } else { soft[*at] }
    };
    let words = layout.order().chunks_exact(8).map(|modules| {
        let values = modules.iter().map(bit);
        let value = values.clone().fold(0, |word, value| (word << 1) | u8::from(value > 0.0));
        Look { value, sure: values.map(f32::abs).fold(f32::MAX, f32::min) }
    });
    words.collect()
}

fn mend(looks: &[Look], parity: usize) -> Option<Vec<u8>> {
    let mut least_sure: Vec<usize> = (0..looks.len()).collect();
    least_sure.sort_by(|a, b| looks[*a].sure.total_cmp(&looks[*b].sure));
    let most = parity.saturating_sub(SLACK_MIN);
    for unknown in (0..=most).step_by(2) {
        let mut block: Vec<u8> = looks.iter().map(|look| look.value).collect();
        let errors = reed_solomon::correct(&mut block, parity, &least_sure[..unknown]);
        if errors.is_some_and(|errors| 2 * errors + unknown <= most) {
            return Some(block);
        }
    }
    None
}
