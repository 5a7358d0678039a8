//! A bundle helps and tells no secret: recognisable ones are planted wherever one could lie.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use shared::credential::{BadgeMark, Pin, PinCost, PinVerifier, SealingKey};
use shared::event::{Capture, Stage};
use shared::ids::EpochId;
use shared::reference::Operator;
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Record};
use uuid::Uuid;

use super::*;
use crate::config::Config;
use crate::device::{Device, ManualDevice};
use crate::operators::{Claim, Desk, Moment, Place};
use crate::session::{Identity, Session};
use crate::store::Store;

const PIN: &str = "739164";
const BADGE: &str = "TALLYMAN-BADGE/B4D6E0FFB4D6E0FFB4D6E0FFB4D6E0FF";
const SERIAL: &str = "PLANTEDSERIAL7K3M";
const OPAQUE: &str = "OPAQ/77";
const PHOTO: &[u8] = b"\xFF\xD8PLANTED-PHOTO-BYTES";
const PASSWORD: &str = "PLANTEDpassword";

struct Planted {
    folder: tempfile::TempDir,
    config: Config,
    secrets: Vec<Vec<u8>>,
}

fn code_text() -> String {
    format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{SERIAL}")
}

fn config(folder: &Path) -> Config {
    let text = include_str!("../../config.example.toml")
        .replace("https://127.0.0.1:7443", &format!("https://clerk:{PASSWORD}@server.example:7443/path"));
    let path = folder.join("terminal.toml");
    fs::write(&path, text).unwrap();
    Config::read(&path).unwrap()
}

/// The part of a secret that is looked for: the last one may be one letter of a hash, which any file holds.
fn longest_part(text: &str) -> Vec<u8> {
    let parts = text.split(['$', ':', '.', '/']);
    parts.max_by_key(|part| part.len()).unwrap().as_bytes().to_vec()
}

/// A terminal that was used: a key, a signed-in operator, scans, a photo, a log full of what it should not say.
fn planted() -> Planted {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let device = Arc::new(ManualDevice::new());
    let pair = crate::keys::open_or_make(&config.key).unwrap();
    let key_bytes = fs::read(&config.key).unwrap();
    let key = SealingKey::derive(&pair);
    let open = PinVerifier::of(&Pin::new(PIN).unwrap(), PinCost::LEAST, [9; 16]);
    let mark = BadgeMark::of(BADGE);
    let operator = Operator {
        role: "clerk".into(),
        badge: Some(mark),
        pin: Some(open.clone()),
        ..Operator::new("1024".into(), config.member.clone())
    };
    let sealed = operator.sealed(&key);
    let (sealed_pin, sealed_badge) = (sealed.pin.clone().unwrap().to_string(), sealed.badge.unwrap().to_string());
    let mut store = Store::open(&config.store, config.terminal, EpochId::new(Uuid::from_u128(2))).unwrap();
    let changes = vec![Change { position: 1, record: Record::Operator(sealed) }];
    let as_of = Timestamp::from_ms(5);
    let page = ChangesPage {
        ledger_id: Uuid::from_u128(9),
        cursor: 1,
        left: None,
        more: false,
        as_of,
        changes,
        restored: Vec::new(),
        resume: None,
    };
    store.keep_page(&page).unwrap();
    let place = Place { member: config.member.clone(), site: config.site.clone() };
    let desk = Desk::load(&store, key, place, config.operators.clone()).unwrap();
    desk.sign_in(&mut store, Claim::Badge(BADGE), PIN, Moment::of(device.as_ref())).unwrap();
    let identity = Identity { member: "W1".into(), site: "S".into(), operator: Some("1024".into()) };
    let task = (Stage::Outbound, "C1".into(), "N1".into());
    let mut session = Session::open(store, Arc::clone(&device) as _, identity, task).unwrap();
    for text in [code_text(), OPAQUE.to_owned()] {
        session.scan(&[(text, None)], Capture::Camera).unwrap();
    }
    drop(session);
    fs::write(folder.path().join("photo.jpg"), PHOTO).unwrap();
    let digits = key_bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex_key: String = digits.map(|digit| char::from_digit(digit.into(), 16).unwrap()).collect();
    let mut log = LogFile::open(&log_path(&config.store), LOG_BYTES_MAX).unwrap();
    for said in
        [&code_text(), OPAQUE, BADGE, &open.to_string(), &mark.to_string(), &sealed_pin, &sealed_badge, &hex_key]
    {
        writeln!(log, "2026-10-04T06:02:03Z  WARN scanner_app: a careless line says `{said}`").unwrap();
    }
    let secrets = vec![
        key_bytes[16..48].to_vec(),
        hex_key.as_bytes()[32..96].to_vec(),
        PIN.as_bytes().to_vec(),
        longest_part(BADGE),
        longest_part(&open.to_string()),
        longest_part(&sealed_pin),
        longest_part(&mark.to_string()),
        longest_part(&sealed_badge),
        PHOTO[2..].to_vec(),
        PASSWORD.as_bytes().to_vec(),
    ];
    Planted { folder, config, secrets }
}

fn bundle(planted: &Planted, name: &str, wanted: Wanted) -> Vec<u8> {
    let device = ManualDevice::new();
    let parts = gather(&planted.config, &device, &json!([]), wanted);
    let to = planted.folder.path().join(name);
    write_bundle(&to, &parts, device.now()).unwrap();
    fs::read(to).unwrap()
}

fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let plain = zstd::decode_all(bytes).unwrap();
    let mut archive = tar::Archive::new(plain.as_slice());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().display().to_string(), bytes)
    });
    entries.collect()
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

#[test]
fn no_planted_secret_is_in_the_bundle_packed_or_unpacked() {
    let planted = planted();
    let store = fs::read(&planted.config.store).unwrap();
    let wal = fs::read(format!("{}-wal", planted.config.store.display())).unwrap_or_default();
    assert!([store, wal].iter().any(|bytes| holds(bytes, SERIAL.as_bytes())), "the secrets were planted");
    for (name, wanted) in [("plain.tar.zst", Wanted::default()), ("codes.tar.zst", Wanted { codes: true })] {
        let packed = bundle(&planted, name, wanted);
        let plain = zstd::decode_all(packed.as_slice()).unwrap();
        for secret in &planted.secrets {
            let shown = String::from_utf8_lossy(secret);
            assert!(!holds(&plain, secret) && !holds(&packed, secret), "{name} tells {shown}");
        }
        for code in [SERIAL, OPAQUE] {
            assert_eq!(holds(&plain, code.as_bytes()), wanted.codes, "{name} {code}");
        }
    }
}

#[test]
fn a_bundle_tells_what_helps() {
    let planted = planted();
    let parts = unpacked(&bundle(&planted, "b.tar.zst", Wanted::default()));
    let read = |name: &str| -> Value {
        let found = parts.iter().find(|(path, _)| path == &format!("tallyman-diagnostics/{name}"));
        serde_json::from_slice(&found.unwrap().1).unwrap()
    };
    let store = read("store.json");
    assert_eq!((&store["integrity"], &store["trouble"]), (&json!("ok"), &json!([])));
    assert_eq!((&store["log"]["ok"], &store["rows"]["log"]), (&json!(true), &store["pending"]));
    assert!(store["pending"].as_u64().unwrap() >= 4 && store["bytes"]["terminal.sqlite"].as_u64().unwrap() > 0);
    assert_eq!(store["epochs"][0]["acknowledged"], json!(0));
    let sync = read("sync.json");
    assert_eq!((&sync["operators_with_pin"], &sync["last_on_duty"]), (&json!(1), &json!("1024")));
    let config = read("config.json");
    assert_eq!(config["server"], json!("https://server.example:7443"));
    assert_eq!((&config["key"], &config["store"]), (&json!("there"), &json!("terminal.sqlite")));
    assert!(read("device.json")["disk"]["free_bytes"].as_u64().unwrap() > 0);
    assert_eq!(read("versions.json")["app"], json!(env!("CARGO_PKG_VERSION")));
    let (_, log) = parts.iter().find(|(path, _)| path.ends_with("app.log")).unwrap();
    let log = String::from_utf8(log.clone()).unwrap();
    assert_eq!(log.lines().count(), 8);
    assert!(log.starts_with("2026-10-04T06:02:03Z  WARN scanner_app: a careless line says `…7K3M`"), "{log}");
}

#[test]
fn a_terminal_without_a_store_and_one_with_a_damaged_store_get_a_bundle_too() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let planted = Planted { folder, config, secrets: Vec::new() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(&zstd::decode_all(bytes).unwrap()).into_owned();
    let none = text(&bundle(&planted, "none.tar.zst", Wanted::default()));
    assert!(none.contains("the store does not exist yet") && !planted.config.store.exists());
    fs::write(&planted.config.store, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    let damaged = text(&bundle(&planted, "damaged.tar.zst", Wanted::default()));
    assert!(damaged.contains("the store cannot be read"), "{damaged}");
}

#[test]
fn a_file_that_is_there_is_left_and_nothing_half_written_stays() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("b.tar.zst");
    fs::write(&to, "mine").unwrap();
    let error = write_bundle(&to, &[], Timestamp::default()).unwrap_err();
    assert!(error.to_string().contains("name another file"), "{error}");
    assert_eq!(fs::read(&to).unwrap(), b"mine");
    let error = write_bundle(&folder.path().join("no/such/b"), &[], Timestamp::default()).unwrap_err();
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
