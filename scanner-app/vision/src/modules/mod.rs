//! A symbol read from its modules: the second opinion on a text that another decoder read, and the last resort for a symbol
//! that was located and not read.
//!
//! | file | what it knows |
//! |---|---|
//! | `layout` | which module means what in which version |
//! | `patch`, `mesh` | where the modules are in the picture, flat or bent |
//! | `levels` | how dark each is, light and blur taken out |
//! | `format`, `codewords`, `reed_solomon` | from there to data, doubtful codewords given up first |
//! | `segments` | what the data say |

mod codewords;
mod format;
mod layout;
mod levels;
mod mesh;
mod patch;
mod reed_solomon;
mod segments;
#[cfg(test)]
mod tests;

use self::format::Format;
pub(crate) use self::layout::Layout;
use self::layout::{format_places, is_masked, side};
use self::mesh::Mesh;
use self::patch::Grid;
use self::segments::Payload;
#[cfg(feature = "scene")]
pub(crate) use self::segments::is_alphanumeric;
use crate::luma::{Luma, LumaView};
use crate::symbol::{Corners, EcLevel, Mode, Symbol};

/// A symbol as its modules say.
#[derive(Clone, Debug)]
pub(crate) struct ModuleRead {
    /// What it carries.
    pub(crate) payload: Payload,
    /// Its level.
    pub(crate) level: EcLevel,
    /// Codewords that had to be mended.
    #[allow(dead_code)]
    pub(crate) errors: usize,
    version: u8,
    mask: u8,
    words: Vec<u8>,
}

/// How the modules are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// In straight lines.
    Flat,
    /// Wherever they went: some milliseconds a symbol.
    Bent,
}

/// Why modules could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// What every symbol of the version shows is not to be seen: there is none.
    Nothing,
    /// There is a symbol, but its codewords cannot be mended, or only so that chance could have done it.
    Damaged,
}

/// The share of the fixed modules that must have their colour, for a symbol to be there.
const FIXED_MIN: f32 = 0.72;

/// The largest version that is followed on a bent surface: the work grows with the square of the side.
const BENT_VERSION_MAX: u8 = 12;

/// Reads the symbol of `version` between `corners`.
pub(crate) fn read(
    view: &LumaView<'_>,
    corners: &Corners,
    version: u8,
    surface: Surface,
) -> Result<ModuleRead, Unread> {
    let layout = Layout::new(version).ok_or(Unread::Nothing)?;
    let grid = Grid::new(view, corners, side(version)).ok_or(Unread::Nothing)?;
    let luma = match surface {
        Surface::Flat => grid.modules(|_, _| [0.0; 2]),
        Surface::Bent if version > BENT_VERSION_MAX => return Err(Unread::Damaged),
        Surface::Bent => {
            let mesh = Mesh::fit(&grid, &layout);
            grid.modules(|x, y| mesh.at(x, y))
        }
    };
    let soft = levels::soft(&luma, &layout);
    if fixed_share(&soft, &layout) < FIXED_MIN {
        return Err(Unread::Nothing);
    }
    read_soft(&layout, &soft, version).ok_or(Unread::Damaged)
}

/// Reads a symbol that was read before once more, in straight lines between its corners; `None` unless that gives the same.
pub(crate) fn read_again(view: &LumaView<'_>, symbol: &Symbol) -> Option<ModuleRead> {
    let read = read(view, &symbol.corners, symbol.version?, Surface::Flat).ok()?;
    (read.payload.bytes == symbol.payload()).then_some(read)
}

/// The share of modules of known colour that have it.
#[allow(clippy::cast_precision_loss)] // counts of modules
fn fixed_share(soft: &[f32], layout: &Layout) -> f32 {
    let side = layout.side();
    let known =
        (0..side * side).filter_map(|at| layout.fixed(at % side, at / side).map(|dark| (soft[at] > 0.0) == dark));
    let (right, all) =
        known.fold((0_usize, 0_usize), |(right, all), is_right| (right + usize::from(is_right), all + 1));
    right as f32 / all.max(1) as f32
}

/// The payload of modules that are already decided, and its mode; `bit(x, y)` is true for dark.
pub(crate) fn mode_of_bits(version: u8, bit: impl Fn(usize, usize) -> bool) -> Option<(Vec<u8>, Option<Mode>)> {
    let layout = Layout::new(version)?;
    let side = layout.side();
    let soft: Vec<f32> = (0..side * side).map(|at| if bit(at % side, at / side) { 1.0 } else { -1.0 }).collect();
    read_soft(&layout, &soft, version).map(|read| (read.payload.bytes, read.payload.mode))
}

fn read_soft(layout: &Layout, soft: &[f32], version: u8) -> Option<ModuleRead> {
    let format = Format::read(soft, layout.side())?;
    let codewords = codewords::read(layout, soft, format)?;
    let payload = segments::parse(&codewords.data, version)?;
    Some(ModuleRead {
        payload,
        level: format.level,
        errors: codewords.errors,
        version,
        mask: format.mask,
        words: codewords.all,
    })
}

impl ModuleRead {
    /// The symbol as it was meant, four pixels to the module, quiet zone included: for a decoder that knows character sets.
    pub(crate) fn clean_copy(&self) -> Option<Luma> {
        const MODULE_PX: usize = 4;
        const QUIET: usize = 4;
        let layout = Layout::new(self.version)?;
        let side = layout.side();
        let mut dark: Vec<bool> = (0..side * side).map(|at| layout.fixed(at % side, at / side) == Some(true)).collect();
        for (at, module) in layout.order().iter().enumerate() {
            let bit = self.words.get(at / 8).is_some_and(|word| (word >> (7 - at % 8)) & 1 == 1);
            dark[*module] = bit != is_masked(self.mask, module % side, module / side);
        }
        let bits = Format { level: self.level, mask: self.mask }.bits();
        for (bit, places) in format_places(side).into_iter().enumerate() {
            for (x, y) in places {
                dark[y * side + x] = (bits >> bit) & 1 == 1;
            }
        }
        layout.version_bits(&mut dark);
        let whole = (side + 2 * QUIET) * MODULE_PX;
        let inside = |at: usize| (at / MODULE_PX).checked_sub(QUIET).filter(|at| *at < side);
        Some(Luma::from_fn(whole, whole, |x, y| match (inside(x), inside(y)) {
            (Some(x), Some(y)) if dark[y * side + x] => 0,
            _ => 255,
        }))
    }
}
