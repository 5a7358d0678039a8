//! `scanner-app cameras`: which cameras there are, what they can do, which mode is taken.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use crate::capture::{CameraInfo, cameras};

pub(super) fn run(as_json: bool) -> Result<ExitCode> {
    let found = cameras()?;
    if as_json {
        println!("{}", json!({ "cameras": found }));
    } else if found.is_empty() {
        eprintln!(
            "No camera was found. Plug one in; check that this user may read /dev/video* (group `video`). A hand scanner works without."
        );
    } else {
        for camera in &found {
            print(camera);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(camera: &CameraInfo) {
    println!("camera:{} {}", camera.index, camera.name);
    if let Some(why) = &camera.trouble {
        println!("  cannot be used: {why}");
    }
    for (place, mode) in camera.modes.iter().enumerate() {
        println!("  {mode}{}", if place == 0 { " (taken unless another is asked for)" } else { "" });
    }
    for control in &camera.controls {
        println!(
            "  {}: {} ({} to {}, step {}, at start {})",
            control.name, control.value, control.min, control.max, control.step, control.default
        );
    }
}
