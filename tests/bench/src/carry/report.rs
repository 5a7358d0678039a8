//! The figures, and whether they hold.

use serde::Serialize;
use shared::wire::sealed::Parcel;

use super::{Cell, Options};
use crate::measure::{Machine, rounded};
use crate::scan::Held;

/// Seconds in which 1,000 events must be over.
const SECONDS_LIMIT: f64 = 60.0;

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether every limit holds.
    pub ok: bool,
    /// From the first picture to the whole, the claimed way, s.
    pub carried_s: Held,
    /// p95 of one reading over the time that a picture stands, processor time, the claimed way.
    pub read_p95_share: Held,
    /// Events carried.
    pub events: u64,
    /// Bytes of the parcel.
    pub parcel_bytes: usize,
    /// The same for one event.
    pub bytes_per_event: f64,
    /// Pictures shown a second.
    pub fps: u32,
    /// Pictures dropped at random, percent.
    pub loss_percent: u32,
    /// Each way of showing it, the claimed one first.
    pub cells: Vec<Cell>,
    /// Whether the amounts were the small ones: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

impl Report {
    pub(super) fn new(parcel: &Parcel, cells: Vec<Cell>, options: &Options, machine: Machine) -> Self {
        let claimed = cells.first();
        let seconds = claimed.and_then(|cell| cell.seconds).unwrap_or(f64::INFINITY);
        let carried_s = Held::new(seconds, SECONDS_LIMIT);
        let stands_ms = 1_000.0 / f64::from(options.fps);
        let p95 = claimed.map_or(f64::INFINITY, |cell| cell.read_ms.p95);
        let read_p95_share = Held::new(rounded(p95 / stands_ms, 2), 1.0);
        let (events, parcel_bytes) = (parcel.header.count, parcel.bytes().len());
        Self {
            ok: carried_s.ok && read_p95_share.ok,
            carried_s,
            read_p95_share,
            events,
            parcel_bytes,
            bytes_per_event: rounded(
                crate::measure::number(parcel_bytes)
                    / crate::measure::number(usize::try_from(events).unwrap_or(usize::MAX)),
                1,
            ),
            fps: options.fps,
            loss_percent: options.loss,
            cells,
            quick: options.quick,
            machine,
        }
    }
}

/// Prints it for people, on stderr.
pub fn print(report: &Report) {
    let quick = if report.quick { " — the small version: no figure means much" } else { "" };
    eprintln!("\n{}{quick}", report.machine.line());
    eprintln!(
        "{} events, {} bytes sealed ({} an event); {} pictures a second, {} % of them lost at random:",
        report.events, report.parcel_bytes, report.bytes_per_event, report.fps, report.loss_percent
    );
    for cell in &report.cells {
        let seconds = cell.seconds.map_or("never whole".to_owned(), |seconds| format!("{seconds:.1} s"));
        eprintln!(
            "  {:?} {} bytes a frame, QR {}-{:?}, {}: {seconds}; {} shown, {} needed, {} % of those seen read, {} read wrong; reading {:.1} ms, p95 {:.1}",
            cell.writing,
            cell.frame_bytes,
            cell.version,
            cell.ec_level,
            cell.profile,
            cell.shown,
            cell.needed,
            cell.read_percent.map_or("?".to_owned(), |percent| percent.to_string()),
            cell.wrong,
            cell.read_ms.p50,
            cell.read_ms.p95
        );
    }
    for (name, held) in
        [("all events over, s", report.carried_s), ("reading p95 over a picture's time", report.read_p95_share)]
    {
        eprintln!("{name}: {} (at most {}) {}", held.value, held.limit, if held.ok { "holds" } else { "BROKEN" });
    }
}
