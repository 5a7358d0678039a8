//! Boots the guest in QEMU and waits until it has switched itself off.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::empty_folder;

/// A guest that takes longer hangs: all cases together take a few minutes on a busy machine.
const WITHIN: Duration = Duration::from_mins(20);

/// Between two looks at the guest.
const LOOK: Duration = Duration::from_millis(250);

/// What the guest said.
#[derive(Debug)]
pub struct Said {
    /// Of the probe and the script.
    pub transcript: String,
    /// Of the kernel and the feeder.
    pub console: String,
    /// How it ended.
    pub ended: Ended,
    /// Where both are kept.
    pub folder: PathBuf,
}

/// How the guest ended.
#[derive(Clone, Copy, Debug)]
pub enum Ended {
    /// QEMU went by itself.
    Left { status: ExitStatus, after: Duration },
    /// It was stopped.
    Stopped,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left { status, after } => write!(f, "the guest ran for {} s; QEMU: {status}", after.as_secs()),
            Self::Stopped => write!(f, "the guest was stopped after {} min", WITHIN.as_secs() / 60),
        }
    }
}

/// Runs the guest; says each case as it begins.
pub fn run(folder: &Path, kernel: &Path, initramfs: &Path) -> Result<Said, String> {
    let folder = empty_folder(&folder.join("said"))?;
    let [console, transcript] = ["console.txt", "transcript.txt"].map(|name| folder.join(name));
    let started = Instant::now();
    let mut child = qemu(kernel, initramfs, &console, &transcript)
        .spawn()
        .map_err(|error| format!("qemu-system-x86_64 cannot be started: {error}"))?;
    let ended = wait(&mut child, started, &transcript)?;
    // What is missing is judged as said nothing.
    let read = |file: &Path| String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned();
    Ok(Said { transcript: read(&transcript), console: read(&console), ended, folder })
}

/// TCG only: /dev/kvm may be there and not work (nested virtualisation), and the guest would hang at its first instruction.
fn qemu(kernel: &Path, initramfs: &Path, console: &Path, transcript: &Path) -> Command {
    let mut qemu = Command::new("qemu-system-x86_64");
    qemu.args(["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024", "-no-reboot"]);
    qemu.args(["-nodefaults", "-display", "none", "-nic", "none"]);
    for file in [console, transcript] {
        qemu.arg("-serial").arg(format!("file:{}", file.display()));
    }
    qemu.arg("-kernel").arg(kernel).arg("-initrd").arg(initramfs);
    qemu.args(["-append", "console=ttyS0 quiet panic=-1 rdinit=/init"]).stdin(Stdio::null());
    qemu
}

fn wait(child: &mut Child, started: Instant, transcript: &Path) -> Result<Ended, String> {
    let mut told = 0;
    loop {
        let status = child.try_wait().map_err(|error| format!("QEMU cannot be waited for: {error}"))?;
        let text = std::fs::read(transcript).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let begun: Vec<&str> = text.lines().filter(|line| line.starts_with("case ")).collect();
        for line in begun.iter().skip(told) {
            eprintln!("  {:>4} s  {}", started.elapsed().as_secs(), line.trim_end());
        }
        told = begun.len();
        if let Some(status) = status {
            return Ok(Ended::Left { status, after: started.elapsed() });
        }
        if started.elapsed() > WITHIN {
            let failed = |error: std::io::Error| format!("QEMU cannot be stopped: {error}");
            child.kill().map_err(failed)?;
            child.wait().map_err(failed)?;
            return Ok(Ended::Stopped);
        }
        std::thread::sleep(LOOK);
    }
}
