//! Wrong passwords slow down whoever tries them: by account and by address, the longer the more there were. Kept in memory: a
//! restart forgives, and nothing that a stranger types is stored.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use shared::time::Timestamp;

/// Wrong passwords of one account that cost no waiting.
const FREE: u32 = 4;

/// The same, of one address: several people may sit behind it.
const FREE_PER_ADDRESS: u32 = 20;

/// The longest wait.
const WAIT_MAX_MS: i64 = 15 * 60_000;

/// Accounts and addresses remembered; beyond them the one with the shortest wait is forgotten, of those the oldest.
const REMEMBERED_MAX: usize = 10_000;

/// Characters that are kept of an address that cannot be read.
const ADDRESS_CHARS_MAX: usize = 64;

/// Who is slowed down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever tries this sign-in name, known or not.
    Account(String),
    /// Whoever comes from this address; of IPv6 from its network of 64 bits, since who has one address there has them all.
    Address(String),
}

impl Who {
    /// Whoever comes from an address, as a request says it.
    #[must_use]
    pub fn from_address(text: &str) -> Self {
        let network = |address: Ipv6Addr| Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
        let bounded = text.chars().take(ADDRESS_CHARS_MAX).collect();
        Self::Address(text.parse().map_or(bounded, |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{}/64", network(address)),
        }))
    }
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
            // Whoever waits is forgotten last: inventing names must not free anybody.
            let place = |(who, (wrong, last)): &(&Who, &(u32, Timestamp))| (wait_ms(who, *wrong), *last);
            let least = held.iter().min_by_key(place).map(|(least, _)| least.clone());
            least.map(|least| held.remove(&least));
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

    #[test]
    fn inventing_names_frees_nobody() {
        let (tries, start) = (Tries::default(), Timestamp::from_ms(0));
        let who = Who::Account("li".into());
        for _ in 0..20 {
            tries.count(who.clone(), start);
        }
        for number in 0..=i64::try_from(REMEMBERED_MAX).unwrap() {
            tries.count(Who::Account(format!("invented {number}")), Timestamp::from_ms(number));
        }
        assert!(tries.wait_s(&who, Timestamp::from_ms(10_000)).is_some());
    }

    #[test]
    fn who_has_a_network_has_one_address() {
        let who = Who::from_address;
        assert_eq!(who("2001:db8:1:2::1"), who("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(who("2001:db8:1:2::1"), who("2001:db8:1:3::1"));
        assert_eq!(who("::ffff:192.0.2.1"), who("192.0.2.1"));
        assert_ne!(who("192.0.2.1"), who("192.0.2.2"));
    }
}
