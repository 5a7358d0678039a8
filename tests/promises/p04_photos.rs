//! P4 for photos: counted while they wait, resumed where they broke off, on the server with the hash that the event names.

use shared::event::{Act, Event, Report, ReportKind};
use shared::ids::EpochId;
use shared::time::Timestamp;
use tests::network::{Faults, Way};
use tests::succeed;
use tests::terminal::Terminal;
use uuid::Uuid;

use crate::field::{Field, TASK, labels};

/// A picture that does not shrink: noise, as a 24-bit bitmap.
fn picture() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    let pixels = 500 * 500 * 3;
    let mut out = b"BM".to_vec();
    for word in [54 + pixels, 0, 54, 40, 500, 500, 1 | 24 << 16, 0, 0, 0, 0, 0, 0] {
        out.extend_from_slice(&u32::to_le_bytes(word));
    }
    out.extend((0..pixels).map(|_| noise()));
    out
}

/// Reports damage with a photo, as the window does. Answers the photo's name.
fn report(terminal: &Terminal) -> String {
    let id = terminal.id.parse().unwrap();
    let path = terminal.config().with_file_name("terminal.sqlite");
    let mut store = scanner_app::store::Store::open(&path, id, EpochId::new(Uuid::from_u128(1))).unwrap();
    let at = Timestamp::from_ms(1_772_413_200_000);
    let hash = store.keep_photo(&picture(), at).unwrap();
    let last = store.events().unwrap().pop().unwrap();
    let damaged = Report {
        what: ReportKind::Damaged,
        basis: TASK.basis.into(),
        document: TASK.document.into(),
        text: None,
        pack: None,
        photos: vec![hash],
    };
    let event = Event { seq: store.next_seq().unwrap(), act: Act::Report(damaged), event_id: None, ..last };
    store.append(&[event], |_| Ok(())).unwrap();
    hash.to_string()
}

#[test]
fn p4_a_photo_that_breaks_off_is_resumed_and_arrives_whole() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..3), None).unwrap();
    let name = report(&terminal);
    let waiting = || {
        let queue: serde_json::Value =
            serde_json::from_str(&succeed(terminal.command("queue").unwrap().arg("--json")).unwrap()).unwrap();
        queue["attachments"].as_u64().unwrap()
    };
    assert_eq!(waiting(), 1);
    // The events fit through, and two of the photo's chunks.
    terminal.cable.fail(Faults::cut_after(Way::Up, 150_000));
    terminal.sync_fails().unwrap();
    assert_eq!(waiting(), 1, "a part is not the whole");
    let out = field.folder.path().join("photo.jpg");
    let ask = || field.server.command(["attachment", &name, "--out"]).unwrap().arg(&out).output().unwrap();
    let early = ask();
    assert!(!early.status.success() && tests::said(&early).contains("on its way"), "{}", tests::said(&early));

    terminal.cable.heal();
    let before = terminal.cable.delivered_bytes().0;
    assert_eq!(terminal.sync().unwrap()["photos"], 1);
    assert_eq!(waiting(), 0);
    let written = ask();
    assert!(written.status.success(), "{}", tests::said(&written));
    let photo = std::fs::read(&out).unwrap();
    assert_eq!(shared::chain::sha256(&[&photo]).to_string(), name);
    let sent = terminal.cable.delivered_bytes().0 - before;
    assert!(sent + 100_000 < photo.len() as u64, "{sent} bytes for the rest of {}", photo.len());
    field.holds_all_of(&terminal);
}
