//! Encryption at rest: an option outside the default build (feature `encryption`, `SQLCipher`). Without it nothing here does anything.
//!
//! One process works on one terminal's store, so the key is given once, before the store is opened, and never written anywhere.

use rusqlite::Connection;

use super::StoreError;

#[cfg(feature = "encryption")]
static KEY: std::sync::OnceLock<crate::keys::StoreKey> = std::sync::OnceLock::new();

/// From now on every store that this process opens is encrypted with this key. The first key given stays.
#[cfg(feature = "encryption")]
pub fn encrypt_with(key: crate::keys::StoreKey) {
    // A second start of the same terminal's store in one process brings the same key.
    let _ = KEY.set(key);
}

/// Whether stores are encrypted in this process.
pub(super) fn is_on() -> bool {
    #[cfg(feature = "encryption")]
    return KEY.get().is_some();
    #[cfg(not(feature = "encryption"))]
    false
}

/// Gives the key to a connection: it must be the first thing that a connection hears.
#[cfg(feature = "encryption")]
pub(super) fn unlock(conn: &Connection) -> Result<(), StoreError> {
    if let Some(key) = KEY.get() {
        // A raw key: it comes from a key already, so that stretching it would cost each start a quarter of a second for nothing.
        conn.pragma_update(None, "key", format!("x'{}'", key.hex()))?;
    }
    Ok(())
}

/// Nothing is encrypted in this build.
#[cfg(not(feature = "encryption"))]
#[expect(clippy::unnecessary_wraps, reason = "the other build's may fail")]
pub(super) const fn unlock(_conn: &Connection) -> Result<(), StoreError> {
    Ok(())
}
