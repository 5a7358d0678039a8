//! What was stored while there was no time to judge it.

use shared::time::Timestamp;
use sqlx::AnyConnection;

use crate::packs::reported;
use crate::reconcile::{self, Known, Touched};
use crate::store::facts::Facts;
use crate::store::unjudged::Run;
use crate::store::{self, Store, StoreError, lookup};

/// Runs that are judged at once, at most.
const RUNS_AT_ONCE: u32 = 64;

/// Events that are judged at once, as a rule: a batch that comes in between must not wait for long.
const EVENTS_AT_ONCE: u64 = 4_000;

/// Works off what waits, log by log.
#[derive(Debug, Default)]
pub struct Backlog {
    /// The last run that the rules stumbled over: those after it are not held up by it.
    passed: Option<Run>,
}

impl Backlog {
    /// Judges some of what waits. Answers whether more may wait. A run that cannot be judged is passed over; once there is no other it
    /// waits for the next time.
    pub async fn judge_some(&mut self, store: &Store, now: Timestamp, known: &mut Known) -> Result<bool, StoreError> {
        let waiting = store::unjudged::after(&mut *store.read().await?, self.passed, RUNS_AT_ONCE).await?;
        let runs = few(waiting);
        if runs.is_empty() {
            self.passed = None;
            return Ok(false);
        }
        match judge(store, &runs, now, known).await {
            Ok(()) => return Ok(true),
            Err(error) if error.stops_all() => return Err(error),
            Err(error) => {
                tracing::warn!(%error, runs = runs.len(), "stored events could not be judged together; each run is tried alone");
            }
        }
        for run in runs {
            match judge(store, &[run], now, known).await {
                Ok(()) => {}
                Err(error) if error.stops_all() => return Err(error),
                Err(error) => {
                    let Run { terminal, epoch, first_seq, last_seq } = run;
                    tracing::error!(%error, %terminal, %epoch, first_seq, last_seq, "stored events cannot be judged; they wait");
                    self.passed = Some(run);
                }
            }
        }
        Ok(true)
    }
}

/// The first of these, as many as are judged at once.
fn few(waiting: Vec<Run>) -> Vec<Run> {
    let mut events = 0;
    let fits = |run: &Run| {
        events += run.events();
        events <= EVENTS_AT_ONCE || events == run.events()
    };
    waiting.into_iter().take_while(fits).collect()
}

async fn judge(store: &Store, runs: &[Run], now: Timestamp, known: &mut Known) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let done = Box::pin(in_transaction(&mut tx, runs, now, known)).await;
    store::end(tx, done).await
}

async fn in_transaction(
    conn: &mut AnyConnection,
    runs: &[Run],
    now: Timestamp,
    known: &mut Known,
) -> Result<(), StoreError> {
    let position = store::next_position(conn).await?;
    let (mut touched, mut reports) = (Vec::new(), Vec::new());
    for run in runs {
        let mut facts = Facts::default();
        lookup::of_run(conn, (run.terminal, run.epoch), (run.first_seq, run.last_seq), &mut facts).await?;
        let bases = store::open_task::bases(conn, run.terminal).await?;
        let mut of_run = Touched { bases, ..Touched::default() };
        for fact in facts.found() {
            of_run.follow(conn, &**fact).await?;
        }
        touched.push(of_run);
        reports.extend(reported::among(facts.found().map(|fact| (fact.by, &fact.act))));
        store::unjudged::remove(conn, run).await?;
    }
    reconcile::rejudge_known(conn, known, (touched, Vec::new()), (now, position)).await?;
    reported::follow(conn, &reports, now).await
}
