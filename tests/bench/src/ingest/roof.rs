//! The roof: what the database takes when nothing but the event rows is written, their bodies with them, durably, one transaction a
//! batch.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, params};
use shared::code::CodeKey;
use shared::event::Event;
use shared::wire::Batch;

/// Rows of a table with a rowid and an index of its key, as SQLite does it best by prepared inserts.
pub struct SqliteRoof {
    conn: Connection,
}

impl SqliteRoof {
    /// A new database beside the server's.
    pub fn new(folder: &Path) -> Result<Self> {
        let conn = Connection::open(folder.join("roof.sqlite"))?;
        conn.pragma_update(None, "journal_mode", "wal")?;
        conn.pragma_update(None, "synchronous", "full")?;
        conn.execute_batch(
            "create table event (code blob, terminal integer, epoch integer, seq integer, kind integer, line integer, \
             basis integer, document integer, site integer, at integer, body blob, hash blob, \
             primary key (code, terminal, epoch, seq))",
        )?;
        Ok(Self { conn })
    }

    /// Writes one batch's rows.
    pub fn write(&mut self, rows: &[Row]) -> Result<()> {
        let tx = self.conn.transaction()?;
        {
            let mut insert =
                tx.prepare_cached("insert into event values (?1, ?2, 1, ?3, 3, 7, 8, 9, 4, ?4, ?5, ?6)")?;
            for row in rows {
                insert.execute(params![row.code, row.terminal, row.seq, row.at, row.body, row.hash])?;
            }
        }
        tx.commit()?;
        Ok(())
    }
}

/// One event's row, made before the time is taken.
pub struct Row {
    code: [u8; 16],
    terminal: i64,
    seq: i64,
    at: i64,
    body: Vec<u8>,
    hash: [u8; 32],
}

/// The rows of a batch.
pub fn rows(batch: &Batch) -> Vec<Row> {
    let hashes = batch.hashes();
    let row = |(seq, (body, hash)): (u64, (&Vec<u8>, &shared::chain::Hash))| {
        let event = Event::from_body(body).ok();
        let text = event.as_ref().and_then(|event| event.act.movement()).map(|(_, movement)| movement.text.as_str());
        let code = text.and_then(|text| shared::code::parse(text).ok()).map(|code| *CodeKey::of(&code).as_bytes());
        Row {
            code: code.unwrap_or_default(),
            terminal: 1,
            seq: i64::try_from(seq).unwrap_or(i64::MAX),
            at: event.map_or(0, |event| event.at.as_ms()),
            body: body.clone(),
            hash: *hash.as_bytes(),
        }
    };
    (batch.header.first_seq..).zip(batch.bodies.iter().zip(&hashes)).map(row).collect()
}
