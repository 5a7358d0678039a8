//! Reference data.

use shared::citation::Rulebook;
use shared::reference::{Member, Policy, Role};
use shared::wire::Record;
use sync_server::store::{self, Store, StoreError, reference};

crate::on_both!(records_replace_each_other, texts_of_any_kind_come_back, what_is_refused_is_taken_back);

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
    let all = reference::load_all(&mut tx).await.unwrap();
    assert_eq!(reference::changed_after(&mut tx, None).await.unwrap(), [member("two"), Record::Policy(policy)]);
    assert_eq!(reference::changed_after(&mut tx, Some(2)).await.unwrap().len(), 2);
    assert!(reference::changed_after(&mut tx, Some(3)).await.unwrap().is_empty());
    assert_eq!((all.members.len(), &*all.members[&"M".into()].name), (1, "two"));
    reference::publish_again(&mut tx, ("member", "M"), 9).await.unwrap();
    assert_eq!(reference::changed_after(&mut tx, Some(8)).await.unwrap(), [member("two")]);
    tx.rollback().await.unwrap();
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
