//! Damaged files: found at the start or by `verify`, never written to, never a silent loss; what is readable is rescued.

use std::path::{Path, PathBuf};

use power_cut::Rng;
use scanner_app::device::{Device, ManualDevice};
use scanner_app::store::{Notice, Opening, Store, StoreError, rescue, verify};
use shared::event::Event;
use shared::ids::EpochId;
use uuid::Uuid;

use super::work::{EPOCH, TERMINAL, event, photo};

const EVENTS: u64 = 400;

struct Place {
    folder: tempfile::TempDir,
    /// The bytes of a sound store that was closed.
    sound: Vec<u8>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound.sqlite");
        fill(&mut Store::open(&path, TERMINAL, EPOCH).unwrap());
        let sound = std::fs::read(&path).unwrap();
        assert!(sound.len() > 200_000, "{} bytes", sound.len());
        Self { folder, sound }
    }

    /// A store with these bytes and nothing beside it.
    fn store(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("t.sqlite");
        for ending in ["-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("t.sqlite{ending}")));
        }
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn fill(store: &mut Store) {
    let now = ManualDevice::new().now();
    for first in (1..=EVENTS).step_by(4) {
        let events: Vec<Event> = (first..first + 4).map(event).collect();
        store.append(&events, |_| Ok(())).unwrap();
    }
    store.keep_photo(&photo(1), now).unwrap();
}

fn expected() -> Vec<Event> {
    (1..=EVENTS).map(event).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The start says so.
    AtStart,
    /// `verify` says so.
    ByVerify,
    /// The log is whole all the same.
    Harmless,
}

/// What becomes of a damaged file. A silent loss fails the test.
fn outcome(place: &Place, damaged: &[u8], what: &str) -> Outcome {
    let path = place.store(damaged);
    let opened = Store::open(&path, TERMINAL, EpochId::new(Uuid::from_u128(99)));
    if let Err(error) = opened {
        assert!(
            matches!(error, StoreError::Damaged { .. } | StoreError::Foreign { .. } | StoreError::Newer(_)),
            "{error:?}"
        );
        assert!(std::fs::read(&path).unwrap() == damaged, "{what}: the file was written to");
        return Outcome::AtStart;
    }
    drop(opened);
    let path = place.store(damaged);
    let verified = verify(&path, TERMINAL, None).unwrap();
    assert!(std::fs::read(&path).unwrap() == damaged, "{what}: the check wrote to the file");
    if !verified.ok {
        assert!(verified.first_fault.is_some());
        return Outcome::ByVerify;
    }
    let held = Store::open_to_read(&path, TERMINAL).unwrap().events().unwrap();
    assert!(held == expected(), "{what}: {} events after a start without a word", held.len());
    Outcome::Harmless
}

#[test]
fn a_flipped_bit_on_any_page_is_found_or_harms_nothing() {
    let place = Place::new();
    let mut rng = Rng::new(11);
    let (mut at_start, mut by_verify, mut harmless) = (0, 0, 0);
    for page in 0..place.sound.len() / 4096 {
        // The page's own header, the cell pointers, and three places anywhere.
        let within = [rng.below(8), 8 + rng.below(24), rng.below(4096), rng.below(4096), 4095 - rng.below(600)];
        for at in within {
            let mut damaged = place.sound.clone();
            damaged[page * 4096 + usize::try_from(at).unwrap()] ^= 1 << rng.below(8);
            match outcome(&place, &damaged, &format!("page {page}, byte {at}")) {
                Outcome::AtStart => at_start += 1,
                Outcome::ByVerify => by_verify += 1,
                Outcome::Harmless => harmless += 1,
            }
        }
    }
    println!("flipped bits: {at_start} found at the start, {by_verify} by verify, {harmless} harm nothing");
    assert!(at_start > 50 && by_verify > 50);
}

#[test]
fn a_truncated_file_is_found() {
    let place = Place::new();
    let mut rng = Rng::new(12);
    let lengths =
        [1, 15, 16, 99, 100, 511, 512, 4095, 4096, 4097, 8192, place.sound.len() - 4096, place.sound.len() - 1];
    let drawn = (0..20).map(|_| usize::try_from(rng.below(place.sound.len() as u64 - 1)).unwrap() + 1);
    for length in lengths.into_iter().chain(drawn) {
        let found = outcome(&place, &place.sound[..length], &format!("{length} bytes"));
        // The end of the last page may be unused: then nothing is lost, which `outcome` has checked.
        if place.sound.len() - length >= 4096 || found != Outcome::Harmless {
            assert_eq!(found, Outcome::AtStart, "{length} bytes of {}", place.sound.len());
        }
    }
}

/// A store that is open, with its newest events in the write-ahead log alone; answers its files' bytes.
fn running(path: &Path, mark: &Path) -> (Vec<u8>, Vec<u8>) {
    let opening = Opening { mark: Some(mark), ..Opening::default() };
    let mut store = Store::open_with(path, (TERMINAL, EPOCH), opening).unwrap();
    fill(&mut store);
    let wal = path.with_extension("sqlite-wal");
    (std::fs::read(path).unwrap(), std::fs::read(wal).unwrap())
}

#[test]
fn a_write_ahead_log_that_is_lost_torn_or_flipped_is_noticed_by_the_mark() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mark) = (folder.path().join("t.sqlite"), folder.path().join("t.mark"));
    let (file, wal) = running(&path, &mark);
    let marked = std::fs::read(&mark).unwrap();
    let mut rng = Rng::new(13);
    let (mut noticed, mut refused) = (0, 0);
    for round in 0..30 {
        let mut damaged = wal.clone();
        match round {
            0 => damaged.clear(),
            1..15 => damaged.truncate(usize::try_from(rng.below(wal.len() as u64)).unwrap()),
            _ => damaged[usize::try_from(rng.below(wal.len() as u64)).unwrap()] ^= 1 << rng.below(8),
        }
        std::fs::write(&path, &file).unwrap();
        std::fs::write(path.with_extension("sqlite-wal"), &damaged).unwrap();
        std::fs::write(path.with_extension("sqlite-shm"), vec![0x5A; 32_768]).unwrap();
        std::fs::write(&mark, &marked).unwrap();
        let opening = Opening { mark: Some(&mark), ..Opening::default() };
        let next = EpochId::new(Uuid::from_u128(100 + round));
        let store = match Store::open_with(&path, (TERMINAL, next), opening) {
            Ok(store) => store,
            Err(error) => {
                // Events lie behind the flipped bit: the files stay as they are, for a rescue.
                assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
                assert!(std::fs::read(path.with_extension("sqlite-wal")).unwrap() == damaged);
                refused += 1;
                continue;
            }
        };
        let held = store.events().unwrap();
        assert!(held[..] == expected()[..held.len()] && store.verify_log().unwrap().ok);
        let whole = held.len() as u64 == EVENTS;
        match store.notice() {
            None => assert!(whole, "{} events and not a word", held.len()),
            Some(notice) => {
                assert!(!whole && matches!(notice, Notice::OlderCopy { .. }), "{notice}");
                assert_eq!(store.epoch(), next);
                noticed += 1;
            }
        }
    }
    println!("a damaged write-ahead log: refused {refused} times, noticed {noticed} times of 30");
    assert!(noticed >= 8 && refused >= 10);
}

#[test]
fn whatever_page_is_destroyed_the_rest_is_rescued() {
    let place = Place::new();
    let mut rng = Rng::new(14);
    let pages = place.sound.len() / 4096;
    for page in (0..pages).step_by(3) {
        let mut damaged = place.sound.clone();
        for byte in &mut damaged[page * 4096..(page + 1) * 4096] {
            *byte = rng.draw().to_be_bytes()[0];
        }
        if outcome(&place, &damaged, &format!("page {page}")) == Outcome::Harmless {
            continue;
        }
        let path = place.store(&damaged);
        let to = place.folder.path().join(format!("saved-{page}"));
        let next = EpochId::new(Uuid::from_u128(7_000 + page as u128));
        let rescued = rescue(&path, &to, (TERMINAL, next), None).unwrap();
        // A page holds some ten events; a page that is none of the log's costs none.
        let missing: u64 = rescued.epochs[0].missing.iter().map(|(from, to)| to + 1 - from).sum();
        assert!(missing <= 20 && rescued.events + missing >= EVENTS - 20, "page {page}: {rescued:?}");
        assert!(rescued.epochs[0].broken.is_empty(), "page {page}: {rescued:?}");
        assert!(std::fs::read(to.join("damaged-1/t.sqlite")).unwrap() == damaged);
        let store = Store::open(&path, TERMINAL, EPOCH).unwrap();
        assert_eq!((store.epoch(), store.next_seq().unwrap()), (next, 1));
        let previous = store.previous_epoch().unwrap().unwrap();
        assert_eq!((previous.epoch, previous.last_seq), (EPOCH, rescued.epochs[0].last));
        let _ = std::fs::remove_dir_all(path.with_extension("sqlite.disputed"));
    }
}

#[test]
fn events_that_only_the_write_ahead_log_holds_are_rescued() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mark) = (folder.path().join("t.sqlite"), folder.path().join("t.mark"));
    let (mut file, wal) = running(&path, &mark);
    let first_page = file.len().min(4096);
    file[..first_page].fill(0xEE);
    let mut torn = wal.clone();
    torn[40_000..40_200].iter_mut().for_each(|byte| *byte ^= 0xFF);
    std::fs::write(&path, &file).unwrap();
    std::fs::write(path.with_extension("sqlite-wal"), &torn).unwrap();
    let next = EpochId::new(Uuid::from_u128(3));
    let rescued = rescue(&path, &folder.path().join("saved"), (TERMINAL, next), Some(&mark)).unwrap();
    assert!(rescued.events >= EVENTS - 20, "{rescued:?}");
    assert_eq!(rescued.epochs[0].last, EVENTS, "the mark knows how far it had come");
    let opening = Opening { mark: Some(&mark), ..Opening::default() };
    let store = Store::open_with(&path, (TERMINAL, EpochId::new(Uuid::from_u128(4))), opening).unwrap();
    assert_eq!((store.notice(), store.epoch()), (None, next), "the new store is in no doubt");
}
