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
        // Its findings come as errors; the lines that it also writes to the screen name pages, which helps nobody there.
        conn.pragma_update(None, "cipher_log_level", "NONE")?;
    }
    Ok(())
}

/// Nothing is encrypted in this build.
#[cfg(not(feature = "encryption"))]
#[expect(clippy::unnecessary_wraps, reason = "the other build's may fail")]
pub(super) const fn unlock(_conn: &Connection) -> Result<(), StoreError> {
    Ok(())
}

/// A page as SQLite wrote it, out of its encrypted form: AES-256-CBC, the page's own initialisation vector and its seal behind the
/// text (SQLCipher 4's default layout). The seal is not looked at: a rescue reads what is damaged, and each event's own chain
/// tells whether it is whole. None where nothing is encrypted, or the page is not whole.
#[cfg(feature = "encryption")]
pub(super) fn plain_page(number: usize, page: &[u8]) -> Option<Vec<u8>> {
    use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::NoPadding};

    const VECTOR_BYTES: usize = 16;
    const BEHIND_BYTES: usize = VECTOR_BYTES + 64;
    let key = KEY.get()?;
    let (text, behind) = page.split_at_checked(page.len().checked_sub(BEHIND_BYTES)?)?;
    // The first page starts with the salt, where SQLite has its magic word.
    let (mut plain, text) = match number {
        1 => (super::header::MAGIC.to_vec(), text.get(super::header::MAGIC.len()..)?),
        _ => (Vec::new(), text),
    };
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(key.bytes(), &behind[..VECTOR_BYTES]).ok()?;
    plain.extend(cipher.decrypt_padded_vec_mut::<NoPadding>(text).ok()?);
    Some(plain)
}

/// Nothing is encrypted in this build.
#[cfg(not(feature = "encryption"))]
pub(super) const fn plain_page(_number: usize, _page: &[u8]) -> Option<Vec<u8>> {
    None
}
