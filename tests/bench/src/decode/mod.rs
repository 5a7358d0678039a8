//! `bench decode`: who reads what of a collection of pictures, what is wrong, and what it costs.

mod report;
mod row;
mod table;
mod tally;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use vision::Luma;

use crate::collection::{Collection, Unusable};
use crate::contender::Name;
use crate::measure::Machine;
use crate::race::Field;
use crate::worker::Kind;

pub use self::report::Report;
pub use self::row::{Row, SizeClass};
pub use self::table::print;
pub use self::tally::Tally;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Folders of pictures (with manifest.csv or without), manifests, or single pictures.
    #[arg(default_value = "../shared/qr-images")]
    pub paths: Vec<PathBuf>,
    /// Who takes part.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Name::ALL)]
    pub contenders: Vec<Name>,
    /// CPU seconds after which a contender is stopped on a picture; that picture counts as not read.
    #[arg(long, default_value_t = 30.0, value_name = "SECONDS")]
    pub guard_s: f64,
    /// Adds `pictures` to the JSON: what each contender read of each picture.
    #[arg(long)]
    pub pictures: bool,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum NothingMeasured {
    /// No path led to a picture.
    #[error("there is no picture to measure: {reasons}; give a folder of pictures, a manifest.csv or pictures")]
    NoPicture {
        /// What was wrong with the paths.
        reasons: String,
    },
    /// Nobody could take part.
    #[error("no contender could be started: {reasons}")]
    NoContender {
        /// Each with its reason.
        reasons: String,
    },
    /// The guard is no time.
    #[error("--guard-s must be more than 0 seconds and less than a day")]
    Guard,
}

/// Measures. What cannot be read as a picture is listed in the report, and the rest goes on.
pub fn run(options: &Options) -> Result<Report, NothingMeasured> {
    let guard = guard(options.guard_s)?;
    let Collection { pictures, mut unusable } = Collection::open(&options.paths);
    let mut machine = Machine::here();
    let mut field = start(&options.contenders, guard)?;
    let mut rows: Vec<Row> = Vec::new();
    let every = pictures.len().div_ceil(10).max(1);
    for (at, picture) in pictures.into_iter().enumerate() {
        if at.is_multiple_of(every) {
            eprintln!("  {at} pictures done");
        }
        let luma = match Luma::open(&picture.path) {
            Ok(luma) => luma,
            Err(error) => {
                unusable.push(Unusable { path: picture.path.display().to_string(), error: error.to_string() });
                continue;
            }
        };
        let view = luma.view();
        if rows.is_empty() {
            field.warm_up(&view);
        }
        let outcomes = field.read(Kind::Picture, &view, |_| true).into_iter().flatten().collect();
        rows.push(Row::new(picture, view.width() * view.height(), outcomes));
    }
    machine.finish();
    if rows.is_empty() {
        let reasons: Vec<String> = unusable.iter().map(|one| format!("{}: {}", one.path, one.error)).collect();
        let reasons = if reasons.is_empty() { "the folders hold none".to_owned() } else { reasons.join("; ") };
        return Err(NothingMeasured::NoPicture { reasons });
    }
    Ok(Report::new(machine, &field, &rows, unusable, options))
}

/// The contenders that can be started, at least one.
pub(crate) fn start(names: &[Name], guard: Duration) -> Result<Field, NothingMeasured> {
    let field = Field::start(names, guard);
    for (name, why) in &field.absent {
        eprintln!("{} takes no part: {why}", name.key());
    }
    if field.runners.is_empty() {
        let reasons: Vec<String> = field.absent.iter().map(|(name, why)| format!("{}: {why}", name.key())).collect();
        return Err(NothingMeasured::NoContender { reasons: reasons.join("; ") });
    }
    Ok(field)
}

/// A guard of so many seconds.
pub(crate) fn guard(seconds: f64) -> Result<Duration, NothingMeasured> {
    if seconds > 0.0 && seconds < 86_400.0 { Ok(Duration::from_secs_f64(seconds)) } else { Err(NothingMeasured::Guard) }
}
