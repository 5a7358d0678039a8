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
}

/// What one decoder found in one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Symbols that were read.
    pub symbols: Vec<Symbol>,
    /// Where a symbol was located but could not be read.
    pub unread: Vec<Corners>,
}

/// A QR decoder. It never fails: a picture that it cannot work on holds nothing for it.
pub trait Decoder {
    /// Which family its reads count for.
    fn family(&self) -> Family;

    /// Everything it finds in `view`, corners in pixels of `view`.
    fn decode(&self, view: &LumaView<'_>) -> Found;
}
