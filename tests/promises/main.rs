//! The promises P1–P15 of `docs/sync.md`, a file each (or one for each way of trying); test names begin with `pN_`.
//!
//! P1 is held by `tests/durability` (kill -9) and `tests/power_cut` (a disk that forgets); P15 by all scenario files is in `tests/scenario`.
//! `ledger` is a server's ledger in this process, for what needs exact bytes; everything else runs real programs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod carried;
mod enrolled;
mod field;
mod gates;
mod gates_field;
mod ledger;
mod looked_up;
mod opaque;
mod p02_carried;
mod p02_network;
mod p02_repeated;
mod p03_convergence;
mod p04_carried;
mod p04_fork;
mod p04_outcomes;
mod p04_photos;
mod p04_restored;
mod p04_sums;
mod p05_network;
mod p05_poison;
mod p06_liveness;
mod p07_backlog;
mod p07_overload;
mod p08_clocks;
mod p09_upgrade;
mod p10_server_disk;
mod p10_terminal_disk;
mod p11_revocation;
mod p12_carrier;
mod p12_impostors;
mod p13_tamper;
mod p13_terminal;
mod p14_alerts;
mod p15_faults;
mod p15_field;
mod p15_same;
mod packs_reported;
