//! The code registry.

use std::collections::BTreeSet;

use shared::code::{CodeKey, PackageCode};
use shared::reference::{CodeRecord, References};
use sync_server::store::Store;
use sync_server::store::{code, trail};

use crate::sample::{at, bring, code_key, code_record, scan};

crate::on_both!(
    a_put_tells_what_changed,
    families_are_found_up_and_down,
    changes_come_in_pieces,
    a_code_is_found_by_its_key
);

async fn a_put_tells_what_changed(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let plain = code_record(0, "P1", None);
    assert!(code::put(&mut tx, &plain, 1).await.unwrap());
    assert!(!code::put(&mut tx, &plain, 2).await.unwrap(), "the same changes nothing");
    let put_in = code_record(0, "P1", Some(9));
    assert!(code::put(&mut tx, &put_in, 3).await.unwrap(), "a parent where there was none");
    let cancelled = CodeRecord { cancelled_at: Some(at(0)), ..put_in.clone() };
    assert!(code::put(&mut tx, &cancelled, 4).await.unwrap());
    assert!(!code::put(&mut tx, &cancelled, 5).await.unwrap());
    assert_eq!(code::of_pack(&mut tx, &"P1".into()).await.unwrap(), [cancelled]);
    assert!(code::put(&mut tx, &plain, 6).await.unwrap(), "back to no parent");
    code::put(&mut tx, &code_record(1, "P2", None), 7).await.unwrap();
    code::put(&mut tx, &code_record(2, "P2", None), 7).await.unwrap();
    assert_eq!(code::issued_count(&mut tx, &["P1".into(), "P2".into()]).await.unwrap(), 3);
    assert_eq!(code::issued_count(&mut tx, &[]).await.unwrap(), 0);
    tx.rollback().await.unwrap();
}

async fn families_are_found_up_and_down(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (n, parent) in [(0, None), (1, Some(0)), (2, Some(0)), (3, Some(1)), (4, None)] {
        code::put(&mut tx, &code_record(n, "P1", parent), 1).await.unwrap();
    }
    let mut references = References::default();
    let all = |ns: &[usize]| ns.iter().map(|n| crate::sample::code(*n)).collect::<BTreeSet<PackageCode>>();
    let family = code::load_families(&mut tx, &all(&[3, 7]), &mut references).await.unwrap();
    assert_eq!(family, all(&[0, 1, 2, 3, 7]), "unregistered ones are named as well");
    assert_eq!(references.codes.len(), 4);
    tx.rollback().await.unwrap();
}

async fn changes_come_in_pieces(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (n, pack, position) in [(0, "P1", 5), (1, "P1", 5), (2, "P1", 5), (3, "P2", 6), (4, "P3", 6), (5, "P1", 7)] {
        code::put(&mut tx, &code_record(n, pack, None), position).await.unwrap();
    }
    let packs = ["P1".into(), "P2".into()].into();
    let whole = code::changed(&mut tx, &packs, 4).await.unwrap();
    assert_eq!(whole.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [5, 5, 5, 6, 7]);
    assert_eq!(code::changed(&mut tx, &packs, 5).await.unwrap(), whole[3..]);
    code::publish_again(&mut tx, &["P3".into()], 8).await.unwrap();
    assert_eq!(code::changed(&mut tx, &["P3".into()].into(), 7).await.unwrap().len(), 1);
    let mut found = Vec::new();
    let mut border = (4, [0xff; 16]);
    loop {
        let some = code::changed_after(&mut tx, &packs, (border.0, &border.1), 2).await.unwrap();
        let Some((position, last)) = some.last() else { break };
        let key = (0..6).find(|n| crate::sample::code(*n) == last.code).map(code_key).unwrap();
        border = (u64::try_from(*position).unwrap(), key);
        found.extend(some);
    }
    assert_eq!(code::count_after(&mut tx, &packs, (4, &[0xff; 16])).await.unwrap(), 5);
    assert_eq!(code::count_after(&mut tx, &packs, (5, &[0xff; 16])).await.unwrap(), 2);
    assert_eq!(found, whole, "by position and key, none twice, none left out");
    tx.rollback().await.unwrap();
}

async fn a_code_is_found_by_its_key(store: &Store) {
    let mut tx = store.write().await.unwrap();
    code::put(&mut tx, &code_record(0, "P1", None), 1).await.unwrap();
    let entry = bring(&mut tx, 1, 1, vec![scan("C1", 1), scan("C1", 2)]).await.entry;
    let key = |n: usize| CodeKey::of(&crate::sample::code(n));
    for (n, found) in [(0, true), (1, true), (2, true), (3, false)] {
        let code = code::of_key(&mut tx, &key(n)).await.unwrap();
        assert_eq!(code, found.then(|| crate::sample::code(n)), "{n}: registered, or as its first scan says");
    }
    for n in [0, 2] {
        let found = trail::of_key(&mut tx, &key(n)).await.unwrap();
        let indexes: Vec<_> = found.iter().map(|place| (place.entry, place.index)).collect();
        assert_eq!(indexes, if n == 2 { vec![(entry, 1)] } else { vec![] });
    }
    tx.rollback().await.unwrap();
}
