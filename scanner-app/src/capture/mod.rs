//! Where readings come from: a camera, pictures, a video, a hand scanner. One trait, so that the session cannot tell.
//!
//! | part | its job |
//! |---|---|
//! | [`SourceName`] | the word after `--source`, and opening it |
//! | [`Source`], [`Input`] | pictures and lines as they come in, with the source's own clock |
//! | [`InputReader`], [`Frame`] | inputs to readings |
//! | [`CaptureSettings`] | the table `[capture]` of the configuration |
//! | [`KeyAssembler`] | keys typed into the window: a hand scanner told from typing |
//! | [`cameras`] | which cameras there are, and what they can do |

mod camera;
mod error;
mod images;
mod keys;
mod lines;
mod name;
mod options;
mod playback;
mod reading;
mod retry;
mod settings;
mod video;

use shared::event::Capture;
use vision::Luma;

pub use camera::{CameraControl, CameraInfo, CameraWish, Lever, Mode, Size, WishedFormat, cameras};
pub use error::CaptureError;
pub use keys::{KeyAssembler, KeyOutcome, KeyPressed};
pub use lines::LineClock;
pub use name::SourceName;
pub use playback::Playback;
pub use reading::{Frame, InputReader, Reading, read_line};
pub use settings::{CaptureSettings, KeySettings};

/// What came in, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// When it was taken, in milliseconds on the source's own clock, which never steps back.
    pub at_ms: u64,
    /// What it is.
    pub seen: Seen,
}

/// One picture, one line, or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A picture, to be read.
    Picture(Luma),
    /// The text of a label, as a hand scanner sent it.
    Line(String),
    /// Nothing came for a moment: the caller may look after other things and ask again.
    Nothing,
}

/// A source of inputs. Opened and used on one thread.
pub trait Source {
    /// The next input; none when the source has ended. Waits for a tenth of a second at most, but for recorded pictures that are
    /// asked to keep their pace.
    ///
    /// After an error that [`CaptureError::is_passing`], the source goes on.
    fn next(&mut self) -> Option<Result<Input, CaptureError>>;
    /// How its codes come in.
    fn how(&self) -> Capture;
    /// Whether its pictures show one scene after the other, as a camera's do.
    fn is_continuous(&self) -> bool {
        true
    }
    /// Whether its lamp shines; none where it has no lamp.
    fn lamp(&self) -> Option<bool> {
        None
    }
    /// Lets its lamp shine, or not, from the next picture on. Nothing where it has none.
    fn shine(&mut self, _is_on: bool) {}
}
