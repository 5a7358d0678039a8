//! One way of showing a load: pictures are drawn and read until it is whole.

use anyhow::{Context, ensure};
use scanner_app::carry::fountain::{Frames, Heard, Receiver};
use serde::Serialize;
use shared::chain::sha256;
use shared::wire::sealed::{Frame, Load};
use vision::scene::{FrameSize, Label, LabelFormat, Scene};
use vision::{Luma, Mode, Reader};

use super::{Options, Way};
use crate::measure::{Clock, Spread, number, percent, rounded};

/// How long is tried at most, seconds of showing.
const SECONDS_MAX: u32 = 120;

/// How a frame is written into its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writing {
    /// Base45, in alphanumeric mode.
    Base45,
    /// As it is, in byte mode.
    Bytes,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// How a frame is written.
    pub writing: Writing,
    /// Bytes of the load in one picture, at most.
    pub symbol_bytes: u16,
    /// Bytes of one frame with its header.
    pub frame_bytes: usize,
    /// QR version of the pictures.
    pub version: u8,
    /// Their error correction.
    pub ec_level: vision::EcLevel,
    /// The simulated camera.
    pub profile: &'static str,
    /// Pictures that carry the load where none is lost.
    pub needed: u32,
    /// Pictures shown until it was whole.
    pub shown: u32,
    /// Of them, dropped at random before the camera.
    pub dropped: u32,
    /// Pictures before the camera that could not be read, or read wrong.
    pub unread: u32,
    /// Of those before the camera, read right, percent.
    pub read_percent: Option<f64>,
    /// Pictures whose bytes came out other than they went in, though something was read.
    pub wrong: u32,
    /// Time from the first picture to the whole, at the rate that they are shown, s; none where it was never whole.
    pub seconds: Option<f64>,
    /// Processor time of one reading, ms.
    pub read_ms: Spread,
}

/// Shows `bytes` one way until they are whole on the other side, digest and all.
pub(super) fn run(way: &Way, (load, bytes): (Load, &[u8]), options: &Options) -> anyhow::Result<Cell> {
    let mut frames = Frames::new(load, bytes, way.symbol_bytes)?;
    let needed = frames.code().symbols();
    let first = frames.next().context("a first frame")?;
    let version = version(way, &first)?;
    let (mut receiver, mut whole) = (Receiver::new(), None);
    let (mut shown, mut dropped, mut unread, mut wrong, mut times) = (0, 0, 0, 0, Vec::new());
    let drawn = (1..).zip(std::iter::once(first).chain(frames)).take((SECONDS_MAX * options.fps) as usize);
    for (number, frame) in drawn {
        shown = number;
        if is_lost(number, options.loss) {
            dropped += 1;
            continue;
        }
        let picture = photograph(way, &frame, version, number)?;
        let clock = Clock::thread();
        let symbols = Reader::new().read(&picture.view());
        times.push(clock.lap().cpu_ms);
        let right = symbols.iter().any(|symbol| match way.writing {
            Writing::Base45 => symbol.text == frame.to_text(),
            Writing::Bytes => symbol.payload() == frame.to_bytes(),
        });
        unread += u32::from(!right);
        wrong += u32::from(!right && !symbols.is_empty());
        // The receiver hears what was read, right or wrong; the other writing is only counted.
        let heard: Vec<String> = match way.writing {
            Writing::Base45 => symbols.into_iter().map(|symbol| symbol.text).collect(),
            Writing::Bytes => right.then(|| frame.to_text()).into_iter().collect(),
        };
        if let Some(Heard::Whole(_, got)) =
            heard.iter().map(|text| receiver.hear(text)).find(|heard| matches!(heard, Heard::Whole(..)))
        {
            ensure!(sha256(&[&got]) == sha256(&[bytes]), "what came out is not what went in");
            whole = Some(number);
            break;
        }
    }
    let seen = shown - dropped;
    Ok(Cell {
        writing: way.writing,
        symbol_bytes: way.symbol_bytes,
        frame_bytes: usize::from(way.symbol_bytes) + shared::wire::sealed::FRAME_OVERHEAD_BYTES,
        version,
        ec_level: way.ec_level,
        profile: way.profile.name,
        needed,
        shown,
        dropped,
        unread,
        read_percent: percent((seen - unread) as usize, seen as usize),
        wrong,
        seconds: whole.map(|number: u32| rounded(self::number(number as usize) / f64::from(options.fps), 1)),
        read_ms: Spread::of(&times).context("no picture came before the camera")?,
    })
}

/// Drawn by the digest of its number: the same pictures are lost in every run.
fn is_lost(number: u32, loss_percent: u32) -> bool {
    let [a, b, c, d, ..] = *sha256(&[b"lost", &number.to_be_bytes()]).as_bytes();
    u32::from_be_bytes([a, b, c, d]) % 100 < loss_percent
}

/// The least version that holds a frame.
fn version(way: &Way, frame: &Frame) -> anyhow::Result<u8> {
    (1..=40).find(|version| symbol(way, frame, *version).is_some()).context("no QR version holds the frame")
}

fn symbol(way: &Way, frame: &Frame, version: u8) -> Option<Label> {
    match way.writing {
        Writing::Base45 => {
            let format = LabelFormat { version, ec_level: way.ec_level, mode: Mode::Alphanumeric };
            Label::with_format(&frame.to_text(), format).ok()
        }
        Writing::Bytes => Label::of_bytes(&frame.to_bytes(), version, way.ec_level),
    }
}

/// The frame as a camera of the profile sees it, each at a moment of its own.
fn photograph(way: &Way, frame: &Frame, version: u8, number: u32) -> anyhow::Result<Luma> {
    let label = symbol(way, frame, version).context("a frame that its version does not hold")?;
    let scene = Scene::with_labels(vec![label], FrameSize::FULL_HD, way.profile);
    Ok(scene.shoot_luma(u64::from(number)).frame)
}
