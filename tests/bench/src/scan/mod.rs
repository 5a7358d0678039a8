//! `bench scan`: a frame in, durable, feedback; what a commit costs against a bare write; whether a task stays quick however long it is
//! and however much is expected.
//!
//! | part | what it measures |
//! |---|---|
//! | [`commit`] | `Store::append` against a bare write and fdatasync of the same bytes, in turn |
//! | [`growth`] | ten thousand scans in one task |
//! | [`expected`] | a million expected codes: opening, verdicts, memory |
//! | [`live`] | frames before a terminal without a window: latency, start, memory, share of a core at 30 frames a second |
//! | [`desk`] | that terminal: a process of its own |
//! | [`window`] | the window program on a display without a screen: start, memory, share of a core, long lists |

pub mod commit;
pub mod desk;
pub mod expected;
pub mod growth;
pub mod live;
mod load;
mod process;
mod report;
mod table;
pub mod window;
pub(crate) mod world;

use std::path::PathBuf;

use clap::Args;

pub use load::Burners;
pub use report::{Held, Report};
pub use table::print;

use crate::measure::Machine;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version of everything: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// So many expected codes instead of a million: bringing a million in takes longer than all the rest.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub codes: Option<u64>,
    /// Where stores and files lie; on the disk whose commits are of interest. A new folder in it is used and removed.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Leave the window program out: for a machine without Xvfb and xdotool.
    #[arg(long)]
    pub no_window: bool,
}

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Commits timed, idle and again busy.
    pub commits: usize,
    /// Scans in one task.
    pub scans: usize,
    /// Scans at its beginning and at its end that are compared.
    pub span: usize,
    /// Expected codes.
    pub codes: usize,
    /// Scans among them.
    pub verdicts: usize,
    /// Frames with a new label each, idle and again busy.
    pub aims: usize,
    /// Frames at 30 a second.
    pub stream: usize,
}

const FULL: Amounts =
    Amounts { commits: 2_000, scans: 10_000, span: 1_000, codes: 1_000_000, verdicts: 1_000, aims: 100, stream: 300 };
const QUICK: Amounts = Amounts { commits: 40, scans: 200, span: 50, codes: 2_000, verdicts: 20, aims: 3, stream: 15 };

/// Measures.
pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut amounts = if options.quick { QUICK } else { FULL };
    if let Some(codes) = options.codes {
        amounts.codes = usize::try_from(codes)?.max(amounts.verdicts + 1);
    }
    let folder = match &options.folder {
        Some(folder) => tempfile::TempDir::with_prefix_in("bench-scan-", folder)?,
        None => tempfile::TempDir::with_prefix("bench-scan-")?,
    };
    let mut machine = Machine::here();
    let at = folder.path();
    let told = |what: &str| eprintln!("bench scan: {what} …");
    told("commits, idle and with every core busy");
    let commits = commit::run(at, amounts.commits)?;
    told(&format!("{} expected codes", amounts.codes));
    let expected = expected::run(at, amounts)?;
    told("ten thousand scans in one task");
    let growth = growth::run(at, amounts)?;
    told("frames, idle and with every core busy");
    let live = live::run(at, amounts)?;
    let window = if options.no_window {
        None
    } else {
        told("the window program: start, frames, ten thousand scans listed");
        Some(window::run(at, &at.join("growth"), amounts)?)
    };
    machine.finish();
    Ok(Report::new(amounts, process::file_system(at), machine, (commits, live, expected, growth), window))
}
