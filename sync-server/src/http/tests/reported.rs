//! A code pack that a terminal reports stolen as a whole, over the terminals' listener.

use shared::event::{Act, Report, ReportKind};
use shared::ids::{EpochId, PackId};
use shared::reference::{Level, Pack, PackLoss};
use shared::wire::Record;
use uuid::Uuid;

use super::{ask, batch_of, enrol, key, terminal_id};
use crate::http::terminal_routes;
use crate::ingest::{Backlog, Judging, Received, push_group};
use crate::reconcile::Known;
use crate::store;
use crate::testing::NOW;
use crate::testing::world::World;
use crate::unfold::read;

async fn with_a_pack() -> World {
    let world = World::new().await;
    let pack = Pack::new("P".into(), "POD".into(), Level::Unit, "C1".into(), NOW.plus_ms(-1));
    let mut tx = world.state.store.write().await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    store::reference::put(&mut tx, &Record::Pack(pack), position).await.unwrap();
    tx.commit().await.unwrap();
    world
}

/// The first batch of a terminal of the pack's maker.
fn stolen() -> Vec<u8> {
    let report = Report {
        what: ReportKind::Stolen,
        basis: "C1".into(),
        document: "N1".into(),
        text: None,
        pack: Some("P".into()),
        photos: Vec::new(),
    };
    batch_of(1, vec![Act::EpochStarted { previous: None }, Act::Report(report)], &key(1))
}

async fn loss(world: &World) -> Option<PackLoss> {
    let known = store::reference::load_all(&mut world.state.store.read().await.unwrap()).await.unwrap();
    known.packs[&PackId::from("P")].loss.map(|(how, _)| how)
}

#[tokio::test]
async fn a_pushed_report_has_frozen_its_pack_when_it_is_answered() {
    let world = with_a_pack().await;
    let routes = terminal_routes(world.state.clone());
    let own = enrol(&world, 1, 60_000).await;
    assert_eq!(loss(&world).await, None);
    assert_eq!(ask(&routes, "POST", "/v1/batches", Some(own), stolen()).await.status, 200);
    assert_eq!(loss(&world).await, Some(PackLoss::Stolen));
    let acts = async || store::pack::acts(&mut world.state.store.read().await.unwrap(), &"P".into()).await.unwrap();
    let told: Vec<_> = acts().await.iter().map(|act| (act.act.clone(), act.detail.clone())).collect();
    assert_eq!(told, [("stolen".to_owned(), format!("reported by terminal {}", terminal_id(1)))]);
    // The answer was lost, it comes again: nothing is done twice.
    assert_eq!(ask(&routes, "POST", "/v1/batches", Some(own), stolen()).await.status, 200);
    assert_eq!(acts().await.len(), 1);
}

/// A server that has too much to do stores a batch and judges it later. It is killed in between: whoever starts next finds the report.
#[tokio::test]
async fn a_report_that_was_stored_and_not_judged_freezes_its_pack_after_a_kill() {
    let world = with_a_pack().await;
    enrol(&world, 1, 60_000).await;
    let bytes = stolen();
    let group = [Received::new(read(&bytes).unwrap(), bytes)];
    let store = &world.state.store;
    let answers = push_group(store, &world.state.keys.ack, &group, (NOW, Judging::Later), &mut Known::default()).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let epoch = EpochId::new(Uuid::from_u128(9));
    let by = shared::ids::EventRef { terminal: terminal_id(1), epoch, seq: 2 };
    assert!(store::event::find(&mut store.read().await.unwrap(), by).await.unwrap().is_some(), "it is stored");
    assert_eq!(loss(&world).await, None);
    let (mut backlog, mut known) = (Backlog::default(), Known::default());
    while backlog.judge_some(store, NOW, &mut known).await.unwrap() {}
    assert_eq!(loss(&world).await, Some(PackLoss::Stolen));
}
