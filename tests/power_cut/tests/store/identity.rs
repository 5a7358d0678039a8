//! A store that was put back or copied is noticed, and no number is ever used twice.

use std::path::{Path, PathBuf};

use scanner_app::store::{Notice, Opening, Store};
use shared::chain::{Hash, sha256};
use shared::event::Event;
use shared::ids::EpochId;
use uuid::Uuid;

use super::work::{TERMINAL, event};

/// One device: its own folder, its own key folder, its own name.
struct Machine {
    folder: tempfile::TempDir,
    name: Hash,
}

impl Machine {
    fn new(name: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), name: sha256(&[name.as_bytes()]) }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("t.sqlite")
    }

    fn mark(&self) -> PathBuf {
        self.folder.path().join("t.mark")
    }

    fn open(&self, new_epoch: u128) -> Store {
        let mark = self.mark();
        let opening = Opening { mark: Some(&mark), machine: Some(self.name), ..Opening::default() };
        Store::open_with(&self.store(), (TERMINAL, EpochId::new(Uuid::from_u128(new_epoch))), opening).unwrap()
    }

    /// Starts, works, stops. Answers the identities used and what was noticed.
    fn work(&self, new_epoch: u128, count: u64) -> (Vec<(EpochId, u64)>, Option<Notice>) {
        let mut store = self.open(new_epoch);
        let mut used = Vec::new();
        for _ in 0..count {
            let seq = store.next_seq().unwrap();
            store.append(&[Event { epoch: store.epoch(), ..event(seq) }], |_| Ok(())).unwrap();
            used.push((store.epoch(), seq));
        }
        (used, store.notice().cloned())
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap();
}

#[test]
fn an_ordinary_life_is_in_no_doubt() {
    let machine = Machine::new("one");
    for start in 0..5 {
        let (used, notice) = machine.work(10 + start, 3);
        assert_eq!((used[0].0, notice), (EpochId::new(Uuid::from_u128(10)), None));
    }
}

#[test]
fn a_mark_that_lags_behind_is_in_no_doubt() {
    let machine = Machine::new("one");
    machine.work(10, 3);
    let lagging = std::fs::read(machine.mark()).unwrap();
    machine.work(11, 5);
    std::fs::write(machine.mark(), lagging).unwrap();
    assert_eq!(machine.work(12, 1).1, None, "a power cut does that");
}

#[test]
fn an_older_copy_put_back_is_noticed_every_time() {
    let machine = Machine::new("one");
    let backup = machine.folder.path().join("backup");
    let (mut used, _) = machine.work(10, 3);
    copy(&machine.store(), &backup);
    used.extend(machine.work(11, 4).0);
    for round in 0..3 {
        copy(&backup, &machine.store());
        let (now, notice) = machine.work(20 + round, 2);
        let missing = if round == 0 { Some(4) } else { None };
        assert_eq!(notice, Some(Notice::OlderCopy { missing }), "round {round}");
        assert!(now.iter().all(|identity| !used.contains(identity)), "round {round}: {now:?}");
        used.extend(now);
        assert_eq!(machine.work(30 + round, 0).1, None, "said once");
    }
}

#[test]
fn the_new_epoch_names_the_end_of_the_one_before() {
    let machine = Machine::new("one");
    let backup = machine.folder.path().join("backup");
    machine.work(10, 3);
    copy(&machine.store(), &backup);
    let (used, _) = machine.work(11, 4);
    copy(&backup, &machine.store());
    let previous = machine.open(20).previous_epoch().unwrap().unwrap();
    assert_eq!((previous.epoch, previous.last_seq), *used.last().unwrap(), "what was, not what the copy holds");
    assert_eq!(previous.acknowledged_seq, 0);
}

#[test]
fn a_store_cloned_to_a_second_machine_never_uses_the_firsts_numbers() {
    let (one, two) = (Machine::new("one"), Machine::new("two"));
    let (mut used, _) = one.work(10, 3);
    // The whole card was copied, key folder and all.
    copy(&one.store(), &two.store());
    copy(&one.mark(), &two.mark());
    let (on_two, notice) = two.work(20, 3);
    assert_eq!(notice, Some(Notice::OtherMachine));
    used.extend(one.work(11, 3).0);
    assert!(on_two.iter().all(|identity| !used.contains(identity)));
    used.extend(on_two);
    // And back again: the first machine has gone on meanwhile.
    copy(&two.store(), &one.store());
    let (back, notice) = one.work(12, 2);
    assert_eq!(notice, Some(Notice::OtherMachine));
    assert!(back.iter().all(|identity| !used.contains(identity)));
}

#[test]
fn a_store_without_its_mark_starts_anew() {
    let (one, two) = (Machine::new("one"), Machine::new("two"));
    let (used, _) = one.work(10, 3);
    copy(&one.store(), &two.store());
    let (on_two, notice) = two.work(20, 2);
    assert_eq!(notice, Some(Notice::Unmarked));
    assert!(on_two.iter().all(|identity| !used.contains(identity)));
}

#[test]
fn an_empty_store_in_the_place_of_a_full_one_is_noticed() {
    let machine = Machine::new("one");
    let (used, _) = machine.work(10, 3);
    std::fs::remove_file(machine.store()).unwrap();
    let (now, notice) = machine.work(20, 1);
    assert_eq!(notice, Some(Notice::OlderCopy { missing: None }));
    assert!(now.iter().all(|identity| !used.contains(identity)));
    let previous = machine.open(30).previous_epoch().unwrap().unwrap();
    assert_eq!((previous.epoch, previous.last_seq), used[2]);
}
