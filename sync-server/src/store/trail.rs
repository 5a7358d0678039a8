//! Where the scans of a package and of a basis are: references into signed batches, so that a scan is kept once.

use std::collections::{BTreeMap, BTreeSet};

use shared::code::{CodeKey, PackageCode};
use shared::ids::BasisId;
use sqlx::{AnyConnection, Row};

use super::labelled::Labelled;
use super::{StoreError, from_i64, to_i64};

/// Where one scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The ledger entry of its batch.
    pub entry: u64,
    /// Which of the bodies that were new in it, from 0.
    pub index: u16,
}

impl Place {
    const BYTES: usize = 8;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        ((self.entry << 16) | u64::from(self.index)).to_be_bytes()
    }

    /// The places in the bytes of a row.
    pub fn read(refs: &[u8]) -> Result<Vec<Self>, StoreError> {
        let (places, rest) = refs.as_chunks::<{ Self::BYTES }>();
        if !rest.is_empty() {
            return Err(StoreError::Corrupt("a trail ends in the middle of a place"));
        }
        let place = |bytes: &[u8; Self::BYTES]| {
            let packed = u64::from_be_bytes(*bytes);
            Self { entry: packed >> 16, index: u16::try_from(packed & 0xffff).unwrap_or(u16::MAX) }
        };
        Ok(places.iter().map(place).collect())
    }
}

/// Notes where scans are. Each comes with its place; one whose label names no package is found under its basis alone.
pub async fn append<'e>(
    conn: &mut AnyConnection,
    scans: impl IntoIterator<Item = (&'e Labelled, Place)> + Send,
) -> Result<(), StoreError> {
    let mut trails: Vec<([u8; 16], Place)> = Vec::new();
    let mut bases: BTreeSet<(&BasisId, u64)> = BTreeSet::new();
    for (event, place) in scans {
        let Some((_, movement)) = event.act.movement() else { continue };
        bases.insert((&movement.basis, place.entry));
        if let Some(key) = event.key() {
            trails.push((*key.as_bytes(), place));
        }
    }
    append_places(conn, trails).await?;
    for (basis, entry) in bases {
        sqlx::query("insert into basis_batch (basis, entry) values ($1, $2)")
            .bind(basis.as_str())
            .bind(to_i64(entry))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Notes where scans of packages are that were found under their basis alone.
pub(super) async fn append_places(conn: &mut AnyConnection, trails: Vec<([u8; 16], Place)>) -> Result<(), StoreError> {
    if !trails.is_empty() {
        let sql = "insert into trail (code_key, refs) \
                   select unhex(substr(value, 1, 32)), unhex(substr(value, 33)) from json_each($1) where true \
                   on conflict (code_key) do update set refs = cast(trail.refs || excluded.refs as blob)";
        sqlx::query(sql).bind(rows(trails)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// A JSON list of hex: of each package, in the order of their keys, the key and the places.
fn rows(mut trails: Vec<([u8; 16], Place)>) -> String {
    trails.sort_unstable();
    let mut json = String::with_capacity(trails.len() * (2 * (16 + Place::BYTES) + 3) + 2);
    for of_package in trails.chunk_by(|(one, _), (other, _)| one == other) {
        json.push_str(if json.is_empty() { "[\"" } else { "\",\"" });
        json.push_str(&hex::encode(of_package[0].0));
        for (_, place) in of_package {
            json.push_str(&hex::encode(place.to_bytes()));
        }
    }
    json.push_str("\"]");
    json
}

/// Where the scans of these codes are, by key.
pub async fn of_codes<'c>(
    conn: &mut AnyConnection,
    codes: impl IntoIterator<Item = &'c PackageCode>,
) -> Result<Vec<Vec<Place>>, StoreError> {
    let sql = "select refs from trail where code_key in (select unhex(value) from json_each($1))";
    let rows = sqlx::query(sql).bind(super::code::keys_json(codes)?).fetch_all(conn).await?;
    rows.iter().map(|row| Place::read(&row.try_get::<Vec<u8>, _>("refs")?)).collect()
}

/// Where the scans of the code of a key are.
pub async fn of_key(conn: &mut AnyConnection, key: &CodeKey) -> Result<Vec<Place>, StoreError> {
    let sql = "select refs from trail where code_key = $1";
    let row = sqlx::query(sql).bind(key.as_bytes().as_slice()).fetch_optional(conn).await?;
    row.map_or(Ok(Vec::new()), |row| Place::read(&row.try_get::<Vec<u8>, _>("refs")?))
}

/// The same, with the key of each.
pub async fn by_key<'c>(
    conn: &mut AnyConnection,
    codes: impl IntoIterator<Item = &'c PackageCode>,
) -> Result<BTreeMap<Vec<u8>, Vec<Place>>, StoreError> {
    let sql = "select code_key, refs from trail where code_key in (select unhex(value) from json_each($1))";
    let rows = sqlx::query(sql).bind(super::code::keys_json(codes)?).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("code_key")?, Place::read(&row.try_get::<Vec<u8>, _>("refs")?)?))).collect()
}

/// How many places all trails hold, and how many pairs of a basis and a batch there are.
pub async fn count(conn: &mut AnyConnection) -> Result<(u64, u64), StoreError> {
    let sql = "select coalesce(cast(sum(length(refs)) as bigint), 0) as bytes, \
               (select count(*) from basis_batch) as pairs from trail";
    let row = sqlx::query(sql).fetch_one(conn).await?;
    let bytes = from_i64(row.try_get("bytes")?);
    Ok((bytes / Place::BYTES as u64, from_i64(row.try_get("pairs")?)))
}

/// Where the scans of a pack's codes are, each code with its key.
pub async fn of_pack(
    conn: &mut AnyConnection,
    pack: &shared::ids::PackId,
) -> Result<Vec<(Vec<u8>, Vec<Place>)>, StoreError> {
    let sql = "select trail.code_key, trail.refs from code join trail on trail.code_key = code.code_key \
               where code.pack = $1";
    let rows = sqlx::query(sql).bind(pack.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("code_key")?, Place::read(&row.try_get::<Vec<u8>, _>("refs")?)?))).collect()
}

/// The entries of the batches that hold scans under these bases, by basis.
pub async fn batches<'b>(
    conn: &mut AnyConnection,
    bases: impl IntoIterator<Item = &'b BasisId>,
) -> Result<BTreeMap<BasisId, BTreeSet<u64>>, StoreError> {
    let bases: Vec<&BasisId> = bases.into_iter().collect();
    let sql = "select basis, entry from basis_batch where basis in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(&bases)?).fetch_all(conn).await?;
    let mut batches: BTreeMap<BasisId, BTreeSet<u64>> = BTreeMap::new();
    for row in &rows {
        let basis = BasisId::from(row.try_get::<String, _>("basis")?);
        batches.entry(basis).or_default().insert(from_i64(row.try_get("entry")?));
    }
    Ok(batches)
}
