//! The power goes at any moment.

use std::path::{Path, PathBuf};

use power_cut::{Disk, Fate, Op, Rng, TestVfs};
use rusqlite::Connection;
use tempfile::TempDir;

use super::check::{Confirmed, keeps_its_promises};
use super::work::{self, Done, EPOCH, Fault, TERMINAL, event};

/// In memory where the system offers it: what a disk holds is modelled, so that none is needed.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What a series of cuts found.
#[derive(Debug, Default)]
struct Tally {
    cuts: usize,
    broken: Vec<String>,
}

/// Cuts the power at the given places of a journal, each with a fate, and looks at what is left.
fn cut(ops: &[Op], places: &[(usize, Fate)], done: &Done, seed: u64) -> Tally {
    let mut rng = Rng::new(seed);
    let (mut tally, mut disk, mut confirmed, mut applied) =
        (Tally::default(), Disk::default(), Confirmed::default(), 0);
    for (place, fate) in places {
        for op in &ops[applied..*place] {
            disk.apply(op);
            match op {
                Op::Note(photo @ 1_000_000..) => confirmed.photos = usize::try_from(photo - 1_000_000).unwrap(),
                Op::Note(commit) => confirmed.commits = usize::try_from(*commit).unwrap(),
                _ => {}
            }
        }
        applied = *place;
        let image = folder();
        disk.after_the_cut(*fate, &mut rng, image.path()).unwrap();
        if rng.coin() {
            // Shared memory is in no promise of a disk: it may hold anything.
            let noise: Vec<u8> = (0..32_768).map(|_| rng.draw().to_be_bytes()[3]).collect();
            std::fs::write(image.path().join("t.sqlite-shm"), noise).unwrap();
        }
        tally.cuts += 1;
        if let Err(broken) = keeps_its_promises(&image.path().join("t.sqlite"), done, confirmed) {
            tally.broken.push(format!("at operation {place} of {}, {fate:?}: {broken}", ops.len()));
        }
    }
    tally
}

/// Places drawn over the whole journal, in order.
fn drawn(ops: &[Op], count: usize, rng: &mut Rng) -> Vec<(usize, Fate)> {
    let fate = |rng: &mut Rng| Fate::ALL[usize::try_from(rng.below(5)).unwrap()];
    let mut places: Vec<(usize, Fate)> =
        (0..count).map(|_| (usize::try_from(rng.below(ops.len() as u64 + 1)).unwrap(), fate(rng))).collect();
    places.sort_by_key(|(place, _)| *place);
    places
}

/// Every place with every fate.
fn each(ops: &[Op]) -> Vec<(usize, Fate)> {
    (0..=ops.len()).flat_map(|place| Fate::ALL.map(|fate| (place, fate))).collect()
}

fn run(name: &str, commits: usize, cuts: usize, (seed, fault): (u64, Fault)) -> Tally {
    let vfs = TestVfs::register(name);
    let place = folder();
    let done = work::run(&path(&place), vfs, commits, (seed, fault));
    let ops = vfs.take();
    let tally = cut(&ops, &drawn(&ops, cuts, &mut Rng::new(seed)), &done, seed);
    println!(
        "{} cuts over {} operations, {} events, {} photos, seed {seed}: {} broken",
        tally.cuts,
        ops.len(),
        done.commits.last().copied().unwrap_or(0),
        done.photos.len(),
        tally.broken.len()
    );
    tally
}

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("t.sqlite")
}

#[test]
fn p1_what_was_confirmed_survives_a_power_cut() {
    for seed in 0..4 {
        let tally = run(&format!("cut-{seed}"), 80, 150, (seed, Fault::None));
        assert!(tally.broken.is_empty(), "{:#?}", tally.broken);
    }
}

#[test]
fn long_p1_tens_of_thousands_of_power_cuts() {
    for seed in 1_000..1_040 {
        let tally = run(&format!("long-{seed}"), 400, 500, (seed, Fault::None));
        assert!(tally.broken.is_empty(), "{:#?}", tally.broken);
    }
}

#[test]
fn a_store_that_does_not_sync_is_found_out() {
    let tally = run("planted", 80, 150, (7, Fault::NotSynced));
    let lost = tally.broken.iter().filter(|what| what.contains("lost: ")).count();
    println!("planted synchronous=OFF: {lost} of {} cuts lost confirmed events", tally.cuts);
    assert!(lost > 0, "the check finds nothing where there is something to find: {:#?}", tally.broken);
}

#[test]
fn the_first_start_survives_a_power_cut_at_each_of_its_operations() {
    let vfs = TestVfs::register("first");
    let place = folder();
    let done = work::run(&path(&place), vfs, 2, (1, Fault::None));
    let ops = vfs.take();
    let tally = cut(&ops, &each(&ops), &done, 3);
    println!("{} cuts in a first start of {} operations", tally.cuts, ops.len());
    assert!(tally.cuts > 100 && tally.broken.is_empty(), "{:#?}", tally.broken);
}

/// A store as the first version left it, with ten events.
fn older(path: &Path) -> Done {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("pragma journal_mode = wal").unwrap();
    conn.execute_batch(include_str!("../../../../migrations/terminal/0001_init.sql")).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    conn.pragma_update(None, "application_id", scanner_app::store::APPLICATION_ID).unwrap();
    conn.execute("insert into meta (name, value) values ('terminal', ?1)", [TERMINAL.to_string()]).unwrap();
    conn.execute("insert into epoch (epoch) values (?1)", [EPOCH.to_string()]).unwrap();
    let mut hash = shared::chain::epoch_hash(TERMINAL, EPOCH);
    let mut done = Done::default();
    for seq in 1..=10_u32 {
        let body = event(seq.into()).to_body().unwrap();
        hash = shared::chain::event_hash(hash, &body);
        let row = "insert into log (epoch, seq, body, hash, wire) values (?1, ?2, ?3, ?4, 1)";
        conn.execute(row, rusqlite::params![EPOCH.to_string(), seq, body, hash.as_bytes()]).unwrap();
        conn.execute("insert into meta (name, value) values (?1, 'done')", [format!("commit-{seq}")]).unwrap();
        done.commits.push(seq.into());
    }
    done
}

#[test]
fn a_migration_survives_a_power_cut_at_each_of_its_operations() {
    let vfs = TestVfs::register("migration");
    let place = folder();
    let done = older(&path(&place));
    // All ten were confirmed before.
    vfs.note(10);
    drop(work::open(&path(&place), Some(vfs.name())).unwrap());
    let ops = vfs.take();
    let tally = cut(&ops, &each(&ops)[5 * 2..], &done, 5);
    println!("{} cuts in a migration of {} operations", tally.cuts, ops.len());
    assert!(tally.cuts > 30 && tally.broken.is_empty(), "{:#?}", tally.broken);
}
