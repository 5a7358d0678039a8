//! One direction of one connection: a thread that reads, one that writes when the bytes' time has come.
//!
//! The link's rate is shared by all connections of a direction, as on a real line.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::fault::{Faults, Way};

/// Bytes that are read at once: small enough that a throttled line is smooth.
const PIECE_BYTES: usize = 1_400;

/// Pieces between the two threads, at most: what a router holds back before the sender must wait.
const PIECES: usize = 64;

/// How often a changed fault is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What one direction of a cable shares among its connections.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// When the line is free again.
    free_at: Mutex<Option<Instant>>,
    /// Bytes that went over it.
    bytes: Mutex<u64>,
}

impl Line {
    pub(super) fn bytes(&self) -> u64 {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a piece that is offered now has gone out at this rate.
    fn gone_at(&self, bytes: usize, bytes_per_s: Option<u64>) -> Instant {
        let now = Instant::now();
        let Some(rate) = bytes_per_s else { return now };
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate.max(1));
        let gone = free_at.map_or(now, |free_at| free_at.max(now)) + takes;
        *free_at = Some(gone);
        gone
    }

    fn count(&self, bytes: usize) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += bytes as u64;
    }
}

/// What a pipe works with.
#[derive(Clone)]
pub(super) struct Pipe {
    pub(super) way: Way,
    pub(super) faults: Arc<Mutex<Faults>>,
    pub(super) line: Arc<Line>,
}

impl Pipe {
    fn faults(&self) -> Faults {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries bytes until one end closes.
    pub(super) fn carry(self, mut from: TcpStream, mut to: TcpStream) {
        let (pieces, arriving) = sync_channel(PIECES);
        let writer = self.clone();
        thread::spawn(move || {
            writer.deliver(&arriving, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        thread::spawn(move || {
            self.take_in(&mut from, &pieces);
            // The writer ends when its pieces do.
            drop(pieces);
            let _ = from.shutdown(Shutdown::Read);
        });
    }

    fn take_in(&self, from: &mut TcpStream, pieces: &SyncSender<(Instant, Vec<u8>)>) {
        let mut buffer = [0; PIECE_BYTES];
        let mut passed = 0;
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let faults = self.faults();
            let left = faults.cut_after_bytes(self.way).map_or(u64::MAX, |after| after.saturating_sub(passed));
            let kept = read.min(usize::try_from(left).unwrap_or(usize::MAX));
            passed += kept as u64;
            let gone_at = self.line.gone_at(kept, faults.bytes_per_s) + faults.delay;
            if pieces.send((gone_at, buffer[..kept].to_vec())).is_err() || kept < read {
                let _ = from.shutdown(Shutdown::Both);
                return;
            }
        }
    }

    fn deliver(&self, arriving: &Receiver<(Instant, Vec<u8>)>, to: &mut TcpStream) {
        for (at, piece) in arriving {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if self.faults().swallows(self.way) {
                continue;
            }
            if self.drip(&piece, to).is_err() {
                return;
            }
            self.line.count(piece.len());
        }
    }

    /// Writes a piece at once, or byte by byte for as long as the fault lasts.
    fn drip(&self, piece: &[u8], to: &mut TcpStream) -> std::io::Result<()> {
        let mut written = 0;
        while written < piece.len() {
            let Some(drip) = self.faults().drip else { return to.write_all(&piece[written..]) };
            to.write_all(&piece[written..=written])?;
            written += 1;
            thread::sleep(drip.max(LOOK));
        }
        Ok(())
    }
}
