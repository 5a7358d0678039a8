//! All contenders together: the JSON of `bench decode`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Options;
use super::row::Row;
use super::tally::Tally;
use crate::collection::Unusable;
use crate::contender::Name;
use crate::measure::{Machine, number, rounded};
use crate::race::Field;
use crate::texts::Truth;

/// How many of the pictures that cost rqrr most are shown.
const STALLS: usize = 12;

/// What `bench decode` prints. Keys are part of the interface; `docs/capture.md` says what each means.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `decode`.
    pub measurement: &'static str,
    /// Share of pictures with known codes of which our pipeline read all, percent.
    pub all_right_percent: Option<f64>,
    /// Of which it read at least one, percent.
    pub any_right_percent: Option<f64>,
    /// Texts that it reported and that are not on their picture.
    pub wrong_texts: Option<usize>,
    /// Those of them that no other contender read there.
    pub wrong_texts_alone: Option<usize>,
    /// zxing-cpp's own `all_right_percent`.
    pub zxing_cpp_all_right_percent: Option<f64>,
    /// Sets of which we read fewer pictures (all codes right) than zxing-cpp.
    pub sets_below_zxing_cpp: Vec<String>,
    /// Our longest CPU time on a picture, ms.
    pub longest_ms: Option<f64>,
    /// Pictures by what is known of them.
    pub pictures_measured: Pictures,
    /// By contender; null for one that is absent.
    pub contenders: BTreeMap<&'static str, Option<Tally>>,
    /// Why a contender is absent.
    pub absent: BTreeMap<&'static str, String>,
    /// Each other contender's CPU time over ours.
    pub cpu_ratio_to_ours: BTreeMap<&'static str, Ratio>,
    /// Pictures of which zxing-cpp reads all codes and our pipeline does not.
    pub only_zxing_cpp: Vec<String>,
    /// The reverse.
    pub only_ours: Vec<String>,
    /// Pictures with known codes that no contender reads wholly.
    pub nobody: Vec<String>,
    /// The pictures that cost rqrr most, CPU ms of each contender.
    pub stalls: Vec<Stall>,
    /// Paths that could not be used.
    pub unusable: Vec<Unusable>,
    /// CPU seconds after which a contender is stopped.
    pub guard_s: f64,
    /// The machine.
    pub machine: Machine,
    /// With `--pictures`: each picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Vec<PictureReport>>,
}

/// Pictures by what is known of them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pictures {
    /// All that were decoded.
    pub all: usize,
    /// With known codes.
    pub with_codes: usize,
    /// Without a code.
    pub without_codes: usize,
    /// Of unknown truth: timed, not judged.
    pub unknown: usize,
    /// Whose sources contradict each other: timed, not judged.
    pub disputed: Vec<String>,
}

/// One contender's CPU time over ours, above 1 where it is slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Of the medians.
    pub p50: f64,
    /// Of the sums.
    pub sum: f64,
}

/// One picture that costs much.
#[derive(Clone, Debug, Serialize)]
pub struct Stall {
    /// The picture.
    pub file: String,
    /// Its pixels in millions.
    pub megapixels: f64,
    /// CPU time of each contender, ms.
    pub cpu_ms: BTreeMap<&'static str, f64>,
}

/// One picture in full.
#[derive(Clone, Debug, Serialize)]
pub struct PictureReport {
    /// Its name.
    pub file: String,
    /// Its set.
    pub set: String,
    /// Its known texts; null where unknown or disputed, empty where it has none.
    pub expected: Option<BTreeSet<String>>,
    /// What each contender read, and its CPU ms.
    pub read: BTreeMap<&'static str, Read>,
}

/// What a contender made of a picture.
#[derive(Clone, Debug, Serialize)]
pub struct Read {
    /// Texts.
    pub texts: Vec<String>,
    /// CPU ms.
    pub cpu_ms: f64,
    /// All codes right; null where nothing is known.
    pub all_right: Option<bool>,
}

impl Report {
    /// Of all rows.
    #[must_use]
    pub fn new(machine: Machine, field: &Field, rows: &[Row], unusable: Vec<Unusable>, options: &Options) -> Self {
        let keys: Vec<&'static str> = field.runners.iter().map(|runner| runner.name.key()).collect();
        let at = |name: Name| field.runners.iter().position(|runner| runner.name == name);
        let (ours, zxing, rqrr) = (at(Name::Ours), at(Name::ZxingCpp), at(Name::Rqrr));
        let tallies: Vec<Tally> = field
            .runners
            .iter()
            .enumerate()
            .map(|(at, runner)| Tally::new(rows, at, &keys, &runner.settings))
            .collect();
        let tally = |at: Option<usize>| at.map(|at| &tallies[at]);
        let (our_tally, zxing_tally) = (tally(ours), tally(zxing));
        let picked = |keep: &dyn Fn(&Row) -> bool| {
            rows.iter().filter(|row| row.counts() && keep(row)).map(|row| row.picture.name.clone()).collect()
        };
        let better = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) => picked(&|row| row.all_right(a) && !row.all_right(b)),
            _ => Vec::new(),
        };
        let mut contenders: BTreeMap<&'static str, Option<Tally>> =
            keys.iter().copied().zip(tallies.iter().cloned().map(Some)).collect();
        contenders.extend(field.absent.iter().map(|(name, _)| (name.key(), None)));
        Self {
            measurement: "decode",
            all_right_percent: our_tally.and_then(|tally| tally.rate.all_right_percent),
            any_right_percent: our_tally.and_then(|tally| tally.rate.any_right_percent),
            wrong_texts: our_tally.map(|tally| tally.wrong_texts),
            wrong_texts_alone: our_tally.map(|tally| tally.wrong_texts_alone),
            zxing_cpp_all_right_percent: zxing_tally.and_then(|tally| tally.rate.all_right_percent),
            sets_below_zxing_cpp: our_tally.zip(zxing_tally).map_or_else(Vec::new, |(ours, zxing)| below(ours, zxing)),
            longest_ms: our_tally.and_then(|tally| Some(tally.cpu_ms?.max)),
            pictures_measured: pictures(rows),
            contenders,
            absent: field.absent.iter().map(|(name, why)| (name.key(), why.clone())).collect(),
            cpu_ratio_to_ours: ours.map_or_else(BTreeMap::new, |ours| ratios(&tallies, &keys, ours)),
            only_zxing_cpp: better(zxing, ours),
            only_ours: better(ours, zxing),
            nobody: picked(&|row| (0..keys.len()).all(|at| !row.all_right(at))),
            stalls: rqrr.map_or_else(Vec::new, |rqrr| stalls(rows, &keys, rqrr)),
            unusable,
            guard_s: options.guard_s,
            machine,
            pictures: options.pictures.then(|| rows.iter().map(|row| picture(row, &keys)).collect()),
        }
    }
}

fn below(ours: &Tally, theirs: &Tally) -> Vec<String> {
    let sets = ours.by_set.iter().filter(|(set, rate)| theirs.by_set[*set].all_right > rate.all_right);
    sets.map(|(set, _)| set.clone()).collect()
}

fn pictures(rows: &[Row]) -> Pictures {
    let mut pictures = Pictures { all: rows.len(), ..Pictures::default() };
    for row in rows {
        match row.picture.truth {
            Truth::Texts(_) => pictures.with_codes += 1,
            Truth::Nothing => pictures.without_codes += 1,
            Truth::Unknown => pictures.unknown += 1,
            Truth::Disputed => pictures.disputed.push(row.picture.name.clone()),
        }
    }
    pictures
}

fn ratios(tallies: &[Tally], keys: &[&'static str], ours: usize) -> BTreeMap<&'static str, Ratio> {
    let Some(own) = tallies[ours].cpu_ms else { return BTreeMap::new() };
    let ratio = |tally: &Tally| {
        let other = tally.cpu_ms?;
        let of = |other: f64, own: f64| rounded(other / own.max(0.001), 2);
        Some(Ratio {
            p50: of(other.p50, own.p50),
            sum: of(other.mean * number(other.count), own.mean * number(own.count)),
        })
    };
    let others = keys.iter().zip(tallies).enumerate().filter(|(at, _)| *at != ours);
    others.filter_map(|(_, (key, tally))| Some((*key, ratio(tally)?))).collect()
}

fn stalls(rows: &[Row], keys: &[&'static str], rqrr: usize) -> Vec<Stall> {
    let mut slowest: Vec<&Row> = rows.iter().collect();
    slowest.sort_by(|a, b| b.outcomes[rqrr].cpu_ms.total_cmp(&a.outcomes[rqrr].cpu_ms));
    let stall = |row: &Row| Stall {
        file: row.picture.name.clone(),
        megapixels: rounded(number(row.pixels) / 1e6, 2),
        cpu_ms: keys.iter().zip(&row.outcomes).map(|(key, outcome)| (*key, rounded(outcome.cpu_ms, 1))).collect(),
    };
    slowest.into_iter().take(STALLS).map(stall).collect()
}

fn picture(row: &Row, keys: &[&'static str]) -> PictureReport {
    let expected = match &row.picture.truth {
        Truth::Texts(texts) => Some(texts.clone()),
        Truth::Nothing => Some(BTreeSet::new()),
        Truth::Unknown | Truth::Disputed => None,
    };
    let read = |at: usize| Read {
        texts: row.outcomes[at].texts.clone(),
        cpu_ms: rounded(row.outcomes[at].cpu_ms, 3),
        all_right: row.counts().then(|| row.all_right(at)),
    };
    PictureReport {
        file: row.picture.name.clone(),
        set: row.picture.set.clone(),
        expected,
        read: keys.iter().enumerate().map(|(at, key)| (*key, read(at))).collect(),
    }
}
