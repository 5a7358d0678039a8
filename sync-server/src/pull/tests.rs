use std::collections::BTreeSet;

use shared::ids::{BasisId, PackId};
use shared::reference::Level;

use super::*;
use crate::packs::issue::issue;
use crate::testing::{NOW, Trade, application, tester};

async fn pull_all(trade: &Trade, member: &str) -> (Vec<Record>, usize) {
    pull(trade, member, false).await
}

/// Everything a member may see, page by page, and how many pages that were.
async fn pull(trade: &Trade, member: &str, in_pieces: bool) -> (Vec<Record>, usize) {
    let mut conn = trade.store.read().await.unwrap();
    let references = SharedReferences::default();
    let (mut records, mut pages, mut start) = (Vec::new(), 0, Start { in_pieces, ..Start::default() });
    loop {
        let page = changes(&mut conn, &references, &member.into(), start, NOW).await.unwrap();
        assert!(page.changes.is_sorted_by_key(|change| change.position));
        assert!(page.resume.is_none() || (page.more && in_pieces));
        records.extend(page.changes.into_iter().map(|change| change.record));
        let resume = page.resume.map(|text| text.parse().unwrap());
        start = Start { ledger: Some(page.ledger_id), since: page.cursor, resume, in_pieces, counts: false };
        pages += 1;
        if !page.more {
            return (records, pages);
        }
    }
}

#[tokio::test]
async fn who_asks_is_told_how_much_is_left() {
    let trade = Trade::new().await;
    let line = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,18000\n";
    trade.import("more.csv", line).await.unwrap();
    for _ in 0..3 {
        issue(&trade.store, &application(Level::Case, 900), NOW).await.unwrap();
    }
    let mut conn = trade.store.read().await.unwrap();
    let references = SharedReferences::default();
    for in_pieces in [false, true] {
        let (mut told, mut start) = (Vec::new(), Start { in_pieces, counts: true, ..Start::default() });
        loop {
            let page = changes(&mut conn, &references, &"M".into(), start, NOW).await.unwrap();
            told.push((page.left, page.changes.len() as u64));
            let resume = page.resume.map(|text| text.parse().unwrap());
            start = Start { ledger: Some(page.ledger_id), since: page.cursor, resume, ..start };
            if !page.more {
                break;
            }
        }
        assert!(told.len() > 1 && told.last().unwrap().0.is_none(), "{told:?}");
        for (place, (left, _)) in told.iter().enumerate().take(told.len() - 1) {
            let follow: u64 = told[place + 1..].iter().map(|(_, records)| records).sum();
            assert_eq!(*left, Some(follow), "page {place} of {told:?}");
        }
    }
    let page =
        changes(&mut conn, &references, &"M".into(), Start { in_pieces: true, ..Start::default() }, NOW).await.unwrap();
    assert!(page.more && page.left.is_none(), "who does not ask costs no count");
}

fn from(ledger: Uuid, since: u64) -> Start {
    Start { ledger: Some(ledger), since, ..Start::default() }
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
async fn a_pack_too_large_for_a_page_comes_in_pieces_to_those_who_know_them_and_whole_to_the_others() {
    let trade = Trade::new().await;
    let line = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,18000\n";
    trade.import("more.csv", line).await.unwrap();
    issue(&trade.store, &application(Level::Case, 2_500), NOW).await.unwrap();
    issue(&trade.store, &application(Level::Case, 400), NOW).await.unwrap();
    // Something behind them that is no code.
    trade.import("note.csv", &line.replace("18000", "18006")).await.unwrap();
    let keyed = |records: &[Record]| -> BTreeSet<String> {
        records.iter().map(|record| format!("{} {} {record:?}", record.set(), record.key())).collect()
    };
    let (whole, _) = pull(&trade, "M", false).await;
    let (pieces, pages) = pull(&trade, "M", true).await;
    assert!(pages >= 3, "{pages} pages");
    assert_eq!(pieces.len(), keyed(&pieces).len(), "nothing twice");
    assert_eq!(keyed(&pieces), keyed(&whole), "nothing left out");
    let no_page_said_so = "12-zz".parse::<Resume>();
    assert!(no_page_said_so.is_err());
}

#[tokio::test]
async fn another_ledger_starts_from_nothing() {
    let trade = Trade::new().await;
    let mut conn = trade.store.read().await.unwrap();
    let references = SharedReferences::default();
    let page = changes(&mut conn, &references, &"M".into(), from(Uuid::from_u128(8), 1_000), NOW).await.unwrap();
    assert!(!page.changes.is_empty());
    let page = changes(&mut conn, &references, &"M".into(), from(page.ledger_id, page.cursor), NOW).await.unwrap();
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
    let references = SharedReferences::default();
    let first = changes(&mut conn, &references, &"R1".into(), Start::default(), NOW).await.unwrap();
    let seen = |page: &ChangesPage, wanted: &Record| page.changes.iter().any(|change| change.record == *wanted);
    assert!(seen(&first, &Record::Code(codes[0].clone())) && seen(&first, &Record::Pack(pack.clone())));
    assert!(!seen(&first, &Record::Code(codes[1].clone())), "what was not sent to it stays unknown to it");

    let loss = Some((shared::reference::PackLoss::Stolen, NOW));
    let act = crate::packs::acts::Act::Lose(shared::reference::PackLoss::Stolen, NOW);
    crate::packs::acts::act(&trade.store, &pack.pack, act, (&tester(), ""), NOW).await.unwrap();
    let next = changes(&mut conn, &references, &"R1".into(), from(first.ledger_id, first.cursor), NOW).await.unwrap();
    assert!(seen(&next, &Record::Pack(shared::reference::Pack { loss, ..pack.clone() })));
    let stranger =
        changes(&mut conn, &references, &"X".into(), from(first.ledger_id, first.cursor), NOW).await.unwrap();
    assert!(!stranger.changes.iter().any(|change| matches!(change.record, Record::Pack(_))));
}

#[tokio::test]
async fn a_buyer_that_an_amendment_brings_in_pulls_what_there_is_and_the_former_one_keeps_its_own() {
    use shared::mismatch::{Mismatch, State};
    let trade = Trade::new().await;
    let (pack, codes) = issue(&trade.store, &application(Level::Case, 2), NOW).await.unwrap();
    let mut conn = trade.store.read().await.unwrap();
    let references = SharedReferences::default();
    let before = changes(&mut conn, &references, &"R2".into(), Start::default(), NOW).await.unwrap();
    let day = NOW.plus_ms(86_400_000);
    let mut tx = trade.store.write().await.unwrap();
    let mut edit = crate::registry::edit::Edit::begin(&mut tx, &tester(), NOW).await.unwrap();
    let patch = serde_json::json!({ "buyer": "R2" }).as_object().unwrap().clone();
    edit.amend(&mut tx, (crate::registry::Set::Basis, "C1"), day, patch).await.unwrap();
    edit.finish(&mut tx, ("tried", "", "")).await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    let at = |subject: &str, at| Mismatch { at, ..crate::testing::world::mismatch(subject, "C1", "M") };
    let (former, new) = (at("FORMER", NOW), at("NEW", day));
    let scopes = [former.scope.clone()].into();
    store::verdict::replace(&mut tx, &scopes, (store::verdict::JudgedBy::Rules, &[former, new]), NOW, position)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let page = changes(&mut conn, &references, &"R2".into(), from(before.ledger_id, before.cursor), NOW).await.unwrap();
    let records: Vec<&Record> = page.changes.iter().map(|change| &change.record).collect();
    assert!(records.contains(&&Record::Pack(pack)) && records.contains(&&Record::Code(codes[1].clone())));
    assert!(!records.iter().any(|record| matches!(record, Record::Document(_))), "the note goes to the former buyer");
    let subjects = |records: &[Record]| -> Vec<String> {
        let subject = |record: &Record| match record {
            Record::Mismatch(found) if found.state == State::Confirmed => Some(found.mismatch.subject.to_string()),
            _ => None,
        };
        records.iter().filter_map(subject).collect()
    };
    let mut seen = Vec::new();
    for member in ["M", "W", "R2", "R1"] {
        seen.push(subjects(&pull_all(&trade, member).await.0));
    }
    assert_eq!(seen, [vec!["FORMER", "NEW"], vec!["FORMER"], vec!["NEW"], vec![]]);
    let (former, _) = pull_all(&trade, "W").await;
    assert!(former.iter().any(|record| matches!(record, Record::Document(note) if note.document == "N1".into())));
}
