//! What leaves the log, and what never does.

use power_cut::Rng;
use scanner_app::store::{RETENTION_MS, Store};
use shared::event::{Act, Event, Stage};
use shared::time::Timestamp;

use super::work::{EPOCH, TERMINAL, acknowledgement, event, photo};

const DAY_MS: i64 = 24 * 3_600_000;

fn acknowledge(store: &mut Store, range: (u64, u64), received_at: Timestamp) {
    store.acknowledge(&acknowledgement(range, received_at)).unwrap();
}

fn filled(folder: &tempfile::TempDir, count: u64) -> Store {
    let mut store = Store::open(&folder.path().join("t.sqlite"), TERMINAL, EPOCH).unwrap();
    let events: Vec<Event> = (1..=count).map(event).collect();
    store.append(&events, |_| Ok(())).unwrap();
    store
}

fn first(store: &Store) -> u64 {
    store.events().unwrap()[0].seq
}

#[test]
fn whatever_leaves_was_acknowledged_thirty_days_ago_and_the_rest_still_verifies() {
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let count = 20 + rng.below(60);
        let mut store = filled(&folder, count);
        let start = event(1).at;
        // Acknowledgements on successive days, up to some number.
        let (mut from, mut day, mut received) = (1, 0, Vec::new());
        while from <= count && rng.below(8) > 0 {
            let to = (from + rng.below(9)).min(count);
            day += i64::try_from(rng.below(12)).unwrap();
            acknowledge(&mut store, (from, to), start.plus_ms(day * DAY_MS));
            received.push((from, to, day));
            from = to + 1;
        }
        let pending = store.pending().unwrap().0;
        let now_day = i64::try_from(rng.below(120)).unwrap();
        let step = 1 + u32::try_from(rng.below(20)).unwrap();
        while store.let_go(start.plus_ms(now_day * DAY_MS), step).unwrap() > 0 {
            assert!(store.verify_log().unwrap().ok, "seed {seed}");
        }
        // Both clocks: this device's and the server's, as its newest acknowledgement told it.
        let heard = received.last().map_or(0, |(_, _, day)| *day);
        let old_enough = |day: i64| (now_day.min(heard) - day) * DAY_MS > RETENTION_MS;
        let until =
            received.iter().take_while(|(_, _, day)| old_enough(*day)).map(|(_, to, _)| *to).last().unwrap_or(0);
        let expected = until.min(count - 1) + 1;
        assert_eq!(first(&store), expected, "seed {seed}: {received:?}, day {now_day}");
        assert_eq!(store.pending().unwrap().0, pending, "seed {seed}: what waits, waits");
        assert_eq!(store.next_seq().unwrap(), count + 1);
        assert!(store.verify_log().unwrap().ok && store.hash_after(EPOCH, expected - 1).unwrap().is_some());
        store.append(&[event(count + 1)], |_| Ok(())).unwrap();
        drop(store);
        let store = Store::open(&folder.path().join("t.sqlite"), TERMINAL, EPOCH).unwrap();
        assert!(store.verify_log().unwrap().ok, "seed {seed}");
    }
}

#[test]
fn a_clock_ten_years_ahead_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = filled(&folder, 10);
    let start = event(1).at;
    acknowledge(&mut store, (1, 9), start);
    assert_eq!(store.let_go(start.plus_ms(3_650 * DAY_MS), 100).unwrap(), 0);
    acknowledge(&mut store, (10, 10), start.plus_ms(40 * DAY_MS));
    assert_eq!(store.let_go(start.plus_ms(-3_650 * DAY_MS), 100).unwrap(), 0, "nor does one that is behind");
    assert_eq!(store.let_go(start.plus_ms(40 * DAY_MS), 100).unwrap(), 9);
}

#[test]
fn the_events_of_an_open_task_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = filled(&folder, 3);
    let opened = Act::TaskOpened {
        task: "T1".into(),
        stage: Stage::Inbound,
        basis: "B".into(),
        document: "D".into(),
        reserved: false,
    };
    store.append(&[Event { act: opened, ..event(4) }, event(5), event(6)], |_| Ok(())).unwrap();
    let start = event(1).at;
    acknowledge(&mut store, (1, 5), start);
    acknowledge(&mut store, (6, 6), start.plus_ms(40 * DAY_MS));
    assert_eq!(store.let_go(start.plus_ms(40 * DAY_MS), 100).unwrap(), 3);
    assert_eq!(first(&store), 4);
}

#[test]
fn a_photo_is_kept_once_counted_until_it_is_sent_and_goes_when_nobody_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = filled(&folder, 1);
    let start = event(1).at;
    let named = store.keep_photo(&photo(1), start).unwrap();
    let orphan = store.keep_photo(&photo(2), start).unwrap();
    assert_eq!(store.keep_photo(&photo(1), start).unwrap(), named);
    assert_eq!(store.photos_pending().unwrap(), 2);
    assert_eq!(shared::chain::sha256(&[&store.photo(named).unwrap().unwrap()]), named);
    let report = shared::event::Report {
        what: shared::event::ReportKind::Damaged,
        basis: "B".into(),
        document: "D".into(),
        pack: None,
        text: None,
        photos: vec![named],
    };
    store.append(&[Event { act: Act::Report(report), ..event(2) }], |_| Ok(())).unwrap();
    assert_eq!(store.clean_photos(start.plus_ms(DAY_MS / 2)).unwrap(), 0, "its report may still be written");
    assert_eq!(store.clean_photos(start.plus_ms(2 * DAY_MS)).unwrap(), 1);
    assert!(store.photo(orphan).unwrap().is_none() && store.photo(named).unwrap().is_some());
    assert_eq!(store.next_photo().unwrap(), Some(named));
    store.photo_sent(named, start).unwrap();
    assert_eq!(store.photos_pending().unwrap(), 0);
    assert_eq!(store.tidy(start.plus_ms(40 * DAY_MS)).unwrap(), 0, "the server's clock was not heard");
    acknowledge(&mut store, (1, 2), start.plus_ms(40 * DAY_MS));
    assert_eq!(store.tidy(start.plus_ms(40 * DAY_MS)).unwrap(), 1);
    assert!(store.photo(named).unwrap().is_none());
    let error = store.keep_photo(b"no picture", start).unwrap_err();
    assert!(error.to_string().contains("Take it again"), "{error}");
}
