//! Where a QR symbol keeps what: function patterns, the order of its codewords, its blocks (ISO/IEC 18004:2015, 6.3, 7.5, 7.7).

use crate::symbol::EcLevel;

/// Modules a side of a version of 1 to 40.
pub(crate) fn side(version: u8) -> usize {
    17 + 4 * usize::from(version)
}

/// Whether a mask flips the module at column `x`, row `y` (table 10).
pub(crate) fn is_masked(mask: u8, x: usize, y: usize) -> bool {
    let product = x * y;
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => product % 2 + product % 3 == 0,
        6 => (product % 2 + product % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + product % 3).is_multiple_of(2),
    }
}

/// What is known of a symbol's modules before anything is read.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    version: u8,
    side: usize,
    /// Row by row: the colour of a module that carries no data, `true` for dark; `None` where it carries some. Format
    /// and version bits count as carrying data here, and are not in `order`.
    fixed: Vec<Option<bool>>,
    /// Modules that carry codewords, as indices row by row, in the order of their bits.
    order: Vec<usize>,
}

impl Layout {
    /// The layout of a version of 1 to 40; `None` for another.
    pub(crate) fn new(version: u8) -> Option<Self> {
        if !(1..=40).contains(&version) {
            return None;
        }
        let side = side(version);
        let mut layout = Self { version, side, fixed: vec![None; side * side], order: Vec::new() };
        let mut reserved = vec![false; side * side];
        layout.draw(&mut reserved);
        layout.order = data_order(side, &reserved);
        Some(layout)
    }

    /// Modules a side.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// The colour of the module at column `x`, row `y` if it is the same in every symbol of the version.
    pub(crate) fn fixed(&self, x: usize, y: usize) -> Option<bool> {
        self.fixed[y * self.side + x]
    }

    /// Modules that carry codewords, in order: the first eight are the first codeword, its highest bit first.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Codewords that the symbol holds.
    pub(crate) fn codewords(&self) -> usize {
        self.order.len() / 8
    }

    /// How the codewords are divided at a level.
    pub(crate) fn blocks(&self, level: EcLevel) -> Blocks {
        Blocks::new(self.version, level, self.codewords())
    }

    /// Sets the version bits, which versions from 7 have (7.10, annex D).
    pub(crate) fn version_bits(&self, dark: &mut [bool]) {
        if self.version < 7 {
            return;
        }
        let data = u32::from(self.version);
        let mut rest = data;
        for _ in 0..12 {
            rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
        }
        let bits = (data << 12) | rest;
        for at in 0..18 {
            let (near, far) = (at / 3, self.side - 11 + at % 3);
            let is_dark = (bits >> at) & 1 == 1;
            dark[near * self.side + far] = is_dark;
            dark[far * self.side + near] = is_dark;
        }
    }

    fn set(&mut self, x: usize, y: usize, dark: bool, reserved: &mut [bool]) {
        let at = y * self.side + x;
        self.fixed[at] = Some(dark);
        reserved[at] = true;
    }

    fn draw(&mut self, reserved: &mut [bool]) {
        let last = self.side - 1;
        for at in 0..self.side {
            self.set(6, at, at.is_multiple_of(2), reserved);
            self.set(at, 6, at.is_multiple_of(2), reserved);
        }
        for (x, y) in [(3, 3), (last - 3, 3), (3, last - 3)] {
            self.draw_finder(x, y, reserved);
        }
        let places = alignment_places(self.version);
        let count = places.len();
        for (i, x) in places.iter().enumerate() {
            for (j, y) in places.iter().enumerate() {
                // A finder pattern stands where three of them would be.
                if !matches!((i, j), (0, 0)) && (i, j) != (0, count - 1) && (i, j) != (count - 1, 0) {
                    self.draw_alignment(*x, *y, reserved);
                }
            }
        }
        self.reserve_format(reserved);
    }

    fn draw_finder(&mut self, x: usize, y: usize, reserved: &mut [bool]) {
        for row in (y + self.side - 4)..=(y + self.side + 4) {
            for column in (x + self.side - 4)..=(x + self.side + 4) {
                // Shifted by a side, so that the ring outside of the symbol needs no negative numbers.
                let (Some(column), Some(row)) = (column.checked_sub(self.side), row.checked_sub(self.side)) else {
                    continue;
                };
                if column < self.side && row < self.side {
                    let ring = column.abs_diff(x).max(row.abs_diff(y));
                    self.set(column, row, ring != 2 && ring != 4, reserved);
                }
            }
        }
    }

    fn draw_alignment(&mut self, x: usize, y: usize, reserved: &mut [bool]) {
        for row in y - 2..=y + 2 {
            for column in x - 2..=x + 2 {
                let ring = column.abs_diff(x).max(row.abs_diff(y));
                self.set(column, row, ring != 1, reserved);
            }
        }
    }

    /// Format and version bits: not known beforehand, and no codewords.
    fn reserve_format(&mut self, reserved: &mut [bool]) {
        for (x, y) in format_places(self.side).into_iter().flatten() {
            reserved[y * self.side + x] = true;
        }
        let last = self.side - 1;
        self.set(8, last - 7, true, reserved);
        if self.version >= 7 {
            for at in 0..18 {
                let (near, far) = (at / 3, last - 10 + at % 3);
                reserved[near * self.side + far] = true;
                reserved[far * self.side + near] = true;
            }
        }
    }
}

/// Both places of each of the 15 format bits, the lowest bit first, as (column, row).
pub(crate) fn format_places(side: usize) -> [[(usize, usize); 2]; 15] {
    std::array::from_fn(|bit| {
        let beside_corner = match bit {
            0..=5 => (8, bit),
            6 => (8, 7),
            7 => (8, 8),
            8 => (7, 8),
            _ => (14 - bit, 8),
        };
        let split = if bit < 8 { (side - 1 - bit, 8) } else { (8, side + bit - 15) };
        [beside_corner, split]
    })
}

/// Columns, and rows, of the centres of alignment patterns (annex E).
fn alignment_places(version: u8) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let count = usize::from(version) / 7 + 2;
    let step = match version {
        32 => 26,
        _ => (usize::from(version) * 4 + count * 2 + 1) / (count * 2 - 2) * 2,
    };
    let mut places: Vec<usize> = (0..count - 1).map(|back| side(version) - 7 - back * step).collect();
    places.push(6);
    places.reverse();
    places
}

/// Two columns at a time from the right, up and down in turn, past the vertical timing pattern.
fn data_order(side: usize, reserved: &[bool]) -> Vec<usize> {
    let mut order = Vec::with_capacity(side * side);
    let mut right = side - 1;
    let mut upward = true;
    loop {
        for step in 0..side {
            let y = if upward { side - 1 - step } else { step };
            for x in [right, right - 1] {
                if !reserved[y * side + x] {
                    order.push(y * side + x);
                }
            }
        }
        upward = !upward;
        match right {
            1 => return order,
            // Column 6 is the timing pattern.
            8 => right = 5,
            _ => right -= 2,
        }
    }
}

/// How codewords are divided for error correction: `count` blocks, the last ones a data codeword longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    /// How many.
    pub(crate) count: usize,
    /// Error-correction codewords of each.
    pub(crate) parity: usize,
    /// Data codewords of the shorter ones.
    pub(crate) data: usize,
    /// How many are shorter.
    pub(crate) short: usize,
}

impl Blocks {
    fn new(version: u8, level: EcLevel, codewords: usize) -> Self {
        let at = usize::from(version) - 1;
        let row = match level {
            EcLevel::L => 0,
            EcLevel::M => 1,
            EcLevel::Q => 2,
            EcLevel::H => 3,
        };
        let (count, parity) = (usize::from(BLOCKS[row][at]), usize::from(PARITY[row][at]));
        let (length, long) = (codewords / count, codewords % count);
        Self { count, parity, data: length - parity, short: count - long }
    }

    /// The positions of block `block`'s codewords in the symbol's order, data before parity.
    pub(crate) fn positions(&self, block: usize) -> Vec<usize> {
        let long = self.count - self.short;
        let common = (0..self.data).map(|at| at * self.count + block);
        let own = (block >= self.short).then(|| self.data * self.count + block - self.short);
        let start = self.data * self.count + long;
        let parity = (0..self.parity).map(|at| start + at * self.count + block);
        common.chain(own).chain(parity).collect()
    }
}

/// Error-correction codewords of each block by level (L, M, Q, H) and version (table 9).
const PARITY: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Blocks by level (L, M, Q, H) and version (table 9).
const BLOCKS: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18,
        19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31,
        33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40,
        43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48,
        51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];
