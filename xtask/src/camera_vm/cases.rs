//! What is tried: one table, from which the frames, the guest's script and the expectations come.

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
}

/// How frames are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Yuyv,
    Nv12,
    Mjpeg,
    /// Without Huffman tables, as many USB cameras send it.
    MjpegBare,
}

impl Coding {
    /// The feeder's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yuyv => "yuyv",
            Self::Nv12 => "nv12",
            Self::Mjpeg => "mjpeg",
            Self::MjpegBare => "mjpeg-bare",
        }
    }

    /// The driver's four letters.
    pub fn fourcc(self) -> &'static str {
        match self {
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Mjpeg | Self::MjpegBare => "MJPG",
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
        !matches!(self.act, Act::Unplugged | Act::Choice)
    }
}

const HD: (u32, u32) = (1280, 720);

/// Every case, in the order in which they are tried.
pub const CASES: [Case; 12] = [
    Case {
        name: "yuyv-one",
        about: "one label, YUYV",
        device: 10,
        act: Act::Steady,
        coding: Coding::Yuyv,
        size: HD,
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD"],
    },
    Case {
        name: "yuyv-several",
        about: "five labels in a frame, YUYV",
        device: 11,
        act: Act::Steady,
        coding: Coding::Yuyv,
        size: HD,
        labels: &[
            "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/2A4B6C8D0EFG",
            "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/3B5C7D9E1FGH",
            "HTTPS://ID.EXAMPLE.CN/01/26901234567896/21/4C6D8E0F2GHJ",
            "HTTPS://ID.EXAMPLE.CN/01/26901234567896/21/5D7E9F1G3HJK",
            "HTTPS://ID.EXAMPLE.CN/01/36901234567893/21/6E8F0G2H4JKM",
        ],
    },
    Case {
        name: "mjpeg-one",
        about: "one label, MJPEG",
        device: 12,
        act: Act::Steady,
        coding: Coding::Mjpeg,
        size: HD,
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/9H1J3K5M7NPQ"],
    },
    Case {
        name: "mjpeg-several",
        about: "four labels in a frame, MJPEG",
        device: 13,
        act: Act::Steady,
        coding: Coding::Mjpeg,
        size: HD,
        labels: &[
            "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/0J2K4M6N8PQR",
            "HTTPS://ID.EXAMPLE.CN/01/26901234567896/21/1K3M5N7P9QRS",
            "HTTPS://ID.EXAMPLE.CN/01/36901234567893/21/2M4N6P8Q0RST",
            "HTTPS://ID.EXAMPLE.CN/01/46901234567890/21/3N5P7Q9R1STU",
        ],
    },
    Case {
        name: "mjpeg-bare",
        about: "one label, MJPEG without Huffman tables",
        device: 16,
        act: Act::Steady,
        coding: Coding::MjpegBare,
        size: HD,
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/6R8S0T2U4VWX"],
    },
    Case {
        name: "nv12-one",
        about: "one label, NV12, on the node of `mjpeg-one`",
        device: 12,
        act: Act::Steady,
        coding: Coding::Nv12,
        size: HD,
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7S9T1U3V5WXY"],
    },
    Case {
        name: "resized",
        about: "the node of `yuyv-one` opened anew, now smaller",
        device: 10,
        act: Act::Steady,
        coding: Coding::Yuyv,
        size: (640, 480),
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/4P6Q8R0S2TUV"],
    },
    Case {
        name: "returns",
        about: "a camera that falls silent and comes back",
        device: 14,
        act: Act::Returns,
        coding: Coding::Yuyv,
        size: HD,
        labels: &["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/5Q7R9S1T3UVW"],
    },
    Case {
        name: "mute",
        about: "a stream without a frame",
        device: 15,
        act: Act::Mute,
        coding: Coding::Yuyv,
        size: HD,
        labels: &[],
    },
    Case {
        name: "idle",
        about: "a node without a stream, the last of all",
        device: 17,
        act: Act::Idle,
        coding: Coding::Yuyv,
        size: HD,
        labels: &[],
    },
    Case {
        name: "unplugged",
        about: "a camera pulled out and plugged in again",
        device: 30,
        act: Act::Unplugged,
        coding: Coding::Yuyv,
        size: (640, 480),
        labels: &[],
    },
    Case {
        name: "choice",
        about: "a camera of many modes, 720p at 12.5 pictures a second among them",
        device: 30,
        act: Act::Choice,
        coding: Coding::Yuyv,
        size: HD,
        labels: &[],
    },
];

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
        // The terminal may take the next node for a silent one.
        assert_eq!(nodes.last(), chosen(&["idle".to_owned()]).unwrap().first().map(|case| &case.device));
        assert!(CASES.is_sorted_by_key(|case| !case.is_loopback()));
    }

    #[test]
    fn cases_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), CASES.len());
        assert_eq!(chosen(&["mute".to_owned()]).unwrap()[0].name, "mute");
        assert!(chosen(&["loud".to_owned()]).unwrap_err().contains("yuyv-one"));
    }
}
