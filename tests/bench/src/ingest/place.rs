//! Where a measurement keeps its data: a new folder, and a PostgreSQL where one is asked for.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use cluster::Cluster;
use sync_server::backup::DATABASE as DATABASE_FILE;
use tempfile::TempDir;
use tests::server::Server;

use super::Backend;
use super::roof::Roof;
use super::stored::Stored;

/// The name of the database in a PostgreSQL that was started for the measurement.
const DATABASE: &str = "bench";

/// And of the one beside it, where only statements are measured.
const BESIDE: &str = "stored";

/// Where a measurement keeps its data.
#[derive(Args, Clone, Debug)]
pub struct Data {
    /// Which database.
    #[arg(long, value_enum, default_value_t = Backend::Sqlite)]
    pub backend: Backend,
    /// An empty database of a PostgreSQL that runs, on a Unix socket; without it one is started for the measurement.
    #[arg(long, value_name = "URL")]
    pub postgres: Option<String>,
    /// Where server and roof keep their data: a new folder in it is used and removed. A disk, not memory.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// The place of one measurement, removed with it.
pub(crate) struct Place {
    pub(crate) url: Option<String>,
    /// An empty database beside the server's; none in a PostgreSQL of somebody else.
    beside: Option<String>,
    // Stopped before its folder goes.
    #[expect(dead_code, reason = "lives as long as the measurement")]
    cluster: Option<Cluster>,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(data: &Data) -> Result<Self> {
        let folder = match &data.folder {
            Some(folder) => TempDir::with_prefix_in("bench-ingest-", folder)?,
            None => TempDir::with_prefix("bench-ingest-")?,
        };
        let (url, beside, cluster) = match (data.backend, &data.postgres) {
            (Backend::Sqlite, _) => (None, None, None),
            (Backend::Postgres, Some(url)) => (Some(url.clone()), None, None),
            (Backend::Postgres, None) => {
                let cluster = Cluster::durable(folder.path())?;
                for name in [DATABASE, BESIDE] {
                    cluster.sql("postgres", &format!("create database {name}"))?;
                }
                (Some(cluster.url(DATABASE)), Some(cluster.url(BESIDE)), Some(cluster))
            }
        };
        Ok(Self { url, beside, cluster, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server's configuration says of its database; one terminal may ask as often as it can.
    pub(crate) fn settings(&self) -> String {
        let database = self.url.as_ref().map(|url| format!("database = \"{url}\"\n")).unwrap_or_default();
        format!("{database}[requests]\nterminal_per_minute = 0\n")
    }

    /// A ledger beside the server's, for its statements alone.
    pub(super) fn stored(&self) -> Result<Option<Stored>> {
        match (&self.url, &self.beside) {
            (None, _) => Stored::in_a_file(&self.folder().join("stored.sqlite")).map(Some),
            (Some(_), beside) => beside.as_deref().map(Stored::in_a_database).transpose(),
        }
    }

    /// The server's own ledger, to be filled while the server has nothing to do.
    pub(super) fn servers(&self, server: &Server) -> Result<Stored> {
        match &self.url {
            None => Stored::in_a_file(&server.data().join(DATABASE_FILE)),
            Some(url) => Stored::in_a_database(url),
        }
    }

    /// A connection to the rows alone.
    pub(super) fn roof(&self) -> Result<Roof> {
        self.url.as_deref().map_or_else(|| Roof::sqlite(self.folder()), Roof::postgres)
    }
}
