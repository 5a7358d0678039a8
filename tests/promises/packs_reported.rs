//! A code pack that a terminal reports stolen as a whole is frozen by that alone, and terminals learn of it.

use shared::event::{Act, Report, ReportKind, Stage, VoidReason};
use shared::ids::{EventRef, MemberId};
use shared::reference::PackLoss;
use shared::wire::Record;
use sync_server::evidence;
use sync_server::people::Actor;
use sync_server::pull::{Start, changes};
use sync_server::store::Store;
use sync_server::store::reference::SharedReferences;

use crate::ledger::{Log, NOW, enrol, link, mismatches, send, terminal_id};

crate::ledger::on_both!(
    a_reported_pack_is_frozen_and_pulled,
    a_strangers_report_and_one_taken_back_freeze_nothing,
    a_report_of_a_revoked_terminal_counts_once_it_is_admitted,
);

fn report(log: &mut Log) {
    log.add(Act::Report(Report {
        what: ReportKind::Stolen,
        basis: "C1".into(),
        document: "N1".into(),
        text: None,
        pack: Some("P".into()),
        photos: Vec::new(),
    }));
}

async fn deliver(store: &Store, log: &Log, first: usize) {
    send(store, &log.batch(first, log.bodies.len())).await.unwrap();
}

/// What a member's terminals learn of the pack after a position, and up to where they are then.
async fn pulled(store: &Store, member: &str, since: u64) -> (Vec<Option<PackLoss>>, u64) {
    let mut conn = store.read().await.unwrap();
    let ledger = Some(sync_server::store::ledger_id(&mut conn).await.unwrap());
    let start = Start { ledger, since, ..Start::default() };
    let page = changes(&mut conn, &SharedReferences::default(), &MemberId::from(member), start, NOW).await.unwrap();
    let losses = page.changes.into_iter().filter_map(|change| match change.record {
        Record::Pack(pack) => Some(pack.loss.map(|(how, _)| how)),
        _ => None,
    });
    (losses.collect(), page.cursor)
}

async fn a_reported_pack_is_frozen_and_pulled(store: &Store) {
    let (before, cursor) = pulled(store, "W", 0).await;
    assert_eq!(before, [None]);
    let mut log = Log::new(1);
    report(&mut log);
    deliver(store, &log, 1).await;
    let (learnt, cursor) = pulled(store, "W", cursor).await;
    assert_eq!(learnt, [Some(PackLoss::Stolen)], "the buyer's terminals freeze it too");
    // Delivered again, as after an answer that was lost: nothing changes.
    deliver(store, &log, 1).await;
    assert_eq!(pulled(store, "W", cursor).await.0, []);
    let first = log.bodies.len() + 1;
    log.scan(Stage::Outbound, "N1", &link(5));
    deliver(store, &log, first).await;
    let found = mismatches(store).await;
    assert!(found.keys().any(|(kind, _)| kind == "frozen-code"), "{found:?}");
}

async fn a_strangers_report_and_one_taken_back_freeze_nothing(store: &Store) {
    let cursor = pulled(store, "M", 0).await.1;
    enrol(store, 4, "X").await;
    let mut stranger = Log::new(4);
    report(&mut stranger);
    deliver(store, &stranger, 1).await;
    let mut log = Log::new(1);
    report(&mut log);
    let voids = EventRef { terminal: terminal_id(1), epoch: log.epoch(), seq: log.bodies.len() as u64 };
    log.add(Act::Void { voids, reason: VoidReason::IncorrectData });
    deliver(store, &log, 1).await;
    assert_eq!(pulled(store, "M", cursor).await.0, []);
}

async fn a_report_of_a_revoked_terminal_counts_once_it_is_admitted(store: &Store) {
    let cursor = pulled(store, "M", 0).await.1;
    let mut tx = store.write().await.unwrap();
    sync_server::store::terminal::revoke(&mut tx, terminal_id(1), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let mut log = Log::new(1);
    report(&mut log);
    deliver(store, &log, 1).await;
    assert_eq!(pulled(store, "M", cursor).await.0, []);
    let kept = sync_server::store::quarantine::list(&mut store.read().await.unwrap(), false).await.unwrap();
    evidence::admit(store, kept[0].id, ("li", "it was hers"), (&Actor::shell(), NOW)).await.unwrap();
    assert_eq!(pulled(store, "M", cursor).await.0, [Some(PackLoss::Stolen)]);
}
