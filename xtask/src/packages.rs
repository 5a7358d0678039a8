//! System packages: which, why, whether they are there, and how they come.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// What is about to be done, each more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Play scenarios on both databases.
    Ledgers,
    /// Build and run the demo.
    Demo,
    /// Build and run every test.
    Test,
    /// Build and run measurements of capture.
    Measure,
    /// Build and run measurements of the window.
    Window,
    /// Check the build for kiosk terminals.
    Kiosk,
    /// Measure against decoders of others that the system has.
    Peer,
    /// Boot the emulated machine of the camera test.
    CameraVm,
}

/// One package and its reason.
#[derive(Debug)]
struct Package {
    name: &'static str,
    why: &'static str,
    needed_for: &'static [Need],
}

const fn decoder(name: &'static str, why: &'static str) -> Package {
    Package { name, why, needed_for: &[Need::Demo, Need::Test, Need::CameraVm, Need::Measure] }
}

const fn build(name: &'static str, why: &'static str) -> Package {
    Package { name, why, needed_for: &[Need::Demo, Need::Test, Need::CameraVm] }
}

const PACKAGES: [Package; 21] = [
    decoder("g++", "compiles the QR decoder (C++)"),
    decoder("cmake", "builds the QR decoder (C++)"),
    Package {
        name: "make",
        why: "builds the QR decoder (C++) and the server's allocator (C)",
        needed_for: &[Need::Ledgers, Need::Demo, Need::Test, Need::CameraVm, Need::Measure],
    },
    build("pkg-config", "finds fontconfig"),
    build("libfontconfig1-dev", "the window's fonts"),
    build("libclang-dev", "reads the kernel's camera headers (bindgen)"),
    build("linux-libc-dev", "the kernel's camera headers"),
    build("libxkbcommon-x11-0", "the window's keyboard"),
    build("libx11-xcb1", "the window under X"),
    build("libxcursor1", "the window under X"),
    build("libxi6", "the window under X"),
    build("libxrender1", "the window under X"),
    Package {
        name: "postgresql",
        why: "a database server of the tests' own",
        needed_for: &[Need::Ledgers, Need::Test],
    },
    Package { name: "xvfb", why: "a screen for tests of the window", needed_for: &[Need::Test, Need::Window] },
    Package { name: "xdotool", why: "a finger for tests of the window", needed_for: &[Need::Test, Need::Window] },
    Package { name: "libinput-dev", why: "a kiosk's keys and touches", needed_for: &[Need::Kiosk] },
    Package { name: "libudev-dev", why: "a kiosk's devices", needed_for: &[Need::Kiosk] },
    Package { name: "libxkbcommon-dev", why: "a kiosk's keyboard", needed_for: &[Need::Kiosk] },
    Package { name: "libgbm-dev", why: "a kiosk's picture on OpenGL", needed_for: &[Need::Kiosk] },
    Package { name: "libzbar0", why: "a decoder to measure against", needed_for: &[Need::Peer] },
    Package { name: "qemu-system-x86", why: "the machine of the camera test", needed_for: &[Need::CameraVm] },
];

/// Installs what is missing; says what and why. Nothing is asked of the network when nothing is missing.
pub fn install(need: Need) -> Result<ExitCode, String> {
    let missing: Vec<&Package> = missing(need, is_installed).collect();
    if missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("This machine lacks {} system packages:", missing.len());
    for package in &missing {
        eprintln!("  {:<20} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("apt-get update && apt-get install -y --no-install-recommends {}", names.join(" "));
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!(
            "there is no apt-get here; install these with your own package manager:\n  {}",
            names.join(" ")
        ));
    }
    let Some(root) = root_prefix() else {
        return Err(format!("installing needs root. Run this as root, then try again:\n  {by_hand}"));
    };
    eprintln!("Installing them with apt-get.");
    apt(root, &["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&names);
    apt(root, &install)?;
    Ok(ExitCode::SUCCESS)
}

/// Refreshes apt's lists.
pub fn update() -> Result<(), String> {
    let root = root_prefix().ok_or("apt's lists are old or missing. Run `apt-get update` as root, then try again")?;
    apt(root, &["update"])
}

fn missing(need: Need, is_there: impl Fn(&str) -> bool) -> impl Iterator<Item = &'static Package> {
    PACKAGES.iter().filter(move |package| package.needed_for.contains(&need) && !is_there(package.name))
}

fn is_installed(name: &str) -> bool {
    let status = Command::new("dpkg-query").args(["-W", "-f=${Status}", name]).stderr(Stdio::null()).output();
    status.is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

/// Nothing for root, `sudo -n` where that works without a question, none otherwise.
fn root_prefix() -> Option<&'static [&'static str]> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(&[]);
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    sudo.is_ok_and(|status| status.success()).then_some(&["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"])
}

fn apt(root: &[&str], args: &[&str]) -> Result<(), String> {
    let words: Vec<&str> = root.iter().copied().chain(["apt-get", "-q"]).chain(args.iter().copied()).collect();
    let mut command = Command::new(words[0]);
    // apt's own words go to stderr: stdout may be somebody's JSON.
    command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(std::io::stderr());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` ended with {status}; its own words are above", words.join(" "))),
        Err(error) => Err(format!("`{}` cannot be started: {error}", words.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_and_needed_is_named() {
        let but_cmake: Vec<_> = missing(Need::Demo, |name| name != "cmake").map(|package| package.name).collect();
        assert_eq!(but_cmake, ["cmake"]);
        assert!(missing(Need::Demo, |_| false).all(|package| package.name != "xvfb"));
        let measured: Vec<_> = missing(Need::Measure, |_| false).map(|package| package.name).collect();
        assert_eq!(measured, ["g++", "cmake", "make"], "no window is measured");
        assert_eq!(missing(Need::Peer, |_| false).map(|package| package.name).collect::<Vec<_>>(), ["libzbar0"]);
        assert_eq!(missing(Need::Test, |_| false).count() + 6, PACKAGES.len(), "tests need no peer, machine or kiosk");
        let emulated: Vec<_> = missing(Need::CameraVm, |_| false).map(|package| package.name).collect();
        assert!(emulated.contains(&"g++") && emulated.contains(&"qemu-system-x86") && !emulated.contains(&"xvfb"));
    }
}
