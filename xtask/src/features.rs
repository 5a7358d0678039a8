//! `cargo xtask features`: the other builds of the window compile: OpenGL beside the processor's renderer, and a kiosk's whole screen.

use std::process::ExitCode;

use crate::packages::{self, Need};
use crate::steps::{cargo, step};

/// What `docs/platforms.md` promises beside the usual build: what it is, and its features.
const BUILDS: [(&str, &[&str]); 5] = [
    ("the window on OpenGL", &["--features", "femtovg"]),
    ("the window on OpenGL alone", &["--no-default-features", "--features", "winit,femtovg"]),
    ("a kiosk's whole screen, without a camera", &["--no-default-features", "--features", "linuxkms"]),
    ("a kiosk's whole screen on OpenGL", &["--no-default-features", "--features", "linuxkms,femtovg"]),
    ("a kiosk's whole screen on OpenGL alone", &["--no-default-features", "--features", "kms,femtovg"]),
];

/// Checks each. They select other features than the workspace's build, so the window's libraries are checked anew: minutes, and by no
/// other command.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    packages::install(Need::Kiosk)?;
    for (name, features) in BUILDS {
        step(name, cargo().args(["check", "-p", "scanner-app", "--bins"]).args(features).args(args))?;
    }
    Ok(ExitCode::SUCCESS)
}
