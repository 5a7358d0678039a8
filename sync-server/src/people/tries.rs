//! Wrong passwords slow down whoever tries them: by account and by address, the longer the more there were. Kept in memory: a
//! restart forgives, and nothing that a stranger types is stored.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use shared::time::Timestamp;

/// Wrong passwords of one account that cost no waiting.
const FREE: u32 = 4;

/// The same, of one address: several people may sit behind it.
const FREE_PER_ADDRESS: u32 = 20;

/// The longest wait.
const WAIT_MAX_MS: i64 = 15 * 60_000;

/// Accounts and addresses remembered; beyond them the oldest is forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Who is slowed down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever tries this sign-in name, known or not.
    Account(String),
    /// Whoever comes from this address.
    Address(String),
}

/// Wrong tries so far.
#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<Who, (u32, Timestamp)>>);

impl Tries {
    /// Seconds until this one may try again; none when it may now.
    #[must_use]
    pub fn wait_s(&self, who: &Who, now: Timestamp) -> Option<u64> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (wrong, last) = *held.get(who)?;
        let until = last.plus_ms(wait_ms(who, wrong));
        let left_ms = until.as_ms().saturating_sub(now.as_ms());
        // A clock that was set back locks nobody out.
        (1..=WAIT_MAX_MS).contains(&left_ms).then(|| u64::try_from(left_ms).unwrap_or(0).div_ceil(1_000))
    }

    /// A try that is under way counts as wrong until it was right: many at once gain nothing.
    pub fn count(&self, who: Who, now: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= REMEMBERED_MAX && !held.contains_key(&who) {
            let oldest = held.iter().min_by_key(|(_, (_, last))| *last).map(|(oldest, _)| oldest.clone());
            oldest.map(|oldest| held.remove(&oldest));
        }
        let entry = held.entry(who).or_insert((0, now));
        // A day without a try begins anew.
        let wrong = if entry.1.plus_ms(86_400_000) < now { 0 } else { entry.0 };
        *entry = (wrong.saturating_add(1), now);
    }

    /// It was the right password: the account starts anew. The address does not: whoever owns one account must not win tries at others.
    pub fn forgive(&self, who: &Who) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }

    /// It was right: that one try of the address does not count.
    pub fn uncount(&self, who: &Who) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((wrong, _)) = held.get_mut(who) {
            *wrong = wrong.saturating_sub(1);
        }
    }
}

fn wait_ms(who: &Who, wrong: u32) -> i64 {
    let free = if matches!(who, Who::Account(_)) { FREE } else { FREE_PER_ADDRESS };
    match wrong.checked_sub(free) {
        None | Some(0) => 0,
        Some(over) => (1_000_i64 << over.min(20)).min(WAIT_MAX_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let (tries, start) = (Tries::default(), Timestamp::from_ms(1_000_000));
        let who = Who::Account("li".into());
        for _ in 0..FREE {
            tries.count(who.clone(), start);
        }
        assert_eq!(tries.wait_s(&who, start), None);
        tries.count(who.clone(), start);
        assert_eq!(tries.wait_s(&who, start), Some(2));
        tries.count(who.clone(), start);
        assert_eq!(tries.wait_s(&who, start), Some(4));
        assert_eq!(tries.wait_s(&who, start.plus_ms(4_000)), None);
        for _ in 0..40 {
            tries.count(who.clone(), start);
        }
        assert_eq!(tries.wait_s(&who, start), Some(900));
        assert_eq!(tries.wait_s(&who, start.plus_ms(-3_600_000)), None, "a clock that was set back locks nobody out");
        tries.forgive(&who);
        assert_eq!(tries.wait_s(&who, start), None);
    }

    #[test]
    fn strangers_cannot_fill_the_memory() {
        let tries = Tries::default();
        for number in 0..=i64::try_from(REMEMBERED_MAX).unwrap() {
            tries.count(Who::Account(number.to_string()), Timestamp::from_ms(number));
        }
        let held = tries.0.lock().unwrap();
        assert_eq!(held.len(), REMEMBERED_MAX);
        assert!(!held.contains_key(&Who::Account("0".into())), "the oldest was forgotten");
    }
}
