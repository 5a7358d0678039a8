//! `camera-probe`: reads a camera with the terminal's own code and tells what it saw. Exit 0: all that was wished for.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use camera_vm::probe::{End, Wish, list, watch};
use clap::Parser;

/// Reads a camera.
#[derive(Parser)]
struct Arguments {
    /// N of /dev/videoN.
    #[arg(long)]
    camera: u32,
    /// Tells the listed cameras first.
    #[arg(long)]
    list: bool,
    /// Mode asked for, as the options of `--source`: size=640x480.
    #[arg(long, default_value = "")]
    ask: String,
    /// Pictures to see, after the last wanted error.
    #[arg(long)]
    frames: u32,
    /// Errors to see first.
    #[arg(long, default_value_t = 0)]
    errors: u32,
    /// Without picture or error for this long, the source hangs.
    #[arg(long, default_value_t = 30)]
    silence_s: u64,
    /// For the whole run.
    #[arg(long, default_value_t = 120)]
    within_s: u64,
}

fn main() -> Result<ExitCode> {
    let Arguments { camera, list: is_listed, ask, frames, errors, silence_s, within_s } = Arguments::parse();
    if is_listed {
        list(&mut std::io::stdout())?;
    }
    let wish = Wish { frames, errors, silence: Duration::from_secs(silence_s), within: Duration::from_secs(within_s) };
    let end = watch(camera, &ask, wish, &mut std::io::stdout())?;
    Ok(ExitCode::from(match end {
        End::Enough => 0,
        End::Ended => 3,
        End::Silent => 4,
        End::Late => 5,
    }))
}
