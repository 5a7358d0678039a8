//! The second family, and the only one of a build without a C++ compiler: rqrr.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rqrr::{BitGrid, MetaData, PreparedImage};

use crate::decoder::{Decoder, Family, Found, Located};
use crate::locate::Field;
use crate::luma::LumaView;
use crate::modules;
use crate::symbol::{Corners, EcLevel, Mode, Stage, Symbol};

/// The most pixels that rqrr is given: it copies the whole picture for every triple of finder patterns,
/// so its time grows with their square.
pub const RQRR_MAX_PIXELS: usize = 1 << 20;

/// The most finder patterns that rqrr is given a picture of: those of twenty labels.
const RQRR_FINDERS_MAX: usize = 60;

/// QR by rqrr, on pictures of at most [`RQRR_MAX_PIXELS`]; a larger one holds nothing for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RqrrDecoder;

impl Decoder for RqrrDecoder {
    fn family(&self) -> Family {
        Family::Rqrr
    }

    fn decode(&self, view: &LumaView<'_>) -> Found {
        if view.width() * view.height() > RQRR_MAX_PIXELS {
            return Found::default();
        }
        // Its time grows with the cube of the finder patterns, and each costs a copy of the picture.
        if Field::search(view, false, |_| false).count() > RQRR_FINDERS_MAX {
            return Found::default();
        }
        // Some pictures make it panic; nothing outlives the call, so nothing can be left half done.
        catch_unwind(AssertUnwindSafe(|| detect(view))).unwrap_or_default()
    }
}

fn detect(view: &LumaView<'_>) -> Found {
    let mut image = PreparedImage::prepare_from_greyscale(view.width(), view.height(), |x, y| view.pixel(x, y));
    let mut found = Found::default();
    for grid in image.detect_grids() {
        let corners = corners(&grid.bounds);
        if let Some(read) = read_grid(&grid.grid) {
            found.symbols.push(read.into_symbol(corners));
        } else {
            let version = u8::try_from(grid.grid.size().saturating_sub(17) / 4).ok();
            found.unread.push(Located { corners, version: version.filter(|version| (1..=40).contains(version)) });
        }
    }
    found
}

#[allow(clippy::cast_precision_loss)] // pixel positions are far below 2^24
fn corners(bounds: &[rqrr::Point; 4]) -> Corners {
    bounds.map(|point| [point.x as f32, point.y as f32])
}

/// What rqrr reads of a grid of modules.
pub(crate) struct GridRead {
    pub(crate) payload: Vec<u8>,
    version: Option<u8>,
    ec_level: Option<EcLevel>,
    pub(crate) mode: Option<Mode>,
    mirrored: bool,
}

impl GridRead {
    fn into_symbol(self, corners: Corners) -> Symbol {
        // Payloads need not be UTF-8 (rqrr's own `decode` drops those): the bytes are kept beside the text.
        let text = text(&self.payload);
        let mut symbol = Symbol::new(text, corners, Stage::Rqrr);
        symbol.bytes = (self.payload != symbol.text.as_bytes()).then_some(self.payload);
        symbol.version = self.version;
        symbol.ec_level = self.ec_level;
        symbol.mode = self.mode;
        symbol.mirrored = self.mirrored;
        if self.mirrored {
            symbol.corners.swap(1, 3);
        }
        symbol
    }
}

/// The payload as text. What is not UTF-8 is taken for Shift JIS, from which QR comes, or for the national character set
/// (GB 18030), whichever it fits; else for Latin-1, which is what the standard means where nothing is announced
/// (ISO/IEC 18004:2015, 7.3.5).
fn text(payload: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(payload) {
        return text.to_owned();
    }
    let fits = |set: &'static encoding_rs::Encoding| set.decode_without_bom_handling_and_without_replacement(payload);
    match fits(encoding_rs::SHIFT_JIS).or_else(|| fits(encoding_rs::GB18030)) {
        Some(text) => text.into_owned(),
        None => payload.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Reads a grid of modules, mended by its error correction; `None` where that fails.
pub(crate) fn read_grid<G: BitGrid>(grid: &G) -> Option<GridRead> {
    let size = grid.size();
    let copy = rqrr::SimpleGrid::from_func(size, |x, y| grid.bit(y, x));
    let grid = rqrr::Grid::new(copy);
    let mut payload = Vec::new();
    let meta = grid.decode_to(&mut payload).ok()?;
    // rqrr reads a grid straight first and mirrored second, without saying which. The format bits of a mirrored
    // grid, taken straight, are another format or none.
    let mirrored = grid.get_raw_data().map_or(true, |(straight, _)| !same_format(&straight, &meta));
    let version = u8::try_from(meta.version.0).ok();
    let ec_level = ec_level(meta.ecc_level);
    let bit = |x: usize, y: usize| if mirrored { grid.grid.bit(x, y) } else { grid.grid.bit(y, x) };
    let mode = version.and_then(|version| modules::mode_of_bits(version, bit)).filter(|(bytes, _)| *bytes == payload);
    let mode = mode.and_then(|(_, mode)| mode);
    Some(GridRead { payload, version, ec_level, mode, mirrored })
}

fn same_format(a: &MetaData, b: &MetaData) -> bool {
    (a.ecc_level, a.mask) == (b.ecc_level, b.mask)
}

/// The two format bits of the level, in the order of the standard's table.
fn ec_level(bits: u16) -> Option<EcLevel> {
    match bits {
        0 => Some(EcLevel::M),
        1 => Some(EcLevel::L),
        2 => Some(EcLevel::H),
        3 => Some(EcLevel::Q),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_the_bytes_fit() {
        assert_eq!(text("烟草 21/7K3M".as_bytes()), "烟草 21/7K3M");
        assert_eq!(text(b"*\xC3\xDE\xBB\xDE\xB2\xDDQR*"), "*ﾃﾞｻﾞｲﾝQR*");
        assert_eq!(text(b"Caf\xE9"), "Café");
    }
}
