//! What is in the guest: programs and their libraries, kernel modules, rendered frames, and the script that is its only process.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cases::{Act, Case, VIVID};
use super::kernel::Kernel;
use super::module::{LOOPBACK, OWN};
use super::{copy, empty_folder, initramfs, make_folder};
use crate::program;
use crate::steps::step;

/// Frames rendered for a case, fed round and round.
const SHOTS: u64 = 4;

/// Moments of different cases lie this far apart.
const SEEDS_PER_CASE: u64 = 100;

/// Pictures that the probe reads of a camera that sends all the time: twice each shot.
const FRAMES: u64 = 2 * SHOTS;

/// Pictures that it must see after a camera has come back.
const FRAMES_AFTER: u64 = SHOTS;

/// The programs that run in the guest.
const PROGRAMS: [&str; 2] = ["camera-feeder", "camera-probe"];

/// Renders the frames of these cases and packs everything; answers the archive.
pub fn pack(folder: &Path, kernel: &Kernel, cases: &[&Case]) -> Result<PathBuf, String> {
    let root = empty_folder(&folder.join("guest"))?;
    for (at, case) in (0_u64..).zip(cases) {
        if case.is_fed() {
            render(case, at * SEEDS_PER_CASE, &root.join("frames").join(case.name))?;
        }
    }
    for name in &kernel.order {
        let file = format!("{name}.ko");
        copy(&kernel.modules.join(&file), &root.join("modules").join(&file))?;
    }
    copy(&kernel.busybox, &root.join("bin/busybox"))?;
    for name in PROGRAMS {
        add_program(&program::target().join("debug").join(name), &root)?;
    }
    let init = root.join("init");
    std::fs::write(&init, script(&kernel.order, cases))
        .map_err(|error| format!("{} cannot be written: {error}", init.display()))?;
    initramfs::may_run(&init)?;
    for place in ["dev", "proc", "sys", "run"] {
        make_folder(&root.join(place))?;
    }
    let archive = folder.join("guest.cpio");
    initramfs::pack(&kernel.busybox, &root, &archive)?;
    Ok(archive)
}

fn render(case: &Case, seed: u64, to: &Path) -> Result<(), String> {
    let (width, height) = case.size;
    let mut render = Command::new(program::target().join("debug/camera-feeder"));
    render.arg("render").args(["--format", case.coding.word(), "--size", &format!("{width}x{height}")]);
    render.args(["--shots", &SHOTS.to_string(), "--seed", &seed.to_string(), "--to"]).arg(to).args(case.labels);
    step(&format!("frames of {}", case.name), &mut render)
}

/// Copies a program without its debug symbols, and every library that the loader would take; the probe has the terminal's, window
/// included.
fn add_program(program: &Path, root: &Path) -> Result<(), String> {
    let name = program.file_name().unwrap_or_default();
    let mut strip = Command::new("strip");
    strip.arg("-o").arg(root.join("bin").join(name)).arg(program);
    let status = strip.status().map_err(|error| format!("strip cannot be started: {error}"))?;
    if !status.success() {
        return Err(format!("strip ended with {status} on {}", program.display()));
    }
    let output =
        Command::new("ldd").arg(program).output().map_err(|error| format!("ldd cannot be started: {error}"))?;
    let words = String::from_utf8_lossy(&output.stdout);
    for library in libraries(&words)? {
        copy(Path::new(library), &root.join(library.trim_start_matches('/')))?;
    }
    Ok(())
}

/// The files that `ldd` names, the loader included.
fn libraries(ldd: &str) -> Result<Vec<&str>, String> {
    if let Some(line) = ldd.lines().find(|line| line.contains("not found")) {
        return Err(format!("a library of the probe is missing here: {}", line.trim()));
    }
    let found: Vec<&str> =
        ldd.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/'))).collect();
    if found.is_empty() {
        Err("ldd names no library; is the program built for this machine?".to_owned())
    } else {
        Ok(found)
    }
}

/// The start of the script: what any Linux needs, then where its words go. ttyS0 is the kernel's console and the feeder's, ttyS1 the
/// transcript, so that no driver's remark stands inside a probe's line.
const START: &str = "\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin RUST_BACKTRACE=0
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /run
exec >/dev/ttyS1 2>/dev/ttyS0
echo 'guest up'

# What says nothing is well; every other word than the probe's is a fault.
node() {
  [ -c /dev/video$1 ] || echo \"no /dev/video$1\"
}
# feed DEVICE FORMAT SIZE CASE: label frames, in the background
feed() {
  camera-feeder feed --device $1 --format $2 --size $3 /frames/$4 >/dev/ttyS0 &
  feeder=$!
}
hold() {
  camera-feeder hold --device $1 --format $2 --size $3 >/dev/ttyS0 &
  feeder=$!
}
stop() {
  kill $feeder || echo 'the feeder was gone'
  wait $feeder
}
# settle DEVICE: until the device has a frame, so that a slow feeder is not taken for a dead camera
settle() {
  timeout 30 dd if=/dev/video$1 of=/dev/null bs=64 count=1 2>/dev/null || echo \"no frame on /dev/video$1\"
}
# probe DEVICE ARGUMENTS: in the foreground
probe() {
  device=$1
  shift
  camera-probe --camera $device \"$@\"
  echo \"left $?\"
}
# begin DEVICE ARGUMENTS: in the background, its words also kept for `until_said`
begin() {
  : >/run/said
  (probe \"$@\" | tee /run/said) &
  probe=$!
}
# until_said WORD: until the probe has begun a line with it, or is gone
until_said() {
  until grep -q \"^$1\" /run/said || ! kill -0 $probe 2>/dev/null; do sleep 0.2; done
}
";

/// Numbers of the loopback nodes, each its own device that is a camera only while it is fed; none where no case has one.
fn loopback_parameters(cases: &[&Case]) -> Option<String> {
    let mut nodes: Vec<u32> = cases.iter().filter(|case| case.is_loopback()).map(|case| case.device).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let numbers: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    let exclusive = vec!["1"; nodes.len()].join(",");
    let parameters = || format!("devices={} video_nr={} exclusive_caps={exclusive}", nodes.len(), numbers.join(","));
    (!nodes.is_empty()).then(parameters)
}

/// One webcam of the kernel's own test driver; none where no case wants it.
fn own_parameters(cases: &[&Case]) -> Option<String> {
    let parameters = || format!("n_devs=1 node_types=0x1 num_inputs=1 input_types=0 vid_cap_nr={VIVID}");
    cases.iter().any(|case| case.needs_vivid()).then(parameters)
}

fn script(modules: &[String], cases: &[&Case]) -> String {
    let mut script = START.to_owned();
    let load =
        |name: &str, parameters: &str| format!("insmod /modules/{name}.ko {parameters} || echo 'no module {name}'\n");
    for name in modules {
        let parameters = match name.as_str() {
            LOOPBACK => loopback_parameters(cases),
            OWN => own_parameters(cases),
            _ => Some(String::new()),
        };
        script.extend(parameters.map(|parameters| load(name, &parameters)));
    }
    for case in cases {
        let _ = writeln!(script, "\necho 'case {}'", case.name);
        let _ = writeln!(script, "node {}", case.device);
        script.push_str(&steps(case));
    }
    script.push_str("\necho 'guest done'\nsync\npoweroff -f\n");
    script
}

/// The lines of one case.
fn steps(case: &Case) -> String {
    let Case { name, device, size: (width, height), .. } = case;
    let what = format!("{device} {} {width}x{height}", case.coding.word());
    match case.act {
        Act::Steady => {
            format!("feed {what} {name}\nsettle {device}\nprobe {device} --frames {FRAMES}\nstop\n")
        }
        Act::Returns => format!(
            "feed {what} {name}\nsettle {device}\nbegin {device} --frames {FRAMES_AFTER} --errors 1\n\
             until_said frame\nstop\nuntil_said error\nfeed {what} {name}\nwait $probe\nstop\n"
        ),
        Act::Mute => format!("hold {what}\nsleep 2\nprobe {device} --frames 0 --errors 1\nstop\n"),
        Act::Idle => format!("probe {device} --frames 0 --errors 1\n"),
        Act::Unplugged => format!(
            "begin {device} --ask 'size={width}x{height}' --frames {FRAMES_AFTER} --errors 1\n\
             until_said frame\ncamera-feeder unplug --device {device}\nwait $probe\n"
        ),
        Act::Choice => format!("probe {device} --frames {FRAMES_AFTER}\n"),
        Act::Spoilt => format!("camera-feeder spoil --device {device}\nprobe {device} --frames {FRAMES_AFTER}\n"),
        Act::Asked(ask) => format!("probe {device} --ask '{ask}' --frames {FRAMES_AFTER}\n"),
        Act::Listed => format!("probe {device} --list --frames 0\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera_vm::cases::chosen;

    #[test]
    fn libraries_are_those_with_a_path() {
        let ldd = "\tlinux-vdso.so.1 (0x1)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x2)\n\t/lib64/ld-linux-x86-64.so.2 (0x3)\n";
        assert_eq!(libraries(ldd).unwrap(), ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]);
        assert!(libraries("\tlibx.so => not found\n").unwrap_err().contains("libx.so"));
        assert!(libraries("\tstatically linked\n").is_err());
    }

    #[test]
    fn the_script_makes_the_nodes_and_tries_the_cases() {
        let modules = ["videodev", LOOPBACK, OWN].map(str::to_owned);
        let cases = chosen(&["yuyv-one".to_owned(), "resized".to_owned(), "mute".to_owned()]).unwrap();
        let script = script(&modules, &cases);
        assert!(script.contains("v4l2loopback.ko devices=2 video_nr=10,15 exclusive_caps=1,1 "), "{script}");
        assert!(!script.contains("vivid.ko"), "no case wants it");
        assert!(script.contains("echo 'case resized'\nnode 10\nfeed 10 yuyv 640x480 resized\n"));
        assert!(script.ends_with("poweroff -f\n"));
        let script = super::script(&modules, &chosen(&["choice".to_owned(), "unplugged".to_owned()]).unwrap());
        assert_eq!(script.matches("vivid.ko").count(), 1);
        assert!(script.contains("vivid.ko n_devs=1") && !script.contains("v4l2loopback.ko"), "{script}");
    }
}
