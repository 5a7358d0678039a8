//! Luma in, QR symbols out; and synthetic warehouse frames for the demo and the tests.
//!
//! | item | what it is |
//! |---|---|
//! | [`LumaView`], [`Luma`], [`LumaError`] | a borrowed plane of 8-bit luma, an owned one (also from picture files), why not |
//! | [`frame`] | frames of cameras and video files (YUYV, NV12, MJPEG …) to luma |
//! | [`Reader`] | the pipeline: `Reader::new().read(&view)` gives every symbol of a picture |
//! | [`decode_file`] | the same for a picture file |
//! | [`Symbol`], [`Corners`], [`EcLevel`], [`Mode`], [`Stage`] | what is known of a symbol that was read |
//! | [`Decoder`], [`Family`], [`Found`] | one decoder behind the pipeline |
//! | `ZxingDecoder` (feature `zxing`), [`RqrrDecoder`] | the decoders |
//! | `scene` (feature `scene`) | labels, and simulated camera frames of them |
//!
//! Reading, from a camera plane or a file:
//!
//! ```
//! let plane = [255_u8; 64 * 64];
//! let view = vision::LumaView::new(&plane, 64, 64, 64)?;
//! assert!(vision::Reader::new().read(&view).is_empty());
//! # Ok::<(), vision::LumaError>(())
//! ```

mod decoder;
pub mod frame;
mod guard;
mod locate;
mod luma;
mod merge;
mod modules;
mod perspective;
#[cfg(test)]
mod photographs;
mod pure;
mod reader;
#[cfg(feature = "scene")]
pub mod scene;
mod symbol;
mod track;
// Without the main decoder only halving is used.
#[cfg_attr(not(feature = "zxing"), allow(dead_code))]
mod transform;
#[cfg(feature = "zxing")]
mod zxing;

pub use decoder::{Decoder, Family, Found, Located};
pub use guard::{Guard, GuardError};
pub use luma::{Luma, LumaError, LumaView};
pub use pure::{RQRR_MAX_PIXELS, RqrrDecoder};
pub use reader::{Clock, Reader, thread_time};
pub use symbol::{Corners, EcLevel, Mode, Stage, Symbol};
pub use track::{Aim, Sight, Sighting, Tracker};
#[cfg(feature = "zxing")]
pub use zxing::ZxingDecoder;

/// Reads every QR symbol of a picture file (PNG, JPEG, GIF, WebP, BMP), corners in its stored pixels.
pub fn decode_file(path: &std::path::Path) -> Result<Vec<Symbol>, LumaError> {
    let luma = Luma::open(path)?;
    Ok(Reader::new().read(&luma.view()))
}
