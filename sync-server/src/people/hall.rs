//! What sign-in needs while the server runs: who tried lately, room for the costly hash, randomness.

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Semaphore;

use super::password::{self, Checked};
use super::tries::Tries;

/// Passwords hashed at once, at most: 19 MiB each.
const HASHES_AT_ONCE: usize = 4;

/// The system gives no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system's random source failed; nothing was changed. Try again")]
pub struct NoRandom;

/// Bytes from the system's random source.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(bytes)
}

/// Where people come in.
#[derive(Clone, Debug)]
pub struct Hall {
    is_open: bool,
    tries: Arc<Tries>,
    hashes: Arc<Semaphore>,
}

impl Hall {
    /// `is_open`: nobody is asked who he is (`console_without_sign_in`).
    #[must_use]
    pub fn new(is_open: bool) -> Self {
        Self { is_open, tries: Arc::default(), hashes: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// Whether nobody is asked who he is.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Who tried lately, by account and by address.
    #[must_use]
    pub fn tries(&self) -> &Tries {
        &self.tries
    }

    /// Checks a password against what is stored, as slowly where nothing is stored.
    pub async fn check(&self, typed: String, stored: Option<String>) -> Checked {
        let Ok(room) = Arc::clone(&self.hashes).acquire_owned().await else { return Checked::Wrong };
        let checked = tokio::task::spawn_blocking(move || {
            // Whoever asked may hang up: the hash is worked out all the same, and its room is taken until then.
            let _room = room;
            password::check(&typed, stored.as_deref())
        });
        checked.await.unwrap_or(Checked::Wrong)
    }
}
