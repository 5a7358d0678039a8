//! Quarantine, faults of logs, evidence of events.

use shared::event::Act;
use shared::rules::arrivals::{Fault, LogFault};
use sync_server::store::quarantine::{self, Evidence, Reason};
use sync_server::store::{Store, entry, log_fault, mismatch};

use crate::sample::{NOW, at, bring, by, epoch_id, scan, terminal_id};

crate::on_both!(evidence_is_kept_once_and_settled, faults_add_up, an_event_is_shown_with_its_arrival);

async fn evidence_is_kept_once_and_settled(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let unreadable = Reason::Unreadable("not an event: 空".into());
    for (reason, seq, body) in [
        (&Reason::Signature, None, b"\0one\xff".as_slice()),
        (&unreadable, Some(4), b"two"),
        (&Reason::Stranger, None, b"three"),
        (&Reason::Revoked, None, b"two"),
    ] {
        let evidence = Evidence { terminal: terminal_id(1), epoch: epoch_id(1), seq, reason, body };
        quarantine::keep(&mut tx, &evidence, NOW).await.unwrap();
    }
    let open = quarantine::list(&mut tx, false).await.unwrap();
    let told: Vec<_> = open.iter().map(|kept| (kept.reason.clone(), kept.seq, &*kept.body)).collect();
    assert_eq!(
        told,
        [
            (Reason::Signature, None, b"\0one\xff".as_slice()),
            (unreadable, Some(4), b"two"),
            (Reason::Stranger, None, b"three")
        ]
    );
    assert_eq!(entry::head(&mut tx).await.unwrap().entries, 3, "an entry for each, none for the copy");
    quarantine::settle(&mut tx, open[1].id, "admitted", ("张", "查实"), at(5)).await.unwrap();
    assert_eq!(quarantine::list(&mut tx, false).await.unwrap().len(), 2);
    assert_eq!(quarantine::list(&mut tx, true).await.unwrap().len(), 3);
    let settled = quarantine::find(&mut tx, open[1].id).await.unwrap().unwrap();
    assert_eq!((settled.settled.as_deref(), settled.received_at), (Some("admitted"), NOW));
    tx.rollback().await.unwrap();
}

async fn faults_add_up(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let fault = |fault, ms, seqs: std::ops::Range<u64>, more| LogFault {
        terminal: terminal_id(1),
        fault,
        at: at(ms),
        events: seqs.map(|seq| by(1, seq)).collect(),
        more,
    };
    for one in
        [fault(Fault::Late, 9, 1..3, 0), fault(Fault::Late, 5, 2..150, 7), fault(Fault::Offset(-900), 5, 0..0, 0)]
    {
        log_fault::add(&mut tx, &one).await.unwrap();
    }
    log_fault::add(&mut tx, &fault(Fault::Offset(800), 6, 0..0, 0)).await.unwrap();
    let mut held = log_fault::of_terminal(&mut tx, terminal_id(1)).await.unwrap();
    held.sort_by_key(|held| held.fault);
    assert_eq!((held.len(), held[0].fault, held[0].at), (2, Fault::Late, at(9)), "the latest");
    assert_eq!((held[0].events.len(), held[0].more), (100, 149 - 100 + 7));
    assert_eq!((held[1].fault, held[1].at), (Fault::Offset(-900), at(6)), "the worst");
    assert_eq!(log_fault::of_terminal(&mut tx, terminal_id(2)).await.unwrap(), []);
    for ms in [20, 30] {
        log_fault::add(&mut tx, &fault(Fault::Gap, ms, 5..8, 0)).await.unwrap();
    }
    let gap = async |tx: &mut sqlx::AnyConnection| {
        let held = log_fault::of_terminal(tx, terminal_id(1)).await.unwrap();
        held.into_iter().find(|held| held.fault == Fault::Gap)
    };
    assert_eq!(gap(&mut tx).await.unwrap().at, at(20), "a hole is as old as when it was first seen");
    let log = (terminal_id(1), epoch_id(1));
    assert!(!log_fault::settle(&mut tx, log, Fault::Gap, (8, 9)).await.unwrap());
    assert!(log_fault::settle(&mut tx, log, Fault::Gap, (1, 6)).await.unwrap());
    assert_eq!(gap(&mut tx).await.unwrap().events, [by(1, 7)].into());
    assert!(log_fault::settle(&mut tx, log, Fault::Gap, (7, 7)).await.unwrap());
    assert_eq!(gap(&mut tx).await, None);
    tx.rollback().await.unwrap();
}

async fn an_event_is_shown_with_its_arrival(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let first = bring(&mut tx, 1, 1, vec![Act::SignedOut, scan("C1", 0)]).await;
    let later = bring(&mut tx, 1, 3, vec![scan("C1", 1), Act::SignedOut]).await;
    for (brought, seq) in [(&first, 1), (&first, 2), (&later, 3), (&later, 4)] {
        let place = usize::from(seq % 2 == 0);
        let found = mismatch::evidence(&mut tx, by(1, seq)).await.unwrap().unwrap();
        let expected = (&brought.events[place], brought.received_at(), brought.hashes[place].to_string());
        assert_eq!((&found.event, found.received_at, found.hash), expected);
    }
    let log = (terminal_id(1), epoch_id(1));
    let arrived = log_fault::arrived_before(&mut tx, log, 4).await.unwrap();
    assert_eq!(
        arrived.iter().map(|(event, at)| (event.seq, *at)).collect::<Vec<_>>(),
        [(1, first.received_at()), (2, first.received_at()), (3, later.received_at())]
    );
    assert_eq!(log_fault::arrived_before(&mut tx, log, 1).await.unwrap(), []);
    assert!(mismatch::evidence(&mut tx, by(1, 6)).await.unwrap().is_none());
    tx.rollback().await.unwrap();
}
