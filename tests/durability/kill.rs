//! `kill -9` at random instants while labels stream in. The witness is this process: it keeps every line that the app printed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::handheld::{Handheld, label};

/// Kills on one store, before the next begins with a new one: a start reads the whole log, and there are to be many starts.
const KILLS_PER_STORE: u64 = 20;

/// Kills on one document.
const KILLS_PER_DOCUMENT: u64 = 10;

/// Repeatable draws (`xorshift64*`).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % bound
    }
}

#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    killed_while_starting: u64,
    resumed: u64,
    confirmed: usize,
    recorded: usize,
    unconfirmed: usize,
}

/// One life of the app: what it confirmed, and what it said when it started.
struct Life {
    confirmed: Vec<(u64, String)>,
    said: String,
}

fn live_and_die(handheld: &Handheld, document: &str, next: &Arc<AtomicU64>, draws: &mut Draws) -> Life {
    let mut process = handheld.start_scan(document);
    let mut stdin = process.stdin.take().unwrap();
    let numbers = Arc::clone(next);
    // Each label is sent once, whatever becomes of it: one that is in the log twice was doubled by the app.
    let feed =
        thread::spawn(move || while writeln!(stdin, "{}", label(numbers.fetch_add(1, Ordering::Relaxed))).is_ok() {});
    let mut stderr = process.stderr.take().unwrap();
    let hear = thread::spawn(move || {
        let mut said = String::new();
        let _ = stderr.read_to_string(&mut said);
        said
    });
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    if draws.below(8) == 0 {
        thread::sleep(Duration::from_micros(draws.below(150_000)));
    } else {
        printed.extend(lines.next().and_then(Result::ok));
        thread::sleep(Duration::from_micros(draws.below(60_000)));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    // What was in the pipe when it died had been printed: it counts. A line cut short does not.
    printed.extend(lines.map_while(Result::ok));
    let line = |line: String| -> Option<(u64, String)> {
        let line: Value = serde_json::from_str(&line).ok()?;
        Some((line["seq"].as_u64()?, line["text"].as_str()?.to_owned()))
    };
    feed.join().unwrap();
    Life { confirmed: printed.into_iter().filter_map(line).collect(), said: hear.join().unwrap() }
}

fn kills(count: u64, seed: u64) -> Tally {
    let mut draws = Draws(seed);
    let mut tally = Tally::default();
    let next = Arc::new(AtomicU64::new(1));
    let folder = tempfile::tempdir().unwrap();
    for store in 0..count.div_ceil(KILLS_PER_STORE) {
        let handheld = Handheld::new(&folder.path().join(store.to_string()));
        let mut witnessed: Vec<(u64, String)> = Vec::new();
        let mut held_before = 0;
        for kill in 0..KILLS_PER_STORE.min(count - store * KILLS_PER_STORE) {
            let document = format!("N-{}", kill / KILLS_PER_DOCUMENT);
            let life = live_and_die(&handheld, &document, &next, &mut draws);
            // The sentence itself may be cut short.
            let resumed =
                life.said.split("Resumed at ").nth(1).and_then(|resumed| resumed.split_once(", nothing lost"));
            if let Some((resumed, _)) = resumed {
                let counted: usize = resumed.parse().unwrap();
                tally.resumed += 1;
                assert_eq!(counted, held_before, "the count does not resume: {}", life.said);
            }
            tally.kills += 1;
            tally.killed_while_starting += u64::from(life.confirmed.is_empty());
            witnessed.extend(life.confirmed);
            // Killed in its first start, before there was a log: then nothing can have been confirmed.
            if !handheld.has_log() {
                assert!(witnessed.is_empty(), "the log is gone after {} kills", tally.kills);
                continue;
            }
            held_before = check(&handheld, &witnessed, &document, &mut tally);
            if (kill + 1) % KILLS_PER_DOCUMENT == 0 {
                held_before = 0;
            }
        }
        tally.confirmed += witnessed.len();
        let output = handheld.output("verify-log", &[]);
        let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(verified["ok"], true, "{verified}");
        let held = handheld.log().events();
        assert_eq!(verified["events"].as_u64(), Some(held.len() as u64));
        let scans = held.iter().filter(|event| event.act.movement().is_some()).count();
        tally.recorded += scans;
        tally.unconfirmed += scans - witnessed.len();
    }
    tally
}

/// Everything witnessed is in the log, once. Answers how many scans of the document it holds.
fn check(handheld: &Handheld, witnessed: &[(u64, String)], document: &str, tally: &mut Tally) -> usize {
    let log = match std::panic::catch_unwind(|| handheld.log().events()) {
        Ok(log) => log,
        Err(panic) => {
            eprintln!("after {} kills:", tally.kills);
            std::panic::resume_unwind(panic)
        }
    };
    let mut texts = BTreeSet::new();
    for event in &log {
        if let Some((_, movement)) = event.act.movement() {
            assert!(texts.insert(movement.text.clone()), "{} was recorded twice", movement.text);
        }
    }
    for (seq, text) in witnessed {
        let place = usize::try_from(*seq).unwrap() - 1;
        let held = log.get(place).and_then(|event| event.act.movement()).map(|(_, movement)| &movement.text);
        assert_eq!(held, Some(text), "confirmed event {seq} after {} kills", tally.kills);
    }
    let of_document = |event: &&shared::event::Event| {
        event.act.movement().is_some_and(|(_, movement)| movement.document.as_str() == document)
    };
    log.iter().filter(of_document).count()
}

fn run(count: u64, seed: u64) {
    let started = Instant::now();
    let tally = kills(count, seed);
    println!(
        "{} kills in {} s: {} scans confirmed and all found, {} recorded ({} of them not confirmed in time), {} deaths before a scan, {} counts resumed",
        tally.kills,
        started.elapsed().as_secs(),
        tally.confirmed,
        tally.recorded,
        tally.unconfirmed,
        tally.killed_while_starting,
        tally.resumed
    );
    assert!(tally.confirmed as u64 > count, "too few scans were confirmed for the kills to mean something: {tally:?}");
}

#[test]
fn p1_whatever_was_confirmed_survives_200_kills() {
    run(200, 0x7A11_1234);
}

#[test]
fn long_p1_whatever_was_confirmed_survives_2000_kills() {
    run(2_000, 0x7A11_5678);
}
