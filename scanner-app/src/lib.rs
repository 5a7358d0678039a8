//! Tallyman's terminal: scans packages offline, judges them with what it knows, records them durably, syncs when it can.
//!
//! Arrows point down: `main > cli > {ui, {enrol, carry} > sync, training, diagnostics} > {session, operators, feedback} > {capture, store}`; the
//! window never touches the store, the sender never touches the window.

pub mod capture;
pub mod carry;
pub mod cli;
pub mod config;
pub mod device;
pub mod diagnostics;
pub mod enrol;
pub mod feedback;
pub mod function_keys;
pub mod keys;
mod memory;
pub mod operators;
pub mod session;
pub mod store;
pub mod sync;
pub mod training;
pub mod ui;
