//! When a terminal has a network, and when it last heard from the server.

use shared::time::Timestamp;

/// One terminal's contact with the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    /// (from, online), by time; online before the first.
    changes: Vec<(Timestamp, bool)>,
    /// Moments at which references were pulled though the terminal was otherwise offline.
    pulls: Vec<Timestamp>,
}

impl Connection {
    pub(crate) fn change(&mut self, from: Timestamp, online: bool) {
        self.changes.push((from, online));
        self.changes.sort_by_key(|(from, _)| *from);
    }

    pub(crate) fn pull(&mut self, at: Timestamp) {
        self.pulls.push(at);
    }

    pub(crate) fn is_online(&self, at: Timestamp) -> bool {
        self.changes.iter().rev().find(|(from, _)| *from <= at).is_none_or(|(_, online)| *online)
    }

    /// When what happens at a moment reaches the server: at once, or at the next contact.
    pub(crate) fn received_at(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_online(at) {
            return Some(at);
        }
        self.changes.iter().find(|(from, online)| *online && *from > at).map(|(from, _)| *from)
    }

    /// What references the terminal has at a moment: those of its last contact.
    pub(crate) fn known_at(&self, at: Timestamp) -> Timestamp {
        if self.is_online(at) {
            return at;
        }
        let went_off = self.changes.iter().rev().find(|(from, online)| !online && *from <= at).map(|(from, _)| *from);
        let pulled = self.pulls.iter().filter(|pulled| **pulled <= at).max().copied();
        went_off.max(pulled).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_offline_arrives_at_the_next_contact() {
        let at = Timestamp::from_ms;
        let mut connection = Connection::default();
        connection.change(at(30), true);
        connection.change(at(10), false);
        connection.pull(at(20));
        assert_eq!(connection.received_at(at(5)), Some(at(5)));
        assert_eq!(connection.received_at(at(15)), Some(at(30)));
        assert_eq!((connection.known_at(at(15)), connection.known_at(at(25))), (at(10), at(20)));
        connection.change(at(40), false);
        assert_eq!(connection.received_at(at(50)), None);
    }
}
