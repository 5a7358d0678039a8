//! When an event happened: a pure function of the terminal's own log, never of a batch or a connection (`domain.md`, time).

use uuid::Uuid;

use crate::event::{Act, Event};
use crate::time::Timestamp;

/// What the server's clock said, beside the terminal's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The anchor's number in the log.
    pub seq: u64,
    /// Which start of the device.
    pub boot: Uuid,
    /// The monotonic clock when the answer was there.
    pub mono_ms: u64,
    /// The terminal's wall clock then.
    pub wall: Timestamp,
    /// The server's time then: what it answered, and half the round trip.
    pub server: Timestamp,
}

impl Anchor {
    /// How far the terminal's clock is ahead of the server's, in milliseconds.
    #[must_use]
    pub const fn offset_ms(&self) -> i64 {
        self.wall.as_ms().saturating_sub(self.server.as_ms())
    }
}

/// What an event itself says of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number in the log.
    pub seq: u64,
    /// Which start of the device.
    pub boot: Uuid,
    /// The monotonic clock.
    pub mono_ms: u64,
    /// The terminal's wall clock.
    pub at: Timestamp,
}

impl From<&Event> for Told {
    fn from(event: &Event) -> Self {
        Self { seq: event.seq, boot: event.boot, mono_ms: event.mono_ms, at: event.at }
    }
}

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The best single value.
    pub at: Timestamp,
    /// Where unsure: the earliest and latest it can be.
    pub window: Option<(Timestamp, Timestamp)>,
}

/// The anchors of one epoch's log, by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<Anchor>);

impl Anchors {
    /// Picks the anchors out of a log; the order of the events does not matter.
    #[must_use]
    pub fn of<'e>(log: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut anchors: Vec<Anchor> = log.into_iter().filter_map(anchor).collect();
        anchors.sort_by_key(|anchor| anchor.seq);
        Self(anchors)
    }

    /// Takes in one more event of the log. Answers whether it is an anchor: then events around it may have another time.
    pub fn follow(&mut self, event: &Event) -> bool {
        let Some(anchor) = anchor(event) else { return false };
        let place = self.0.partition_point(|held| held.seq < anchor.seq);
        if self.0.get(place).is_none_or(|held| held.seq != anchor.seq) {
            self.0.insert(place, anchor);
        }
        true
    }

    /// The anchors, by number.
    #[must_use]
    pub fn as_slice(&self) -> &[Anchor] {
        &self.0
    }

    /// When an event of this log happened. The nearest anchor of its boot, by monotonic time, gives it exactly. Without one it
    /// lies between the neighbouring anchors; a log without any anchor has only its own clock.
    #[must_use]
    pub fn moment(&self, event: impl Into<Told>) -> Moment {
        let event = event.into();
        let of_boot = self.0.iter().filter(|anchor| anchor.boot == event.boot);
        if let Some(nearest) = of_boot.min_by_key(|anchor| anchor.mono_ms.abs_diff(event.mono_ms)) {
            let ms = |mono: u64| i64::try_from(mono).unwrap_or(i64::MAX);
            let since = ms(event.mono_ms).saturating_sub(ms(nearest.mono_ms));
            return Moment { at: nearest.server.plus_ms(since), window: None };
        }
        if self.0.is_empty() {
            return Moment { at: event.at, window: None };
        }
        let before = self.0.iter().rev().find(|anchor| anchor.seq < event.seq);
        let after = self.0.iter().find(|anchor| anchor.seq > event.seq);
        let earliest = before.map_or(Timestamp::from_ms(i64::MIN), |anchor| anchor.server);
        let latest = after.map_or(Timestamp::from_ms(i64::MAX), |anchor| anchor.server);
        // A clock set back between the anchors can leave them crossed; then the later one bounds both.
        let earliest = earliest.min(latest);
        Moment { at: event.at.clamp(earliest, latest), window: Some((earliest, latest)) }
    }
}

/// The anchor that an event is, if it is one.
fn anchor(event: &Event) -> Option<Anchor> {
    let Act::ClockAnchor { server_time, round_trip_ms } = event.act else { return None };
    Some(Anchor {
        seq: event.seq,
        boot: event.boot,
        mono_ms: event.mono_ms,
        wall: event.at,
        server: server_time.plus_ms(i64::try_from(round_trip_ms / 2).unwrap_or(i64::MAX)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{EpochId, SiteId, TerminalId};

    fn event(seq: u64, boot: u128, mono_ms: u64, wall_ms: i64, act: Act) -> Event {
        Event {
            terminal: TerminalId::new(Uuid::from_u128(1)),
            epoch: EpochId::new(Uuid::from_u128(2)),
            seq,
            event_id: None,
            at: Timestamp::from_ms(wall_ms),
            mono_ms,
            boot: Uuid::from_u128(boot),
            operator: None,
            site: SiteId::from("gate"),
            app: String::new(),
            data_as_of: 0,
            act,
        }
    }

    fn anchor(seq: u64, boot: u128, mono_ms: u64, wall_ms: i64, server_ms: i64) -> Event {
        let server_time = Timestamp::from_ms(server_ms);
        event(seq, boot, mono_ms, wall_ms, Act::ClockAnchor { server_time, round_trip_ms: 20 })
    }

    #[test]
    fn a_wrong_wall_clock_does_not_matter_where_the_boot_has_an_anchor() {
        let log = [anchor(1, 1, 1_000, 99_000, 5_000), event(2, 1, 4_000, 7, Act::SignedIn)];
        let moment = Anchors::of(&log).moment(&log[1]);
        assert_eq!(moment, Moment { at: Timestamp::from_ms(8_010), window: None });
        assert_eq!(Anchors::of(&log).as_slice()[0].offset_ms(), 93_990);
    }

    #[test]
    fn a_boot_without_an_anchor_lies_between_its_neighbours() {
        let log = [
            anchor(1, 1, 0, 0, 5_000),
            event(2, 2, 50, 90_000, Act::SignedIn),
            anchor(3, 3, 0, 0, 9_000),
            event(4, 4, 50, 90_000, Act::SignedIn),
        ];
        let anchors = Anchors::of(&log);
        let window = (Timestamp::from_ms(5_010), Timestamp::from_ms(9_010));
        assert_eq!(anchors.moment(&log[1]), Moment { at: window.1, window: Some(window) });
        let open = anchors.moment(&log[3]);
        assert_eq!(open.at, Timestamp::from_ms(90_000));
        assert_eq!(open.window, Some((window.1, Timestamp::from_ms(i64::MAX))));
        let bare = [event(1, 1, 0, 77, Act::SignedIn)];
        assert_eq!(Anchors::of(&bare).moment(&bare[0]), Moment { at: Timestamp::from_ms(77), window: None });
    }
}
