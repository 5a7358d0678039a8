//! The next batch of an epoch: never one that the server must refuse for its size.

use ring::signature::Ed25519KeyPair;
use shared::wire::{BATCH_BYTES_MAX, BATCH_COMPRESSED_BYTES_MAX, Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM};

use super::SyncError;
use super::lane::Stretch;
use crate::device::Device;
use crate::store::{LogRow, Outgoing, Store, StoreError};

/// Compression level. docs/sync.md has the figures that it was chosen by.
pub(super) const ZSTD_LEVEL: i32 = 9;

/// What the header and the signature line may take of the decoded bytes.
const FRAME_BYTES: usize = 64 * 1024;

/// A batch ready to go.
pub(super) struct Ready {
    pub(super) batch: Batch,
    pub(super) compressed: Vec<u8>,
}

impl Ready {
    /// Events in it.
    pub(super) const fn count(&self) -> u64 {
        self.batch.header.count
    }

    /// The last number in it.
    pub(super) const fn last(&self) -> u64 {
        self.batch.header.first_seq + self.batch.header.count - 1
    }

    pub(super) const fn offer(&self) -> Offer {
        self.batch.header.offer
    }
}

/// Builds a batch of what is to be offered, or of its beginning where the whole would be too large.
pub(super) fn build(
    store: &Store,
    key: &Ed25519KeyPair,
    device: &dyn Device,
    (outgoing, stretch): (&Outgoing, Stretch),
) -> Result<Ready, SyncError> {
    let before = stretch.first - 1;
    let mut rows = store.rows_after(outgoing.epoch, before, stretch.at_most)?;
    rows.truncate(fitting(&rows));
    let Some(previous_hash) = store.hash_after(outgoing.epoch, before)?.filter(|_| !rows.is_empty()) else {
        return Err(StoreError::Corrupt("the log has a hole before the first unsent event").into());
    };
    let (pending, _) = store.pending()?;
    let references = store.cursor()?.1;
    let now = device.now();
    loop {
        let count = rows.len() as u64;
        let header = BatchHeader {
            wire: rows[0].wire,
            terminal: store.terminal(),
            epoch: outgoing.epoch,
            first_seq: stretch.first,
            count,
            previous_hash,
            offer: stretch.offer,
            pending_after: pending.saturating_sub(count),
            data_as_of: DataAsOf { references },
            app: env!("CARGO_PKG_VERSION").to_owned(),
            rules: "2022-trial".to_owned(),
            sent_at: now,
            reply: REPLY_FORM,
        };
        let bodies = rows.iter().map(|row| row.body.clone()).collect();
        let batch = Batch::sign(header, bodies, key)?;
        let compressed = zstd::encode_all(&*batch.to_ndjson()?, ZSTD_LEVEL)?;
        if compressed.len() <= BATCH_COMPRESSED_BYTES_MAX || rows.len() == 1 {
            return Ok(Ready { batch, compressed });
        }
        // As many as fit if the rest is like them, and a little fewer.
        rows.truncate((rows.len() * BATCH_COMPRESSED_BYTES_MAX * 9 / 10 / compressed.len()).max(1));
    }
}

/// How many of the first rows one batch can hold: of one wire version, and within the decoded bytes. At least one.
fn fitting(rows: &[LogRow]) -> usize {
    let mut bytes = FRAME_BYTES;
    let fits = |row: &&LogRow| {
        bytes += row.body.len() + 1;
        row.wire == rows[0].wire && bytes <= BATCH_BYTES_MAX
    };
    rows.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use shared::chain::Hash;

    use super::*;

    fn row(seq: u64, wire: u16, bytes: usize) -> LogRow {
        LogRow { seq, body: vec![b'x'; bytes], hash: Hash::new([0; 32]), wire }
    }

    #[test]
    fn a_batch_holds_one_wire_version_and_fits() {
        let rows: Vec<LogRow> = (1..=9).map(|seq| row(seq, if seq < 6 { 1 } else { 2 }, 400)).collect();
        assert_eq!(fitting(&rows), 5);
        assert_eq!(fitting(&rows[5..]), 4);
        let long: Vec<LogRow> = (1..=300).map(|seq| row(seq, 1, 60_000)).collect();
        let fits = fitting(&long);
        assert!(fits > 200 && fits * 60_001 + FRAME_BYTES <= BATCH_BYTES_MAX, "{fits}");
        assert_eq!(
            fitting(&[row(1, 1, BATCH_BYTES_MAX * 2)]),
            1,
            "one goes alone, and the server says what is wrong with it"
        );
        assert_eq!(fitting(&[]), 1);
    }
}
