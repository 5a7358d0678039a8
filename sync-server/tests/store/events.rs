//! Events as facts, and those that wait to be judged.

use shared::code::format_digital_link;
use shared::event::{Act, Close, Stage, VoidReason};
use sync_server::store::event::{self, NewEvent};
use sync_server::store::facts::Facts;
use sync_server::store::lookup;
use sync_server::store::named::{self, Name};
use sync_server::store::unjudged::{self, Run};
use sync_server::store::{Store, code, open_task};

use crate::sample::{
    at, by, code as sample_code, code_record, epoch_id, event as event_of, hash, header, put, scan, terminal_id,
};

crate::on_both!(
    events_are_found_by_what_they_name,
    many_are_appended_at_once_in_their_order,
    tasks_are_open_until_their_final_close,
    bodies_come_back_byte_for_byte,
    what_cannot_be_read_keeps_its_place,
    anchors_give_the_time,
    runs_wait_to_be_judged,
    what_is_named_without_a_scan_is_found,
    an_older_ledger_catches_up,
    conduct_is_found_by_terminal,
    a_packs_bases_are_those_of_its_scans,
);

fn seqs(facts: &Facts) -> Vec<u64> {
    facts.by_event().keys().map(|by| by.seq).collect()
}

async fn events_are_found_by_what_they_name(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (basis, document, stage) = (|| "C1".into(), || "N1".into(), Stage::Outbound);
    put(
        &mut tx,
        1,
        1,
        Act::TaskOpened { task: "t".into(), stage, basis: basis(), document: document(), reserved: false },
    )
    .await;
    put(&mut tx, 1, 2, scan("C1", 0)).await;
    put(&mut tx, 1, 3, scan("C2", 1)).await;
    put(&mut tx, 1, 4, Act::Void { voids: by(1, 2), reason: VoidReason::DidNotOccur }).await;
    let (close, counted, carrier) = (Close::Final, 1, None);
    put(
        &mut tx,
        1,
        5,
        Act::TaskClosed { task: "t".into(), stage, basis: basis(), document: document(), close, counted, carrier },
    )
    .await;
    put(&mut tx, 1, 6, scan("合同'\"\\{}", 2)).await;

    let mut facts = Facts::default();
    lookup::of_bases(&mut tx, &["C1".into(), "none".into()].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [1, 2, 5]);
    lookup::about_found(&mut tx, &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [1, 2, 4, 5]);
    let mut facts = Facts::default();
    lookup::of_bases(&mut tx, &["合同'\"\\{}".into()].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [6]);
    let mut facts = Facts::default();
    lookup::of_codes(&mut tx, &[sample_code(1), sample_code(7)].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [3]);
    lookup::of_codes(&mut tx, &[].into(), &mut facts).await.unwrap();
    lookup::of_tasks(&mut tx, &["C1".into(), "C2".into()].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [1, 3, 5]);
    let mut facts = Facts::default();
    lookup::of_run(&mut tx, (terminal_id(1), epoch_id(1)), (2, 4), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [2, 3, 4]);
    let worked_on = event::bases_worked_on(&mut tx).await.unwrap();
    assert_eq!(worked_on, ["C1".into(), "C2".into(), "合同'\"\\{}".into()].into());
    tx.rollback().await.unwrap();
}

/// More than the longest statement takes, and a number that no size divides.
async fn many_are_appended_at_once_in_their_order(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let events: Vec<_> = (1..=299).map(|seq| event_of(1, seq, scan("C1", usize::try_from(seq).unwrap()))).collect();
    let bodies: Vec<Vec<u8>> = events.iter().map(|event| event.to_body().unwrap()).collect();
    let member = "M".into();
    let together = events.iter().zip(&bodies);
    let new: Vec<_> =
        together.map(|(event, body)| NewEvent { event, body, hash: hash("1"), member: &member }).collect();
    event::append(&mut tx, &new).await.unwrap();
    for (seq, body) in (1..).zip(&bodies) {
        assert_eq!(event::body(&mut tx, by(1, seq)).await.unwrap().as_ref(), Some(body));
    }
    tx.rollback().await.unwrap();
}

async fn tasks_are_open_until_their_final_close(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let open = |task: &str, basis: &str| Act::TaskOpened {
        task: task.into(),
        stage: Stage::Outbound,
        basis: basis.into(),
        document: "N1".into(),
        reserved: false,
    };
    let closed = |task: &str, basis: &str, close| Act::TaskClosed {
        task: task.into(),
        stage: Stage::Outbound,
        basis: basis.into(),
        document: "N1".into(),
        close,
        counted: 0,
        carrier: None,
    };
    put(&mut tx, 1, 1, open("t1", "C1")).await;
    put(&mut tx, 1, 2, open("t2", "C2")).await;
    put(&mut tx, 2, 1, open("t1", "C3")).await;
    assert_eq!(open_task::bases(&mut tx, terminal_id(1)).await.unwrap(), ["C1".into(), "C2".into()].into());
    put(&mut tx, 1, 3, closed("t1", "C1", Close::Partial)).await;
    put(&mut tx, 1, 4, closed("t2", "C2", Close::Final)).await;
    put(&mut tx, 1, 5, closed("t1", "C3", Close::Final)).await;
    assert_eq!(open_task::bases(&mut tx, terminal_id(1)).await.unwrap(), ["C1".into()].into());
    assert_eq!(open_task::bases(&mut tx, terminal_id(2)).await.unwrap(), ["C3".into()].into());
    let again = event_of(1, 6, open("t9", "C9"));
    open_task::follow(&mut tx, [&again]).await.unwrap();
    assert!(open_task::bases(&mut tx, terminal_id(1)).await.unwrap().contains(&"C9".into()));
    tx.rollback().await.unwrap();
}

async fn bodies_come_back_byte_for_byte(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (event, body) = put(&mut tx, 1, 2, scan("C1", 0)).await;
    put(&mut tx, 1, 1, Act::EpochStarted { previous: None }).await;
    assert_eq!(event::body(&mut tx, by(1, 2)).await.unwrap(), Some(body));
    assert_eq!(event::body(&mut tx, by(1, 3)).await.unwrap(), None);
    assert_eq!(event::find(&mut tx, by(1, 2)).await.unwrap(), Some(event));
    let listed = event::list(&mut tx).await.unwrap();
    assert_eq!(
        listed.iter().map(|one| (one.seq, &*one.kind)).collect::<Vec<_>>(),
        [(1, "epoch_started"), (2, "outbound")]
    );
    tx.rollback().await.unwrap();
}

async fn what_cannot_be_read_keeps_its_place(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let header = header(1, 1);
    let bytes = b"\0 no JSON \xff";
    event::append_unread(&mut tx, &header, 1, (bytes, hash("1")), &"M".into()).await.unwrap();
    assert_eq!(event::body(&mut tx, by(1, 1)).await.unwrap(), Some(bytes.to_vec()));
    assert_eq!(event::find(&mut tx, by(1, 1)).await.unwrap(), None);
    let mut facts = Facts::default();
    lookup::of_run(&mut tx, (terminal_id(1), epoch_id(1)), (1, 9), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [0; 0]);
    assert_eq!(event::take_unread(&mut tx, by(1, 1)).await.unwrap(), Some((hash("1"), "M".into())));
    assert_eq!(event::take_unread(&mut tx, by(1, 1)).await.unwrap(), None);
    tx.rollback().await.unwrap();
}

async fn anchors_give_the_time(store: &Store) {
    let mut tx = store.write().await.unwrap();
    put(&mut tx, 1, 1, scan("C1", 0)).await;
    put(&mut tx, 1, 2, Act::ClockAnchor { server_time: at(500_000), round_trip_ms: 40 }).await;
    put(&mut tx, 2, 1, scan("C1", 0)).await;
    let anchors = lookup::anchors(&mut tx, &[terminal_id(1), terminal_id(2)]).await.unwrap();
    assert_eq!(anchors.keys().collect::<Vec<_>>(), [&(terminal_id(1), epoch_id(1))]);
    put(&mut tx, 1, 3, Act::ClockAnchor { server_time: at(600_000), round_trip_ms: 40 }).await;
    let log = (terminal_id(1), epoch_id(1));
    for (first_seq, told) in [(1, vec![2, 3]), (2, vec![2, 3]), (3, vec![2, 3]), (4, vec![3])] {
        let anchors = lookup::anchors_from(&mut tx, log, first_seq).await.unwrap();
        assert_eq!(anchors.as_slice().iter().map(|anchor| anchor.seq).collect::<Vec<_>>(), told);
    }
    let mut facts = Facts::default();
    lookup::of_bases(&mut tx, &["C1".into()].into(), &mut facts).await.unwrap();
    assert!(facts.by_event()[&by(1, 1)].at > at(400_000) && facts.by_event()[&by(2, 1)].at == at(1_000));
    tx.rollback().await.unwrap();
}

async fn runs_wait_to_be_judged(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let run = |n, first_seq, last_seq| Run { terminal: terminal_id(n), epoch: epoch_id(n), first_seq, last_seq };
    for one in [run(2, 1, 1), run(1, 1, 2), run(1, 1, 3), run(1, 1, 2), run(1, 4, 4)] {
        unjudged::put(&mut tx, one).await.unwrap();
    }
    assert_eq!(unjudged::count(&mut tx).await.unwrap(), 3);
    let all = [run(1, 1, 3), run(1, 4, 4), run(2, 1, 1)];
    assert_eq!(unjudged::after(&mut tx, None, 9).await.unwrap(), all);
    assert_eq!(unjudged::after(&mut tx, None, 2).await.unwrap(), all[..2]);
    assert_eq!(unjudged::after(&mut tx, Some(all[0]), 9).await.unwrap(), all[1..]);
    assert_eq!((all[0].events(), all[1].events()), (3, 1));
    for (one, left) in all.iter().zip([2, 1, 0]) {
        unjudged::remove(&mut tx, one).await.unwrap();
        assert_eq!(unjudged::count(&mut tx).await.unwrap(), left);
    }
    tx.rollback().await.unwrap();
}

fn associate(parent: usize, child: usize) -> Act {
    let text = |n| format_digital_link("M", &sample_code(n));
    Act::Associate { parent: text(parent), children: vec![text(child)], remainder_units: None }
}

async fn what_is_named_without_a_scan_is_found(store: &Store) {
    let mut tx = store.write().await.unwrap();
    put(&mut tx, 1, 1, associate(1, 2)).await;
    put(&mut tx, 1, 2, scan("C1", 2)).await;
    put(&mut tx, 1, 3, Act::PackActivated { pack: "P".into() }).await;
    put(&mut tx, 1, 4, Act::SignedOut).await;
    let found = async |tx: &mut sqlx::AnyConnection, name: Name<'_>| {
        let mut facts = Facts::default();
        let all = named::of(tx, &[name.key()].into(), &mut facts).await.unwrap();
        assert_eq!(all, facts.by_event().keys().copied().collect::<Vec<_>>());
        seqs(&facts)
    };
    assert_eq!(found(&mut tx, Name::Package(&sample_code(1))).await, [1]);
    assert_eq!(found(&mut tx, Name::Package(&sample_code(2))).await, [1], "a scan is found by its own index");
    assert_eq!(found(&mut tx, Name::Package(&sample_code(3))).await, [0_u64; 0]);
    assert_eq!(found(&mut tx, Name::Pack(&"P".into())).await, [3]);
    let today = named::day(at(4_000));
    assert_eq!(found(&mut tx, Name::Terminal(terminal_id(1), today)).await, [4]);
    assert_eq!(found(&mut tx, Name::Terminal(terminal_id(1), today + 1)).await, [0_u64; 0]);
    assert_eq!(found(&mut tx, Name::Operator(&"1024".into(), today)).await, [0_u64; 0], "nobody was named");
    tx.rollback().await.unwrap();
}

async fn an_older_ledger_catches_up(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert_eq!(named::catch_up(&mut tx).await.unwrap(), 0, "an empty ledger has nothing to name");
    let (event, _) = put(&mut tx, 1, 1, associate(1, 2)).await;
    put(&mut tx, 1, 2, scan("C1", 2)).await;
    sqlx::query("delete from named").execute(&mut *tx).await.unwrap();
    assert_eq!(named::catch_up(&mut tx).await.unwrap(), 1);
    assert_eq!(named::catch_up(&mut tx).await.unwrap(), 0, "once");
    named::follow(&mut tx, [&event]).await.unwrap();
    let mut facts = Facts::default();
    named::of(&mut tx, &[Name::Package(&sample_code(1)).key()].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [1]);
    tx.rollback().await.unwrap();
}

async fn conduct_is_found_by_terminal(store: &Store) {
    let mut tx = store.write().await.unwrap();
    put(&mut tx, 1, 1, scan("C1", 0)).await;
    put(&mut tx, 1, 2, Act::Void { voids: by(1, 1), reason: VoidReason::DidNotOccur }).await;
    put(&mut tx, 2, 1, Act::Void { voids: by(1, 1), reason: VoidReason::DidNotOccur }).await;
    let mut facts = Facts::default();
    lookup::of_conduct(&mut tx, &[].into(), &mut facts).await.unwrap();
    assert!(facts.by_event().is_empty());
    lookup::of_conduct(&mut tx, &[terminal_id(1)].into(), &mut facts).await.unwrap();
    assert_eq!(seqs(&facts), [2]);
    tx.rollback().await.unwrap();
}

async fn a_packs_bases_are_those_of_its_scans(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (n, pack) in [(1, "P"), (2, "Q")] {
        code::put(&mut tx, &code_record(n, pack, None), 1).await.unwrap();
    }
    put(&mut tx, 1, 1, scan("C1", 1)).await;
    put(&mut tx, 1, 2, scan("C2", 2)).await;
    assert_eq!(event::bases_of_pack(&mut tx, &"P".into()).await.unwrap(), ["C1".into()].into());
    let related = code::related(&mut tx, &[sample_code(1), sample_code(3)].into()).await.unwrap();
    assert_eq!(related, [code_record(1, "P", None)]);
    tx.rollback().await.unwrap();
}
