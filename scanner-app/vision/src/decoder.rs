//! What every decoder family offers to the pipeline.

use crate::luma::LumaView;
use crate::symbol::{Corners, Symbol};

/// A decoder by origin: two families that read the same text are two witnesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// zxing-cpp.
    Zxing,
    /// rqrr, a port of quirc.
    Rqrr,
    /// The modules sampled at known corners, by this crate.
    Modules,
}

/// A symbol that was located and not read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Where it seems to be.
    pub corners: Corners,
    /// QR version, 1 to 40, where the decoder got as far as that.
    pub version: Option<u8>,
}

/// What one decoder found in one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Symbols that were read.
    pub symbols: Vec<Symbol>,
    /// Symbols that were located but could not be read, also what only looks like one.
    pub unread: Vec<Located>,
}

/// A QR decoder. It never fails: a picture that it cannot work on holds nothing for it.
pub trait Decoder {
    /// Which family its reads count for.
    fn family(&self) -> Family;

    /// Everything it finds in `view`, corners in pixels of `view`.
    fn decode(&self, view: &LumaView<'_>) -> Found;
}
