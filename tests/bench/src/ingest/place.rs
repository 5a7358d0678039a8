//! Where a measurement keeps its data: a new folder, and a PostgreSQL where one is asked for.

use std::path::Path;

use anyhow::Result;
use cluster::Cluster;
use tempfile::TempDir;

use super::roof::Roof;
use super::{Backend, Options};

/// The name of the database in a PostgreSQL that was started for the measurement.
const DATABASE: &str = "bench";

/// The place of one measurement, removed with it.
pub(crate) struct Place {
    pub(crate) url: Option<String>,
    // Stopped before its folder goes.
    #[expect(dead_code, reason = "lives as long as the measurement")]
    cluster: Option<Cluster>,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let folder = match &options.folder {
            Some(folder) => TempDir::with_prefix_in("bench-ingest-", folder)?,
            None => TempDir::with_prefix("bench-ingest-")?,
        };
        let (url, cluster) = match (options.backend, &options.postgres) {
            (Backend::Sqlite, _) => (None, None),
            (Backend::Postgres, Some(url)) => (Some(url.clone()), None),
            (Backend::Postgres, None) => {
                let cluster = Cluster::durable(folder.path())?;
                cluster.sql("postgres", &format!("create database {DATABASE}"))?;
                (Some(cluster.url(DATABASE)), Some(cluster))
            }
        };
        Ok(Self { url, cluster, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server's configuration says of its database.
    pub(crate) fn settings(&self) -> String {
        let database = self.url.as_ref().map(|url| format!("database = \"{url}\"\n"));
        database.unwrap_or_default()
    }

    /// A connection to the rows alone.
    pub(super) fn roof(&self) -> Result<Roof> {
        self.url.as_deref().map_or_else(|| Roof::sqlite(self.folder()), Roof::postgres)
    }
}
