//! What consignors sent here: one row per package, and what it all sums up to.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use shared::code::{CodeKey, PackageCode};
use shared::event::Stage;
use shared::ids::{BasisId, EventRef};
use shared::time::Timestamp;
use shared::trail::{LineSum, Place, PlaceSum, Sums};
use shared::wire::Manifest;

use super::log::{from_i64, to_i64};
use super::{Store, StoreError};

/// One package of a list: its code, when it was sent, and the event that says so.
pub(crate) type Sent = (PackageCode, Timestamp, EventRef);

/// Writes a list in place of the one before.
pub(super) fn keep_manifest(conn: &Connection, manifest: &Manifest) -> Result<(), StoreError> {
    let last = manifest.sent.iter().max_by_key(|(_, at, _)| *at);
    let (basis, document, stage) = (manifest.basis.as_str(), manifest.document.as_str(), manifest.stage.as_str());
    let sql = "insert into manifest (basis, document, stage, consignor, complete, last_code, last_at_ms, last_by, packages) \
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, null) on conflict (basis, document, stage) do update set \
               consignor = excluded.consignor, complete = excluded.complete, last_code = excluded.last_code, \
               last_at_ms = excluded.last_at_ms, last_by = excluded.last_by, packages = null returning manifest_no";
    let manifest_no: i64 = conn.prepare_cached(sql)?.query_row(
        params![
            basis,
            document,
            stage,
            manifest.consignor.as_str(),
            manifest.complete,
            last.map(|(code, _, _)| code.to_string()),
            last.map(|(_, at, _)| at.as_ms()),
            last.map(|(_, _, by)| serde_json::to_string(by)).transpose()?,
        ],
        |row| row.get(0),
    )?;
    conn.execute("delete from sent where manifest_no = ?1", [manifest_no])?;
    let sql = "insert or replace into sent (manifest_no, code_key, code, at_ms, by) values (?1, ?2, ?3, ?4, ?5)";
    let mut insert = conn.prepare_cached(sql)?;
    for (code, at, by) in &manifest.sent {
        let by = serde_json::to_string(by)?;
        insert.execute(params![manifest_no, CodeKey::of(code).as_bytes(), code.to_string(), at.as_ms(), by])?;
    }
    Ok(())
}

/// A code was registered anew: lists that name it, or the package it is in, are to be summed up again.
pub(super) fn forget_sums_with(conn: &Connection, key: &CodeKey, parent: Option<&[u8; 16]>) -> Result<(), StoreError> {
    let sql = "update manifest set packages = null where packages is not null and manifest_no in \
               (select manifest_no from sent where code_key = ?1 or code_key = ?2)";
    conn.prepare_cached(sql)?.execute(params![key.as_bytes(), parent])?;
    Ok(())
}

impl Store {
    /// What consignors sent of a package, by number of the list. Answers whether there is any.
    pub(super) fn sent_of(
        &self,
        code: &PackageCode,
        into: &mut BTreeMap<i64, BTreeSet<Sent>>,
    ) -> Result<bool, StoreError> {
        let sql = "select manifest_no, code, at_ms, by from sent where code_key = ?1";
        self.sent(sql, params![CodeKey::of(code).as_bytes()], into)
    }

    /// The same of what is registered inside a package.
    pub(super) fn sent_of_children(
        &self,
        parent: &PackageCode,
        into: &mut BTreeMap<i64, BTreeSet<Sent>>,
    ) -> Result<bool, StoreError> {
        let sql = "select s.manifest_no, s.code, s.at_ms, s.by from code c join sent s on s.code_key = c.code_key \
                   where c.parent_key = ?1";
        self.sent(sql, params![CodeKey::of(parent).as_bytes()], into)
    }

    fn sent(
        &self,
        sql: &str,
        named: impl rusqlite::Params,
        into: &mut BTreeMap<i64, BTreeSet<Sent>>,
    ) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(named)?;
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            let sent = read_sent(&row.get::<_, String>(1)?, row.get(2)?, &row.get::<_, String>(3)?)?;
            into.entry(row.get(0)?).or_default().insert(sent);
        }
        Ok(any)
    }

    /// The lists of a basis, and these: each with what `sent` says of it, and its newest package, which tells when it was done.
    pub(crate) fn manifests(
        &self,
        basis: &BasisId,
        mut sent: BTreeMap<i64, BTreeSet<Sent>>,
    ) -> Result<Vec<Manifest>, StoreError> {
        let sql = "select manifest_no, basis, document, stage, consignor, complete, last_code, last_at_ms, last_by \
                   from manifest where basis = ?1";
        let of_basis = self.manifest_rows(sql, params![basis.as_str()])?;
        let others: Vec<i64> =
            sent.keys().copied().filter(|no| of_basis.iter().all(|(found, _)| found != no)).collect();
        let mut manifests = of_basis;
        for manifest_no in others {
            let sql = "select manifest_no, basis, document, stage, consignor, complete, last_code, last_at_ms, last_by \
                       from manifest where manifest_no = ?1";
            manifests.extend(self.manifest_rows(sql, params![manifest_no])?);
        }
        for (manifest_no, manifest) in &mut manifests {
            let bearing = sent.remove(manifest_no).unwrap_or_default();
            manifest.sent.retain(|last| !bearing.contains(last));
            manifest.sent.extend(bearing);
        }
        Ok(manifests.into_iter().map(|(_, manifest)| manifest).collect())
    }

    fn manifest_rows(&self, sql: &str, named: impl rusqlite::Params) -> Result<Vec<(i64, Manifest)>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(named)?;
        let mut manifests = Vec::new();
        while let Some(row) = rows.next()? {
            let stage: String = row.get(3)?;
            let stage: Stage = stage.parse().map_err(|_| StoreError::Corrupt("a list names no stage"))?;
            let last: Option<String> = row.get(6)?;
            let last = last.map(|code| read_sent(&code, row.get(7)?, &row.get::<_, String>(8)?)).transpose()?;
            let manifest = Manifest {
                basis: row.get::<_, String>(1)?.into(),
                document: row.get::<_, String>(2)?.into(),
                stage,
                consignor: row.get::<_, String>(4)?.into(),
                complete: row.get(5)?,
                sent: last.into_iter().collect(),
            };
            manifests.push((row.get(0)?, manifest));
        }
        Ok(manifests)
    }

    /// The codes of a list, in order, from one on.
    pub(crate) fn sent_on(
        &self,
        (basis, document, stage): &Place,
        after: Option<&PackageCode>,
        at_most: u64,
    ) -> Result<Vec<PackageCode>, StoreError> {
        let sql = "select s.code from manifest m join sent s using (manifest_no) where m.basis = ?1 and m.document = ?2 \
                   and m.stage = ?3 and s.code_key > ?4 order by s.code_key limit ?5";
        let after = after.map_or_else(Vec::new, |code| CodeKey::of(code).as_bytes().to_vec());
        let mut statement = self.conn.prepare_cached(sql)?;
        let named = params![basis.as_str(), document.as_str(), stage.as_str(), after, to_i64(at_most)];
        let codes = statement.query_map(named, |row| row.get::<_, String>(0))?;
        codes.map(|code| code?.parse().map_err(|_| StoreError::Corrupt("a list names no code"))).collect()
    }

    /// Every package on the lists of a basis.
    pub(crate) fn listed_under(&self, basis: &BasisId) -> Result<Vec<PackageCode>, StoreError> {
        let sql = "select s.code from manifest m join sent s using (manifest_no) where m.basis = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let codes = statement.query_map([basis.as_str()], |row| row.get::<_, String>(0))?;
        codes.map(|code| code?.parse().map_err(|_| StoreError::Corrupt("a list names no code"))).collect()
    }

    /// What the lists of a basis sum up to, by place; none of a list that must be summed up first.
    pub(crate) fn sent_sums(&self, basis: &BasisId) -> Result<Sums, StoreError> {
        let sql = "select m.document, m.stage, m.packages, l.product, l.counted, l.verified from manifest m \
                   left join sent_sum l using (manifest_no) where m.basis = ?1 and m.packages is not null";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([basis.as_str()])?;
        let mut sums = Sums::default();
        while let Some(row) = rows.next()? {
            let stage: String = row.get(1)?;
            let Ok(stage) = stage.parse() else { continue };
            let place: Place = (basis.clone(), row.get::<_, String>(0)?.into(), stage);
            let sum = sums.places.entry(place).or_default();
            sum.packages = from_i64(row.get(2)?);
            if let Some(product) = row.get::<_, Option<String>>(3)? {
                let (counted, verified) = (from_i64(row.get(4)?), from_i64(row.get(5)?));
                sum.lines.insert(product.into(), LineSum { counted, verified, ..LineSum::default() });
            }
        }
        Ok(sums)
    }

    /// The lists that are not summed up, oldest first.
    pub(crate) fn unsummed(&self) -> Result<Vec<(Place, u64)>, StoreError> {
        let sql = "select m.basis, m.document, m.stage, (select count(*) from sent s where s.manifest_no = m.manifest_no) \
                   from manifest m where m.packages is null order by m.manifest_no";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let stage: String = row.get(2)?;
            let Ok(stage) = stage.parse() else { continue };
            let place = (row.get::<_, String>(0)?.into(), row.get::<_, String>(1)?.into(), stage);
            places.push((place, from_i64(row.get(3)?)));
        }
        Ok(places)
    }

    /// Keeps what a list sums up to.
    pub(crate) fn keep_sum(&mut self, (basis, document, stage): &Place, sum: &PlaceSum) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        let sql = "update manifest set packages = ?4 where basis = ?1 and document = ?2 and stage = ?3 \
                   returning manifest_no";
        let named = params![basis.as_str(), document.as_str(), stage.as_str(), to_i64(sum.packages)];
        let manifest_no: Option<i64> = tx.query_row(sql, named, |row| row.get(0)).optional()?;
        if let Some(manifest_no) = manifest_no {
            tx.execute("delete from sent_sum where manifest_no = ?1", [manifest_no])?;
            for (product, line) in &sum.lines {
                tx.execute(
                    "insert into sent_sum (manifest_no, product, counted, verified) values (?1, ?2, ?3, ?4)",
                    params![manifest_no, product.as_str(), to_i64(line.counted), to_i64(line.verified)],
                )?;
            }
        }
        tx.commit()?;
        Ok(())
    }
}

fn read_sent(code: &str, at_ms: i64, by: &str) -> Result<Sent, StoreError> {
    let code = code.parse().map_err(|_| StoreError::Corrupt("a list names no code"))?;
    Ok((code, Timestamp::from_ms(at_ms), serde_json::from_str(by)?))
}
