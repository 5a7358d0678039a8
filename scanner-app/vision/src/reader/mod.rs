//! The pipeline: stages in order of cost, their reads merged.

mod budget;
mod frame;
mod memory;
mod work;

use std::time::Duration;

use self::budget::Budget;
pub use self::budget::{Clock, thread_time};
pub(crate) use self::frame::FrameWork;
use self::work::Work;
use crate::decoder::Decoder;
use crate::luma::LumaView;
use crate::merge::Transform;
use crate::pure::{RQRR_MAX_PIXELS, RqrrDecoder};
use crate::symbol::{Stage, Symbol};
use crate::transform::{doubled, evened, halved, shrunk};
#[cfg(feature = "zxing")]
use crate::zxing::ZxingDecoder;

/// The time that a single picture may take, once all that is cheap was done.
const STILL_LIMIT: Duration = Duration::from_millis(150);

/// Pictures up to this are also tried at double size when nothing was read, larger ones at half size only.
const DOUBLE_MAX_PIXELS: usize = 1 << 19;

/// Reads every QR symbol of a picture with all decoders of the build.
///
/// It holds no state between pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader;

impl Reader {
    /// A reader with the decoders of this build.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// The symbols of `view` in the order they were found, each place and text once, corners in its pixels.
    #[must_use]
    pub fn read(&self, view: &LumaView<'_>) -> Vec<Symbol> {
        let mut work = Work::new(view, Budget::new(thread_time, STILL_LIMIT));
        let main = main_decoder();
        work.pass(&main);
        work.locate(false, &main);
        work.second_tries(&main);
        for another in [Another::Large, Another::Inverted, Another::Evened, Another::Scaled, Another::Rqrr] {
            if (!work.merge.is_empty() && !work.asks()) || work.budget.is_spent() {
                break;
            }
            another.look(&mut work, &main);
            work.second_tries(&main);
        }
        work.check_micro(&main);
        work.finish()
    }
}

/// The decoder that does most of the work, with all that it can.
#[cfg(feature = "zxing")]
fn main_decoder() -> ZxingDecoder {
    ZxingDecoder::full()
}

#[cfg(not(feature = "zxing"))]
fn main_decoder() -> RqrrDecoder {
    RqrrDecoder
}

/// The same with what is quick.
#[cfg(feature = "zxing")]
fn quick_decoder() -> ZxingDecoder {
    ZxingDecoder::fast()
}

#[cfg(not(feature = "zxing"))]
fn quick_decoder() -> RqrrDecoder {
    RqrrDecoder
}

/// Another look at a picture, when the first left something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Another {
    /// By its finder patterns.
    Locate,
    /// By its finder patterns at half size.
    Large,
    /// By the finder patterns of symbols that are light on dark.
    Inverted,
    /// By the main decoder with all that it can.
    Thorough,
    /// With its light evened out.
    Evened,
    /// At another size.
    Scaled,
    /// By the second decoder.
    Rqrr,
}

impl Another {
    fn look(self, work: &mut Work<'_>, main: &dyn Decoder) {
        let view = work.view;
        let pixels = view.width() * view.height();
        match self {
            Self::Locate => work.locate(false, main),
            Self::Large => work.locate_large(main),
            Self::Inverted => work.locate(true, main),
            Self::Thorough => work.pass(main),
            Self::Evened => work.look(&evened(&view), main, Stage::Scaled, Transform::Evened),
            Self::Scaled => {
                let look = match pixels {
                    ..=DOUBLE_MAX_PIXELS => doubled(&view),
                    _ if cfg!(feature = "zxing") => halved(&view),
                    _ => shrunk(&view, RQRR_MAX_PIXELS),
                };
                work.look(&look, main, Stage::Scaled, Transform::Scaled);
            }
            Self::Rqrr if pixels <= RQRR_MAX_PIXELS => work.pass(&RqrrDecoder),
            Self::Rqrr => {}
        }
    }
}
