//! Scans that are kept in their batch alone, and what remembers them.

use shared::code::CodeKey;
use shared::event::{Act, VoidReason};
use shared::ids::EventRef;
use shared::reference::{Level, Pack, PackLoss};
use sync_server::store::facts::{Brought, Facts};
use sync_server::store::labelled::Labelled;
use sync_server::store::trail::Place;
use sync_server::store::{Store, code, code_bulk, event, lookup, pack, stored, trail};

use crate::sample::{at, bring, by, code as sample_code, code_key, code_record, epoch_id, put, scan, terminal_id};

crate::on_both!(
    scans_are_found_in_their_batch,
    a_trail_grows_from_batch_to_batch,
    batches_are_found_by_entry_and_by_number,
    what_is_remembered_is_what_would_be_read,
    a_pack_is_used_by_scans_that_stand,
);

fn seqs(facts: &Facts) -> Vec<(u8, u64)> {
    let terminal = |by: &EventRef| if by.terminal == terminal_id(1) { 1 } else { 2 };
    facts.by_event().keys().map(|by| (terminal(by), by.seq)).collect()
}

async fn scans_are_found_in_their_batch(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let brought = bring(&mut tx, 1, 1, vec![Act::SignedOut, scan("C1", 1), scan("C2", 2), scan("合同'\"", 3)]).await;
    put(&mut tx, 2, 1, scan("C1", 2)).await;
    let listed = event::list(&mut tx).await.unwrap();
    assert_eq!(
        listed.iter().map(|one| &*one.kind).collect::<Vec<_>>(),
        ["signed_out", "outbound", "outbound", "outbound", "outbound"]
    );
    let rows = sqlx::query("select seq from event where terminal = $1").bind(terminal_id(1).to_string());
    assert_eq!(rows.fetch_all(&mut *tx).await.unwrap().len(), 1, "a scan has no row");
    let mut facts = Facts::default();
    lookup::of_bases(&mut tx, &["C1".into(), "none".into()].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [(1, 2), (2, 1)], "in a batch, and in a row as earlier versions wrote it");
    let mut facts = Facts::default();
    lookup::of_codes(&mut tx, &[sample_code(2), sample_code(9)].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [(1, 3), (2, 1)]);
    let mut facts = Facts::default();
    lookup::of_run(&mut tx, (terminal_id(1), epoch_id(1)), (1, 2), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [(1, 1), (1, 2)]);
    for (event, seq) in brought.events.iter().zip(1..) {
        assert_eq!(event::find(&mut tx, by(1, seq)).await.unwrap().as_ref(), Some(event));
        assert_eq!(event::body(&mut tx, by(1, seq)).await.unwrap(), Some(event.to_body().unwrap()));
    }
    assert_eq!(event::find(&mut tx, by(1, 5)).await.unwrap(), None);
    let worked_on = event::bases_worked_on(&mut tx).await.unwrap();
    assert_eq!(worked_on, ["C1".into(), "C2".into(), "合同'\"".into()].into());
    tx.rollback().await.unwrap();
}

async fn a_trail_grows_from_batch_to_batch(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let first = bring(&mut tx, 1, 1, vec![scan("C1", 1), scan("C1", 2), scan("C1", 1)]).await.entry;
    let second = bring(&mut tx, 1, 4, vec![scan("C1", 3), scan("C1", 1)]).await.entry;
    let place = |entry, index| Place { entry, index };
    let grown = vec![place(first, 0), place(first, 2), place(second, 1)];
    assert_eq!(trail::of_codes(&mut tx, &[sample_code(1)]).await.unwrap(), std::slice::from_ref(&grown));
    let by_key = trail::by_key(&mut tx, &[sample_code(1), sample_code(7)]).await.unwrap();
    assert_eq!(by_key, [(code_key(1).to_vec(), grown)].into());
    let batches = trail::batches(&mut tx, &["C1".into(), "C9".into()]).await.unwrap();
    assert_eq!(batches, [("C1".into(), [first, second].into())].into());
    assert_eq!(trail::count(&mut tx).await.unwrap(), (5, 2));
    let known = code_bulk::scanned(&mut tx, &[CodeKey::of(&sample_code(2)), CodeKey::of(&sample_code(8))]).await;
    assert_eq!(known.unwrap(), [code_key(2).to_vec()].into());
    trail::append(&mut tx, []).await.unwrap();
    assert_eq!(trail::count(&mut tx).await.unwrap(), (5, 2));
    tx.rollback().await.unwrap();
}

async fn batches_are_found_by_entry_and_by_number(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let one = bring(&mut tx, 1, 1, vec![scan("C1", 1), Act::SignedOut]).await;
    let two = bring(&mut tx, 1, 3, vec![scan("C1", 2)]).await;
    let other = bring(&mut tx, 2, 1, vec![scan("C1", 2)]).await;
    let log = (terminal_id(1), epoch_id(1));
    let entries = |found: &[stored::Stored]| found.iter().map(|stored| stored.entry).collect::<Vec<_>>();
    for (run, expected) in [((1, 1), vec![one.entry]), ((2, 3), vec![one.entry, two.entry]), ((3, 9), vec![two.entry])]
    {
        assert_eq!(entries(&stored::of_log(&mut tx, log, run).await.unwrap()), expected, "{run:?}");
    }
    let found = stored::by_entries(&mut tx, &[two.entry, other.entry, 99]).await.unwrap();
    assert_eq!(entries(&found), [two.entry, other.entry]);
    assert_eq!((found[0].hashes.as_slice(), found[0].received_at), (two.hashes.as_slice(), at(3_000)));
    assert_eq!(stored::of_event(&mut tx, by(1, 2)).await.unwrap().map(|stored| stored.entry), Some(one.entry));
    assert!(stored::of_event(&mut tx, by(1, 4)).await.unwrap().is_none());
    assert_eq!(entries(&stored::after(&mut tx, one.entry, 1).await.unwrap()), [two.entry]);
    let logs = stored::logs(&mut tx, &[two.entry, 99].into()).await.unwrap();
    assert_eq!(logs, [(two.entry, (by(1, 3), Some("M".into())))].into());
    tx.rollback().await.unwrap();
}

/// A writer that remembers and hears of each batch finds what one finds who reads everything anew.
async fn what_is_remembered_is_what_would_be_read(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (mut remembered, mut kept) = (Facts::default(), Facts::default());
    let batches = [
        vec![scan("C1", 1), scan("C1", 2), Act::SignedOut],
        vec![scan("C1", 3), Act::Void { voids: by(1, 2), reason: VoidReason::DidNotOccur }, scan("C2", 1)],
        vec![Act::ClockAnchor { server_time: at(900_000), round_trip_ms: 40 }, scan("C1", 1)],
        vec![Act::Void { voids: by(1, 1), reason: VoidReason::DidNotOccur }],
    ];
    let mut first_seq = 1;
    for acts in batches {
        let count = acts.len() as u64;
        let brought = bring(&mut tx, 1, first_seq, acts).await;
        let events = brought.events.into_iter().map(Labelled::from).collect();
        let new = Brought { entry: brought.entry, first_seq, member: "M".into(), events };
        kept.keep_only(&["C1".into()].into());
        for facts in [&mut remembered, &mut kept] {
            lookup::append(&mut tx, vec![new.clone()], facts).await.unwrap();
        }
        first_seq += count;
        let mut read = Facts::default();
        for facts in [&mut remembered, &mut kept, &mut read] {
            facts.search_anew();
            lookup::of_bases(&mut tx, &["C1".into()].into(), facts).await.unwrap();
            lookup::of_codes(&mut tx, &[sample_code(1), sample_code(2)].into(), facts).await.unwrap();
            lookup::of_tasks(&mut tx, &["C1".into()].into(), facts).await.unwrap();
            lookup::about_found(&mut tx, facts).await.unwrap();
        }
        assert_eq!(remembered.by_event(), read.by_event());
        assert_eq!(kept.by_event(), read.by_event());
    }
    assert_eq!(seqs(&remembered), [(1, 1), (1, 2), (1, 4), (1, 5), (1, 6), (1, 8), (1, 9)]);
    assert!(remembered.by_event()[&by(1, 1)].at > at(800_000), "an anchor that came later gave it its time");
    let events = remembered.remembered();
    remembered.forget();
    assert_eq!((events, remembered.remembered()), (9, 0));
    tx.rollback().await.unwrap();
}

async fn a_pack_is_used_by_scans_that_stand(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for n in 1..=4 {
        code::put(&mut tx, &code_record(n, "P", None), 1).await.unwrap();
    }
    let whole = Pack::new("P".into(), "POD".into(), Level::Case, "C1".into(), at(0));
    let used = async |tx: &mut sqlx::AnyConnection| pack::account(tx, &whole).await.unwrap().used;
    bring(&mut tx, 1, 1, vec![scan("C1", 1), scan("C1", 2), scan("C2", 2), scan("C3", 9)]).await;
    assert_eq!(used(&mut tx).await, 2);
    let lost = |ms| Pack { loss: Some((PackLoss::Lost, at(ms))), ..whole.clone() };
    for (lost_at, before) in [(1_000, 0), (1_001, 1), (2_001, 2)] {
        let account = pack::account(&mut tx, &lost(lost_at)).await.unwrap();
        assert_eq!((account.used, account.lost, account.left), (before, 4 - before, 0), "lost at {lost_at}");
    }
    let void = |seq| Act::Void { voids: by(1, seq), reason: VoidReason::DidNotOccur };
    bring(&mut tx, 1, 5, vec![void(1), void(2)]).await;
    assert_eq!(used(&mut tx).await, 1, "one of the two scans of the second stands");
    assert_eq!(pack::account(&mut tx, &lost(2_001)).await.unwrap().used, 0, "and it came after the loss");
    assert_eq!(pack::account(&mut tx, &lost(3_001)).await.unwrap().used, 1);
    let glance = pack::glances(&mut tx, &["P".into(), "Q".into()]).await.unwrap();
    assert_eq!(
        glance.values().map(|seen| (seen.issued, seen.used)).collect::<Vec<_>>(),
        [(4, 2)],
        "voids are not asked"
    );
    assert_eq!(event::bases_of_pack(&mut tx, &"P".into()).await.unwrap(), ["C1".into(), "C2".into()].into());
    assert_eq!(trail::of_pack(&mut tx, &"P".into()).await.unwrap().len(), 2);
    tx.rollback().await.unwrap();
}
