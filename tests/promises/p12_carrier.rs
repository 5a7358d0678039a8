//! P12 where there is no network: whoever carries a parcel can neither read it, nor change it, nor speak for its terminal, nor make its
//! outbox forget a thing.

use std::path::Path;

use shared::wire::sealed::{ParcelAnswer, read_answers, write_answers};
use shared::wire::{Outcome, OutcomeRange, ProblemCode};
use sync_server::sealed::{SealedError, SealedKey, deliver};
use tests::said;

use super::carried::{carry, carrying, label, place, queue, scan};
use super::ledger::{Log, NOW, key, ledger};
use super::p04_carried::{delivered, parcel_of};

fn holds(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn p12_carrier_cannot_read_or_change_a_parcel() {
    let place = place();
    scan(&place.gate, "SECRET", 10);
    let parcel = place.parcel("gate.parcel");
    carry(&place.truck, &["take", parcel.to_str().unwrap(), "--json"]);
    let text = label("SECRET", 3);
    let truck = place.path("truck");
    let stores = ["terminal.sqlite", "terminal.sqlite-wal"].map(|name| truck.join(name));
    for path in stores.iter().filter(|path| path.exists()).chain([&parcel]) {
        assert!(!holds(path, "SECRET0") && !holds(path, &text), "{} shows what was scanned", path.display());
    }

    // Cut off anywhere, or changed by one bit anywhere behind the header: refused, and said so.
    let bytes = std::fs::read(&parcel).unwrap();
    let header = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0;
    let mut spoilt: Vec<Vec<u8>> =
        [8, header, header + 1, header + 60, bytes.len() - 1].map(|end| bytes[..end].to_vec()).into();
    for place in [header + 5, header + 100, header + 190, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        spoilt.push(changed);
    }
    let file = place.path("spoilt.parcel");
    for (n, bytes) in spoilt.iter().enumerate() {
        std::fs::write(&file, bytes).unwrap();
        let (told, output) = place.brought(&[&file], None);
        assert_eq!(output.status.code(), Some(1), "{n}: {}", said(&output));
        let why = told[0]["refused"].as_str().unwrap();
        assert!(why.contains("parcel") && why.len() > 30, "{n}: {why}");
    }
    assert_eq!(place.held(&place.gate), 0);

    // A refused parcel holds up no other: the spoilt one is taken first, by the name on its outside.
    let mut renamed = bytes.clone();
    *renamed.last_mut().unwrap() ^= 1;
    std::fs::write(&file, renamed).unwrap();
    carry(&place.truck, &["take", file.to_str().unwrap(), "--json"]);
    place.truck.sync().unwrap();
    assert!(place.held(&place.gate) > 10);
    let status = carry(&place.truck, &["status", "--json"]);
    let refused = status["carried"].as_array().unwrap().iter().filter(|row| !row["refused"].is_null()).count();
    assert_eq!((refused, &queue(&place.truck)["carried"]), (1, &0.into()), "{status}");
}

#[test]
fn p12_carrier_cannot_make_the_outbox_forget() {
    let place = place();
    scan(&place.gate, "A", 10);
    let parcel = place.parcel("gate.parcel");
    let path = place.path("answers");
    place.brought(&[&parcel], Some(&path));
    let pending = queue(&place.gate)["pending"].clone();
    let genuine = std::fs::read(&path).unwrap();

    // Another outcome than was signed, and the same range signed by somebody else.
    let mut changed = read_answers(&genuine).unwrap();
    let ParcelAnswer::Taken(_) = &mut changed[0].answers[0] else { panic!() };
    let text = String::from_utf8(genuine.clone()).unwrap();
    let quarantined = text.replace("recorded", "disputed");
    assert_ne!(quarantined, text);
    let outcome = OutcomeRange { from: 1, to: 1, outcome: Outcome::Recorded };
    let forged = forge(&changed[0], outcome);
    changed[0].answers = vec![forged];
    let forged = write_answers(&changed).unwrap();
    for (n, bytes) in [quarantined.into_bytes(), forged].iter().enumerate() {
        std::fs::write(&path, bytes).unwrap();
        let output = carrying(&place.gate, &["import", path.to_str().unwrap(), "--json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{n}: {}", said(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains("proves nothing"), "{n}: {}", said(&output));
        assert_eq!(queue(&place.gate)["pending"], pending, "{n}");
    }
    // Genuine answers, but another terminal's.
    std::fs::write(&path, &genuine).unwrap();
    scan(&place.truck, "B", 3);
    let before = queue(&place.truck)["pending"].clone();
    let settled = carry(&place.truck, &["import", path.to_str().unwrap(), "--json"]);
    assert_eq!((&settled["for_others"], &settled["pending"]), (&1.into(), &before), "{settled}");
    // And for whom they are.
    carry(&place.gate, &["import", path.to_str().unwrap(), "--json"]);
    assert_eq!(queue(&place.gate)["pending"], 0);
}

/// The same range, signed by somebody who is not the server.
fn forge(answers: &shared::wire::sealed::Answers, outcome: OutcomeRange) -> ParcelAnswer {
    let ParcelAnswer::Taken(reply) = &answers.answers[0] else { panic!() };
    let range = reply.acknowledgement.value().clone();
    let outcomes = vec![OutcomeRange { to: range.to, ..outcome }];
    let answer = shared::wire::Answer { outcomes, ..Default::default() };
    let signed = shared::wire::PushReply::sign(answer, range, &key(9), shared::wire::REPLY_FORM).unwrap();
    ParcelAnswer::Taken(Box::new(signed))
}

#[tokio::test]
async fn p12_carrier_cannot_speak_for_another_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (store, sealed_key) = (ledger(folder.path()).await, SealedKey::generate());
    // Terminal 2 signs events under terminal 1's name and puts them into a parcel that names terminal 1.
    let mut log = Log::new(1);
    log.scan(shared::event::Stage::Outbound, "N1", &label("X", 1));
    let (mut batch, _) = log.batch(1, 2);
    batch = shared::wire::Batch::sign(batch.header, batch.bodies, &key(2)).unwrap();
    let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap();
    let genuine = parcel_of(&sealed_key, &log, &[(1, 2)]);
    let header = shared::wire::sealed::Parcel::read(genuine.clone()).unwrap().header;
    let recipient: age::x25519::Recipient = sealed_key.recipient().parse().unwrap();
    let bundle = shared::wire::sealed::write_bundle(&[compressed]).unwrap();
    let sealed = age::encrypt(&recipient, &bundle).unwrap();
    let forged = shared::wire::sealed::Parcel::new(&header, &sealed).unwrap();
    let answers = delivered(&store, &sealed_key, forged.bytes().to_vec()).await;
    let ParcelAnswer::Refused(problem) = &answers.answers[0] else { panic!("{answers:?}") };
    assert_eq!(problem.code, ProblemCode::BadSignature);
    // The genuine ones come in as if nothing had happened.
    let answers = delivered(&store, &sealed_key, genuine.clone()).await;
    assert!(matches!(answers.answers[0], ParcelAnswer::Taken(_)), "{answers:?}");
    // Sealed for another server: nothing of it can be known.
    let other = SealedKey::generate();
    let refused = deliver(&store, (&key(7), &other), genuine, None, NOW).await;
    assert!(matches!(refused, Err(SealedError::Sealed)), "{refused:?}");
}
