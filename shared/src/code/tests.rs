//! What all grammars share: published examples, refusals, round trips, and that nothing panics.

mod compression;
mod links;
mod opaque;
mod properties;
