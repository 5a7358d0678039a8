//! The catalogue's rows, a file for each of its sections. `docs/mismatches.md` is generated from here.

pub(super) mod association;
pub(super) mod basis;
pub(super) mod code;
pub(super) mod conduct;
pub(super) mod document;
pub(super) mod party;
pub(super) mod sequence;
