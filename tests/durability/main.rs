//! The real app, killed and damaged: what it had confirmed is there, and what it says helps.

mod damaged;
mod handheld;
mod kill;
