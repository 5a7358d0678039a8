//! Parcels carried for other terminals: bounded, sealed, delivered by this terminal's sender when it has a network.

use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;
use shared::chain::Hash;
use shared::ids::TerminalId;
use shared::time::Timestamp;
use shared::wire::sealed::{Answers, Parcel};

use super::log::{from_i64, to_i64};
use super::{Store, StoreError};

/// Bytes of others' parcels and answers that a terminal keeps, at most.
pub const CARRIED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How a carried parcel stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarriedRow {
    /// Its digest.
    pub parcel: Hash,
    /// Whose, as its header says.
    pub terminal: TerminalId,
    /// How many events, as its header says.
    pub events: u64,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// When it was last delivered.
    pub delivered_at: Option<Timestamp>,
    /// Whether the server has answered all of it.
    pub is_answered: bool,
    /// Why the server does not take it.
    pub refused: Option<String>,
    /// When its answers were last handed on.
    pub given_at: Option<Timestamp>,
}

/// What became of a parcel that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// It is kept now.
    New,
    /// It was kept before; where answers are missing, it is delivered again.
    Known,
    /// There is no room: so many bytes are in use.
    Full(u64),
}

impl Store {
    /// Keeps another terminal's parcel, durably. Where room is needed, answers that were handed on leave first, oldest first; parcels
    /// and answers that were not are never given up.
    pub fn take_parcel(&mut self, parcel: &Parcel, now: Timestamp) -> Result<Taking, StoreError> {
        self.take_within(parcel, now, CARRIED_BYTES_MAX)
    }

    fn take_within(&mut self, parcel: &Parcel, now: Timestamp, bytes_max: u64) -> Result<Taking, StoreError> {
        let digest = parcel.digest();
        let bytes = parcel.bytes().len() as u64;
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known = "update carried set asked_at = null, refused = null where parcel = ?1";
        if tx.execute(known, [digest.as_bytes()])? > 0 {
            tx.commit()?;
            return Ok(Taking::Known);
        }
        let used = "select coalesce(sum(coalesce(length(body), 0) + coalesce(length(answers), 0)), 0) from carried";
        let mut in_use = from_i64(tx.query_row(used, [], |row| row.get(0))?);
        while in_use + bytes > bytes_max {
            let oldest = "delete from carried where parcel = (select parcel from carried \
                          where body is null and given_at is not null order by given_at limit 1)";
            if tx.execute(oldest, [])? == 0 {
                return Ok(Taking::Full(in_use));
            }
            in_use = from_i64(tx.query_row(used, [], |row| row.get(0))?);
        }
        let sql =
            "insert into carried (parcel, terminal, events, bytes, taken_at, body) values (?1, ?2, ?3, ?4, ?5, ?6)";
        let header = &parcel.header;
        let numbers = (to_i64(header.count), to_i64(bytes), now.as_ms());
        let terminal = header.terminal.to_string();
        tx.execute(sql, params![digest.as_bytes(), terminal, numbers.0, numbers.1, numbers.2, parcel.bytes()])?;
        tx.commit()?;
        Ok(Taking::New)
    }

    /// Parcels that the server has not answered in full, those never delivered first, then the oldest.
    pub fn parcels_to_deliver(&self) -> Result<Vec<Hash>, StoreError> {
        let sql = "select parcel from carried where body is not null and refused is null \
                   order by asked_at is not null, taken_at";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get::<_, [u8; 32]>(0))?;
        rows.map(|row| Ok(Hash::new(row?))).collect()
    }

    /// A parcel's bytes; none where it is not kept, or nothing more can be heard by delivering it.
    pub fn parcel_bytes(&self, parcel: Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "select body from carried where parcel = ?1";
        let body: Option<Option<Vec<u8>>> =
            self.conn.query_row(sql, [parcel.as_bytes()], |row| row.get(0)).optional()?;
        Ok(body.flatten())
    }

    /// Keeps the server's answers to a parcel. Once they are final, the parcel itself leaves.
    pub fn keep_answers(&mut self, answers: &Answers, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update carried set answers = ?2, asked_at = ?3, given_at = null, \
                   body = case when ?4 then null else body end where parcel = ?1";
        let text = serde_json::to_string(answers)?;
        self.conn.execute(sql, params![answers.parcel.as_bytes(), text, now.as_ms(), answers.is_final()])?;
        Ok(())
    }

    /// The server does not take a parcel: it is kept, and not delivered again until it is taken again.
    pub fn keep_refusal(&mut self, parcel: Hash, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update carried set refused = ?2, asked_at = ?3 where parcel = ?1";
        self.conn.execute(sql, params![parcel.as_bytes(), why, now.as_ms()])?;
        Ok(())
    }

    /// Answers that are kept, for one terminal or for all.
    pub fn answers_kept(&self, terminal: Option<TerminalId>) -> Result<Vec<Answers>, StoreError> {
        let sql =
            "select answers from carried where answers is not null and (?1 is null or terminal = ?1) order by taken_at";
        let mut statement = self.conn.prepare(sql)?;
        let rows =
            statement.query_map([terminal.map(|terminal| terminal.to_string())], |row| row.get::<_, String>(0))?;
        rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
    }

    /// The answers to these parcels were handed on.
    pub fn answers_given(&mut self, parcels: &[Hash], now: Timestamp) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        for parcel in parcels {
            tx.execute("update carried set given_at = ?2 where parcel = ?1", params![parcel.as_bytes(), now.as_ms()])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// All that is carried, oldest first.
    pub fn carried(&self) -> Result<Vec<CarriedRow>, StoreError> {
        let sql = "select parcel, terminal, events, bytes, taken_at, asked_at, body is null, refused, given_at \
                   from carried order by taken_at";
        let mut statement = self.conn.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(1)?, read(row)?)))?;
        rows.map(|row| {
            let (terminal, read) = row?;
            let terminal =
                terminal.parse().map_err(|_| StoreError::Corrupt("a carried parcel's terminal is no UUID"))?;
            Ok(CarriedRow { terminal, ..read })
        })
        .collect()
    }

    /// How many parcels of others wait for the server.
    pub fn carried_waiting(&self) -> Result<u64, StoreError> {
        let sql = "select count(*) from carried where body is not null and refused is null";
        Ok(from_i64(self.conn.query_row(sql, [], |row| row.get(0))?))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CarriedRow> {
    let at = |place: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(place)?.map(Timestamp::from_ms));
    Ok(CarriedRow {
        parcel: Hash::new(row.get(0)?),
        terminal: TerminalId::new(uuid::Uuid::nil()),
        events: from_i64(row.get(2)?),
        bytes: from_i64(row.get(3)?),
        taken_at: Timestamp::from_ms(row.get(4)?),
        delivered_at: at(5)?,
        is_answered: row.get(6)?,
        refused: row.get(7)?,
        given_at: at(8)?,
    })
}

#[cfg(test)]
mod tests {
    use shared::ids::EpochId;
    use shared::wire::sealed::{ParcelAnswer, ParcelHeader, Span};
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_772_413_200_000);

    fn epoch() -> EpochId {
        EpochId::new(Uuid::from_u128(9))
    }

    fn parcel(n: u8, length: usize) -> Parcel {
        let held = vec![Span { epoch: epoch(), from: 1, to: 3 }];
        let header = ParcelHeader { terminal: TerminalId::new(Uuid::from_u128(7)), held, count: 3, made_at: NOW };
        Parcel::new(&header, &vec![n; length]).unwrap()
    }

    fn answers(parcel: &Parcel, waiting: bool) -> Answers {
        let answer = ParcelAnswer::Waiting { epoch: epoch(), first_seq: 1 };
        let answers = if waiting { vec![answer] } else { Vec::new() };
        Answers { parcel: parcel.digest(), terminal: parcel.header.terminal, answers }
    }

    fn store(folder: &tempfile::TempDir) -> Store {
        let terminal = TerminalId::new(Uuid::from_u128(1));
        Store::open(&folder.path().join("t.sqlite"), terminal, epoch()).unwrap()
    }

    #[test]
    fn a_parcel_waits_until_all_of_it_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder);
        let (one, two) = (parcel(1, 100), parcel(2, 100));
        assert_eq!(store.take_parcel(&one, NOW).unwrap(), Taking::New);
        assert_eq!(store.take_parcel(&one, NOW).unwrap(), Taking::Known);
        assert_eq!(store.take_parcel(&two, NOW.plus_ms(1)).unwrap(), Taking::New);
        assert_eq!(store.parcels_to_deliver().unwrap(), [one.digest(), two.digest()]);
        store.keep_answers(&answers(&one, true), NOW).unwrap();
        assert_eq!(store.parcels_to_deliver().unwrap(), [two.digest(), one.digest()], "the new one first");
        store.keep_answers(&answers(&one, false), NOW).unwrap();
        assert_eq!((store.parcel_bytes(one.digest()).unwrap(), store.carried_waiting().unwrap()), (None, 1));
        store.keep_refusal(two.digest(), "no", NOW).unwrap();
        assert_eq!((store.parcels_to_deliver().unwrap(), store.carried_waiting().unwrap()), (Vec::new(), 0));
        assert_eq!(store.take_parcel(&two, NOW).unwrap(), Taking::Known);
        assert_eq!(store.parcels_to_deliver().unwrap(), [two.digest()], "taken again, it is delivered again");
        assert_eq!(store.answers_kept(None).unwrap(), [answers(&one, false)]);
        assert_eq!(store.answers_kept(Some(store.terminal())).unwrap(), []);
    }

    #[test]
    fn what_is_full_gives_up_answers_that_were_handed_on_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder);
        let parcels: Vec<Parcel> = (0..4).map(|n| parcel(n, 1_000)).collect();
        let most = 2 * parcels[0].bytes().len() as u64 + 400;
        for parcel in &parcels[..2] {
            assert_eq!(store.take_within(parcel, NOW, most).unwrap(), Taking::New);
        }
        assert!(matches!(store.take_within(&parcels[2], NOW, most).unwrap(), Taking::Full(_)));
        store.keep_answers(&answers(&parcels[0], false), NOW).unwrap();
        assert_eq!(store.take_within(&parcels[2], NOW, most).unwrap(), Taking::New);
        let room = 2 * parcels[0].bytes().len() as u64 + 10;
        assert!(matches!(store.take_within(&parcels[3], NOW, room).unwrap(), Taking::Full(_)), "nothing was handed on");
        store.answers_given(&[parcels[0].digest()], NOW).unwrap();
        assert!(matches!(store.take_within(&parcels[3], NOW, room).unwrap(), Taking::Full(_)), "parcels stay");
        assert_eq!(store.carried().unwrap().len(), 3, "a refusal changes nothing");
    }
}
