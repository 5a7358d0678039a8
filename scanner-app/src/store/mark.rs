//! The mark: a small file outside the store that says how far the log had come, so that an older copy put back is noticed.
//!
//! It is written after the commit and not synced then, which costs a scan microseconds: after a power cut the mark may lag behind
//! the store, and it never leads. Two slots, written in turn, each with its own digest: a torn write costs one step, not the mark.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use shared::chain::{Hash, sha256};
use shared::ids::{EpochId, TerminalId};
use uuid::Uuid;

use super::StoreError;

const MAGIC: &[u8; 8] = b"TALMARK1";

/// Bytes of a slot: a disk's sector, so that it is written whole or not at all where the disk keeps that promise.
const SLOT_BYTES: usize = 512;

/// Where the second slot starts: in another page.
const SLOT_GAP_BYTES: u64 = 4096;

/// Bytes before a slot's digest: magic, turn, terminal, epoch, number, hash, whether there is a machine, machine.
const RECORD_BYTES: usize = 8 + 8 + 16 + 16 + 8 + 32 + 1 + 32;

/// How far a log had come, on which machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) terminal: TerminalId,
    pub(super) epoch: EpochId,
    /// Its last number; 0 = the epoch had none yet.
    pub(super) seq: u64,
    /// The chain's value there.
    pub(super) hash: Hash,
    pub(super) machine: Option<Hash>,
}

/// The open mark.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    turn: u64,
    place: Option<Place>,
}

impl Mark {
    /// Opens the mark, or makes an empty one, readable by its owner only.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Mark { path: path.display().to_string(), source };
        let mut options = OpenOptions::new();
        let file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed)?;
        let mut newest = None;
        for slot in 0..2 {
            let mut bytes = [0; SLOT_BYTES];
            match file.read_exact_at(&mut bytes, slot * SLOT_GAP_BYTES) {
                Ok(()) => newest = newest.max_by_turn(decode(&bytes)),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
                Err(source) => return Err(failed(source)),
            }
        }
        let (turn, place) = newest.map_or((0, None), |(turn, place)| (turn, Some(place)));
        Ok(Self { file, turn, place })
    }

    /// What it says; none = it is new, or both slots are torn.
    pub(super) const fn place(&self) -> Option<Place> {
        self.place
    }

    /// Moves the mark on, without waiting for the disk. A mark that cannot be written lags behind, which is allowed.
    pub(super) fn note(&mut self, place: Place) {
        self.turn += 1;
        self.place = Some(place);
        let slot = (self.turn % 2) * SLOT_GAP_BYTES;
        if let Err(error) = self.file.write_all_at(&encode(self.turn, &place), slot) {
            tracing::warn!("the mark beside the key cannot be written: {error}");
        }
    }

    /// Moves the mark on along the same epoch.
    pub(super) fn advance(&mut self, seq: u64, hash: Hash) {
        if let Some(place) = self.place {
            self.note(Place { seq, hash, ..place });
        }
    }

    /// Moves the mark on to another epoch, and waits until the disk has it.
    pub(super) fn begin(&mut self, epoch: EpochId, seq: u64, hash: Hash) {
        if let Some(place) = self.place {
            self.note(Place { epoch, seq, hash, ..place });
            self.sync();
        }
    }

    /// Waits until the disk has it.
    pub(super) fn sync(&self) {
        if let Err(error) = self.file.sync_all() {
            tracing::warn!("the mark beside the key cannot be synced: {error}");
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.sync();
    }
}

/// The record with the higher turn.
trait Newest {
    fn max_by_turn(self, other: Self) -> Self;
}

impl Newest for Option<(u64, Place)> {
    fn max_by_turn(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(two)) => Some(if two.0 > one.0 { two } else { one }),
            (one, two) => one.or(two),
        }
    }
}

fn encode(turn: u64, place: &Place) -> [u8; SLOT_BYTES] {
    let mut record = Vec::with_capacity(RECORD_BYTES);
    record.extend_from_slice(MAGIC);
    record.extend_from_slice(&turn.to_be_bytes());
    record.extend_from_slice(place.terminal.as_bytes());
    record.extend_from_slice(place.epoch.as_bytes());
    record.extend_from_slice(&place.seq.to_be_bytes());
    record.extend_from_slice(place.hash.as_bytes());
    record.push(u8::from(place.machine.is_some()));
    record.extend_from_slice(place.machine.map_or([0; 32], |machine| *machine.as_bytes()).as_slice());
    let mut slot = [0; SLOT_BYTES];
    slot[..RECORD_BYTES].copy_from_slice(&record);
    slot[RECORD_BYTES..RECORD_BYTES + 32].copy_from_slice(sha256(&[&record]).as_bytes());
    slot
}

fn decode(slot: &[u8; SLOT_BYTES]) -> Option<(u64, Place)> {
    let (record, rest) = slot.split_at(RECORD_BYTES);
    if !record.starts_with(MAGIC) || sha256(&[record]).as_bytes() != &rest[..32] {
        return None;
    }
    let number = |at: usize| record[at..at + 8].try_into().map(u64::from_be_bytes).ok();
    let uuid = |at: usize| record[at..at + 16].try_into().map(Uuid::from_bytes).ok();
    let hash = |at: usize| record[at..at + 32].try_into().map(Hash::new).ok();
    let place = Place {
        terminal: TerminalId::new(uuid(16)?),
        epoch: EpochId::new(uuid(32)?),
        seq: number(48)?,
        hash: hash(56)?,
        machine: if record[88] == 1 { hash(89) } else { None },
    };
    Some((number(8)?, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(seq: u64) -> Place {
        Place {
            terminal: TerminalId::new(Uuid::from_u128(1)),
            epoch: EpochId::new(Uuid::from_u128(2)),
            seq,
            hash: sha256(&[&seq.to_be_bytes()]),
            machine: Some(sha256(&[b"machine"])),
        }
    }

    #[test]
    fn the_newest_whole_slot_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let mut mark = Mark::open(&path).unwrap();
        assert_eq!(mark.place(), None);
        for seq in 1..=5 {
            mark.note(place(seq));
        }
        assert_eq!(Mark::open(&path).unwrap().place(), Some(place(5)));
        // The fifth turn went to the second slot: torn, the fourth counts.
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(b"torn", SLOT_GAP_BYTES + 40).unwrap();
        assert_eq!(Mark::open(&path).unwrap().place(), Some(place(4)));
        file.write_all_at(b"torn", 40).unwrap();
        assert_eq!(Mark::open(&path).unwrap().place(), None);
    }
}
