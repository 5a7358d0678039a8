//! `camera-feeder`: renders label frames on the host, and writes them to a video device in the guest.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use camera_vm::device::{self, Camera};
use camera_vm::{Format, Size, frames};
use clap::Parser;

/// Feeds a virtual camera.
#[derive(Parser)]
enum Command {
    /// Renders frames of labels into a folder (on the host).
    Render {
        /// yuyv, nv12, mjpeg or mjpeg-bare.
        #[arg(long)]
        format: Format,
        /// Width and height, as 1280x720.
        #[arg(long)]
        size: Size,
        /// Frames, each another moment of the same scene.
        #[arg(long)]
        shots: u64,
        /// The first moment.
        #[arg(long)]
        seed: u64,
        /// Where the frames go; emptied first.
        #[arg(long)]
        to: PathBuf,
        /// What the labels say.
        #[arg(required = true)]
        texts: Vec<String>,
    },
    /// Writes a folder's frames to /dev/videoN, round and round.
    Feed {
        /// N of /dev/videoN.
        #[arg(long)]
        device: usize,
        /// yuyv, nv12, mjpeg or mjpeg-bare.
        #[arg(long)]
        format: Format,
        /// Width and height, as 1280x720.
        #[arg(long)]
        size: Size,
        /// Time between two frames.
        #[arg(long, default_value_t = 100)]
        pause_ms: u64,
        /// The frames.
        folder: PathBuf,
    },
    /// Announces a stream on /dev/videoN and never sends a frame.
    Hold {
        /// N of /dev/videoN.
        #[arg(long)]
        device: usize,
        /// yuyv, nv12, mjpeg or mjpeg-bare.
        #[arg(long)]
        format: Format,
        /// Width and height, as 1280x720.
        #[arg(long)]
        size: Size,
    },
    /// Leaves a `vivid` camera at 1280x720 and 12.5 pictures a second.
    Spoil {
        /// N of /dev/videoN.
        #[arg(long)]
        device: usize,
    },
    /// Pulls a `vivid` camera out.
    Unplug {
        /// N of /dev/videoN.
        #[arg(long)]
        device: usize,
    },
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Render { format, size, shots, seed, to, texts } => {
            frames::render(&texts, format, size, seed..seed + shots, &to)
        }
        Command::Feed { device, format, size, pause_ms, folder } => {
            let frames = frames::load(&folder)?;
            Camera::open(device, format, size)?.feed(&frames, Duration::from_millis(pause_ms))
        }
        Command::Hold { device, format, size } => {
            Camera::open(device, format, size)?.hold();
        }
        Command::Spoil { device } => device::spoil(device),
        Command::Unplug { device } => device::unplug(device),
    }
}
