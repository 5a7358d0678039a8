//! The full disk: new scans are refused, and what must still be written is, out of a reserve.
//!
//! The reserve is a file beside the store. It is as large as what ends a clerk's work may need: the write-ahead log's pages copied
//! into the file at a checkpoint (1,000 pages of 4 KiB, SQLite's own threshold), and as much again for some hundred commits of a
//! few pages each: undo, close, note, gate, sign-out.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use shared::event::{Act, Event};

use super::commit::WriteBeside;
use super::{Appended, Entry, Store, StoreError};

/// Size of the reserve, in bytes.
pub const RESERVE_BYTES: u64 = 8 << 20;

/// The reserve beside a store.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    held: bool,
}

impl Reserve {
    /// Takes the reserve that lies there, or makes it where there is space.
    pub(super) fn open(store: &Path) -> Self {
        let mut path = store.as_os_str().to_owned();
        path.push(".reserve");
        let mut reserve = Self { path: path.into(), held: false };
        reserve.make();
        reserve
    }

    /// Makes the reserve again. Answers whether it is there.
    fn make(&mut self) -> bool {
        let there = fs::metadata(&self.path).is_ok_and(|found| found.len() == RESERVE_BYTES);
        self.held = there || write(&self.path).is_ok();
        if !self.held {
            // A part of a reserve only takes the space that others need.
            let _ = fs::remove_file(&self.path);
        }
        self.held
    }

    /// Gives the space back to the disk. Answers whether there was any to give.
    fn release(&mut self) -> bool {
        std::mem::take(&mut self.held) && fs::remove_file(&self.path).is_ok()
    }
}

/// Written in full: a file with holes would hold no space.
fn write(path: &Path) -> std::io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    let block = vec![0xA5; 1 << 20];
    for _ in 0..RESERVE_BYTES >> 20 {
        file.write_all(&block)?;
    }
    file.sync_all()
}

impl Store {
    /// Appends events, and whatever `beside` writes, in one durable transaction: all or nothing. Each event must carry the
    /// number that it gets; its body is serialised here, once.
    ///
    /// On a full disk new work is refused (`StoreError::Full`) with nothing written; what ends work goes on out of the reserve.
    /// `beside` may be called twice then, each time in a transaction of its own.
    pub fn append(
        &mut self,
        events: &[Event],
        beside: impl Fn(&Connection) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Result<Appended, StoreError> {
        let entries = events.iter().map(|event| Entry { event: event.clone(), shown: None });
        self.append_shown(entries.collect(), beside)
    }

    /// The same, with what the clerk is told of scans.
    pub fn append_shown(
        &mut self,
        entries: Vec<Entry>,
        beside: impl Fn(&Connection) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Result<Appended, StoreError> {
        let (entries, beside): (Arc<[Entry]>, WriteBeside) = (entries.into(), Arc::new(beside));
        let ends = entries.iter().all(|entry| ends_work(&entry.event.act));
        let lacks_reserve = self.reserve.as_ref().is_some_and(|reserve| !reserve.held);
        if !ends && lacks_reserve && !self.reserve.as_mut().is_some_and(Reserve::make) {
            return Err(self.full());
        }
        let appended = match self.append_once(&entries, &beside) {
            Err(StoreError::Full { .. }) if ends && self.reserve.as_mut().is_some_and(Reserve::release) => {
                self.append_once(&entries, &beside)
            }
            other => other,
        };
        match appended {
            Ok(appended) => {
                if let Some(mark) = &mut self.mark {
                    mark.advance(appended.last_seq, appended.hash);
                }
                Ok(appended)
            }
            Err(StoreError::Full { .. }) => Err(self.full()),
            Err(other) => Err(other),
        }
    }

    fn full(&self) -> StoreError {
        let counted = self.conn.query_row("select count(*) from log", [], |row| row.get::<_, i64>(0));
        StoreError::Full { recorded: counted.ok().and_then(|counted| u64::try_from(counted).ok()) }
    }
}

/// Whether an act ends what was begun, so that it must not be refused for want of space.
fn ends_work(act: &Act) -> bool {
    matches!(
        act,
        Act::Void { .. }
            | Act::TaskClosed { .. }
            | Act::DocumentDrafted { .. }
            | Act::GateAsked { .. }
            | Act::Gate { .. }
            | Act::Released { .. }
            | Act::Acknowledged { .. }
            | Act::OperatorChanged
            | Act::SignedOut
    )
}

/// Text 32 of the screens, in Chinese and English. `recorded` is how many events are safe, where it can be counted.
#[must_use]
pub fn full_words(recorded: Option<u64>) -> (String, String) {
    match recorded {
        Some(recorded) => {
            let counted = thousands(recorded);
            (
                format!("存储已满，暂停扫码。已记录 {counted} 条均在。联网上传或离线转交。"),
                format!("Storage full, scanning stopped. All {counted} records are safe. Upload or carry out."),
            )
        }
        None => (
            "存储已满，暂停扫码。已记录的均在。联网上传或离线转交。".to_owned(),
            "Storage full, scanning stopped. All records are safe. Upload or carry out.".to_owned(),
        ),
    }
}

/// Digits in threes, a narrow gap between them.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202F}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_full_disk() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_204), "1\u{202F}204");
        assert_eq!(thousands(1_000_000), "1\u{202F}000\u{202F}000");
        let (zh, en) = full_words(Some(1_204));
        assert!(zh.contains("存储已满") && en.starts_with("Storage full, scanning stopped. All 1\u{202F}204 records"));
    }
}
