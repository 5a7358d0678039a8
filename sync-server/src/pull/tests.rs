use std::collections::BTreeSet;

use shared::ids::{BasisId, PackId};
use shared::reference::Level;

use super::*;
use crate::issue::issue;
use crate::testing::{NOW, Trade, application};

async fn pull_all(trade: &Trade, member: &str) -> (Vec<Record>, usize) {
    let mut conn = trade.store.read().await.unwrap();
    let (mut records, mut pages, mut since, mut ledger) = (Vec::new(), 0, 0, None);
    loop {
        let page = changes(&mut conn, &member.into(), ledger, since, NOW).await.unwrap();
        assert!(page.changes.is_sorted_by_key(|change| change.position));
        records.extend(page.changes.into_iter().map(|change| change.record));
        (since, ledger, pages) = (page.cursor, Some(page.ledger_id), pages + 1);
        if !page.more {
            return (records, pages);
        }
    }
}

fn bases(records: &[Record]) -> BTreeSet<BasisId> {
    let basis = |record: &Record| match record {
        Record::Basis(basis) => Some(basis.basis.clone()),
        Record::Document(document) => Some(document.basis.clone()),
        Record::Pack(pack) => Some(pack.basis.clone()),
        _ => None,
    };
    records.iter().filter_map(basis).collect()
}

#[tokio::test]
async fn a_member_sees_its_own_trade_only() {
    let trade = Trade::new().await;
    issue(&trade.store, &application(Level::Case, 3), NOW).await.unwrap();
    let codes = |records: &[Record]| records.iter().filter(|record| matches!(record, Record::Code(_))).count();
    let (maker, _) = pull_all(&trade, "M").await;
    assert_eq!((bases(&maker), codes(&maker)), (["C1".into()].into(), 3));
    let (wholesaler, _) = pull_all(&trade, "W").await;
    assert_eq!((bases(&wholesaler).len(), codes(&wholesaler)), (3, 3));
    let (retailer, _) = pull_all(&trade, "R1").await;
    assert_eq!((bases(&retailer), codes(&retailer)), (["O1".into()].into(), 0));
    let (stranger, _) = pull_all(&trade, "X").await;
    assert_eq!((bases(&stranger).len(), codes(&stranger)), (0, 0));
}

#[tokio::test]
async fn pages_skip_nothing_and_end_where_a_position_ends() {
    let trade = Trade::new().await;
    let line = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,18000\n";
    trade.import("more.csv", line).await.unwrap();
    let mut packs = BTreeSet::new();
    for _ in 0..3 {
        packs.insert(issue(&trade.store, &application(Level::Case, 600), NOW).await.unwrap().0.pack);
    }
    let (records, pages) = pull_all(&trade, "M").await;
    assert!(pages > 1, "{pages} pages");
    let pulled: BTreeSet<PackId> = records
        .iter()
        .filter_map(|record| if let Record::Pack(pack) = record { Some(pack.pack.clone()) } else { None })
        .collect();
    assert_eq!(pulled, packs);
    let keys: BTreeSet<String> = records.iter().map(|record| format!("{} {}", record.set(), record.key())).collect();
    assert_eq!(keys.iter().filter(|key| key.starts_with("code ")).count(), 1_800);
    assert_eq!(keys.len(), records.len(), "nothing twice");
}

#[tokio::test]
async fn another_ledger_starts_from_nothing() {
    let trade = Trade::new().await;
    let mut conn = trade.store.read().await.unwrap();
    let page = changes(&mut conn, &"M".into(), Some(Uuid::from_u128(8)), 1_000, NOW).await.unwrap();
    assert!(!page.changes.is_empty());
    let page = changes(&mut conn, &"M".into(), Some(page.ledger_id), page.cursor, NOW).await.unwrap();
    assert!(page.changes.is_empty());
}

#[tokio::test]
async fn a_retailer_learns_of_what_it_was_sent_and_that_its_pack_was_stolen_since() {
    let trade = Trade::new().await;
    let (pack, codes) = issue(&trade.store, &application(Level::Case, 2), NOW).await.unwrap();
    let sent = shared::ids::EventRef {
        terminal: shared::ids::TerminalId::new(Uuid::from_u128(1)),
        epoch: shared::ids::EpochId::new(Uuid::from_u128(2)),
        seq: 1,
    };
    let manifest = Manifest {
        basis: "O1".into(),
        document: "D1".into(),
        stage: shared::event::Stage::Sort,
        consignor: "W".into(),
        complete: false,
        sent: vec![(codes[0].code.clone(), NOW, sent)],
    };
    let mut tx = trade.store.write().await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    store::verdict::put_manifest(&mut tx, &manifest, position).await.unwrap();
    tx.commit().await.unwrap();

    let mut conn = trade.store.read().await.unwrap();
    let first = changes(&mut conn, &"R1".into(), None, 0, NOW).await.unwrap();
    let seen = |page: &ChangesPage, wanted: &Record| page.changes.iter().any(|change| change.record == *wanted);
    assert!(seen(&first, &Record::Code(codes[0].clone())) && seen(&first, &Record::Pack(pack.clone())));
    assert!(!seen(&first, &Record::Code(codes[1].clone())), "what was not sent to it stays unknown to it");

    let loss = Some((shared::reference::PackLoss::Stolen, NOW));
    crate::issue::set_loss(&trade.store, &pack.pack, loss, NOW).await.unwrap();
    let next = changes(&mut conn, &"R1".into(), Some(first.ledger_id), first.cursor, NOW).await.unwrap();
    assert!(seen(&next, &Record::Pack(shared::reference::Pack { loss, ..pack.clone() })));
    let stranger = changes(&mut conn, &"X".into(), Some(first.ledger_id), first.cursor, NOW).await.unwrap();
    assert!(!stranger.changes.iter().any(|change| matches!(change.record, Record::Pack(_))));
}
