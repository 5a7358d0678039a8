//! When a contact with the server becomes a clock anchor in the log (`settled.md` 7): when this start of the device has none, when
//! the newest is old and events were added since, or when the clocks moved against each other. It never wakes the sender.

use shared::event::{Act, Event};
use shared::time::Timestamp;
use shared::trail::clock::Anchor;
use uuid::Uuid;

use super::{Identity, event};
use crate::device::{Contact, Device};
use crate::store::{Store, StoreError};

/// How old the newest anchor may be while events are added, in milliseconds.
const OLD_MS: u64 = 15 * 60_000;

/// How far the clocks may move against each other, in milliseconds.
const MOVED_MS: u64 = 1_000;

/// The anchor that a contact gives now, if one is due. `since` tells whether events were added after the newest anchor.
#[must_use]
pub fn due(contact: &Contact, newest: Option<&Anchor>, since: bool, (boot, mono_ms): (Uuid, u64)) -> Option<Act> {
    // What was answered some time ago is brought forward to the moment at which it is written.
    let waited_ms = i64::try_from(mono_ms.saturating_sub(contact.answered_ms)).unwrap_or(i64::MAX);
    let server_time = contact.server_time.plus_ms(waited_ms);
    let is_due = match newest.filter(|newest| newest.boot == boot) {
        None => true,
        Some(newest) => {
            let expected = expected(newest, mono_ms).as_ms();
            let half_ms = i64::try_from(contact.round_trip_ms / 2).unwrap_or(i64::MAX);
            let moved_ms = server_time.plus_ms(half_ms).as_ms().abs_diff(expected);
            // An answer that took long says little: it moves nothing within its own doubt.
            let moved = moved_ms > MOVED_MS.max(contact.round_trip_ms);
            moved || (since && mono_ms.saturating_sub(newest.mono_ms) > OLD_MS)
        }
    };
    is_due.then_some(Act::ClockAnchor { server_time, round_trip_ms: contact.round_trip_ms })
}

/// What the server's clock should say by an anchor.
fn expected(anchor: &Anchor, mono_ms: u64) -> Timestamp {
    anchor.server.plus_ms(i64::try_from(mono_ms.saturating_sub(anchor.mono_ms)).unwrap_or(i64::MAX))
}

/// Writes the anchor of a contact, if one is due. Answers whether it was.
pub fn anchor(
    store: &mut Store,
    device: &dyn Device,
    identity: &Identity,
    contact: &Contact,
) -> Result<bool, StoreError> {
    let next_seq = store.next_seq()?;
    let anchors = store.anchors()?;
    let own: Vec<&Event> = anchors.iter().filter(|anchor| anchor.epoch == store.epoch()).collect();
    let newest = shared::trail::clock::Anchors::of(own).as_slice().last().copied();
    let since = newest.is_some_and(|newest| newest.seq + 1 < next_seq);
    // Before the first event of a log there is nothing to anchor.
    let Some(act) = due(contact, newest.as_ref(), since, (device.boot(), device.mono_ms())).filter(|_| next_seq > 1)
    else {
        return Ok(false);
    };
    let position = store.cursor()?.1;
    store.append(&[event(store, device, identity, position, (next_seq, act))], |_| Ok(()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(server_ms: i64, round_trip_ms: u64, answered_ms: u64) -> Contact {
        Contact { server_time: Timestamp::from_ms(server_ms), round_trip_ms, answered_ms }
    }

    fn anchor(boot: u128, mono_ms: u64, server_ms: i64) -> Anchor {
        let at = Timestamp::from_ms(server_ms);
        Anchor { seq: 5, boot: Uuid::from_u128(boot), mono_ms, wall: at, server: at }
    }

    const BOOT: Uuid = Uuid::from_u128(1);

    #[test]
    fn the_first_contact_of_each_start_is_an_anchor() {
        let asked = contact(1_000, 20, 50);
        assert!(due(&asked, None, false, (BOOT, 50)).is_some());
        assert!(due(&asked, Some(&anchor(2, 40, 990)), false, (BOOT, 50)).is_some());
        assert!(due(&asked, Some(&anchor(1, 40, 990)), true, (BOOT, 50)).is_none());
    }

    #[test]
    fn an_old_anchor_is_renewed_only_after_events() {
        let later = OLD_MS + 41;
        let asked = contact(990 + i64::try_from(OLD_MS).unwrap(), 2, later);
        assert!(due(&asked, Some(&anchor(1, 40, 990)), true, (BOOT, later)).is_some());
        assert!(due(&asked, Some(&anchor(1, 40, 990)), false, (BOOT, later)).is_none());
    }

    #[test]
    fn clocks_that_moved_are_told_unless_the_answer_was_slow() {
        let newest = anchor(1, 0, 0);
        assert!(due(&contact(12_000, 10, 10_000), Some(&newest), false, (BOOT, 10_000)).is_some());
        assert!(due(&contact(12_000, 4_000, 10_000), Some(&newest), false, (BOOT, 10_000)).is_none());
    }

    #[test]
    fn what_was_answered_earlier_is_brought_forward() {
        let Some(Act::ClockAnchor { server_time, .. }) = due(&contact(1_000, 0, 100), None, false, (BOOT, 350)) else {
            panic!("it is due")
        };
        assert_eq!(server_time.as_ms(), 1_250);
    }
}
