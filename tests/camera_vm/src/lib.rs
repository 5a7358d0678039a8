//! A camera for the virtual machine of `cargo xtask test --camera-vm`; see `README.md` beside this crate.
//!
//! | item | what it is |
//! |---|---|
//! | [`Format`], [`Size`] | what a frame is coded as, and its sides |
//! | [`frames`] | label frames rendered on the host, as files of raw bytes |
//! | [`device`] | the writing side of a video device: a stream and its frames, a camera pulled out |
//! | [`probe`] | what the terminal's own capture code makes of a camera, line by line |
//!
//! Linux only: the device is the kernel's.

mod coding;
pub mod device;
mod format;
pub mod frames;
pub mod probe;

pub use format::{Format, FormatError, Size};
