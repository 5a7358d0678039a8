//! Whether a store that came through a cut keeps its promises.

use std::path::Path;

use shared::event::Event;
use shared::ids::EpochId;
use uuid::Uuid;

use super::work::{Done, TERMINAL, event};
use scanner_app::store::Store;

/// What had been confirmed when the power went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Confirmed {
    pub commits: usize,
    pub photos: usize,
}

/// Opens the store with SQLite's own VFS and looks. The error names the broken promise.
pub fn keeps_its_promises(path: &Path, done: &Done, confirmed: Confirmed) -> Result<(), String> {
    // Another epoch is offered, as after every start: it is to be taken only where there was none.
    let offered = EpochId::new(Uuid::from_u128(99));
    let mut store = Store::open(path, TERMINAL, offered).map_err(|error| format!("it does not open: {error}"))?;
    let held = store.events().map_err(|error| format!("it cannot be read: {error}"))?;
    let must = if confirmed.commits == 0 { 0 } else { done.commits[confirmed.commits - 1] };
    let count = held.len() as u64;
    if count < must {
        return Err(format!("lost: {count} of {must} confirmed events"));
    }
    let expected: Vec<Event> = (1..=count).map(event).collect();
    if held != expected {
        return Err("events are not those that were recorded, in their order".to_owned());
    }
    let commits = done.commits.iter().filter(|last| **last <= count).count();
    if commits > 0 && done.commits[commits - 1] != count || commits == 0 && count > 0 {
        return Err(format!("a half-written commit: {count} events"));
    }
    if count > 0 && store.epoch() == offered {
        return Err("a new epoch was started".to_owned());
    }
    let beside = rusqlite::Connection::open(path).and_then(|conn| {
        conn.query_row("select count(*) from meta where name like 'commit-%'", [], |row| row.get::<_, i64>(0))
    });
    if beside != Ok(i64::try_from(commits).unwrap_or(-1)) {
        return Err(format!("what was written beside {commits} commits: {beside:?}"));
    }
    for (_, hash) in &done.photos[..confirmed.photos] {
        let kept = store.photo(*hash).map_err(|error| error.to_string())?;
        if kept.is_none_or(|bytes| shared::chain::sha256(&[&bytes]) != *hash) {
            return Err("a photo is lost".to_owned());
        }
    }
    let next = store.next_seq().map_err(|error| error.to_string())?;
    if next != count + 1 {
        return Err(format!("the next number is {next} after {count} events"));
    }
    let more = Event { epoch: store.epoch(), ..event(next) };
    store.append(&[more], |_| Ok(())).map_err(|error| format!("it cannot go on: {error}"))?;
    let verified = store.verify_log().map_err(|error| error.to_string())?;
    if !verified.ok || verified.events != next {
        return Err(format!("the chain does not hold: {verified:?}"));
    }
    Ok(())
}
