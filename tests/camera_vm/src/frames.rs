//! Label frames as files: rendered once on the host, since drawing a scene in an emulated machine takes seconds.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use vision::scene::{FrameSize, Scene, WAREHOUSE_1};

use crate::coding::code;
use crate::{Format, Size};

/// Writes `shots` frames of the labels into `folder`, which is emptied first; consecutive seeds are moments of one scene.
pub fn render(texts: &[String], format: Format, size: Size, seeds: std::ops::Range<u64>, folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let scene = Scene::new(texts, FrameSize { width: size.width, height: size.height }, WAREHOUSE_1)?;
    for seed in seeds {
        let bytes = code(&scene.shoot(seed).frame, format)?;
        let file = folder.join(format!("{seed:06}.frame"));
        std::fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

/// The frames of a folder in the order of their names, each as the bytes of one write.
pub fn load(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).with_context(|| format!("the frames in {shown} cannot be listed"))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    ensure!(!files.is_empty(), "there are no frames in {shown}; `camera-feeder render` writes them");
    let read = |file: &PathBuf| std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()));
    files.iter().map(read).collect()
}
