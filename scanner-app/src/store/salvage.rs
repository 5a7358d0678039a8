//! Events read from a file that SQLite cannot read: every page of the file and of its write-ahead log is tried as a leaf of the
//! log, whatever the pages above it say. An event's own bytes name its terminal, epoch and number, so nothing else passes for one.
//! The layout is that of SQLite's file format, version 3.

use std::borrow::Cow;
use std::collections::BTreeMap;

use shared::chain::Hash;
use shared::event::Event;
use shared::ids::{EpochId, TerminalId};

use super::cipher;
use super::header::MAGIC;

/// SQLite's own page size, where the header does not tell.
pub(super) const PAGE_BYTES: usize = 4096;

const WAL_HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;

/// Pages by their numbers, as SQLite wrote them.
type Pages<'a> = BTreeMap<usize, Cow<'a, [u8]>>;

/// One event as found: its bytes, and the chain's value that was stored beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) body: Vec<u8>,
    pub(super) hash: Hash,
}

/// What was found in some files.
#[derive(Debug, Default)]
pub(super) struct Salvage {
    /// Every version of every event; more than one only where one of them was damaged.
    pub(super) events: BTreeMap<(EpochId, u64), Vec<Found>>,
    /// The epochs that the store knew: their order, and up to where they were acknowledged.
    pub(super) epochs: BTreeMap<EpochId, (i64, u64)>,
}

impl Salvage {
    /// Adds what a database file and its write-ahead log hold of a terminal.
    pub(super) fn add(&mut self, file: &[u8], wal: &[u8], terminal: TerminalId) {
        let size = page_bytes(file);
        let mut pages: Pages<'_> =
            (1..).zip(file.chunks(size)).map(|(number, page)| (number, plain(number, page))).collect();
        let frames: Vec<_> =
            frames(wal, size).into_iter().map(|(number, page)| (number, plain(number, page))).collect();
        self.add_pages(pages.values(), &pages, terminal);
        // Long events go on in other pages, of which the log holds the newer ones.
        pages.extend(frames.iter().cloned());
        self.add_pages(frames.iter().map(|(_, page)| page), &pages, terminal);
    }

    fn add_pages<'a>(
        &mut self,
        leaves: impl Iterator<Item = &'a Cow<'a, [u8]>>,
        pages: &Pages<'_>,
        terminal: TerminalId,
    ) {
        for leaf in leaves {
            for (row, payload) in cells(leaf, pages) {
                if let Some(values) = record(&payload) {
                    self.add_record(row, &values, terminal);
                }
            }
        }
    }

    fn add_record(&mut self, row: i64, values: &[Value<'_>], terminal: TerminalId) {
        match values {
            [Value::Text(epoch), Value::Integer(seq), Value::Blob(body), Value::Blob(hash), Value::Integer(_), ..] => {
                let Ok(event) = Event::from_body(body) else { return };
                let named = event.epoch.to_string() == *epoch && i64::try_from(event.seq) == Ok(*seq);
                if let (true, Ok(hash)) = (named && event.terminal == terminal, <[u8; 32]>::try_from(*hash)) {
                    let found = Found { body: body.to_vec(), hash: Hash::new(hash) };
                    let versions = self.events.entry((event.epoch, event.seq)).or_default();
                    if !versions.contains(&found) {
                        versions.push(found);
                    }
                }
            }
            [Value::Null, Value::Text(epoch), Value::Integer(acknowledged), ..] => {
                if let (Ok(epoch), Ok(acknowledged)) = (epoch.parse(), u64::try_from(*acknowledged)) {
                    let held = self.epochs.entry(epoch).or_insert((row, 0));
                    held.1 = held.1.max(acknowledged);
                }
            }
            _ => {}
        }
    }
}

/// A page without its encryption, where the store is encrypted.
fn plain(number: usize, page: &[u8]) -> Cow<'_, [u8]> {
    cipher::plain_page(number, page).map_or(Cow::Borrowed(page), Cow::Owned)
}

fn page_bytes(file: &[u8]) -> usize {
    let told = file.get(16..18).filter(|_| file.starts_with(MAGIC)).map(|at| u16::from_be_bytes([at[0], at[1]]));
    match told {
        Some(1) => 65_536,
        Some(bytes) if bytes >= 512 && bytes.is_power_of_two() => usize::from(bytes),
        _ => PAGE_BYTES,
    }
}

/// The pages in a write-ahead log with their numbers, oldest first, also those beyond a torn frame.
pub(super) fn frames(wal: &[u8], size: usize) -> Vec<(usize, &[u8])> {
    let frames = wal.get(WAL_HEADER_BYTES..).unwrap_or_default().chunks(FRAME_HEADER_BYTES + size);
    let whole = frames.filter(|frame| frame.len() > FRAME_HEADER_BYTES);
    whole.map(|frame| (big_endian(frame, 0, 4).unwrap_or(0), &frame[FRAME_HEADER_BYTES..])).collect()
}

/// The cells of a page taken as a table's leaf: row number and payload.
fn cells(page: &[u8], pages: &Pages<'_>) -> Vec<(i64, Vec<u8>)> {
    let start = if page.starts_with(MAGIC) { 100 } else { 0 };
    let Some(count) = big_endian(page, start + 3, 2) else { return Vec::new() };
    let pointers = (0..count.min(page.len() / 4)).filter_map(|cell| big_endian(page, start + 8 + 2 * cell, 2));
    pointers.filter_map(|at| cell(page, at, pages)).collect()
}

fn cell(page: &[u8], at: usize, pages: &Pages<'_>) -> Option<(i64, Vec<u8>)> {
    let (length, at) = varint(page, at)?;
    let (row, at) = varint(page, at)?;
    let length = usize::try_from(length).ok()?;
    // An event of a megabyte is no event: such a length is damage.
    if length > 1 << 20 {
        return None;
    }
    let usable = page.len();
    if length <= usable.checked_sub(35)? {
        return Some((row, page.get(at..at + length)?.to_vec()));
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let wished = least + (length - least) % (usable - 4);
    let local = if wished <= usable - 35 { wished } else { least };
    let mut payload = page.get(at..at + local)?.to_vec();
    let mut next = big_endian(page, at + local, 4)?;
    while payload.len() < length {
        let overflow = pages.get(&next)?;
        let part = (length - payload.len()).min(overflow.len().checked_sub(4)?);
        if part == 0 {
            return None;
        }
        payload.extend_from_slice(&overflow[4..4 + part]);
        next = big_endian(overflow, 0, 4)?;
    }
    Some((row, payload))
}

#[derive(Debug, PartialEq)]
enum Value<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// The columns of a record; none where the bytes are no record, or hold a kind of value that no table of ours holds.
fn record(payload: &[u8]) -> Option<Vec<Value<'_>>> {
    let (header, mut at) = varint(payload, 0)?;
    let header = usize::try_from(header).ok()?;
    let mut from = header;
    let mut values = Vec::new();
    while at < header {
        let (kind, after) = varint(payload, at)?;
        at = after;
        let bytes = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let value = payload.get(from..from.checked_add(bytes)?)?;
        from += bytes;
        values.push(match kind {
            0 => Value::Null,
            8 | 9 => Value::Integer(kind - 8),
            1..=6 => Value::Integer(signed(value)),
            _ if kind % 2 == 0 => Value::Blob(value),
            _ => Value::Text(std::str::from_utf8(value).ok()?),
        });
    }
    Some(values)
}

fn signed(bytes: &[u8]) -> i64 {
    let start = if bytes.first().is_some_and(|first| first & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(start, |value, byte| value << 8 | i64::from(*byte))
}

fn varint(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let mut value = 0_i64;
    for place in 0..9 {
        let byte = *bytes.get(at.checked_add(place)?)?;
        if place == 8 {
            return Some((value << 8 | i64::from(byte), at + 9));
        }
        value = value << 7 | i64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + place + 1));
        }
    }
    None
}

fn big_endian(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(count)?)?;
    Some(bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_sqlite() {
        assert_eq!(varint(&[0x07], 0), Some((7, 1)));
        assert_eq!(varint(&[0x81, 0x00], 0), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9], 0), Some((-1, 9)));
        assert_eq!(varint(&[0x81], 0), None);
        assert_eq!((signed(&[0xff]), signed(&[0x01, 0x00]), signed(&[])), (-1, 256, 0));
    }

    #[test]
    fn a_record_is_read_and_rubbish_is_not() {
        let payload = [&[5, 0, 1, 15, 16][..], &[42, b'x', 1, 2]].concat();
        let values = [Value::Null, Value::Integer(42), Value::Text("x"), Value::Blob(&[1, 2])];
        assert_eq!(record(&payload).unwrap(), values);
        assert_eq!(record(&[5, 0, 1, 15, 16, 42]), None);
        assert_eq!(record(&[2, 10]), None);
    }
}
