//! The terminal's store on a disk that forgets, and on one that is full. Whoever was told "recorded" finds it.

#![allow(unsafe_code, reason = "spoils a connection behind its owner's back, as this crate alone may")]

mod check;
mod cuts;
mod damage;
mod full;
mod identity;
mod retention;
mod work;
