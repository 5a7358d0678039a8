//! The bytes that travel: frozen examples, and what is refused.

use ring::signature::{Ed25519KeyPair, KeyPair};
use uuid::Uuid;

use super::*;
use crate::chain::{PublicKey, epoch_hash};
use crate::event::{Act, Capture, Event, LabelMetadata, Movement, Stage};
use crate::ids::{EpochId, TerminalId};
use crate::time::Timestamp;

/// An outbound scan as this version writes it. Later versions only add: this line must be read for ever.
const BODY: &str = concat!(
    r#"{"terminal":"00000000-0000-0000-0000-000000000001","epoch":"00000000-0000-0000-0000-000000000002","seq":3,"#,
    r#""at":"2026-03-02T08:00:00.000+08:00","mono_ms":5,"#,
    r#""boot":"00000000-0000-0000-0000-000000000004","operator":"1024","site":"SZ-GATE","app":"0.1.0","data_as_of":7,"#,
    r#""kind":"outbound","task":"T1","basis":"C1","document":"N1","#,
    r#""text":"HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD","how":"camera","#,
    r#""label":{"version":3,"ec_level":"M","mode":"alphanumeric"},"frame":9}"#
);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn event() -> Event {
    let label = LabelMetadata { version: Some(3), ec_level: Some("M".into()), mode: Some("alphanumeric".into()) };
    let movement = Movement {
        task: "T1".into(),
        basis: "C1".into(),
        document: "N1".into(),
        text: "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD".into(),
        how: Capture::Camera,
        label: Some(label),
        frame: Some(9),
        reason: None,
    };
    Event {
        terminal: TerminalId::new(id(1)),
        epoch: EpochId::new(id(2)),
        seq: 3,
        event_id: None,
        at: Timestamp::from_ms(1_772_409_600_000),
        mono_ms: 5,
        boot: id(4),
        operator: Some("1024".into()),
        site: "SZ-GATE".into(),
        app: "0.1.0".into(),
        data_as_of: 7,
        act: Act::scan(Stage::Outbound, movement),
    }
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn batch() -> Batch {
    let header = BatchHeader {
        wire: WIRE_VERSION,
        reply: REPLY_FORM,
        terminal: TerminalId::new(id(1)),
        epoch: EpochId::new(id(2)),
        first_seq: 3,
        count: 0,
        previous_hash: epoch_hash(TerminalId::new(id(1)), EpochId::new(id(2))),
        offer: Offer::New,
        pending_after: 0,
        data_as_of: DataAsOf { references: 7 },
        app: "0.1.0".into(),
        rules: "2022-trial".into(),
        sent_at: Timestamp::from_ms(0),
    };
    Batch::sign(header, vec![BODY.into(), BODY.into()], &key()).unwrap()
}

#[test]
fn a_body_is_written_and_read_to_the_letter() {
    assert_eq!(String::from_utf8(event().to_body().unwrap()).unwrap(), BODY);
    assert_eq!(Event::from_body(BODY.as_bytes()).unwrap(), event());
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let later = BODY.replace(r#""frame":9"#, r#""frame":9,"colour":"red""#);
    assert_eq!(Event::from_body(later.as_bytes()).unwrap(), event());
}

#[test]
fn a_batch_comes_back_as_it_was_and_every_changed_byte_is_found() {
    let batch = batch();
    let public = PublicKey::new(key().public_key().as_ref().try_into().unwrap());
    let bytes = batch.to_ndjson().unwrap();
    let read = Batch::from_ndjson(&bytes).unwrap();
    assert_eq!(read, batch);
    read.verify(&public).unwrap();
    // Every byte of header and bodies, each changed in one bit: either no batch any more, or not this terminal's.
    let signed = bytes.len() - 1 - br#"{"signature":""}"#.len() - 128;
    for place in 0..signed {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let stands = Batch::from_ndjson(&changed).is_ok_and(|batch| batch.verify(&public).is_ok());
        assert!(!stands, "byte {place} was changed unnoticed");
    }
}

#[test]
fn what_is_no_batch_is_said_to_be_none() {
    let good = String::from_utf8(batch().to_ndjson().unwrap()).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let read = |lines: &[&str]| Batch::from_ndjson(lines.join("\n").as_bytes());
    assert!(matches!(read(&[]), Err(BatchError::SignatureLine)));
    assert!(matches!(read(&lines[..3]), Err(BatchError::SignatureLine)));
    assert!(matches!(read(&[lines[0], lines[1], lines[3]]), Err(BatchError::Count { said: 2, held: 1 })));
    assert!(matches!(read(&lines[1..]), Err(BatchError::Header(_))));
    let none = lines[0].replace(r#""count":2"#, r#""count":0"#);
    assert!(matches!(read(&[&none, lines[3]]), Err(BatchError::Empty)));
    let long = "x".repeat(BODY_BYTES_MAX + 1);
    assert!(matches!(read(&[lines[0], lines[1], &long, lines[3]]), Err(BatchError::BodyTooLong(4))));
}

fn range() -> AcknowledgedRange {
    AcknowledgedRange {
        ledger_id: id(9),
        terminal: TerminalId::new(id(1)),
        epoch: EpochId::new(id(2)),
        from: 1,
        to: 4,
        hash: epoch_hash(TerminalId::new(id(1)), EpochId::new(id(2))),
        outcomes_digest: epoch_hash(TerminalId::new(id(5)), EpochId::new(id(2))),
        position: 11,
        received_at: Timestamp::from_ms(0),
        server_key: None,
        checkpoint: None,
    }
}

#[test]
fn an_acknowledgement_holds_for_its_text_only() {
    let public = PublicKey::new(key().public_key().as_ref().try_into().unwrap());
    let signed = Acknowledgement::sign(range(), &key()).unwrap();
    assert!(signed.verifies(&public));
    let text = serde_json::to_string(&signed).unwrap();
    assert_eq!(serde_json::from_str::<Acknowledgement>(&text).unwrap(), signed);
    let longer: Acknowledgement = serde_json::from_str(&text.replace(r#"\"to\":4"#, r#"\"to\":5"#)).unwrap();
    assert_eq!(longer.value().to, 5);
    assert!(!longer.verifies(&public));
    // What a later version adds is passed over, and its signature holds all the same.
    let later = text.replace(r#"\"to\":4"#, r#"\"to\":4,\"weather\":\"fair\""#);
    assert_eq!(serde_json::from_str::<Acknowledgement>(&later).unwrap().value(), signed.value());
}

#[test]
fn a_reply_is_whole_in_each_form_and_a_changed_answer_is_found() {
    let outcomes = vec![OutcomeRange { from: 1, to: 4, outcome: Outcome::Recorded }];
    let gates = vec![GateAnswer {
        seq: 4,
        state: crate::event::GateState::Held,
        reasons: Vec::new(),
        settled: Vec::new(),
        position: 11,
    }];
    let answer = Answer { outcomes, gates, ..Answer::default() };
    for form in [1, 3] {
        let reply = PushReply::sign(answer.clone(), range(), &key(), form).unwrap();
        let text = serde_json::to_string(&reply).unwrap();
        let read: PushReply = serde_json::from_str(&text).unwrap();
        assert_eq!(read, reply, "form {form}");
        assert!(read.answers_hold() && text.contains("answers") == (form == 3), "form {form}: {text}");
        let turned: PushReply = serde_json::from_str(&text.replace("recorded", "disputed")).unwrap();
        assert!(!turned.answers_hold(), "form {form}");
    }
    // Form 1 with a text that another version wrote: it must come through to the letter.
    let public = PublicKey::of(&key());
    let one = serde_json::to_string(&PushReply::sign(answer.clone(), range(), &key(), 1).unwrap()).unwrap();
    let spaced = serde_json::to_string(&range()).unwrap().replace(r#""to":4"#, r#""to": 4"#);
    let digest = crate::chain::sha256(&[spaced.as_bytes()]);
    let signature = crate::chain::sign(&key(), &[b"tallyman/ack/1", digest.as_bytes()]);
    let mut mixed: serde_json::Value = serde_json::from_str(&one).unwrap();
    mixed["acknowledgement"] = serde_json::json!({ "signed": spaced, "signature": signature });
    let read: PushReply = serde_json::from_value(mixed).unwrap();
    let again: PushReply = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert!(read.acknowledgement.verifies(&public) && again == read);
    // Gate answers are signed from form 3 on.
    let text = serde_json::to_string(&PushReply::sign(answer, range(), &key(), 3).unwrap()).unwrap();
    let cleared: PushReply = serde_json::from_str(&text.replace("held", "cleared")).unwrap();
    assert!(!cleared.answers_hold());
}

#[test]
fn a_request_holds_for_its_method_and_address_only() {
    let public = PublicKey::new(key().public_key().as_ref().try_into().unwrap());
    let signed = RequestSignature::sign(TerminalId::new(id(1)), "GET", "/v1/changes?since=0", &key());
    let read: RequestSignature = signed.to_string().parse().unwrap();
    assert!(read.verifies("GET", "/v1/changes?since=0", &public));
    assert!(!read.verifies("GET", "/v1/changes?since=1", &public));
    assert!(!read.verifies("POST", "/v1/changes?since=0", &public));
    assert!("no signature".parse::<RequestSignature>().is_err());
}
