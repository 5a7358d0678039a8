//! A disk that forgets: an SQLite VFS that keeps a journal of every write, truncation, sync and deletion, so that a test can build
//! what a disk may hold after the power was cut at any of these moments, as often as it likes, from one run.
//!
//! What was synced is there. Of what was not, any part may be: nothing, everything, some writes, some sectors of a write, and
//! rubbish in the sectors that were being written (`Fate`).

#![allow(unsafe_code, reason = "an SQLite VFS is a table of C functions; this crate serves tests alone")]

mod disk;
mod rng;
mod vfs;

pub use disk::{Disk, Fate, Op};
pub use rng::Rng;
pub use vfs::{TestVfs, last_connection_pragma, watch_connections};
