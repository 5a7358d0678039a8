//! Texts that are codes by new grammars and were none by the old.

use shared::code::{CodeKey, Grammars, PackageCode};
use shared::event::{Act, Movement};
use sync_server::store::reread::{self, Reread, RereadError};
use sync_server::store::trail::{self, Place};
use sync_server::store::{Store, code};

use crate::sample::{bring, code as sample_code, code_record, put, scan};

crate::on_both!(
    what_was_no_code_is_found_by_it,
    what_was_a_code_stays_it_or_nothing_changes,
    a_registered_code_counts_too,
);

fn grammars(pattern: &str) -> Grammars {
    let config = serde_json::json!({ "opaque": [{ "namespace": "CTP", "pattern": pattern }] });
    serde_json::from_value(config).unwrap()
}

fn opaque(text: &str) -> PackageCode {
    PackageCode::opaque("CTP", text).unwrap()
}

/// A scan of a label that says this.
fn of_text(text: &str) -> Act {
    let Act::Outbound(movement) = scan("C1", 1) else { panic!("no outbound") };
    Act::Outbound(Movement { text: text.into(), ..movement })
}

async fn keys_of(conn: &mut sqlx::AnyConnection, sql: &'static str) -> Vec<Vec<u8>> {
    use sqlx::Row;
    let rows = sqlx::query(sql).fetch_all(conn).await.unwrap();
    rows.iter().map(|row| row.try_get(0).unwrap()).collect()
}

fn key(text: &str) -> Vec<u8> {
    CodeKey::of(&opaque(text)).as_bytes().to_vec()
}

async fn what_was_no_code_is_found_by_it(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let scans = vec![of_text("P-0001"), scan("C1", 1), of_text("no code"), of_text("P-0002")];
    let first = bring(&mut tx, 1, 1, scans).await.entry;
    let second = bring(&mut tx, 1, 5, vec![Act::SignedOut, of_text("P-0001")]).await.entry;
    put(&mut tx, 2, 1, of_text("P-0003")).await;
    put(&mut tx, 2, 2, Act::Relabel { old: "P-0004".into(), new: "P-0005".into() }).await;
    let new = grammars("P-[0-9]{4}");
    let unnamed = keys_of(&mut tx, "select name_key from named").await.len();
    assert_eq!(
        reread::reread(&mut tx, &Grammars::default(), &new).await.unwrap(),
        Reread { texts: 6, codes: (1..=5).map(|n| opaque(&format!("P-{n:04}"))).collect() }
    );
    let codes = [opaque("P-0001"), opaque("P-0002"), sample_code(1)];
    let found = trail::by_key(&mut tx, &codes).await.unwrap();
    let places = |code: &PackageCode| found[CodeKey::of(code).as_bytes().as_slice()].clone();
    let place = |entry, index| Place { entry, index };
    assert_eq!(places(&codes[0]), [place(first, 0), place(second, 1)]);
    assert_eq!(places(&codes[1]), [place(first, 3)]);
    assert_eq!(places(&codes[2]), [place(first, 1)], "what was found before is not found twice");
    assert_eq!(keys_of(&mut tx, "select code_key from event where code_key is not null").await, [key("P-0003")]);
    let named = keys_of(&mut tx, "select name_key from named").await;
    assert!(named.contains(&key("P-0004")) && named.contains(&key("P-0005")), "the relabelling names both");
    assert_eq!(named.len(), unnamed + 2);
    // Nothing is new where nothing changes.
    assert_eq!(reread::reread(&mut tx, &new, &new).await.unwrap(), Reread::default());
    assert_eq!(trail::by_key(&mut tx, &codes).await.unwrap(), found);
    tx.rollback().await.unwrap();
}

async fn what_was_a_code_stays_it_or_nothing_changes(store: &Store) {
    let mut tx = store.write().await.unwrap();
    bring(&mut tx, 1, 1, vec![of_text("P-0001")]).await;
    let old = grammars("P-[0-9]{4}");
    let other = grammars("Q-[0-9]{4}");
    match reread::reread(&mut tx, &old, &other).await.unwrap_err() {
        RereadError::Otherwise { text, was, now } => assert_eq!((&*text, was, now), ("P-0001", opaque("P-0001"), None)),
        RereadError::Store(error) => panic!("{error}"),
    }
    // A pattern that takes what GS1's grammar reads without any mark.
    bring(&mut tx, 1, 2, vec![of_text("011690123456789921A")]).await;
    let error = reread::reread(&mut tx, &Grammars::default(), &grammars("[0-9]+A")).await.unwrap_err().to_string();
    let said = "`011690123456789921A` is stored and was read as 01/16901234567899/21/A; now it would be text/CTP/011690123456789921A";
    assert_eq!(error, said);
    // Nothing is stored that it would change.
    assert_eq!(reread::reread(&mut tx, &grammars("X+"), &grammars("Y+")).await.unwrap(), Reread::default());
    tx.rollback().await.unwrap();
}

async fn a_registered_code_counts_too(store: &Store) {
    let mut tx = store.write().await.unwrap();
    code::put(&mut tx, &code_record(1, "P1", None), 1).await.unwrap();
    let mut registered = code_record(2, "P1", None);
    registered.code = opaque("P-0001");
    code::put(&mut tx, &registered, 1).await.unwrap();
    let error = reread::reread(&mut tx, &grammars("P-[0-9]{4}"), &Grammars::default()).await.unwrap_err().to_string();
    assert_eq!(error, "`text/CTP/P-0001` is stored and was read as text/CTP/P-0001; now it would be no code");
    // The same code on a label without any mark, where a pattern is asked first.
    let bare = reread::reread(&mut tx, &grammars("P-[0-9]{4}"), &grammars("P-[0-9]{4}|[0-9]+C1")).await.unwrap_err();
    assert!(bare.to_string().contains("now it would be text/CTP/0116901234567899"), "{bare}");
    // A pattern before it that would take its labels.
    let shadowed =
        r#"{"opaque": [{"namespace": "ALL", "pattern": "P.*"}, {"namespace": "CTP", "pattern": "P-[0-9]{4}"}]}"#;
    let shadowed: Grammars = serde_json::from_str(shadowed).unwrap();
    let error = reread::reread(&mut tx, &grammars("P-[0-9]{4}"), &shadowed).await.unwrap_err();
    assert!(error.to_string().contains("now it would be no code"), "{error}");
    tx.rollback().await.unwrap();
}
