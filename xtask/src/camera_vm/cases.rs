//! What is tried: one table, from which the frames, the guest's script and the expectations come.

pub use super::table::{CASES, VIVID};

/// One thing that a camera does.
#[derive(Debug)]
pub struct Case {
    /// Its name, one word.
    pub name: &'static str,
    /// What it shows, for people.
    pub about: &'static str,
    /// N of /dev/videoN; the loopback makes eight at most, so some cases share one.
    pub device: u32,
    /// What the camera does.
    pub act: Act,
    /// How its frames are coded; of no weight where the terminal chooses.
    pub coding: Coding,
    /// Width and height in pixels; of no weight where the terminal chooses.
    pub size: (u32, u32),
    /// What the labels before it say; no two cases share one.
    pub labels: &'static [&'static str],
}

/// What a camera does in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends frames all the time.
    Steady,
    /// Sends frames, falls silent, sends again.
    Returns,
    /// Announces a stream and sends no frame.
    Mute,
    /// Is there without a stream.
    Idle,
    /// Is pulled out and plugged in again: the kernel's `vivid` camera, whose pictures show no label. It is asked for a mode.
    Unplugged,
    /// Has many modes, some with broken rates, and is asked for none: `vivid` again.
    Choice,
    /// The same, left at a broken rate by another program.
    Spoilt,
    /// The same, asked for this.
    Asked(&'static str),
    /// The same, found among the listed cameras with its modes and controls.
    Listed,
}

/// How frames are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Yuyv,
    Nv12,
    Mjpeg,
    /// Without Huffman tables, as many USB cameras send it.
    MjpegBare,
    /// Luma alone; not fed.
    Gray,
}

impl Coding {
    /// The feeder's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yuyv => "yuyv",
            Self::Nv12 => "nv12",
            Self::Mjpeg => "mjpeg",
            Self::MjpegBare => "mjpeg-bare",
            Self::Gray => "gray",
        }
    }

    /// The driver's four letters.
    pub fn fourcc(self) -> &'static str {
        match self {
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Mjpeg | Self::MjpegBare => "MJPG",
            Self::Gray => "GREY",
        }
    }
}

impl Case {
    /// Whether frames of labels are rendered for it.
    pub fn is_fed(&self) -> bool {
        matches!(self.act, Act::Steady | Act::Returns)
    }

    /// Whether its node is the loopback's.
    pub fn is_loopback(&self) -> bool {
        self.device != VIVID
    }

    /// Whether the kernel's own camera must be there: as the camera, or as the one that could be taken instead.
    pub fn needs_vivid(&self) -> bool {
        !self.is_loopback() || self.act == Act::Idle
    }
}

/// The cases of these names, all for no names; a name that is none is an error that lists them.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Case>, String> {
    if let Some(unknown) = names.iter().find(|name| CASES.iter().all(|case| case.name != *name)) {
        let lines: Vec<String> = CASES.iter().map(|case| format!("  {:<14} {}", case.name, case.about)).collect();
        return Err(format!("there is no camera case `{unknown}`; there are\n{}", lines.join("\n")));
    }
    Ok(CASES.iter().filter(|case| names.is_empty() || names.iter().any(|name| name == case.name)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_labels_are_distinct() {
        for (at, case) in CASES.iter().enumerate() {
            let others = || CASES[at + 1..].iter();
            assert!(others().all(|other| other.name != case.name), "{} is named twice", case.name);
            for label in case.labels {
                assert!(others().all(|other| !other.labels.contains(label)), "{label} is fed in two cases");
            }
            assert_eq!(case.is_fed(), !case.labels.is_empty(), "{}", case.name);
        }
    }

    #[test]
    fn the_loopback_can_make_the_nodes() {
        let nodes: BTreeSet<u32> = CASES.iter().filter(|case| case.is_loopback()).map(|case| case.device).collect();
        assert!(nodes.len() <= 8, "{nodes:?}");
        assert!(CASES.iter().all(|case| case.is_loopback() || !nodes.contains(&case.device)));
    }

    #[test]
    fn cases_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), CASES.len());
        assert_eq!(chosen(&["mute".to_owned()]).unwrap()[0].name, "mute");
        assert!(chosen(&["loud".to_owned()]).unwrap_err().contains("yuyv-one"));
    }
}
