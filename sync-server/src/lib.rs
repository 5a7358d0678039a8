//! Tallyman's server: takes signed batches in, reconciles them with contracts and orders, shows mismatches to people.
//!
//! Arrows point down: `main > cli > http > {sealed > ingest, pull, identity, attachments, heartbeat, console} > store`,
//! `{ingest, import > packs > registry} > {reconcile, audit} > store`, `{console, webhook} > workflow > audit > people > store`; `{ingest, verify, evidence, store} > unfold`.

pub mod attachments;
pub mod audit;
pub mod backup;
pub mod checkpoint;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod evidence;
pub mod export;
pub mod heartbeat;
pub mod http;
pub mod identity;
pub mod import;
pub mod ingest;
pub mod keys;
pub mod labels;
pub mod metrics;
pub mod nul;
pub mod packs;
pub mod people;
pub mod pull;
pub mod reconcile;
pub mod registry;
pub mod sealed;
pub mod store;
pub mod told;
pub mod unfold;
pub mod verify;
pub mod webhook;
pub mod workflow;

#[cfg(test)]
mod testing;
