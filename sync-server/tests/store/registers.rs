//! Versions of records, code packs, many codes at once, and the steps about a mismatch.

use serde_json::{Map, Value, json};
use shared::code::CodeKey;
use shared::ids::PackId;
use shared::reference::{CodeRecord, Level, Pack, PackLoss};
use sync_server::store::pack::{Account, PackAct};
use sync_server::store::version::Version;
use sync_server::store::{Store, code_bulk, pack, step, version};

use crate::sample::{at, code, put, scan};

crate::on_both!(
    versions_are_found_by_what_was_known_of_which_day,
    an_amendment_enters_into_force_on_its_day,
    many_codes_are_put_known_and_read_in_parts,
    a_packs_account_counts_each_code_once,
    steps_are_numbered_within_their_mismatch,
);

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn of(version: u64, valid: i64, known: i64, name: &str) -> Version {
    Version {
        version,
        why: "entry".into(),
        valid_from: at(valid),
        known_from: at(known),
        known_to: None,
        position: version,
        by: "甲'\"".into(),
        change: None,
        body: object(&json!({ "name": name })),
        in_force: true,
    }
}

const RECORD: (&str, &str) = ("member", "M");

async fn versions_are_found_by_what_was_known_of_which_day(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert_eq!(version::last(&mut tx, "member", "M").await.unwrap(), 0);
    let mut second = of(2, 50, 20, "later");
    second.change = Some(object(&json!({ "name": "later" })));
    for one in [&of(1, 0, 10, "one"), &second, &of(3, 0, 30, "corrected")] {
        version::add(&mut tx, RECORD, one).await.unwrap();
    }
    version::close(&mut tx, RECORD, 1, at(30)).await.unwrap();
    version::add(&mut tx, ("member", "W"), &of(1, 0, 10, "other")).await.unwrap();
    assert_eq!(version::last(&mut tx, "member", "M").await.unwrap(), 3);
    let all = version::all(&mut tx, "member", "M").await.unwrap();
    assert_eq!((all.len(), &all[1]), (3, &second));
    let mut seen = Vec::new();
    for (valid, known) in [(10, 5), (10, 15), (10, 40), (60, 15), (60, 25)] {
        let found = version::as_of(&mut tx, RECORD, at(valid), at(known)).await.unwrap();
        seen.push(found.map(|found| found.version));
    }
    assert_eq!(seen, [None, Some(1), Some(3), Some(1), Some(2)]);
    tx.rollback().await.unwrap();
}

async fn an_amendment_enters_into_force_on_its_day(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let planned = Version { in_force: false, ..of(1, 50, 20, "later") };
    version::add(&mut tx, RECORD, &planned).await.unwrap();
    assert!(version::due(&mut tx, at(49)).await.unwrap().is_empty());
    assert_eq!(version::due(&mut tx, at(50)).await.unwrap(), [("member".to_owned(), "M".to_owned())]);
    version::enter_into_force(&mut tx, RECORD, at(49)).await.unwrap();
    assert!(!version::all(&mut tx, "member", "M").await.unwrap()[0].in_force);
    version::enter_into_force(&mut tx, RECORD, at(50)).await.unwrap();
    assert!(version::all(&mut tx, "member", "M").await.unwrap()[0].in_force);
    assert!(version::due(&mut tx, at(60)).await.unwrap().is_empty());
    tx.rollback().await.unwrap();
}

fn keyed(n: usize, parent: Option<usize>) -> (CodeKey, CodeRecord) {
    let record = CodeRecord::new(code(n), "P1".into(), "POD".into(), parent.map(code));
    (CodeKey::of(&record.code), record)
}

/// More than one statement takes, with and without a parent.
async fn many_codes_are_put_known_and_read_in_parts(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let codes: Vec<_> = (0..1_203).map(|n| keyed(n, (n % 3 == 1).then_some(5_000 + n))).collect();
    code_bulk::put(&mut tx, &codes, 7).await.unwrap();
    let keys: Vec<CodeKey> = codes.iter().map(|(key, _)| *key).collect();
    let known = code_bulk::known(&mut tx, &keys).await.unwrap();
    assert!(known.len() == codes.len() && codes.iter().all(|(key, record)| known[key] == *record));
    let mut read = Vec::new();
    while let Some(part) =
        Some(code_bulk::of_pack_after(&mut tx, &"P1".into(), read.last().map(CodeKey::of), 500).await.unwrap())
            .filter(|part| !part.is_empty())
    {
        read.extend(part.into_iter().map(|record| record.code));
    }
    assert!(read.len() == codes.len() && read.is_sorted_by_key(|code| *CodeKey::of(code).as_bytes()));
    put(&mut tx, 1, 1, scan("C1", 3)).await;
    let scanned = code_bulk::scanned(&mut tx, &keys).await.unwrap();
    assert_eq!(scanned, [CodeKey::of(&code(3)).as_bytes().to_vec()].into());
    let parents = [CodeKey::of(&code(5_001)), CodeKey::of(&code(5_004)), CodeKey::of(&code(3))];
    let inside = code_bulk::inside(&mut tx, &parents).await.unwrap();
    assert_eq!((inside.len(), &inside[parents[0].as_bytes().as_slice()]), (2, &vec![("P1".into(), 1)]));
    // Again, changed: out of the parent, and ended.
    let ended = CodeRecord { cancelled_at: Some(at(9)), ..keyed(1, None).1 };
    let dated = CodeRecord { associated_at: Some(at(8)), ..keyed(2, Some(5_002)).1 };
    code_bulk::put(&mut tx, &[(keys[1], ended.clone()), (keys[2], dated.clone())], 8).await.unwrap();
    assert_eq!(code_bulk::known(&mut tx, &keys[2..3]).await.unwrap()[&keys[2]], dated);
    assert_eq!(code_bulk::known(&mut tx, &keys[1..2]).await.unwrap()[&keys[1]], ended);
    assert_eq!(code_bulk::inside(&mut tx, &parents).await.unwrap().len(), 1);
    tx.rollback().await.unwrap();
}

async fn a_packs_account_counts_each_code_once(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let id: PackId = "P1".into();
    let mut codes: Vec<_> = (0..6).map(|n| keyed(n, (n == 1).then_some(0))).collect();
    codes[2].1.cancelled_at = Some(at(1));
    code_bulk::put(&mut tx, &codes, 1).await.unwrap();
    put(&mut tx, 1, 1, scan("C1", 3)).await;
    let account = Account { issued: 6, used: 3, cancelled: 1, lost: 0, left: 2 };
    let whole = Pack::new(id.clone(), "POD".into(), Level::Case, "C1".into(), at(0));
    assert_eq!(pack::account(&mut tx, &whole).await.unwrap(), account);
    assert_eq!(pack::glances(&mut tx, std::slice::from_ref(&id)).await.unwrap(), [(id.clone(), account)].into());
    let lost_at = |ms| Pack { loss: Some((PackLoss::Lost, at(ms))), ..whole.clone() };
    // It was scanned after a second.
    assert_eq!(pack::account(&mut tx, &lost_at(1_001)).await.unwrap(), Account { lost: 2, left: 0, ..account });
    let lost = lost_at(5);
    let after = Account { used: 2, lost: 3, left: 0, ..account };
    assert_eq!(pack::account(&mut tx, &lost).await.unwrap(), after, "a scan after the loss is no use of it");
    // Put into the case after the loss: neither of them is in use by that.
    codes[1].1.associated_at = Some(at(6));
    code_bulk::put(&mut tx, &codes[1..2], 2).await.unwrap();
    let late = Account { used: 0, lost: 5, left: 0, ..account };
    assert_eq!(pack::account(&mut tx, &lost).await.unwrap(), late);
    let act = |act: &str, codes| PackAct { at: at(2), act: act.into(), codes, by: "甲".into(), detail: String::new() };
    for one in [act("issued", 6), act("activated", 6)] {
        pack::note(&mut tx, &id, &one).await.unwrap();
    }
    assert_eq!(pack::acts(&mut tx, &id).await.unwrap(), [act("issued", 6), act("activated", 6)]);
    assert_eq!(pack::replaced_by(&mut tx, &code(4)).await.unwrap(), None);
    pack::note_relabelling(&mut tx, (&code(4), &code(9)), ("甲", "torn"), at(3)).await.unwrap();
    assert_eq!(pack::replaced_by(&mut tx, &code(4)).await.unwrap(), Some(code(9).to_string()));
    assert!(pack::stock_counts(&mut tx, Some("M"), 10).await.unwrap().is_empty());
    tx.rollback().await.unwrap();
}

async fn steps_are_numbered_within_their_mismatch(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (one, other) = (("missing-goods", "C", "basis C1"), ("missing-goods", "C", "basis C2"));
    for (key, word, position) in [(one, "assigned", Some(5)), (one, "resolved", Some(7)), (other, "assigned", None)] {
        step::add(&mut tx, key, "甲", (word, "乙", "说"), (at(1), position)).await.unwrap();
    }
    let steps = step::list(&mut tx, one).await.unwrap();
    assert_eq!(
        steps.iter().map(|step| (step.step_no, &*step.step)).collect::<Vec<_>>(),
        [(1, "assigned"), (2, "resolved")]
    );
    assert_eq!(step::list(&mut tx, other).await.unwrap()[0].step_no, 1);
    for (after, positions) in [(0, vec![5, 7]), (5, vec![7]), (7, vec![])] {
        let told = step::since(&mut tx, one, after).await.unwrap();
        assert_eq!(told.iter().map(|(position, _)| *position).collect::<Vec<_>>(), positions);
        assert!(told.iter().all(|(_, told)| steps.contains(told)));
    }
    assert!(step::since(&mut tx, other, 0).await.unwrap().is_empty(), "nothing that is told");
    tx.rollback().await.unwrap();
}
