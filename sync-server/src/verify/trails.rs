//! Scans that have no row: each must be found through its package's trail and its basis, and nothing else may be.

use std::collections::{BTreeMap, BTreeSet};

use shared::code::{CodeKey, PackageCode};
use shared::ids::BasisId;
use shared::wire::Batch;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::Fault;
use crate::store::trail::Place;
use crate::store::{self, from_i64};

/// What all batches together must be found through.
#[derive(Debug, Default)]
pub(super) struct Trailed {
    /// References in trails.
    places: u64,
    /// Pairs of a basis and a batch.
    bases: u64,
}

/// What one batch must be found through.
pub(super) struct Brought {
    entry: u64,
    first_seq: u64,
    /// Whether its scans have no rows.
    is_trailed: bool,
    /// Numbers that could not be read.
    apart: BTreeSet<u64>,
    codes: BTreeMap<PackageCode, Vec<Place>>,
    bases: BTreeSet<BasisId>,
}

impl Brought {
    /// Of a batch's row.
    pub(super) fn of(row: &AnyRow, first_seq: u64) -> Result<Self, Fault> {
        let apart: Option<String> = row.try_get("apart")?;
        let apart = apart.map(|apart| serde_json::from_str(&apart)).transpose();
        let apart = apart.map_err(|_| Fault::Found(format!("the batch from event {first_seq} on is damaged")))?;
        Ok(Self {
            entry: row.try_get::<Option<i64>, _>("entry")?.map_or(0, from_i64),
            first_seq,
            is_trailed: row.try_get::<Option<String>, _>("member")?.is_some(),
            apart: apart.unwrap_or_default(),
            codes: BTreeMap::new(),
            bases: BTreeSet::new(),
        })
    }

    /// Whether an event is where it must be: in a row of its own, or a scan that is found through its trail.
    pub(super) fn accounts_for(&mut self, batch: &Batch, (seq, body): (u64, &[u8]), has_row: bool) -> bool {
        if !self.is_trailed || self.apart.remove(&seq) {
            return has_row;
        }
        // Whatever could not be read when it came is on that list.
        let Ok(event) = crate::ingest::readable(batch, seq, body) else { return false };
        let Some((_, movement)) = event.act.movement() else { return has_row };
        self.bases.insert(movement.basis.clone());
        if let Ok(code) = crate::labels::read(&movement.text) {
            let index = u16::try_from(seq - self.first_seq).unwrap_or(u16::MAX);
            self.codes.entry(code).or_default().push(Place { entry: self.entry, index });
        }
        !has_row
    }

    /// Looks them all up.
    pub(super) async fn check(self, conn: &mut AnyConnection, found: &mut Trailed) -> Result<(), Fault> {
        if let Some(seq) = self.apart.first() {
            return Err(Fault::Found(format!("event {seq} is set apart by a batch that does not bring it")));
        }
        let trails = store::trail::by_key(conn, self.codes.keys()).await?;
        for (code, places) in &self.codes {
            let trail = trails.get(CodeKey::of(code).as_bytes().as_slice());
            if let Some(place) = places.iter().find(|place| !trail.is_some_and(|trail| trail.contains(place))) {
                let seq = self.first_seq + u64::from(place.index);
                return Err(Fault::Found(format!("event {seq} is missing in the trail of {code}")));
            }
            found.places += places.len() as u64;
        }
        for basis in &self.bases {
            let batches = store::trail::batches(conn, [basis]).await?;
            if !batches.get(basis).is_some_and(|entries| entries.contains(&self.entry)) {
                let first = self.first_seq;
                return Err(Fault::Found(format!("the batch from event {first} on is not found under {basis}")));
            }
        }
        found.bases += self.bases.len() as u64;
        Ok(())
    }
}

/// No trail names anything beside what batches brought.
pub(super) async fn nothing_else(conn: &mut AnyConnection, found: &Trailed) -> Result<(), Fault> {
    let (places, bases) = store::trail::count(conn).await?;
    if places == found.places && bases == found.bases {
        return Ok(());
    }
    let strange = (places + bases).abs_diff(found.places + found.bases);
    Err(Fault::Found(format!("{strange} scans in trails came with no batch")))
}
