//! Parcels: batches that came sealed, by whatever way. Inside they are what `POST /v1/batches` takes, and they go the same way in.
//!
//! | part | its job |
//! |---|---|
//! | [`SealedKey`] | the key that parcels are sealed for |
//! | [`deliver`] | a parcel in, its answers out |
//! | [`take_waiting`], [`take_all_waiting`] | batches that came before those in front of them, once the hole is filled |
//! | [`http`] | `POST /v1/sealed` |

pub mod http;
mod key;
mod parcel;
mod waiting;

pub use key::{SealedKey, SealedKeyError};
pub use parcel::{SealedError, deliver};
pub use waiting::{take_all_waiting, take_waiting};
