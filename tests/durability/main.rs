//! The real app, killed and damaged: what it had confirmed is there, and what it says helps.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod damaged;
mod handheld;
mod kill;
