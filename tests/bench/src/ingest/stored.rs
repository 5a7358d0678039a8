//! The server's own statements without its rules: batches are read, checked and stored, and nothing is judged or answered.
//!
//! Beside the rows alone and everything, this tells what keeping a signed batch costs and what judging it costs. The same fills a ledger
//! before a measurement: what is stored so is what ingest stores (`loaded::what_is_loaded_is_what_ingest_stores`).

use std::path::Path;

use anyhow::{Context, Result};
use ring::signature::Ed25519KeyPair;
use shared::time::Timestamp;
use sync_server::ingest::{Judging, Received, push_group};
use sync_server::reconcile::Known;
use sync_server::store::terminal::Terminal;
use sync_server::store::{DatabaseSettings, DatabaseUrl, Store, terminal};
use sync_server::unfold;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::stream::Ready;

/// A ledger that is written by this process.
pub struct Stored {
    store: Store,
    runtime: Runtime,
    key: Ed25519KeyPair,
    known: Known,
}

impl Stored {
    /// A database of its own, in a file.
    pub fn in_a_file(path: &Path) -> Result<Self> {
        Self::new(&DatabaseSettings::Sqlite(path.to_owned()))
    }

    /// An empty database, or a server's while it has nothing to do.
    pub fn in_a_database(url: &str) -> Result<Self> {
        Self::new(&DatabaseSettings::Postgres(DatabaseUrl::new(url)))
    }

    fn new(settings: &DatabaseSettings) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let store = runtime.block_on(Store::connect(settings, Uuid::from_u128(7)))?;
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).ok().context("a key of 32 bytes")?;
        Ok(Self { store, runtime, key, known: Known::default() })
    }

    /// Enrols a terminal, as the server knows it.
    pub fn enrol(&self, terminal: &Terminal) -> Result<()> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            terminal::put(&mut tx, terminal).await?;
            Ok(tx.commit().await?)
        })
    }

    /// Stores batches with one commit.
    pub fn store(&mut self, ready: &[Ready], now: Timestamp) -> Result<()> {
        let read =
            |ready: &Ready| anyhow::Ok(Received::new(unfold::read(&ready.compressed)?, ready.compressed.clone()));
        let group = ready.iter().map(read).collect::<Result<Vec<_>>>()?;
        let pushed = push_group(&self.store, &self.key, &group, (now, Judging::Later), &mut self.known);
        for answer in self.runtime.block_on(pushed) {
            answer.context("a batch was not stored")?;
        }
        Ok(())
    }

    /// Takes the note off what was stored that it waits to be judged: a measurement begins with a server that has nothing to do.
    pub fn leave_unjudged(&self) -> Result<()> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            sqlx::query("delete from unjudged").execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
    }
}
