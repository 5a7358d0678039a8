//! How old the pulled PINs are, so that a person who left cannot sign in for ever on a terminal that is kept offline.

use shared::time::Timestamp;

use super::Moment;
use crate::store::AgeRow;

/// The age row brought up to now: counted by the running time of the device, lengthened by the wall clock but never shortened.
/// References that were just pulled begin at zero, whatever the wall clock says: a clock ten years ahead shuts nobody out who
/// has just synced.
#[must_use]
pub fn counted(row: Option<AgeRow>, data_as_of: Timestamp, now: Moment) -> AgeRow {
    let fresh = AgeRow { data_as_of, age_ms: 0, boot: now.boot, mono_ms: now.mono_ms, first_seen: now.wall };
    let Some(row) = row.filter(|row| row.data_as_of == data_as_of) else { return fresh };
    let by_running = row.age_ms.saturating_add(now.surely_since(row.boot, row.mono_ms));
    // Within one start the running time is exact; between two the wall clock may know of time switched off.
    let by_wall = if row.boot == now.boot { 0 } else { now.wall.as_ms().saturating_sub(row.first_seen.as_ms()) };
    let age_ms = by_running.max(u64::try_from(by_wall).unwrap_or(0));
    AgeRow { age_ms, boot: now.boot, mono_ms: now.mono_ms, ..row }
}
