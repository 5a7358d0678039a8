//! The roof: what the database takes when nothing but the event rows is written, their bodies with them, durably, one transaction a
//! batch.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::params;
use shared::code::CodeKey;
use shared::event::Event;
use shared::wire::Batch;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::runtime::Runtime;

/// One connection that writes nothing but rows.
pub enum Roof {
    /// Rows of a table with a rowid and an index of its key, as `SQLite` does it best by prepared inserts.
    Sqlite(rusqlite::Connection),
    /// Binary COPY into a table with its primary key, as PostgreSQL does it best.
    Postgres(Box<PgConnection>, Runtime),
}

/// Longest wait for another connection's write.
const PATIENCE: Duration = Duration::from_secs(20);

impl Roof {
    /// A connection to a database beside the server's; the first makes it.
    pub fn sqlite(folder: &Path) -> Result<Self> {
        let conn = rusqlite::Connection::open(folder.join("roof.sqlite"))?;
        conn.pragma_update(None, "journal_mode", "wal")?;
        conn.pragma_update(None, "synchronous", "full")?;
        conn.busy_timeout(PATIENCE)?;
        conn.execute_batch(
            "create table if not exists event (code blob, terminal integer, epoch integer, seq integer, kind integer, line integer, \
             basis integer, document integer, site integer, at integer, body blob, hash blob, \
             primary key (code, terminal, epoch, seq))",
        )?;
        Ok(Self::Sqlite(conn))
    }

    /// The same in a schema of its own in the server's database.
    pub fn postgres(url: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let conn = runtime.block_on(async {
            let mut conn = PgConnection::connect(url).await?;
            conn.execute(
                "create schema if not exists roof; \
                 create table if not exists roof.event (code uuid, terminal int4, epoch int2, seq int8, kind int2, line int4, \
                 basis int4, document int8, site int4, at int8, body bytea, hash bytea, primary key (code, terminal, epoch, seq))",
            )
            .await?;
            anyhow::Ok(conn)
        })?;
        Ok(Self::Postgres(Box::new(conn), runtime))
    }

    /// Writes one batch's rows.
    pub fn write(&mut self, rows: &[Row]) -> Result<()> {
        match self {
            Self::Sqlite(conn) => insert(conn, rows),
            Self::Postgres(conn, runtime) => runtime.block_on(copy(conn, rows)),
        }
    }
}

fn insert(conn: &mut rusqlite::Connection, rows: &[Row]) -> Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = tx.prepare_cached("insert into event values (?1, ?2, 1, ?3, 3, 7, 8, 9, 4, ?4, ?5, ?6)")?;
        for row in rows {
            insert.execute(params![row.code, row.terminal, row.seq, row.at, row.body, row.hash])?;
        }
    }
    tx.commit()?;
    Ok(())
}

/// The header of a binary COPY, and its end.
pub(crate) const COPY: (&[u8], &[u8]) = (b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", &[0xff, 0xff]);

async fn copy(conn: &mut PgConnection, rows: &[Row]) -> Result<()> {
    let mut bytes = COPY.0.to_vec();
    for row in rows {
        bytes.extend(12_i16.to_be_bytes());
        field(&mut bytes, &row.code)?;
        field(&mut bytes, &row.terminal.to_be_bytes())?;
        field(&mut bytes, &1_i16.to_be_bytes())?;
        field(&mut bytes, &row.seq.to_be_bytes())?;
        field(&mut bytes, &3_i16.to_be_bytes())?;
        field(&mut bytes, &7_i32.to_be_bytes())?;
        field(&mut bytes, &8_i32.to_be_bytes())?;
        field(&mut bytes, &9_i64.to_be_bytes())?;
        field(&mut bytes, &4_i32.to_be_bytes())?;
        field(&mut bytes, &row.at.to_be_bytes())?;
        field(&mut bytes, &row.body)?;
        field(&mut bytes, &row.hash)?;
    }
    bytes.extend(COPY.1);
    let mut tx = conn.begin().await?;
    let mut copy = tx.copy_in_raw("copy roof.event from stdin (format binary)").await?;
    copy.send(bytes).await?;
    copy.finish().await?;
    tx.commit().await?;
    Ok(())
}

/// One field of a row of a binary COPY.
pub(crate) fn field(bytes: &mut Vec<u8>, value: &[u8]) -> Result<()> {
    bytes.extend(i32::try_from(value.len()).context("a field of 2 GB")?.to_be_bytes());
    bytes.extend(value);
    Ok(())
}

/// One event's row, made before the time is taken.
pub struct Row {
    code: [u8; 16],
    terminal: i32,
    seq: i64,
    at: i64,
    body: Vec<u8>,
    hash: [u8; 32],
}

/// The rows of a batch of the terminal with this number.
pub fn rows(batch: &Batch, terminal: u8) -> Vec<Row> {
    let hashes = batch.hashes();
    let row = |(seq, (body, hash)): (u64, (&Vec<u8>, &shared::chain::Hash))| {
        let event = Event::from_body(body).ok();
        let text = event.as_ref().and_then(|event| event.act.movement()).map(|(_, movement)| movement.text.as_str());
        let code = text.and_then(|text| shared::code::parse(text).ok()).map(|code| *CodeKey::of(&code).as_bytes());
        Row {
            code: code.unwrap_or_default(),
            terminal: terminal.into(),
            seq: i64::try_from(seq).unwrap_or(i64::MAX),
            at: event.map_or(0, |event| event.at.as_ms()),
            body: body.clone(),
            hash: *hash.as_bytes(),
        }
    };
    (batch.header.first_seq..).zip(batch.bodies.iter().zip(&hashes)).map(row).collect()
}
