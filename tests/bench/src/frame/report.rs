//! All cells together: the JSON of `bench frame`.

use std::collections::BTreeMap;

use serde::Serialize;
use vision::scene::FrameSize;

use super::cell::{Cell, Single};
use super::hard::Stall;
use super::{Options, Size};
use crate::contender::Name;
use crate::measure::{Machine, Spread, number, percent, rounded};
use crate::race::{Fault, Field};

/// A frame of a camera must not cost more, ms: what comes in the next tenth of a second waits.
const LIMIT_MS: f64 = 100.0;

/// What `bench frame` prints. Keys are part of the interface; `docs/capture.md` says what each means. Shares are in percent, null
/// where the run did not measure them.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `frame`.
    pub measurement: &'static str,
    /// Labels that we read, of all, one frame at a time.
    pub share_1080p_10_labels: Option<f64>,
    /// The same with 30 labels.
    pub share_1080p_30_labels: Option<f64>,
    /// What zxing-cpp reads of the same frames.
    pub share_1080p_30_labels_zxing_cpp: Option<f64>,
    /// Labels that we read at least once over the consecutive frames of a scene.
    pub share_1080p_30_labels_over_frames: Option<f64>,
    /// 4K with 60 labels, one frame at a time.
    pub share_4k_60_labels: Option<f64>,
    /// Our median CPU ms with one label.
    pub median_ms_1080p_1_label: Option<f64>,
    /// And with 30.
    pub median_ms_1080p_30_labels: Option<f64>,
    /// Frames of 1080p, read by themselves, that cost us at most 100 ms of CPU time.
    pub share_1080p_frames_within_100_ms: Option<f64>,
    /// The same for frames that are followed; null as long as none are.
    pub share_1080p_followed_frames_within_100_ms: Option<f64>,
    /// 1080p frames that we were given.
    pub frames_1080p: usize,
    /// Texts that we reported and that are on no label.
    pub wrong_texts: usize,
    /// Our longest CPU time on a picture that stalls decoders, ms.
    pub longest_ms_on_stalls: Option<f64>,
    /// Each frame size and number of labels.
    pub cells: Vec<CellReport>,
    /// Pictures that stall decoders.
    pub stalls: Vec<Stall>,
    /// Why a contender is absent.
    pub absent: BTreeMap<&'static str, String>,
    /// Versions and settings.
    pub settings: BTreeMap<&'static str, String>,
    /// Name of the profile.
    pub profile: String,
    /// First seed, and the one after the last.
    pub seeds: [u64; 2],
    /// Consecutive frames of each scene.
    pub frames_per_scene: usize,
    /// CPU seconds after which a contender is stopped on a frame.
    pub guard_s: f64,
    /// CPU seconds after which a slow contender gets no further frame of a cell.
    pub budget_s: f64,
    /// The machine.
    pub machine: Machine,
}

/// One frame size and number of labels.
#[derive(Clone, Debug, Serialize)]
pub struct CellReport {
    /// As `1920x1080`.
    pub size: String,
    /// Labels in a frame.
    pub labels: usize,
    /// Frames drawn.
    pub frames: usize,
    /// By contender; null for one that is absent.
    pub contenders: BTreeMap<&'static str, Option<Figures>>,
}

/// One contender in one cell.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Frames that it was given.
    pub frames: usize,
    /// Labels read of all labels, one frame at a time, percent.
    pub share: Option<f64>,
    /// Labels read at least once over the frames of a scene, percent.
    pub share_over_frames: Option<f64>,
    /// Texts on no label, in single frames and sequences.
    pub wrong_texts: usize,
    /// CPU time of a frame by itself, ms.
    pub cpu_ms: Option<Spread>,
    /// The same on the wall.
    pub wall_ms: Option<Spread>,
    /// CPU time of a frame of a sequence, ms; null for one that reads each frame by itself.
    pub sequence_cpu_ms: Option<Spread>,
    /// Against zxing-cpp on the very same frames; null for zxing-cpp itself.
    pub against_zxing_cpp: Option<Against>,
    /// It used up its budget and was not given the rest of the frames.
    pub cut: bool,
    /// Frames on which it crashed.
    pub crashes: usize,
    /// Frames on which the guard ended it.
    pub timeouts: usize,
}

/// A contender against zxing-cpp over the frames that both were given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Against {
    /// Labels read over labels that zxing-cpp read.
    pub labels_ratio: Option<f64>,
    /// Median CPU time over zxing-cpp's.
    pub cpu_p50_ratio: Option<f64>,
}

impl Report {
    /// Of all cells.
    #[must_use]
    pub fn new(machine: Machine, field: &Field, cells: &[Cell], stalls: Vec<Stall>, options: &Options) -> Self {
        let reports: Vec<CellReport> = cells.iter().map(|cell| cell_report(cell, field)).collect();
        let figures = |size: Size, labels: usize, name: Name| {
            let at = cells.iter().position(|cell| cell.size == size && cell.labels == labels)?;
            reports[at].contenders.get(name.key())?.as_ref()
        };
        let ours = |size: Size, labels: usize| figures(size, labels, Name::Ours);
        let median = |labels: usize| Some(ours(Size::FullHd, labels)?.cpu_ms?.p50);
        let at = field.runners.iter().position(|runner| runner.name == Name::Ours);
        let full_hd = || cells.iter().filter(|cell| cell.size == Size::FullHd);
        let singles: Vec<f64> =
            at.map_or_else(Vec::new, |at| full_hd().flat_map(|cell| cpu(&cell.singles[at])).collect());
        let followed: Vec<f64> = at.map_or_else(Vec::new, |at| {
            full_hd().flat_map(|cell| &cell.sequences[at]).flat_map(|s| s.cpu_ms.clone()).collect()
        });
        let present = || field.runners.iter();
        Self {
            measurement: "frame",
            share_1080p_10_labels: ours(Size::FullHd, 10).and_then(|own| own.share),
            share_1080p_30_labels: ours(Size::FullHd, 30).and_then(|own| own.share),
            share_1080p_30_labels_zxing_cpp: figures(Size::FullHd, 30, Name::ZxingCpp).and_then(|own| own.share),
            share_1080p_30_labels_over_frames: ours(Size::FullHd, 30).and_then(|own| own.share_over_frames),
            share_4k_60_labels: ours(Size::FourK, 60).and_then(|own| own.share),
            median_ms_1080p_1_label: median(1),
            median_ms_1080p_30_labels: median(30),
            share_1080p_frames_within_100_ms: within(&singles),
            share_1080p_followed_frames_within_100_ms: within(&followed),
            frames_1080p: singles.len(),
            wrong_texts: reports
                .iter()
                .filter_map(|cell| Some(cell.contenders.get("ours")?.as_ref()?.wrong_texts))
                .sum(),
            longest_ms_on_stalls: stalls.iter().filter_map(|stall| stall.cpu_ms.get("ours").copied()).reduce(f64::max),
            cells: reports,
            stalls,
            absent: field.absent.iter().map(|(name, why)| (name.key(), why.clone())).collect(),
            settings: present().map(|runner| (runner.name.key(), runner.settings.clone())).collect(),
            profile: options.profile.clone(),
            seeds: [options.seeds.start, options.seeds.end],
            frames_per_scene: options.frames,
            guard_s: options.guard_s,
            budget_s: options.budget_s,
            machine,
        }
    }
}

/// As people and reports write a size.
pub(super) fn shown(size: FrameSize) -> String {
    format!("{}x{}", size.width, size.height)
}

fn within(times_ms: &[f64]) -> Option<f64> {
    let good = times_ms.iter().filter(|ms| **ms <= LIMIT_MS).count();
    (!times_ms.is_empty()).then(|| rounded(number(good) * 100.0 / number(times_ms.len()), 3))
}

fn cpu(singles: &[Option<Single>]) -> Vec<f64> {
    singles.iter().flatten().map(|single| single.cpu_ms).collect()
}

fn cell_report(cell: &Cell, field: &Field) -> CellReport {
    let zxing = field.runners.iter().position(|runner| runner.name == Name::ZxingCpp);
    let zxing = zxing.map(|at| cell.singles[at].as_slice());
    let mut contenders: BTreeMap<&'static str, Option<Figures>> =
        field.absent.iter().map(|(name, _)| (name.key(), None)).collect();
    for (at, runner) in field.runners.iter().enumerate() {
        let other = zxing.filter(|_| runner.name != Name::ZxingCpp);
        contenders.insert(runner.name.key(), Some(figures(cell, at, other)));
    }
    let frames = cell.singles.iter().map(Vec::len).max().unwrap_or(0);
    CellReport { size: shown(cell.size.pixels()), labels: cell.labels, frames, contenders }
}

fn figures(cell: &Cell, at: usize, zxing: Option<&[Option<Single>]>) -> Figures {
    let singles: Vec<&Single> = cell.singles[at].iter().flatten().collect();
    let sequences = &cell.sequences[at];
    let read = singles.iter().map(|single| single.read).sum();
    let over = sequences.iter().map(|sequence| sequence.read).sum();
    let wall: Vec<f64> = singles.iter().map(|single| single.wall_ms).collect();
    let followed: Vec<f64> = sequences.iter().flat_map(|sequence| sequence.cpu_ms.clone()).collect();
    let faults = |fault: Fault| singles.iter().filter(|single| single.fault == Some(fault)).count();
    // For those that read each frame by itself a sequence holds no other wrong texts than its frames.
    let wrong_in_sequences: usize =
        sequences.iter().filter(|sequence| !sequence.cpu_ms.is_empty()).map(|sequence| sequence.wrong.len()).sum();
    Figures {
        frames: singles.len(),
        share: percent(read, singles.len() * cell.labels),
        share_over_frames: percent(over, sequences.len() * cell.labels),
        wrong_texts: singles.iter().map(|single| single.wrong.len()).sum::<usize>() + wrong_in_sequences,
        cpu_ms: Spread::of(&cpu(&cell.singles[at])),
        wall_ms: Spread::of(&wall),
        sequence_cpu_ms: Spread::of(&followed),
        against_zxing_cpp: zxing.map(|zxing| against(&cell.singles[at], zxing)),
        cut: cell.singles[at].contains(&None),
        crashes: faults(Fault::Crashed),
        timeouts: faults(Fault::TimedOut),
    }
}

fn against(own: &[Option<Single>], other: &[Option<Single>]) -> Against {
    let both: Vec<(&Single, &Single)> =
        own.iter().zip(other).filter_map(|(own, other)| Some((own.as_ref()?, other.as_ref()?))).collect();
    let ratio = |own: f64, other: f64| (other > 0.0).then(|| rounded(own / other, 3));
    let labels = |pick: fn(&(&Single, &Single)) -> usize| number(both.iter().map(pick).sum());
    let median = |pick: fn(&(&Single, &Single)) -> f64| Spread::of(&both.iter().map(pick).collect::<Vec<_>>());
    let cpu = median(|(own, _)| own.cpu_ms).zip(median(|(_, other)| other.cpu_ms));
    Against {
        labels_ratio: ratio(labels(|(own, _)| own.read), labels(|(_, other)| other.read)),
        cpu_p50_ratio: cpu.and_then(|(own, other)| ratio(own.p50, other.p50)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(read: usize, cpu_ms: f64) -> Single {
        Single { read, wrong: Vec::new(), cpu_ms, wall_ms: cpu_ms, fault: None }
    }

    #[test]
    fn only_frames_that_both_were_given_are_compared() {
        let own = [Some(single(9, 20.0)), None, Some(single(9, 20.0))];
        let other = [Some(single(6, 10.0)), Some(single(100, 1.0)), Some(single(6, 10.0))];
        let against = against(&own, &other);
        assert_eq!((against.labels_ratio, against.cpu_p50_ratio), (Some(1.5), Some(2.0)));
    }

    #[test]
    fn the_limit_itself_is_within() {
        assert_eq!(within(&[100.0, 100.1, 3.0, 4.0]), Some(75.0));
        assert_eq!(within(&[]), None);
    }

    #[test]
    fn shares_are_of_the_frames_given() {
        let sequence = super::super::Sequence { read: 10, wrong: vec![], cpu_ms: vec![] };
        let cell = Cell {
            size: Size::FullHd,
            labels: 10,
            singles: vec![vec![Some(single(9, 2.0)), None, Some(single(8, 4.0))]],
            sequences: vec![vec![sequence]],
            cut: std::collections::BTreeSet::from([Name::Rqrr]),
        };
        let figures = figures(&cell, 0, None);
        assert_eq!((figures.share, figures.share_over_frames, figures.frames), (Some(85.0), Some(100.0), 2));
        assert!(figures.against_zxing_cpp.is_none() && figures.sequence_cpu_ms.is_none() && figures.cut);
    }
}
