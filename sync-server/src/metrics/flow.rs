//! Mismatches as they come and go, counted since the start. Rows say what stands now, so what changed since the last look is looked at,
//! at each sweep and whenever somebody reads the metrics: nothing is counted that was not committed, and no batch waits for it.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};

use shared::mismatch::State;
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row};
use tokio::sync::Mutex;

use super::render::head;
use crate::store::verdict::{Key, key};
use crate::store::{self, StoreError};
use crate::workflow::store::{Case, since};

/// Cases read at once.
const READ: usize = 500;

/// Kind and severity.
type Which = (&'static str, &'static str);

/// The counts; none before the first look.
#[derive(Debug, Default)]
pub struct Flow(Mutex<Option<Seen>>);

/// What was seen by the last look.
#[derive(Debug)]
struct Seen {
    /// Everything up to here was followed.
    position: u64,
    at: Timestamp,
    /// Hashes of the keys of those that stand.
    live: HashSet<u64>,
    keyed: RandomState,
    raised: BTreeMap<Which, u64>,
    /// By the state that ended them.
    ended: BTreeMap<(Which, &'static str), u64>,
}

impl Flow {
    /// Counts what changed since the last look. The first look only sees what stands.
    pub async fn look(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<(), StoreError> {
        let mut held = self.0.lock().await;
        let Some(seen) = &mut *held else {
            *held = Some(Seen::begin(conn, now).await?);
            return Ok(());
        };
        loop {
            let cases = since(conn, seen.position, READ).await?;
            let Some(last) = cases.last() else { break };
            seen.position = last.position;
            for case in &cases {
                seen.follow(case);
            }
        }
        seen.at = now;
        Ok(())
    }

    pub(super) async fn write(&self, out: &mut String) {
        let held = self.0.lock().await;
        let Some(seen) = &*held else { return };
        let told = "Mismatches raised since the start, those that came back included.";
        head(out, "tallyman_mismatches_raised_total", "counter", told);
        for ((kind, severity), count) in &seen.raised {
            let labels = format!("kind=\"{kind}\",severity=\"{severity}\"");
            let _ = writeln!(out, "tallyman_mismatches_raised_total{{{labels}}} {count}");
        }
        let told = "Mismatches that ended since the start: closed by late data, or resolved by a person.";
        head(out, "tallyman_mismatches_ended_total", "counter", told);
        for (((kind, severity), by), count) in &seen.ended {
            let labels = format!("kind=\"{kind}\",severity=\"{severity}\",by=\"{by}\"");
            let _ = writeln!(out, "tallyman_mismatches_ended_total{{{labels}}} {count}");
        }
    }
}

impl Seen {
    async fn begin(conn: &mut AnyConnection, at: Timestamp) -> Result<Self, StoreError> {
        let position = store::position(conn).await?;
        let (keyed, mut live) = (RandomState::new(), HashSet::new());
        let sql = "select kind, subject, scope from mismatch where state in ('provisional', 'confirmed')";
        for row in sqlx::query(sql).fetch_all(conn).await? {
            let key: Key = (row.try_get("kind")?, row.try_get("subject")?, row.try_get("scope")?);
            live.insert(keyed.hash_one(&key));
        }
        Ok(Self { position, at, live, keyed, raised: BTreeMap::new(), ended: BTreeMap::new() })
    }

    fn follow(&mut self, case: &Case) {
        let mismatch = &case.found.mismatch;
        let which = (mismatch.kind.slug(), mismatch.severity.as_str());
        let hash = self.keyed.hash_one(key(mismatch));
        let stood = self.live.contains(&hash);
        let stands = case.found.state.is_live();
        // Raised and ended between two looks: it was never seen standing.
        let came_and_went = !stood && !stands && case.found.raised_at > self.at;
        if !stood && (stands || came_and_went) {
            *self.raised.entry(which).or_default() += 1;
        }
        if !stands && (stood || came_and_went) {
            let by = if case.found.state == State::Resolved { "person" } else { "late-data" };
            *self.ended.entry((which, by)).or_default() += 1;
        }
        if stands {
            self.live.insert(hash);
        } else {
            self.live.remove(&hash);
        }
    }
}
