//! `cargo xtask test --camera-vm [CASE…]`: the terminal's camera path on a real V4L2 device. A small emulated machine gets a kernel with a
//! loopback camera, a feeder that writes label frames into it, and a probe that reads it with the terminal's own code; the judge
//! compares what the probe told with what was fed. How it works: `tests/camera_vm/README.md`.

mod boot;
mod cases;
mod fetch;
mod guest;
mod initramfs;
mod judge;
mod kernel;
mod module;
mod table;
mod transcript;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::cases::Case;
use crate::packages::{self, Need};
use crate::program;

/// Lines shown of a transcript or of the kernel's console when a case failed.
const TAIL_LINES: usize = 25;

/// Prepares, boots, judges. `args` name cases; none means all.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    let chosen = cases::chosen(args)?;
    if std::env::consts::ARCH != "x86_64" {
        return Err("the camera test needs an x86-64 machine: the guest runs this machine's own programs".to_owned());
    }
    packages::install(Need::CameraVm)?;
    program::build_all()?;
    let folder = program::target().join("camera-vm");
    let kernel = kernel::ready(&folder)?;
    eprintln!("\n== rendering frames and packing the guest");
    let initramfs = guest::pack(&folder, &kernel, &chosen)?;
    eprintln!("== booting kernel {} in QEMU, {} cases", kernel.version, chosen.len());
    let said = boot::run(&folder, &kernel.image, &initramfs)?;
    Ok(conclude(&chosen, &said))
}

/// Says what was found, case by case.
fn conclude(chosen: &[&Case], said: &boot::Said) -> ExitCode {
    let judgement = judge::judge(chosen, &said.transcript);
    for line in &judgement.passed {
        eprintln!("passed  {line}");
    }
    for fault in &judgement.faults {
        eprintln!("FAILED  {}: {}", fault.case, fault.words);
    }
    if judgement.faults.is_empty() {
        eprintln!("== camera: all {} cases passed; {}", chosen.len(), said.ended);
        return ExitCode::SUCCESS;
    }
    eprintln!("\n== what the probe told last ({})", said.ended);
    let failed = judgement.faults.iter().map(|fault| fault.case.as_str()).collect::<Vec<_>>();
    for line in transcript::tail(&said.transcript, &failed, TAIL_LINES) {
        eprintln!("  {line}");
    }
    eprintln!("\n== the guest's console");
    for line in transcript::tail(&said.console, &[], TAIL_LINES) {
        eprintln!("  {line}");
    }
    let (failed, all) = (judgement.faults.len(), chosen.len());
    eprintln!("\n== camera: {failed} expectations failed in {all} cases; the whole of it: {}", said.folder.display());
    ExitCode::FAILURE
}

/// A folder, made with all above it.
fn make_folder(path: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(path).map_err(|error| format!("{} cannot be made: {error}", path.display()))?;
    Ok(path.to_owned())
}

/// A folder that is new and empty.
fn empty_folder(path: &Path) -> Result<PathBuf, String> {
    if path.exists() {
        std::fs::remove_dir_all(path).map_err(|error| format!("{} cannot be removed: {error}", path.display()))?;
    }
    make_folder(path)
}

/// A copy of a file, its folder made first.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    let copied = std::fs::copy(from, to);
    copied.map(|_| ()).map_err(|error| format!("{} cannot be copied to {}: {error}", from.display(), to.display()))
}
