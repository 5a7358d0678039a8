//! `bench formats`: what it costs to get luma out of a camera's bytes, against a bare copy of them and zune-jpeg's own luma output.

use std::hint::black_box;

use clap::Args;
use image::codecs::jpeg::JpegEncoder;
use serde::Serialize;
use vision::Luma;
use vision::frame::{PixelFormat, RawFrame};
use vision::scene::{FrameSize, Scene, WAREHOUSE_1};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::measure::{Clock, Machine, Spread, rounded};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
/// As webcams compress.
const QUALITY: u8 = 85;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How often each way is taken.
    #[arg(long, default_value_t = 300)]
    pub rounds: usize,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No rounds.
    #[error("--rounds must be at least 1")]
    NoRounds,
    /// A way to luma failed on a frame made here.
    #[error("a frame could not be turned into luma: {0}; this is a fault of this program, please report it")]
    Failed(String),
}

/// What `bench formats` prints; times are thread-CPU ms of one 1080p frame.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `formats`.
    pub measurement: &'static str,
    /// Our luma of a YUYV frame.
    pub yuyv_to_luma_ms: Option<Spread>,
    /// A copy of the same bytes: the floor.
    pub yuyv_copy_ms: Option<Spread>,
    /// Our luma of an MJPEG frame.
    pub mjpeg_to_luma_ms: Option<Spread>,
    /// zune-jpeg's own luma output of the same bytes.
    pub mjpeg_zune_luma_ms: Option<Spread>,
    /// Ours over zune-jpeg's, of the medians.
    pub mjpeg_ratio: Option<f64>,
    /// A copy of the same bytes.
    pub mjpeg_copy_ms: Option<Spread>,
    /// Bytes of the YUYV frame.
    pub yuyv_bytes: usize,
    /// Bytes of the MJPEG frame.
    pub mjpeg_bytes: usize,
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// How often each way was taken.
    pub rounds: usize,
    /// The machine.
    pub machine: Machine,
}

/// Measures: the ways in turn, so that what else happens on the machine hits all alike.
pub fn run(options: &Options) -> Result<Report, Refused> {
    if options.rounds == 0 {
        return Err(Refused::NoRounds);
    }
    let mut machine = Machine::here();
    let (yuyv, mjpeg) = frames().map_err(Refused::Failed)?;
    let mut times: [Vec<f64>; 5] = Default::default();
    let (mut yuyv_spare, mut mjpeg_spare) = (Vec::new(), Vec::new());
    // The first round warms up.
    for round in 0..=options.rounds {
        let laps = [
            timed_again(&mut yuyv_spare, |spare| to_luma(PixelFormat::Yuyv, &yuyv, spare)),
            timed(|| Ok(yuyv.clone())),
            timed_again(&mut mjpeg_spare, |spare| to_luma(PixelFormat::Mjpeg, &mjpeg, spare)),
            timed(|| zune_luma(&mjpeg)),
            timed(|| Ok(mjpeg.clone())),
        ];
        for (times, lap) in times.iter_mut().zip(laps) {
            let ms = lap.map_err(Refused::Failed)?;
            if round > 0 {
                times.push(ms);
            }
        }
    }
    machine.finish();
    let [yuyv_to_luma_ms, yuyv_copy_ms, mjpeg_to_luma_ms, mjpeg_zune_luma_ms, mjpeg_copy_ms] =
        times.map(|times| Spread::of(&times));
    let ratio = mjpeg_to_luma_ms.zip(mjpeg_zune_luma_ms).map(|(ours, zune)| rounded(ours.p50 / zune.p50, 3));
    Ok(Report {
        measurement: "formats",
        yuyv_to_luma_ms,
        yuyv_copy_ms,
        mjpeg_to_luma_ms,
        mjpeg_zune_luma_ms,
        mjpeg_ratio: ratio,
        mjpeg_copy_ms,
        yuyv_bytes: yuyv.len(),
        mjpeg_bytes: mjpeg.len(),
        width: WIDTH,
        height: HEIGHT,
        rounds: options.rounds,
        machine,
    })
}

/// Writes the table to stderr.
pub fn print(report: &Report) {
    eprintln!("\n{}x{}, thread-CPU ms; {}", report.width, report.height, report.machine.line());
    let ways = [
        ("YUYV to luma", report.yuyv_to_luma_ms, report.yuyv_bytes),
        ("  copy of the bytes", report.yuyv_copy_ms, report.yuyv_bytes),
        ("MJPEG to luma", report.mjpeg_to_luma_ms, report.mjpeg_bytes),
        ("  zune-jpeg's own luma", report.mjpeg_zune_luma_ms, report.mjpeg_bytes),
        ("  copy of the bytes", report.mjpeg_copy_ms, report.mjpeg_bytes),
    ];
    eprintln!("{:<26}{:>10}{:>9}{:>9}{:>9}", "", "bytes", "p50", "p99", "max");
    for (name, spread, bytes) in ways {
        let Some(ms) = spread else { continue };
        eprintln!("{name:<26}{bytes:>10}{:>9.2}{:>9.2}{:>9.2}", ms.p50, ms.p99, ms.max);
    }
    if let Some(ratio) = report.mjpeg_ratio {
        eprintln!("MJPEG: {ratio:.2} of zune-jpeg's time");
    }
}

fn timed(way: impl FnOnce() -> Result<Vec<u8>, String>) -> Result<f64, String> {
    let clock = Clock::thread();
    let luma = way()?;
    black_box(&luma);
    Ok(clock.lap().cpu_ms)
}

/// The same with memory that is used again.
fn timed_again(spare: &mut Vec<u8>, way: impl FnOnce(&mut Vec<u8>) -> Result<Vec<u8>, String>) -> Result<f64, String> {
    let clock = Clock::thread();
    *spare = way(spare)?;
    black_box(&spare);
    Ok(clock.lap().cpu_ms)
}

/// A scene of ten labels as a camera would send it: YUYV, and MJPEG.
fn frames() -> Result<(Vec<u8>, Vec<u8>), String> {
    let texts: Vec<String> =
        (0..10).map(|at| format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/FORMAT{at}")).collect();
    let size = FrameSize { width: 1920, height: 1080 };
    let frame = Scene::new(&texts, size, WAREHOUSE_1).map_err(|error| error.to_string())?.shoot(1).frame;
    let luma = Luma::from_rgb(&frame).map_err(|error| error.to_string())?;
    let yuyv = luma.view().data().iter().flat_map(|luma| [*luma, 128]).collect();
    let mut mjpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut mjpeg, QUALITY).encode_image(&frame).map_err(|error| error.to_string())?;
    Ok((yuyv, mjpeg))
}

/// A frame to luma as the product does it, in the memory of the frame before.
fn to_luma(format: PixelFormat, bytes: &[u8], spare: &mut Vec<u8>) -> Result<Vec<u8>, String> {
    let luma = RawFrame::packed(format, bytes, WIDTH, HEIGHT).to_luma(std::mem::take(spare));
    luma.map(Luma::into_bytes).map_err(|error| error.to_string())
}

fn zune_luma(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options).decode().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_gives_the_same_picture() {
        let (yuyv, mjpeg) = frames().unwrap();
        let luma = to_luma(PixelFormat::Yuyv, &yuyv, &mut Vec::new()).unwrap();
        assert_eq!((luma.len(), yuyv.len()), (WIDTH * HEIGHT, 2 * WIDTH * HEIGHT));
        let mean =
            |bytes: &[u8]| bytes.iter().map(|byte| f64::from(*byte)).sum::<f64>() / crate::measure::number(bytes.len());
        for other in [to_luma(PixelFormat::Mjpeg, &mjpeg, &mut Vec::new()).unwrap(), zune_luma(&mjpeg).unwrap()] {
            assert_eq!(other.len(), luma.len());
            // Both weigh colours in their own way.
            assert!((mean(&other) - mean(&luma)).abs() < 8.0);
        }
    }
}
