//! Events behind a damaged place of the write-ahead log: SQLite stops reading there, and would overwrite what follows. The mark
//! tells that there must be more; then the store is not opened, and a rescue reads it.

use std::path::Path;

use rusqlite::OptionalExtension;
use shared::ids::TerminalId;

use super::StoreError;
use super::mark::{Mark, Place};
use super::open::read_only;
use super::salvage::Salvage;

/// The place that a terminal's mark names; none = there is no mark, or another terminal's.
pub(super) fn marked(mark: &Path, terminal: TerminalId) -> Result<Option<Place>, StoreError> {
    if !mark.exists() {
        return Ok(None);
    }
    Ok(Mark::open(mark)?.place().filter(|mark| mark.terminal == terminal))
}

/// Refuses a store whose write-ahead log holds events beyond those that SQLite finds. Costs nothing where the mark is not ahead.
pub(super) fn refuse(path: &Path, vfs: Option<&str>, mark: Option<Place>) -> Result<(), StoreError> {
    let Some(mark) = mark else { return Ok(()) };
    // The second is the first schema's: a store is looked at before it is brought up to date.
    let newest = [
        "select l.seq from epoch e join log l on l.event_no > e.ordinal << 40 and l.event_no < (e.ordinal + 1) << 40 \
         where e.epoch = ?1 order by l.event_no desc limit 1",
        "select seq from log where epoch = ?1 order by seq desc limit 1",
    ];
    let found = read_only(path, vfs).and_then(|conn| {
        let known = newest.iter().find_map(|sql| conn.prepare(sql).ok());
        let last =
            known.map(|mut known| known.query_row([mark.epoch.to_string()], |row| row.get::<_, i64>(0)).optional());
        let last = last.transpose()?.flatten();
        Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or(0))
    });
    // Where a reader cannot look, SQLite has a journal to take in first: then there is no write-ahead log.
    let Ok(last) = found else { return Ok(()) };
    if mark.seq <= last {
        return Ok(());
    }
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let mut salvage = Salvage::default();
    salvage.add(&[], &std::fs::read(Path::new(&name)).unwrap_or_default(), mark.terminal);
    let hidden = salvage.events.keys().filter(|(epoch, seq)| *epoch == mark.epoch && *seq > last).count();
    if hidden == 0 {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.display().to_string(),
        what: format!("{hidden} events lie behind a damaged place of its write-ahead log"),
    })
}
