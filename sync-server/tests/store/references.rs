//! Reference data.

use std::sync::Arc;

use shared::citation::Rulebook;
use shared::code::GrammarConfig;
use shared::reference::{Member, Policy, References, Role};
use shared::wire::Record;
use sync_server::store::reference::{self, SharedReferences};
use sync_server::store::{self, Store, StoreError};

crate::on_both!(
    records_replace_each_other,
    texts_of_any_kind_come_back,
    what_is_refused_is_taken_back,
    shared_references_are_those_of_the_moment_that_is_read,
);

fn member(name: &str) -> Record {
    Record::Member(Member::new("M".into(), name.to_owned(), Role::Maker))
}

async fn records_replace_each_other(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert!(reference::put(&mut tx, &member("one"), 1).await.unwrap());
    assert!(!reference::put(&mut tx, &member("one"), 2).await.unwrap(), "the same changes nothing");
    assert!(reference::put(&mut tx, &member("two"), 3).await.unwrap());
    let policy = Policy::new(Rulebook::RevisedFrom(crate::sample::NOW));
    assert_ne!(reference::policy(&mut tx).await.unwrap(), policy);
    assert!(reference::put(&mut tx, &Record::Policy(policy), 3).await.unwrap());
    assert_eq!(reference::policy(&mut tx).await.unwrap(), policy);
    assert_eq!(reference::grammars(&mut tx).await.unwrap(), GrammarConfig::default());
    let config = r#"{"opaque": [{"namespace": "CTP", "pattern": "[0-9]{32}"}]}"#;
    let grammars: GrammarConfig = serde_json::from_str(config).unwrap();
    assert!(reference::put(&mut tx, &Record::Grammars(grammars.clone()), 2).await.unwrap());
    assert_eq!(reference::grammars(&mut tx).await.unwrap(), grammars);
    let all = reference::load_all(&mut tx).await.unwrap();
    assert_eq!(
        reference::changed_after(&mut tx, None).await.unwrap(),
        [Record::Grammars(grammars), member("two"), Record::Policy(policy)]
    );
    assert_eq!(reference::changed_after(&mut tx, Some(2)).await.unwrap().len(), 2);
    assert!(all.grammars.parse("01234567890123456789012345678901").is_ok());
    assert!(reference::changed_after(&mut tx, Some(3)).await.unwrap().is_empty());
    assert_eq!((all.members.len(), &*all.members[&"M".into()].name), (1, "two"));
    reference::publish_again(&mut tx, ("member", "M"), 9).await.unwrap();
    assert_eq!(reference::changed_after(&mut tx, Some(8)).await.unwrap(), [member("two")]);
    tx.rollback().await.unwrap();
}

/// Commits a member's name. Answers the position.
async fn name(store: &Store, name: &str) -> u64 {
    let mut tx = store.write().await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    reference::put(&mut tx, &member(name), position).await.unwrap();
    tx.commit().await.unwrap();
    position
}

async fn shared_references_are_those_of_the_moment_that_is_read(store: &Store) {
    let shared = SharedReferences::default();
    let before = name(store, "one").await;
    let mut old = store.snapshot().await.unwrap();
    assert_eq!(store::position(&mut old).await.unwrap(), before);
    let after = name(store, "two").await;
    let named = |references: &References| references.members[&"M".into()].name.clone();

    let mut conn = store.read().await.unwrap();
    let first = reference::as_of(&mut conn, &shared, after).await.unwrap();
    assert_eq!(named(&first), "two");
    let again = reference::as_of(&mut conn, &shared, after).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again), "nothing changed: nothing is read");
    // Who began to read before sees what was then, and spoils nothing.
    assert_eq!(named(&reference::as_of(&mut old, &shared, before).await.unwrap()), "one");
    old.rollback().await.unwrap();
    let last = name(store, "three").await;
    let newest = reference::as_of(&mut conn, &shared, last).await.unwrap();
    assert_eq!((named(&newest), named(&first)), ("three".to_owned(), "two".to_owned()));
    assert_eq!(newest.members, reference::load_all(&mut conn).await.unwrap().members);
}

async fn texts_of_any_kind_come_back(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (position, name) in (1..).zip(["电子烟'\";--", "$1 %s {}", "\u{1F4E6}\u{0301}", "a\nb\tc\\d", ""]) {
        reference::put(&mut tx, &member(name), position).await.unwrap();
        assert_eq!(reference::load_all(&mut tx).await.unwrap().members[&"M".into()].name, name);
    }
    tx.rollback().await.unwrap();
}

async fn what_is_refused_is_taken_back(store: &Store) {
    let mut tx = store.write().await.unwrap();
    reference::put(&mut tx, &member("one"), 1).await.unwrap();
    let done: Result<u64, StoreError> = Ok(5);
    assert_eq!(store::end(tx, done).await.unwrap(), 5);
    let mut tx = store.write().await.unwrap();
    reference::put(&mut tx, &member("two"), 2).await.unwrap();
    let refused: Result<(), StoreError> = Err(StoreError::Corrupt("refused"));
    assert!(store::end(tx, refused).await.is_err());
    let all = reference::load_all(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(all.members[&"M".into()].name, "one");
}
