//! Why a source gives nothing.

use std::io;

use super::lines::LINE_BYTES_MAX;

/// Why a source gives no input, or not this one.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The word after `--source` is of no known form.
    #[error("`{0}` is no source; write images:FOLDER, video:FILE, camera:N, wedge:- or wedge:/dev/input/eventN")]
    Unknown(String),
    /// An option after `?` is not known or not of its form.
    #[error("`{option}` is no option of {source_kind}: {expected}")]
    Option {
        /// What was written.
        option: String,
        /// The word before the colon.
        source_kind: &'static str,
        /// What may be written.
        expected: String,
    },
    /// The folder or file cannot be read.
    #[error("the pictures in {path} cannot be read: {source}; check that the folder or file exists and may be read")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// One picture cannot be read; the next may.
    #[error("{0}")]
    Picture(String),
    /// A video of a kind that is not read, or cut short in its header.
    #[error(
        "{path} is no video that can be read: {why}. Make one with `ffmpeg -i {path} -c:v mjpeg -q:v 2 -an NEW.avi`"
    )]
    Video {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// No camera, or none that gives pictures.
    #[error(
        "camera {index} gives no picture: {why}. Plug it in or name another with --source camera:N (`scanner-app cameras` lists them); \
         a hand scanner (wedge:-) works without"
    )]
    Camera {
        /// Which.
        index: u32,
        /// Why.
        why: String,
    },
    /// The camera was lost or gives nothing; it is tried again.
    #[error("camera {index} is away: {why}. It is tried again in {pause_ms} ms, and frames go on when it is back")]
    CameraAway {
        /// Which.
        index: u32,
        /// Why.
        why: String,
        /// Until the next try.
        pause_ms: u64,
    },
    /// A camera's frames cannot be used; those that can go on.
    #[error("camera {index} sent {count} frames that cannot be read: {why}")]
    BadFrames {
        /// Which.
        index: u32,
        /// How many since the last word about it.
        count: u64,
        /// Why, of the last.
        why: String,
    },
    /// This build has no camera.
    #[error("this build has no camera support; use a hand scanner (wedge:-) or pictures (images:FOLDER)")]
    NoCameraSupport,
    /// The reader of pictures broke down or stalled over one.
    #[error("{0}")]
    Reader(vision::GuardError),
    /// The scanner's input cannot be read.
    #[error("the scanner's input ended: {0}")]
    Wedge(io::Error),
    /// The scanner's device cannot be opened.
    #[error(
        "the scanner {path} cannot be read: {why}. Check the cable and the path (`ls /dev/input/by-id`), and that this user may read \
         it (group `input`)"
    )]
    Scanner {
        /// Which device.
        path: String,
        /// Why.
        why: String,
    },
    /// The scanner was lost; it is tried again.
    #[error("the scanner {path} is away: {why}. It is tried again in {pause_ms} ms; plug it in to go on")]
    ScannerAway {
        /// Which device.
        path: String,
        /// Why.
        why: String,
        /// Until the next try.
        pause_ms: u64,
    },
    /// A line longer than any label.
    #[error("a line of more than {LINE_BYTES_MAX} bytes came from the scanner and was skipped; no label is so long")]
    LongLine,
    /// Devices of hand scanners are only read on Linux.
    #[error(
        "hand scanners are read from their device on Linux only; use wedge:- or the window, which takes their keys"
    )]
    NoScannerSupport,
}

impl CaptureError {
    /// What a clerk sees of it, in Chinese and in English: what happened and what to do.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        let (zh, en) = match self {
            Self::Folder { .. } => ("图片文件夹打不开。", "The folder of pictures cannot be opened."),
            Self::Picture(_) | Self::Video { .. } => {
                ("有图片无法读取，已跳过。", "A picture cannot be read and was skipped.")
            }
            Self::Reader(_) => (
                "有一帧画面读取失败，已跳过。稍微移动相机。",
                "One picture could not be worked on and was left out. Move the camera a little.",
            ),
            Self::BadFrames { .. } => (
                "相机画面损坏。若不恢复，换接口或换一种分辨率。",
                "The camera sends damaged pictures. If it stays so, try another socket or size.",
            ),
            Self::ScannerAway { .. } | Self::Scanner { .. } | Self::Wedge(_) | Self::NoScannerSupport => (
                "扫描枪断开。检查接头，插好自动恢复。",
                "Scanner lost. Check its cable; the scanner returns by itself.",
            ),
            Self::LongLine => ("扫描枪发来的内容过长，已跳过。重扫。", "The scanner sent too long a text. Scan again."),
            Self::Camera { .. }
            | Self::CameraAway { .. }
            | Self::NoCameraSupport
            | Self::Unknown(_)
            | Self::Option { .. } => (
                "相机断开。接头松动或被占用。可用扫描枪继续，插好后画面自动恢复。",
                "Camera lost. Unplugged or in use. Use the scanner; the camera returns by itself.",
            ),
        };
        (zh.to_owned(), en.to_owned())
    }

    /// Whether only this input is lost: the source goes on by itself.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Picture(_)
                | Self::Reader(_)
                | Self::CameraAway { .. }
                | Self::BadFrames { .. }
                | Self::ScannerAway { .. }
                | Self::LongLine
        )
    }
}
