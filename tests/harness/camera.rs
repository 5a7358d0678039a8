//! The simulated camera: labels of national format and size on cartons, photographed in poor light by an unsteady hand.

use std::path::Path;

use anyhow::{Context, Result};
use vision::scene::{FrameSize, Scene, WAREHOUSE_1};

/// Labels that a clerk gets into one frame.
const LABELS_PER_FRAME: usize = 5;

/// Frames of one aim.
const FRAMES_PER_AIM: u64 = 3;

/// Photographs the labels, some in a frame, several frames each; writes numbered JPEG files into `folder`.
pub fn photograph(texts: &[String], folder: &Path, seed: u64) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (aim, labels) in texts.chunks(LABELS_PER_FRAME).enumerate() {
        let scene = Scene::new(labels, FrameSize::HD, WAREHOUSE_1)?;
        for frame in 0..FRAMES_PER_AIM {
            let picture = scene.render(seed.wrapping_add(aim as u64 * FRAMES_PER_AIM + frame));
            let file = folder.join(format!("{aim:03}-{frame}.jpg"));
            picture.save(&file).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    Ok(())
}
