//! The terminal's store on a disk that forgets, and on one that is full. Whoever was told "recorded" finds it.

#![allow(unsafe_code, reason = "spoils a connection behind its owner's back, as this crate alone may")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod cuts;
mod damage;
mod full;
mod identity;
mod retention;
mod work;
