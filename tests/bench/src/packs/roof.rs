//! The roof: what the database takes when nothing but the rows of the codes is written, in one durable transaction.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use rusqlite::params;
use shared::code::{CodeKey, PackageCode};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use crate::ingest::roof::{COPY, field};

/// One code's row, made before the time is taken.
pub(super) struct Row {
    key: [u8; 16],
    code: String,
}

impl Row {
    pub(super) fn of(code: &PackageCode) -> Self {
        Self { key: *CodeKey::of(code).as_bytes(), code: code.to_string() }
    }
}

/// Bytes of rows that one message of a COPY carries, about.
const MESSAGE_BYTES: usize = 1 << 20;

/// Writes the rows of a pack; answers how long it took, s. `url` is that of a `PostgreSQL`.
pub(super) fn write(folder: &Path, url: Option<&str>, (pack, rows): (&str, &[Row])) -> Result<f64> {
    match url {
        None => insert(folder, pack, rows),
        Some(url) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(copy(url, pack, rows))
        }
    }
}

fn insert(folder: &Path, pack: &str, rows: &[Row]) -> Result<f64> {
    let mut conn = rusqlite::Connection::open(folder.join("roof.sqlite"))?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.execute_batch(
        "create table if not exists code (code_key blob not null primary key, code text not null, pack text not null, \
         product text not null, position integer not null) strict, without rowid",
    )?;
    let start = Instant::now();
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = tx.prepare("insert into code values (?1, ?2, ?3, 'POD', 1)")?;
        for row in rows {
            insert.execute(params![row.key, row.code, pack])?;
        }
    }
    tx.commit()?;
    Ok(start.elapsed().as_secs_f64())
}

async fn copy(url: &str, pack: &str, rows: &[Row]) -> Result<f64> {
    let mut conn = PgConnection::connect(url).await?;
    conn.execute(
        "create schema if not exists roof; create table if not exists roof.code (code_key bytea primary key, code text not null, \
         pack text not null, product text not null, position int8 not null)",
    )
    .await?;
    let start = Instant::now();
    let mut tx = conn.begin().await?;
    let mut copy = tx.copy_in_raw("copy roof.code from stdin (format binary)").await?;
    let mut bytes = COPY.0.to_vec();
    for row in rows {
        bytes.extend(5_i16.to_be_bytes());
        field(&mut bytes, &row.key)?;
        field(&mut bytes, row.code.as_bytes())?;
        field(&mut bytes, pack.as_bytes())?;
        field(&mut bytes, b"POD")?;
        field(&mut bytes, &1_i64.to_be_bytes())?;
        if bytes.len() > MESSAGE_BYTES {
            copy.send(std::mem::take(&mut bytes)).await?;
        }
    }
    bytes.extend(COPY.1);
    copy.send(bytes).await?;
    copy.finish().await?;
    tx.commit().await?;
    Ok(start.elapsed().as_secs_f64())
}
