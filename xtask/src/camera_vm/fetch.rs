//! Debian's packages: which kernel, downloaded and unpacked into a folder; nothing of it is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::packages;

/// What apt calls the newest kernel of this release.
const KERNEL: &str = "linux-image-amd64";

/// The version of the kernel that this release has, such as `6.1.0-56-amd64`.
pub fn kernel_version() -> Result<String, String> {
    if let Some(version) = version_in(&depends(KERNEL)?) {
        return Ok(version);
    }
    packages::update()?;
    version_in(&depends(KERNEL)?).ok_or_else(|| {
        format!("apt knows no package {KERNEL}; the camera test takes its kernel from Debian's packages (main)")
    })
}

/// The packages for a kernel and a module built against it.
pub fn names(version: &str) -> Result<Vec<String>, String> {
    let headers = format!("linux-headers-{version}");
    let mut names = vec![format!("linux-image-{version}"), headers.clone()];
    let needed = depends(&headers)?;
    let source = |name: &&str| name.starts_with("linux-headers-") || name.starts_with("linux-kbuild-");
    names.extend(needed.iter().map(String::as_str).filter(source).map(str::to_owned));
    names.extend(["v4l2loopback-dkms", "busybox-static"].map(str::to_owned));
    Ok(names)
}

/// Downloads those that `folder` lacks; a second try after refreshing apt's lists, which may name versions that are gone.
pub fn download(names: &[String], folder: &Path) -> Result<(), String> {
    let missing: Vec<&String> = names.iter().filter(|name| archive(folder, name).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Downloading into {}:", folder.display());
    for name in &missing {
        eprintln!("  {name}");
    }
    let get = || {
        let mut command = Command::new("apt-get");
        command.args(["-q", "-o", "APT::Sandbox::User=root", "download"]).args(&missing);
        command.current_dir(folder).stdin(Stdio::null()).stdout(std::io::stderr());
        command.status().map_err(|error| format!("apt-get cannot be started: {error}"))
    };
    if !get()?.success() {
        packages::update()?;
        let status = get()?;
        if !status.success() {
            return Err(format!("apt-get download ended with {status}; its own words are above"));
        }
    }
    Ok(())
}

/// Unpacks what matches a pattern of tar's from a downloaded package.
pub fn unpack(name: &str, folder: &Path, patterns: &[&str], to: &Path) -> Result<(), String> {
    let archive =
        archive(folder, name).ok_or_else(|| format!("{name} was not downloaded into {}", folder.display()))?;
    let failed = |error: std::io::Error| format!("{} cannot be unpacked: {error}", archive.display());
    let mut reader = Command::new("dpkg-deb");
    reader.arg("--fsys-tarfile").arg(&archive).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut reader = reader.spawn().map_err(failed)?;
    let tar = reader.stdout.take().ok_or_else(|| format!("dpkg-deb gives nothing of {}", archive.display()))?;
    let status = Command::new("tar").arg("-x").arg("-C").arg(to).arg("--wildcards").args(patterns).stdin(tar).status();
    let read = reader.wait().map_err(failed)?;
    let written = status.map_err(failed)?;
    if read.success() && written.success() {
        Ok(())
    } else {
        Err(format!(
            "{} has not what is needed ({}): dpkg-deb {read}, tar {written}",
            archive.display(),
            patterns.join(", ")
        ))
    }
}

/// The file of a downloaded package.
fn archive(folder: &Path, name: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?;
    let start = format!("{name}_");
    let is = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(&start) && file.ends_with(".deb")
    };
    files.filter_map(|entry| Some(entry.ok()?.path())).find(is)
}

/// What a package depends on, by apt's lists.
fn depends(name: &str) -> Result<Vec<String>, String> {
    let output = Command::new("apt-cache").args(["depends", name]).env("LC_ALL", "C").stderr(Stdio::null()).output();
    let output = output.map_err(|error| {
        format!("apt-cache cannot be started: {error}; the camera test takes its kernel from Debian's packages")
    })?;
    Ok(depends_in(&String::from_utf8_lossy(&output.stdout)))
}

fn depends_in(words: &str) -> Vec<String> {
    words.lines().filter_map(|line| line.trim_start().strip_prefix("Depends: ")).map(str::to_owned).collect()
}

fn version_in(depends: &[String]) -> Option<String> {
    depends.iter().find_map(|name| name.strip_prefix("linux-image-")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_what_the_meta_package_depends_on() {
        let words = "linux-image-amd64\n  Depends: linux-image-6.1.0-56-amd64\n  Suggests: linux-doc\n";
        assert_eq!(version_in(&depends_in(words)).unwrap(), "6.1.0-56-amd64");
        assert_eq!(version_in(&depends_in("")), None);
    }

    #[test]
    fn a_package_is_not_taken_for_another_that_starts_alike() {
        let folder = std::env::temp_dir().join(format!("tallyman-fetch-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("linux-headers-6.1.0-56-amd64_6.1_amd64.deb"), "").unwrap();
        assert!(archive(&folder, "linux-headers-6.1.0-56-amd64").is_some());
        assert!(archive(&folder, "linux-headers-6.1.0-56").is_none());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
