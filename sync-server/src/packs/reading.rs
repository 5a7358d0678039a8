//! Reading a file of codes beside the database's work: a thread of its own takes rows apart, a bounded queue hands them over.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use ring::digest::{Context, SHA256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::PackFileError;
use super::file::{CodeRow, CsvRows, JsonRows};
use super::opening::{PackKeys, SEALED, Sealed};
use crate::import::reencoded::Reencoded;
use crate::registry::fault::Fault;
use crate::store::StoreError;
use crate::store::code_bulk::CHUNK;

/// Chunks that are read ahead.
const AHEAD: usize = 4;

type Rows = Vec<Result<CodeRow, Fault>>;

/// A file that is being read.
#[derive(Debug)]
pub struct Reading {
    file: String,
    chunks: mpsc::Receiver<Rows>,
    whole: JoinHandle<Result<Whole, ReadingError>>,
}

/// What is known when all was read.
#[derive(Clone, Debug)]
pub struct Whole {
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// Rows of each pack.
    pub counts: BTreeMap<String, u64>,
}

impl Reading {
    /// Begins to read: CSV, an object a line, or one JSON array; plain, or encrypted for one of the keys.
    #[must_use]
    pub fn start(file: String, input: impl BufRead + Send + 'static, keys: PackKeys) -> Self {
        let (ready, chunks) = mpsc::channel(AHEAD);
        Self { file, chunks, whole: tokio::task::spawn_blocking(move || read(input, &keys, &ready)) }
    }

    /// What messages call the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The next rows, in their order; none at the end.
    pub async fn next(&mut self) -> Option<Rows> {
        self.chunks.recv().await
    }

    /// What is known of all of it, once nothing comes any more.
    pub async fn whole(self) -> Result<Whole, PackFileError> {
        let whole = self.whole.await.map_err(|_| StoreError::Corrupt("reading a file was broken off"))?;
        whole.map_err(|why| match why {
            ReadingError::Sealed(why) => PackFileError::Sealed { file: self.file, why },
            ReadingError::Io(why) => PackFileError::Faults {
                file: self.file,
                faults: vec![Fault::new("1", "", format!("the file cannot be read: {why}")).at(1)],
            },
        })
    }
}

/// Why a file was not read to its end.
#[derive(Debug, thiserror::Error)]
enum ReadingError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Sealed(#[from] Sealed),
}

/// The checksum is that of the file as it came, encrypted where it is.
fn read(input: impl BufRead, keys: &PackKeys, ready: &mpsc::Sender<Rows>) -> Result<Whole, ReadingError> {
    let mut hashed = BufReader::with_capacity(1 << 16, Hashed { input, digest: Context::new(&SHA256) });
    let counts = if hashed.fill_buf()?.starts_with(SEALED) {
        rows(keys.open(&mut hashed)?, ready)?
    } else {
        rows(&mut hashed, ready)?
    };
    Ok(Whole { sha256: hashed.into_inner().finish()?, counts })
}

/// Hands all rows over, and answers how many there are of each pack.
fn rows(input: impl Read, ready: &mpsc::Sender<Rows>) -> std::io::Result<BTreeMap<String, u64>> {
    let input = &mut BufReader::with_capacity(1 << 16, Reencoded::new(input));
    let mut counts = BTreeMap::new();
    if matches!(first_byte(input)?, Some(b'[' | b'{')) {
        hand_over(JsonRows::new(input), &mut counts, ready);
    } else {
        match CsvRows::new(input) {
            Ok(rows) => hand_over(rows, &mut counts, ready),
            Err(fault) => drop(ready.blocking_send(vec![Err(fault)])),
        }
    }
    Ok(counts)
}

/// Hands rows over in chunks, until nobody takes them any more.
fn hand_over(
    mut rows: impl Iterator<Item = Result<CodeRow, Fault>>,
    counts: &mut BTreeMap<String, u64>,
    ready: &mpsc::Sender<Rows>,
) {
    loop {
        let chunk: Rows = rows.by_ref().take(CHUNK).collect();
        for row in chunk.iter().flatten() {
            match counts.get_mut(&row.pack) {
                Some(count) => *count += 1,
                None => drop(counts.insert(row.pack.clone(), 1)),
            }
        }
        if chunk.is_empty() || ready.blocking_send(chunk).is_err() {
            return;
        }
    }
}

/// The first byte that is neither space nor a mark of UTF-8, left in place.
fn first_byte(input: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let Some(byte) = input.fill_buf()?.first().copied() else { return Ok(None) };
        if !byte.is_ascii_whitespace() && ![0xef, 0xbb, 0xbf].contains(&byte) {
            return Ok(Some(byte));
        }
        input.consume(1);
    }
}

/// Bytes that are hashed as they are read.
struct Hashed<R> {
    input: R,
    digest: Context,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(into)?;
        self.digest.update(&into[..read]);
        Ok(read)
    }
}

impl<R: Read> Hashed<R> {
    /// Reads what is left, and answers the hash of all.
    fn finish(mut self) -> std::io::Result<String> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        Ok(hex::encode(self.digest.finish()))
    }
}
