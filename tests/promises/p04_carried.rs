//! P4 where there is no network: every way out and back empties the outbox, by acknowledgements alone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use shared::wire::sealed::{Answers, Parcel, ParcelAnswer, ParcelHeader, Span, write_bundle};
use shared::wire::{Outcome, PushReply};
use sync_server::sealed::{SealedKey, deliver, take_waiting};
use sync_server::store::Store;

use super::carried::{Place, carry, carrying, place, queue, scan};
use super::ledger::{Log, NOW, key, ledger, send, terminal_id};
use shared::event::Stage;

/// The gate's events are at the server, all of them, and none waits.
fn all_settled(place: &Place) {
    let events = usize::try_from(place.gate.verified_events().unwrap()).unwrap();
    assert_eq!(place.held(&place.gate), events);
    assert_eq!(queue(&place.gate)["pending"], 0);
}

#[test]
fn p4_carried_by_file_and_back() {
    let place = place();
    scan(&place.gate, "A", 25);
    let parcel = place.parcel("gate.parcel");
    let pending = queue(&place.gate)["pending"].as_u64().unwrap();
    assert!(pending >= 25, "an export takes nothing out of the outbox");
    let answers = place.path("gate.answers");
    let (told, output) = place.brought(&[&parcel], Some(&answers));
    assert!(output.status.success(), "{told:?}");
    assert_eq!(queue(&place.gate)["pending"], pending);
    // What is scanned meanwhile is not acknowledged by it.
    scan(&place.gate, "B", 5);
    let later = queue(&place.gate)["pending"].as_u64().unwrap() - pending;
    let settled = carry(&place.gate, &["import", answers.to_str().unwrap(), "--json"]);
    assert_eq!((&settled["acknowledged"], &settled["pending"]), (&1.into(), &later.into()), "{settled}");

    let rest = place.parcel("rest.parcel");
    place.brought(&[&rest], Some(&answers));
    carry(&place.gate, &["import", answers.to_str().unwrap(), "--json"]);
    all_settled(&place);
}

#[test]
fn p4_carried_by_another_terminal_over_a_local_network_and_back() {
    let place = place();
    scan(&place.gate, "A", 40);
    let called = over_lan(&place);
    assert_eq!((&called["kept"], &called["acknowledged"]), (&1.into(), &0.into()), "{called}");
    assert_eq!(queue(&place.truck)["carried"], 1);
    // The same again: nothing travels twice.
    let called = over_lan(&place);
    assert!(called["kept"] == 1, "{called}");
    place.truck.sync().unwrap();
    assert_eq!(queue(&place.truck)["carried"], 0);
    let called = over_lan(&place);
    assert!(called["acknowledged"].as_u64().unwrap() >= 1, "{called}");
    all_settled(&place);
}

/// The truck listens, the gate calls.
fn over_lan(place: &Place) -> Value {
    let mut listening = carrying(&place.truck, &["listen", "--address", "127.0.0.1:0", "--callers", "2", "--json"]);
    let mut listening = listening.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(listening.stdout.take().unwrap()).lines();
    let hello: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let (address, code) = (hello["listening"].as_str().unwrap(), hello["code"].as_str().unwrap());
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = carrying(&place.gate, &["lan", "--to", address, "--code", wrong, "--json"]).output().unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("the code is wrong"));
    let called = carry(&place.gate, &["lan", "--to", address, "--code", code, "--json"]);
    assert!(listening.wait().unwrap().success());
    called
}

#[test]
fn p4_carried_by_a_moving_code_and_back() {
    let place = place();
    scan(&place.gate, "A", 20);
    let shown = place.path("shown");
    let pictures = |count: &str, terminal, more: &[&str]| {
        let _ = std::fs::remove_dir_all(&shown);
        let mut args = vec!["show", "--pictures", shown.to_str().unwrap(), "--frames", count];
        args.extend(more);
        let told = carry(terminal, &args);
        lose_a_third(&shown);
        told
    };
    let watch = format!("images:{}", shown.display());
    let told = pictures("40", &place.gate, &[]);
    let needed = told["needed"].as_u64().unwrap();
    assert!((2..20).contains(&needed), "{told}");
    let kept = carry(&place.truck, &["watch", "--source", &watch, "--json"]);
    assert_eq!(kept["is_new"], true, "{kept}");
    place.truck.sync().unwrap();
    pictures("24", &place.truck, &["--answers"]);
    let settled = carry(&place.gate, &["watch", "--source", &watch, "--json"]);
    assert!(settled["acknowledged"].as_u64().unwrap() >= 1, "{settled}");
    all_settled(&place);

    // Too few pictures: it says so, and nothing is kept.
    scan(&place.gate, "B", 20);
    pictures("3", &place.gate, &["--symbol-bytes", "128"]);
    let short = carrying(&place.truck, &["watch", "--source", &watch, "--json"]).output().unwrap();
    assert!(!short.status.success() && String::from_utf8_lossy(&short.stderr).contains("before the code was whole"));
}

/// Every third picture, the first among them, is gone.
fn lose_a_third(folder: &Path) {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().step_by(3) {
        std::fs::remove_file(file).unwrap();
    }
}

/// A parcel of some of a log's events, a batch each pair.
pub fn parcel_of(sealed_key: &SealedKey, log: &Log, batches: &[(usize, usize)]) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> = batches.iter().map(|(first, last)| log.batch(*first, *last).1).collect();
    let recipient: age::x25519::Recipient = sealed_key.recipient().parse().unwrap();
    let sealed = age::encrypt(&recipient, &write_bundle(&bytes).unwrap()).unwrap();
    let span = |(first, last): &(usize, usize)| Span { epoch: log.epoch(), from: *first as u64, to: *last as u64 };
    let held: Vec<Span> = batches.iter().map(span).collect();
    let count = held.iter().map(|span| span.to - span.from + 1).sum();
    let header = ParcelHeader { terminal: terminal_id(log.n), held, count, made_at: NOW };
    Parcel::new(&header, &sealed).unwrap().bytes().to_vec()
}

/// Delivers a parcel that nobody in particular carried.
pub async fn delivered(store: &Store, sealed_key: &SealedKey, parcel: Vec<u8>) -> Answers {
    deliver(store, (&key(7), sealed_key), parcel, None, NOW).await.unwrap()
}

fn taken(answer: &ParcelAnswer) -> &PushReply {
    let ParcelAnswer::Taken(reply) = answer else { panic!("{answer:?}") };
    reply
}

async fn events(store: &Store) -> usize {
    sync_server::store::event::list(&mut store.read().await.unwrap()).await.unwrap().len()
}

fn long_log() -> Log {
    let mut log = Log::new(1);
    for n in 0..11 {
        log.scan(Stage::Outbound, "N1", &super::carried::label("X", n));
    }
    log
}

#[tokio::test]
async fn p4_carried_beyond_the_head_waits_until_the_hole_fills() {
    let folder = tempfile::tempdir().unwrap();
    let (store, sealed_key, log) = (ledger(folder.path()).await, SealedKey::generate(), long_log());
    let late = parcel_of(&sealed_key, &log, &[(9, 12), (5, 8)]);
    for _ in 0..2 {
        let answers = delivered(&store, &sealed_key, late.clone()).await;
        assert!(
            answers.answers.iter().all(|answer| matches!(answer, ParcelAnswer::Waiting { .. })) && !answers.is_final()
        );
    }
    assert_eq!(events(&store).await, 0);
    // A hole filled by half lets in only what joins.
    let answers = delivered(&store, &sealed_key, parcel_of(&sealed_key, &log, &[(1, 3)])).await;
    assert!(taken(&answers.answers[0]).outcomes.iter().all(|run| run.outcome == Outcome::Recorded));
    assert_eq!(events(&store).await, 3);
    // The rest comes live; what waited follows by itself.
    send(&store, &log.batch(4, 4)).await.unwrap();
    assert_eq!(take_waiting(&store, &key(7), terminal_id(1), NOW).await.unwrap(), 2);
    assert_eq!(events(&store).await, 12);
    assert_eq!(take_waiting(&store, &key(7), terminal_id(1), NOW).await.unwrap(), 0);
    // Delivered again, the late parcel brings its acknowledgements.
    let answers = delivered(&store, &sealed_key, late).await;
    assert!(answers.is_final());
    for answer in &answers.answers {
        assert!(taken(answer).outcomes.iter().all(|run| run.outcome == Outcome::AlreadyRecorded));
    }
    assert_eq!(events(&store).await, 12);
}
