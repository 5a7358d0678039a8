//! What travels, version by version: recorded bytes of every version are read for ever, and mean what they meant.
//!
//! `tests/fixtures/wire/vN` holds what version N wrote; its README says how a version is added. Nothing there is ever changed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acts;

use std::fs;
use std::path::PathBuf;

use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::{Hash, KeyId, PublicKey, epoch_hash};
use shared::event::{Act, Event, GateState};
use shared::mismatch::{Kind, State};
use shared::time::Timestamp;
use shared::wire::{
    AcknowledgedRange, Answer, Batch, BatchHeader, Checkpoint, DataAsOf, EventVerdict, GateAnswer, LedgerHead, Offer,
    Outcome, OutcomeRange, PushReply, SignedCheckpoint, WIRE_VERSION,
};
use uuid::Uuid;

fn recorded(version: u16, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/fixtures/wire/v{version}/{name}"))
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn public() -> PublicKey {
    PublicKey::new(key().public_key().as_ref().try_into().unwrap())
}

/// What version 1 put into each body and later ones leave out.
fn recorded_id(seq: u64) -> Uuid {
    Uuid::from_u128(0x01a1_fe9d_c93f_7354_af91_0000_0000_0000 + u128::from(seq))
}

/// The recorded history as events, in the form of a version.
fn events(version: u16) -> Vec<Event> {
    told(version, acts::every_act())
}

fn told(version: u16, acts: Vec<Act>) -> Vec<Event> {
    (1..)
        .zip(acts)
        .map(|(seq, act)| Event {
            terminal: acts::terminal(),
            epoch: acts::epoch(),
            seq,
            event_id: (version == 1).then(|| recorded_id(seq)),
            at: Timestamp::from_ms(acts::AT.as_ms() + 1_500 * i64::try_from(seq).unwrap()),
            mono_ms: 45_031_485 + 1_500 * seq,
            boot: Uuid::from_u128(0x39fa_3bea_abb6_4e28_b5da_37c9_5bc3_364a),
            operator: Some("1024".into()),
            site: "SZ-GATE".into(),
            app: "0.1.0".into(),
            data_as_of: 7,
            act,
        })
        .collect()
}

fn header(version: u16) -> BatchHeader {
    BatchHeader {
        wire: version,
        terminal: acts::terminal(),
        epoch: acts::epoch(),
        first_seq: 1,
        count: 0,
        previous_hash: epoch_hash(acts::terminal(), acts::epoch()),
        offer: Offer::New,
        pending_after: 3,
        data_as_of: DataAsOf { references: 7 },
        app: "0.1.0".into(),
        rules: "2022-trial".into(),
        sent_at: acts::AT,
        reply: form(version),
    }
}

/// The form of reply that an app of that version reads.
const fn form(version: u16) -> u16 {
    if version < 3 { 1 } else { 3 }
}

fn batch(version: u16) -> Batch {
    signed(version, &events(version))
}

fn signed(version: u16, events: &[Event]) -> Batch {
    let bodies = events.iter().map(|event| event.to_body().unwrap()).collect();
    Batch::sign(header(version), bodies, &key()).unwrap()
}

fn reply(version: u16) -> PushReply {
    let last = events(version).len() as u64;
    let run = |from, to, outcome| OutcomeRange { from, to, outcome };
    let answer = Answer {
        outcomes: vec![
            run(1, 3, Outcome::AlreadyRecorded),
            run(4, last - 2, Outcome::Recorded),
            run(last - 1, last - 1, Outcome::Disputed),
            run(last, last, Outcome::Quarantined("not an event of a known kind".into())),
        ],
        gates: vec![GateAnswer {
            seq: last - 2,
            state: GateState::Held,
            reasons: Vec::new(),
            settled: Vec::new(),
            position: 12,
        }],
        verdicts: vec![EventVerdict { seq: 6, kinds: vec![(Kind::UnknownCode, State::Confirmed)] }],
        verdicts_follow: false,
    };
    let ledger_id = Uuid::from_u128(0x5d3c_0000_0000_4000_8000_0000_0000_0001);
    let head = LedgerHead { entries: 9, hash: Hash::new([8; 32]) };
    let previous = Some(LedgerHead { entries: 5, hash: Hash::new([6; 32]) });
    let checkpoint = SignedCheckpoint::sign(Checkpoint { ledger_id, head, previous, at: acts::AT }, &key()).unwrap();
    let range = AcknowledgedRange {
        ledger_id,
        terminal: acts::terminal(),
        epoch: acts::epoch(),
        from: 1,
        to: last,
        hash: *batch(version).hashes().last().unwrap(),
        outcomes_digest: Hash::new([0; 32]),
        position: 12,
        received_at: acts::AT,
        server_key: Some(KeyId::of(&public())),
        checkpoint: Some(Box::new(checkpoint)),
    };
    PushReply::sign(answer, range, &key(), form(version)).unwrap()
}

#[test]
fn batches_of_every_version_are_read_and_mean_what_they_meant() {
    for version in 1..=WIRE_VERSION {
        let bytes = fs::read(recorded(version, "batch.ndjson")).unwrap();
        let read = Batch::from_ndjson(&bytes).unwrap();
        read.verify(&public()).unwrap_or_else(|error| panic!("version {version}: {error}"));
        assert_eq!((read.header.wire, read.header.reply), (version, form(version)));
        let events_read: Vec<Event> = read.bodies.iter().map(|body| Event::from_body(body).unwrap()).collect();
        assert_eq!(events_read, events(version), "version {version}");
    }
}

#[test]
fn replies_of_every_version_are_read_and_hold() {
    for version in 1..=WIRE_VERSION {
        let text = fs::read_to_string(recorded(version, "reply.json")).unwrap();
        let read: PushReply = serde_json::from_str(&text).unwrap();
        assert!(read.acknowledgement.verifies(&public()) && read.answers_hold(), "version {version}");
        assert_eq!(read, reply(version), "version {version}");
        // An app of that version must go on reading what this build answers it: to the letter.
        assert_eq!(serde_json::to_string(&reply(version)).unwrap(), text, "version {version}");
    }
}

#[test]
fn what_this_version_writes_is_frozen() {
    let written = String::from_utf8(batch(WIRE_VERSION).to_ndjson().unwrap()).unwrap();
    assert_eq!(written, fs::read_to_string(recorded(WIRE_VERSION, "batch.ndjson")).unwrap());
}

#[test]
fn kinds_that_came_later_are_recorded_beside_and_frozen_too() {
    let told = told(3, acts::later_acts());
    let bytes = fs::read(recorded(3, "later.ndjson")).unwrap();
    let read = Batch::from_ndjson(&bytes).unwrap();
    read.verify(&public()).unwrap();
    let events_read: Vec<Event> = read.bodies.iter().map(|body| Event::from_body(body).unwrap()).collect();
    assert_eq!(events_read, told);
    assert_eq!(String::from_utf8(signed(3, &told).to_ndjson().unwrap()).unwrap(), String::from_utf8(bytes).unwrap());
}

#[test]
fn the_id_of_an_event_is_the_recorded_one_or_follows_from_time_and_identity() {
    for (one, three) in events(1).iter().zip(events(3)) {
        assert_eq!(one.id(), recorded_id(one.seq));
        let id = three.id();
        assert_eq!((id.get_version_num(), id), (7, three.id()));
        let seconds = id.get_timestamp().unwrap().to_unix().0;
        assert_eq!(seconds, u64::try_from(three.at.as_ms()).unwrap() / 1_000);
    }
    let ids: std::collections::BTreeSet<Uuid> = events(3).iter().map(Event::id).collect();
    assert_eq!(ids.len(), events(3).len());
}
