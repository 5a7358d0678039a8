//! That one server alone serves a database. The right is a lock of the database's own, or of a file beside it, which ends with the
//! process that holds it; a server whose lock was lost writes nothing before it has it again.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use sqlx::{AnyConnection, AnyPool, Connection, Row};
use tokio::sync::Mutex;

use super::{Database, Store, StoreError};

/// `TALLYMAN`: the advisory lock of who serves.
const SERVING_LOCK: i64 = 0x5441_4C4C_594D_414E;

/// How long a session is waited for that may have ended, or that is being opened.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The right to serve a database: as long as it is kept, nobody else gets it. It ends with the process, however that ends.
#[derive(Debug)]
pub struct Serving(#[expect(dead_code, reason = "its end gives the lock back")] Right);

#[derive(Debug)]
enum Right {
    File(#[expect(dead_code, reason = "its end gives the lock back")] File),
    Session(#[expect(dead_code, reason = "its end gives the lock back")] Arc<Held>),
}

/// Where a store looks whether it serves: nowhere in a command, which writes beside a server.
pub(super) type Post = Arc<RwLock<Weak<Held>>>;

/// The session of the database that keeps the lock, and with it the lock.
#[derive(Debug)]
pub(super) struct Held {
    session: Mutex<Session>,
    /// What was found the last time: for those who only want to know.
    is_held: AtomicBool,
}

#[derive(Debug)]
struct Session {
    conn: Option<AnyConnection>,
    /// How the database calls the newest one, also after it was lost: process and its beginning.
    name: (i32, String),
}

impl Store {
    /// Takes the right to serve this database. Commands may work beside a server, a second server may not.
    pub async fn serve_alone(&self) -> Result<Serving, StoreError> {
        let served = || StoreError::Served { database: self.shown.to_string() };
        if let Some(file) = &self.file {
            return lock_file(file)?.map(|file| Serving(Right::File(file))).ok_or_else(served);
        }
        let (conn, name) = take(&self.pool, None).await?.ok_or_else(served)?;
        let session = Mutex::new(Session { conn: Some(conn), name });
        let held = Arc::new(Held { session, is_held: AtomicBool::new(true) });
        *self.post.write().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&held);
        Ok(Serving(Right::Session(held)))
    }

    /// Whether a server still has its right to serve; takes it again where it was lost. A command needs none.
    pub async fn confirm_serving(&self) -> Result<(), StoreError> {
        let Some(held) = self.held() else { return Ok(()) };
        let mut session = held.session.lock().await;
        if let Some(conn) = &mut session.conn {
            if matches!(tokio::time::timeout(ANSWER_TIMEOUT, conn.ping()).await, Ok(Ok(()))) {
                return Ok(());
            }
            session.conn = None;
            held.is_held.store(false, Ordering::Relaxed);
            tracing::error!(
                "the right to serve was lost with its session; nothing is written before it is taken again"
            );
        }
        let Some((conn, name)) = take(&self.pool, Some(&session.name)).await? else {
            return Err(StoreError::Displaced { database: self.shown.to_string() });
        };
        *session = Session { conn: Some(conn), name };
        held.is_held.store(true, Ordering::Relaxed);
        tracing::warn!("the right to serve was taken again; this server goes on");
        Ok(())
    }

    /// Whether this store may write, as far as was seen: false in a server that lost its right and has not taken it again.
    #[must_use]
    pub fn has_right_to_serve(&self) -> bool {
        self.held().is_none_or(|held| held.is_held.load(Ordering::Relaxed))
    }

    fn held(&self) -> Option<Arc<Held>> {
        debug_assert!(
            self.database == Database::Postgres || self.post.read().is_ok_and(|post| post.upgrade().is_none())
        );
        self.post.read().unwrap_or_else(PoisonError::into_inner).upgrade()
    }
}

/// A session with the lock, and its name; nothing where somebody else has it.
async fn take(
    pool: &AnyPool,
    former: Option<&(i32, String)>,
) -> Result<Option<(AnyConnection, (i32, String))>, StoreError> {
    let taking = async {
        // Not one of the pool's: writers that wait for each other may have them all.
        let mut conn = AnyConnection::connect_with(&pool.connect_options()).await?;
        if let Some(former) = former {
            end_former(&mut conn, former).await?;
        }
        let sql = "select pg_try_advisory_lock($1) as free, pg_backend_pid() as process, \
                   cast(extract(epoch from backend_start) as text) as began \
                   from pg_stat_activity where pid = pg_backend_pid()";
        let row = sqlx::query(sql).bind(SERVING_LOCK).fetch_one(&mut conn).await?;
        let name = (row.try_get("process")?, row.try_get("began")?);
        Ok(row.try_get::<bool, _>("free")?.then_some((conn, name)))
    };
    let late = |_| StoreError::Sql(sqlx::Error::PoolTimedOut);
    tokio::time::timeout(ANSWER_TIMEOUT, taking).await.map_err(late)?
}

/// Behind a network that was cut the database may believe for hours that our former session lives: it is ended, and waited for.
async fn end_former(conn: &mut AnyConnection, (process, began): &(i32, String)) -> Result<(), StoreError> {
    let theirs = "from pg_stat_activity where pid = $1 and cast(extract(epoch from backend_start) as text) = $2";
    let end = format!("select pg_terminate_backend(pid) as ended {theirs}");
    if sqlx::query(sqlx::AssertSqlSafe(end)).bind(process).bind(began).fetch_optional(&mut *conn).await?.is_none() {
        return Ok(());
    }
    let is_there = format!("select 1 as there {theirs}");
    for _ in 0..100 {
        let there = sqlx::query(sqlx::AssertSqlSafe(is_there.clone())).bind(process).bind(began);
        if there.fetch_optional(&mut *conn).await?.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// The lock beside a database file; nothing where another process has it.
fn lock_file(database: &Path) -> Result<Option<File>, StoreError> {
    let mut name = OsString::from(database);
    name.push(".serving");
    let unlockable =
        |source| StoreError::Open { path: Path::new(&name).display().to_string(), source: sqlx::Error::Io(source) };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name).map_err(unlockable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(unlockable(source)),
    }
}

#[cfg(test)]
mod tests {
    use cluster::Cluster;
    use uuid::Uuid;

    use super::*;
    use crate::store::{DatabaseSettings, DatabaseUrl};

    #[tokio::test]
    async fn a_former_session_that_the_database_believes_alive_is_ended() {
        let database = Cluster::shared().unwrap().create().unwrap();
        let settings = DatabaseSettings::Postgres(DatabaseUrl::new(database.url()));
        let store = Store::connect(&settings, Uuid::from_u128(7)).await.unwrap();
        let _serving = store.serve_alone().await.unwrap();
        // As after a cut network: nobody here has it any more, and there it goes on.
        let cut = store.held().unwrap().session.lock().await.conn.take();
        store.confirm_serving().await.unwrap();
        assert!(store.has_right_to_serve());
        assert!(cut.unwrap().ping().await.is_err());
        let second = Store::connect(&settings, Uuid::from_u128(7)).await.unwrap();
        assert!(matches!(second.serve_alone().await, Err(StoreError::Served { .. })));
    }
}
