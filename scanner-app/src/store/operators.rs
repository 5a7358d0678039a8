//! Who may sign in, who did, and what was tried: rows as they lie; what they mean is the business of `operators`.

use rusqlite::{OptionalExtension, Row, params};
use shared::ids::OperatorId;
use shared::reference::Operator;
use shared::time::Timestamp;
use shared::wire::Record;
use uuid::Uuid;

use super::{Store, StoreError};

/// Rows of numbers that nobody has, at most; the oldest go first.
const STRANGERS_MAX: i64 = 200;

/// Wrong tries with one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriesRow {
    /// Names the verifier that was tried; empty for a number that nobody has.
    pub pin_name: String,
    /// Tries that were not right.
    pub wrong: u32,
    /// What was left of the lock, in milliseconds, when this was written.
    pub lock_ms: u64,
    /// In this start of the device.
    pub boot: Uuid,
    /// At this time of it, in milliseconds.
    pub mono_ms: u64,
}

/// When somebody last scanned, typed or touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveRow {
    /// In this start of the device.
    pub boot: Uuid,
    /// At this time of it, in milliseconds.
    pub mono_ms: u64,
}

/// How old the references are, counted without trusting the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRow {
    /// Which references: when they were brought up to date, by the server's clock.
    pub data_as_of: Timestamp,
    /// Age counted so far, in milliseconds.
    pub age_ms: u64,
    /// Counted in this start of the device.
    pub boot: Uuid,
    /// Up to this time of it, in milliseconds.
    pub mono_ms: u64,
    /// The wall time when they were first seen here.
    pub first_seen: Timestamp,
}

/// The one row about this terminal's desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskRow {
    /// Who is signed in, and since when nothing was done.
    pub signed_in: Option<(OperatorId, ActiveRow)>,
    /// The references' age.
    pub age: Option<AgeRow>,
}

impl Store {
    /// The operators that were pulled, credentials sealed.
    pub fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        let sql = "select body from reference where reference_set = 'operator'";
        let mut statement = self.conn.prepare(sql)?;
        let mut operators = Vec::new();
        for body in statement.query_map([], |row| row.get::<_, String>(0))? {
            if let Record::Operator(operator) = serde_json::from_str(&body?)? {
                operators.push(operator);
            }
        }
        Ok(operators)
    }

    /// Wrong tries with a number.
    pub fn tries(&self, number: &str) -> Result<Option<TriesRow>, StoreError> {
        let sql = "select pin_name, wrong, lock_ms, boot, mono_ms from sign_in_try where operator = ?1";
        let row = self.conn.query_row(sql, [number], |row| {
            Ok(TriesRow {
                pin_name: row.get(0)?,
                wrong: row.get(1)?,
                lock_ms: number_at(row, 2)?,
                boot: uuid_at(row, 3)?,
                mono_ms: number_at(row, 4)?,
            })
        });
        Ok(row.optional()?)
    }

    /// Keeps them, durably, before it returns.
    pub fn keep_tries(&mut self, number: &str, row: &TriesRow) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        tx.execute(
            "insert into sign_in_try (operator, pin_name, wrong, lock_ms, boot, mono_ms) values (?1, ?2, ?3, ?4, ?5, ?6) \
             on conflict (operator) do update set pin_name = excluded.pin_name, wrong = excluded.wrong, \
             lock_ms = excluded.lock_ms, boot = excluded.boot, mono_ms = excluded.mono_ms",
            params![number, row.pin_name, row.wrong, whole(row.lock_ms), row.boot.to_string(), whole(row.mono_ms)],
        )?;
        tx.execute(
            "delete from sign_in_try where pin_name = '' and ordinal <= \
             (select ordinal from sign_in_try where pin_name = '' order by ordinal desc limit 1 offset ?1)",
            [STRANGERS_MAX],
        )?;
        tx.commit()?;
        Ok(())
    }

    /// Forgets them: the PIN was right.
    pub fn forget_tries(&mut self, number: &str) -> Result<(), StoreError> {
        self.conn.execute("delete from sign_in_try where operator = ?1", [number])?;
        Ok(())
    }

    /// What is known of the desk.
    pub fn desk(&self) -> Result<DeskRow, StoreError> {
        let sql = "select operator, active_boot, active_mono_ms, data_as_of, data_age_ms, data_boot, data_mono_ms, \
                   data_wall_ms from desk";
        let row = self.conn.query_row(sql, [], |row| {
            let operator: Option<String> = row.get(0)?;
            let signed_in = operator.map(|operator| -> rusqlite::Result<_> {
                Ok((operator.into(), ActiveRow { boot: uuid_at(row, 1)?, mono_ms: number_at(row, 2)? }))
            });
            let as_of: Option<String> = row.get(3)?;
            let age = as_of.and_then(|text| text.parse().ok()).map(|data_as_of| -> rusqlite::Result<_> {
                let first_seen = Timestamp::from_ms(row.get(7)?);
                let (boot, mono_ms) = (uuid_at(row, 5)?, number_at(row, 6)?);
                Ok(AgeRow { data_as_of, age_ms: number_at(row, 4)?, boot, mono_ms, first_seen })
            });
            Ok(DeskRow { signed_in: signed_in.transpose()?, age: age.transpose()? })
        });
        Ok(row.optional()?.unwrap_or_default())
    }

    /// Keeps it.
    pub fn keep_desk(&mut self, desk: &DeskRow) -> Result<(), StoreError> {
        let signed_in = desk.signed_in.as_ref();
        let age = desk.age.as_ref();
        self.conn.execute(
            "insert or replace into desk (one, operator, active_boot, active_mono_ms, data_as_of, data_age_ms, data_boot, \
             data_mono_ms, data_wall_ms) values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                signed_in.map(|(operator, _)| operator.as_str()),
                signed_in.map(|(_, active)| active.boot.to_string()),
                signed_in.map(|(_, active)| whole(active.mono_ms)),
                age.map(|age| age.data_as_of.to_string()),
                age.map_or(0, |age| whole(age.age_ms)),
                age.map(|age| age.boot.to_string()),
                age.map(|age| whole(age.mono_ms)),
                age.map(|age| age.first_seen.as_ms()),
            ],
        )?;
        Ok(())
    }
}

fn whole(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn number_at(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A start of the device that cannot be read is no start that goes on.
fn uuid_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    Ok(row.get::<_, String>(column)?.parse().unwrap_or(Uuid::nil()))
}
