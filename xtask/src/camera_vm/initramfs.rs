//! A folder as the archive that a kernel unpacks into its first file system.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Packs all below `root`. Not compressed: noise in camera frames does not shrink, and the emulated machine would be slow to unpack.
pub fn pack(busybox: &Path, root: &Path, archive: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} cannot be packed: {error}", archive.display());
    let busybox = busybox.canonicalize().map_err(failed)?;
    let mut names = Vec::new();
    list(root, Path::new(""), &mut names).map_err(failed)?;
    let file = File::create(archive).map_err(failed)?;
    // Debian has no cpio unless asked for; busybox has its own.
    let mut cpio = Command::new(busybox);
    cpio.args(["cpio", "-o", "-H", "newc"]).current_dir(root).stdin(Stdio::piped()).stdout(file).stderr(Stdio::null());
    let mut child = cpio.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        for name in &names {
            writeln!(input, "{}", name.display()).map_err(failed)?;
        }
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(format!("busybox cpio ended with {status}")) }
}

/// Lets a file be run.
pub fn may_run(file: &Path) -> Result<(), String> {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("{} cannot be made runnable: {error}", file.display()))
}

/// Names relative to the root, each folder before what is in it, in a fixed order.
fn list(root: &Path, below: &Path, names: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(root.join(below))?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = below.join(entry.file_name());
        names.push(name.clone());
        if entry.file_type()?.is_dir() {
            list(root, &name, names)?;
        }
    }
    Ok(())
}
