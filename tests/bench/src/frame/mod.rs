//! `bench frame`: labels read in synthetic warehouse frames, one frame at a time and over consecutive ones.

mod cell;
mod hard;
mod report;
mod scenes;
mod table;

use std::ops::Range;

use clap::{Args, ValueEnum};
use vision::scene::FrameSize;

use crate::contender::Name;
use crate::decode::{NothingMeasured, guard, start};
use crate::measure::Machine;

pub use self::cell::{Cell, Sequence, Single};
pub use self::report::Report;
pub use self::table::print;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Scenes, `A..B`: each seed is one pallet with labels of its own.
    #[arg(long, default_value = "0..5", value_parser = parse_seeds, value_name = "A..B")]
    pub seeds: Range<u64>,
    /// The camera, its light and its holder, by name.
    #[arg(long, default_value = "warehouse-1", value_name = "NAME")]
    pub profile: String,
    /// Labels in a frame.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10, 30, 60])]
    pub labels: Vec<usize>,
    /// Frame sizes.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Size::FullHd, Size::FourK])]
    pub size: Vec<Size>,
    /// Consecutive frames of each scene.
    #[arg(long, default_value_t = 10)]
    pub frames: usize,
    /// Who takes part.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Name::ALL)]
    pub contenders: Vec<Name>,
    /// CPU seconds after which a contender is stopped on a frame; that frame counts as not read.
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    pub guard_s: f64,
    /// CPU seconds after which a slow contender (any but ours and `zxing_cpp`) gets no further frame of the same size and labels.
    #[arg(long, default_value_t = 8.0, value_name = "SECONDS")]
    pub budget_s: f64,
}

/// Frame sizes by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// 1920x1080.
    #[value(name = "1080p")]
    FullHd,
    /// 3840x2160.
    #[value(name = "4k")]
    FourK,
}

impl Size {
    /// Its pixels.
    #[must_use]
    pub fn pixels(self) -> FrameSize {
        match self {
            Self::FullHd => FrameSize { width: 1920, height: 1080 },
            Self::FourK => FrameSize { width: 3840, height: 2160 },
        }
    }
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody could take part, or the guard is none.
    #[error(transparent)]
    Nothing(#[from] NothingMeasured),
    /// No profile has the name.
    #[error("there is no profile `{0}`; there are: {known}", known = scenes::names().join(", "))]
    Profile(String),
    /// A count is 0.
    #[error("--labels and --frames must be at least 1, and --seeds must name at least one seed, such as 0..5")]
    Empty,
}

/// Measures.
pub fn run(options: &Options) -> Result<Report, Refused> {
    if options.frames == 0 || options.labels.contains(&0) || options.seeds.is_empty() {
        return Err(Refused::Empty);
    }
    let guard = guard(options.guard_s)?;
    if vision::scene::Profile::named(&options.profile).is_none() {
        return Err(Refused::Profile(options.profile.clone()));
    }
    let mut machine = Machine::here();
    let mut field = start(&options.contenders, guard)?;
    let mut cells = Vec::new();
    for size in &options.size {
        for labels in &options.labels {
            eprintln!("  {} with {labels} labels", report::shown(size.pixels()));
            cells.push(Cell::measure(&mut field, *size, *labels, options));
        }
    }
    eprintln!("  pictures that stall decoders");
    let stalls = hard::measure(&mut field);
    machine.finish();
    Ok(Report::new(machine, &field, &cells, stalls, options))
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || "give two whole numbers as in 0..5, the second is not included".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse().map_err(|_| wrong());
    Ok(number(from)?..number(to)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(parse_seeds("3..7"), Ok(3..7));
        assert!(parse_seeds("3").is_err() && parse_seeds("a..b").is_err());
    }
}
