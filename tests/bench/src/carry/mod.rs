//! `bench carry`: events from one screen to another by a moving QR code. Sealed for real, shown as frames, photographed by a simulated camera of
//! a published profile, a share of the pictures dropped at random, read by the terminal's own reader, put together and compared.
//!
//! | part | what it is |
//! |---|---|
//! | `load` | a terminal's store with so many scans, as a sealed parcel |
//! | `cell` | one way of showing it: how long until it is whole |
//! | `report` | the figures, and whether they hold |

mod cell;
mod load;
mod report;

use clap::Args;
use shared::wire::sealed::Load;
use vision::EcLevel;
use vision::scene::{DOCK, Profile, WAREHOUSE_1};

pub use cell::{Cell, Writing};
pub use report::{Report, print};

use crate::measure::Machine;

/// Bytes of one symbol in the way that is claimed: what the app shows by itself.
pub const CLAIMED_SYMBOL_BYTES: u16 = scanner_app::carry::fountain::SYMBOL_BYTES;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: few events, one way of showing them. Shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Pictures shown a second.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=30))]
    pub fps: u32,
    /// Pictures lost at random, percent, beside those that cannot be read.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=90))]
    pub loss: u32,
    /// Where the store lies; a new folder in it is used and removed.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<std::path::PathBuf>,
}

/// One way of showing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) writing: Writing,
    pub(crate) symbol_bytes: u16,
    pub(crate) ec_level: EcLevel,
    pub(crate) profile: Profile,
}

/// The claimed way first; each of the others differs in one thing.
const WAYS: [Way; 6] = [
    CLAIMED,
    Way { writing: Writing::Bytes, ..CLAIMED },
    Way { symbol_bytes: 128, ..CLAIMED },
    Way { symbol_bytes: 472, ..CLAIMED },
    Way { ec_level: EcLevel::M, ..CLAIMED },
    Way { profile: DOCK, ..CLAIMED },
];

const CLAIMED: Way =
    Way { writing: Writing::Base45, symbol_bytes: CLAIMED_SYMBOL_BYTES, ec_level: EcLevel::L, profile: WAREHOUSE_1 };

/// Events carried, in the full measurement and in the small one.
const EVENTS: (usize, usize) = (1_000, 40);

/// Measures.
pub fn run(options: &Options) -> anyhow::Result<Report> {
    let (events, ways) = if options.quick { (EVENTS.1, &WAYS[..1]) } else { (EVENTS.0, &WAYS[..]) };
    let folder = match &options.folder {
        Some(folder) => tempfile::TempDir::with_prefix_in("bench-carry-", folder)?,
        None => tempfile::TempDir::with_prefix("bench-carry-")?,
    };
    let mut machine = Machine::here();
    eprintln!("bench carry: {events} scans, sealed …");
    let parcel = load::parcel(folder.path(), events)?;
    let mut cells = Vec::new();
    for way in ways {
        eprintln!("bench carry: {} …", way.name());
        cells.push(cell::run(way, (Load::Parcel, parcel.bytes()), options)?);
    }
    machine.finish();
    Ok(Report::new(&parcel, cells, options, machine))
}

impl Way {
    fn name(&self) -> String {
        format!("{:?}, {} bytes a symbol, {:?}, {}", self.writing, self.symbol_bytes, self.ec_level, self.profile.name)
    }
}
