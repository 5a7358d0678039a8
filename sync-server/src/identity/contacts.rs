//! When terminals were last heard: kept to the minute, so that reading costs the database nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use shared::ids::TerminalId;
use shared::time::Timestamp;

/// A contact is written at most so often per terminal.
const MINUTE_MS: i64 = 60_000;

/// The last contact of each terminal that was written.
#[derive(Debug, Default)]
pub(crate) struct Contacts(Mutex<HashMap<TerminalId, Timestamp>>);

impl Contacts {
    /// Notes a contact. Answers whether it is to be written now.
    pub(crate) fn is_due(&self, terminal: TerminalId, now: Timestamp) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match written.get(&terminal) {
            Some(last) if last.plus_ms(MINUTE_MS) > now => false,
            _ => {
                written.insert(terminal, now);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn is_written_once_a_minute_per_terminal() {
        let contacts = Contacts::default();
        let (one, other) = (TerminalId::new(Uuid::from_u128(1)), TerminalId::new(Uuid::from_u128(2)));
        let at = Timestamp::from_ms;
        assert!(contacts.is_due(one, at(0)) && contacts.is_due(other, at(1)));
        assert!(!contacts.is_due(one, at(59_999)) && contacts.is_due(one, at(60_000)));
    }
}
