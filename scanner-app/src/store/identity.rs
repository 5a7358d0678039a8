//! Whether this is the store that was last worked on here. One that is not starts a new epoch: numbers are never used twice.

use std::fmt;
use std::path::Path;

use rusqlite::Connection;
use shared::chain::{Hash, epoch_hash, sha256};
use shared::event::PreviousEpoch;
use shared::ids::EpochId;

use super::mark::{Mark, Place};
use super::{Store, StoreError, meta, set_meta};

/// Name of the store's own note of its machine: it is there from the first time that a mark was kept.
const MACHINE: &str = "machine";

/// What the newest epoch's first event says of the one before.
const PREVIOUS: &str = "previous_epoch";

/// What a person should hear about how the store was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The store is older than what was recorded here last: a copy was put back, or its write-ahead log is gone.
    OlderCopy {
        /// Events that were recorded here and are not in it; none = cannot be told.
        missing: Option<u64>,
    },
    /// The store comes from another machine.
    OtherMachine,
    /// The mark beside the key is gone or another terminal's: whether the store is the newest cannot be told.
    Unmarked,
}

impl Notice {
    /// The Chinese and the English sentence.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        let (zh, en) = match self {
            Self::OlderCopy { missing: Some(missing) } => (
                format!("本机记录被旧副本替换，缺 {missing} 条。编号另起，可继续扫码"),
                format!("An older copy of the records was put back; {missing} newer ones are not in it. Scanning goes on under new numbers"),
            ),
            Self::OlderCopy { missing: None } => (
                "本机记录被旧副本替换。编号另起，可继续扫码".to_owned(),
                "An older copy of the records was put back. Scanning goes on under new numbers".to_owned(),
            ),
            Self::OtherMachine => (
                "本机记录来自另一台终端。编号另起，可继续扫码".to_owned(),
                "These records were copied from another device. Scanning goes on under new numbers".to_owned(),
            ),
            Self::Unmarked => (
                "无法确认本机记录是否最新。编号另起，可继续扫码".to_owned(),
                "Whether these records are the newest cannot be told: the mark beside the key is gone. Scanning goes on under new numbers".to_owned(),
            ),
        };
        (format!("{zh}；告诉主管。"), format!("{en}; tell the supervisor."))
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (zh, en) = self.words();
        write!(f, "{en} / {zh}")
    }
}

/// SHA-256 over what the system calls this machine; none where it has no name for it.
#[must_use]
pub fn this_machine() -> Option<Hash> {
    let names = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    let name = names.iter().find_map(|path| std::fs::read_to_string(path).ok())?;
    let name = name.trim();
    (!name.is_empty()).then(|| sha256(&[b"tallyman/machine/1", name.as_bytes()]))
}

/// Compares the store with its mark; starts a new epoch where they do not agree; brings the mark up to the store.
pub(super) fn settle(
    store: &mut Store,
    mark: &Path,
    machine: Option<Hash>,
    new_epoch: EpochId,
) -> Result<(), StoreError> {
    let mut mark = Mark::open(mark)?;
    let head = store.head()?;
    let held = meta(&store.conn, MACHINE)?;
    store.notice = doubt(store, held.as_deref(), mark.place(), machine, head)?;
    let machine_text = machine.map(|machine| machine.to_string()).unwrap_or_default();
    if store.notice.is_some() {
        let previous = previous(store, mark.place(), head)?;
        begin(store, new_epoch, &previous, Some(&machine_text))?;
    } else if held.as_deref() != Some(&machine_text) {
        set_meta(&store.conn, MACHINE, &machine_text)?;
    }
    let (seq, hash) = store.head()?;
    mark.note(Place { terminal: store.writing.terminal, epoch: store.writing.epoch, seq, hash, machine });
    mark.sync();
    store.mark = Some(mark);
    Ok(())
}

/// Begins an epoch after another one, durably.
fn begin(
    store: &mut Store,
    new_epoch: EpochId,
    previous: &PreviousEpoch,
    machine: Option<&str>,
) -> Result<(), StoreError> {
    let tx = store.conn.transaction()?;
    // A store that was made just now, in the place of a fuller one, has this epoch already.
    tx.execute("insert into epoch (epoch) values (?1) on conflict (epoch) do nothing", [new_epoch.to_string()])?;
    let sql = "select ordinal from epoch where epoch = ?1";
    let epoch_no: i64 = tx.query_row(sql, [new_epoch.to_string()], |row| row.get(0))?;
    set_meta(&tx, PREVIOUS, &serde_json::to_string(previous)?)?;
    if let Some(machine) = machine {
        set_meta(&tx, MACHINE, machine)?;
    }
    tx.commit()?;
    (store.writing.epoch, store.writing.epoch_no) = (new_epoch, epoch_no);
    Ok(())
}

fn doubt(
    store: &Store,
    held: Option<&str>,
    mark: Option<Place>,
    machine: Option<Hash>,
    (head, _): (u64, Hash),
) -> Result<Option<Notice>, StoreError> {
    let Some(mark) = mark.filter(|mark| mark.terminal == store.writing.terminal) else {
        // A store that never had a mark is taken as it is: the first start, or the first of a version that keeps one.
        return Ok(held.map(|_| Notice::Unmarked));
    };
    let here = machine.map(|machine| machine.to_string());
    let elsewhere = |there: Option<String>| there.is_some() && here.is_some() && there != here;
    let held = held.filter(|held| !held.is_empty()).map(str::to_owned);
    if elsewhere(held) || elsewhere(mark.machine.map(|machine| machine.to_string())) {
        return Ok(Some(Notice::OtherMachine));
    }
    if contains(store, &mark)? {
        return Ok(None);
    }
    let missing = (mark.epoch == store.writing.epoch && mark.seq > head).then(|| mark.seq - head);
    Ok(Some(Notice::OlderCopy { missing }))
}

/// Whether the store holds what the mark names, or was told of it when its epoch started.
fn contains(store: &Store, mark: &Place) -> Result<bool, StoreError> {
    if mark.epoch != store.writing.epoch {
        let told = store.previous_epoch()?;
        if told.is_some_and(|told| told.epoch == mark.epoch && told.last_seq >= mark.seq) {
            return Ok(true);
        }
        let sql = "select count(*) from epoch where epoch = ?1";
        let known: i64 = store.conn.query_row(sql, [mark.epoch.to_string()], |row| row.get(0))?;
        if known == 0 {
            return Ok(false);
        }
    }
    Ok(store.hash_after(mark.epoch, mark.seq)? == Some(mark.hash))
}

/// The end of the epoch that is left behind: the mark's, where it had come further than the store.
fn previous(store: &Store, mark: Option<Place>, (seq, hash): (u64, Hash)) -> Result<PreviousEpoch, StoreError> {
    let further = mark.filter(|mark| {
        mark.terminal == store.writing.terminal && (mark.epoch != store.writing.epoch || mark.seq > seq)
    });
    let (epoch, last_seq, hash) =
        further.map_or((store.writing.epoch, seq, hash), |mark| (mark.epoch, mark.seq, mark.hash));
    Ok(PreviousEpoch { epoch, last_seq, hash, acknowledged_seq: acknowledged(&store.conn, epoch)? })
}

fn acknowledged(conn: &Connection, epoch: EpochId) -> Result<u64, StoreError> {
    use rusqlite::OptionalExtension;
    let sql = "select acknowledged_seq from epoch where epoch = ?1";
    let held: Option<i64> = conn.query_row(sql, [epoch.to_string()], |row| row.get(0)).optional()?;
    Ok(held.and_then(|held| u64::try_from(held).ok()).unwrap_or(0))
}

impl Store {
    /// Begins a new epoch where the server closed the one that events are appended to: two copies of this terminal are at work.
    /// Only whoever appends may ask for it, between two tasks. Answers whether it did.
    pub fn leave_closed_epoch(&mut self, new_epoch: EpochId) -> Result<bool, StoreError> {
        if !self.epoch_is_closed()? {
            return Ok(false);
        }
        let (last_seq, hash) = self.head()?;
        let epoch = self.writing.epoch;
        let previous = PreviousEpoch { epoch, last_seq, hash, acknowledged_seq: acknowledged(&self.conn, epoch)? };
        begin(self, new_epoch, &previous, None)?;
        let (seq, hash) = self.head()?;
        if let Some(mark) = &mut self.mark {
            mark.begin(new_epoch, seq, hash);
        }
        if self.committer.take().is_some() {
            // The thread that appends works under the new numbers.
            self.commit_on_a_thread()?;
        }
        Ok(true)
    }

    /// What the newest epoch's first event says of the one before; none in a terminal's first epoch.
    pub fn previous_epoch(&self) -> Result<Option<PreviousEpoch>, StoreError> {
        Ok(meta(&self.conn, PREVIOUS)?.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// The newest epoch's last number and the chain's value there; 0 and the epoch's own value where it has no event yet.
    pub(super) fn head(&self) -> Result<(u64, Hash), StoreError> {
        let last = self.next_seq()? - 1;
        Ok((
            last,
            self.hash_after(self.writing.epoch, last)?.unwrap_or(epoch_hash(self.writing.terminal, self.writing.epoch)),
        ))
    }
}

/// Notes which epoch a fresh store goes on from, before its first event.
pub(super) fn set_previous(conn: &Connection, previous: &PreviousEpoch) -> Result<(), StoreError> {
    set_meta(conn, PREVIOUS, &serde_json::to_string(previous)?)
}
