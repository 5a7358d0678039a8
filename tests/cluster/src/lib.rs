//! Private `PostgreSQL` servers for tests: no port, no standard folder, a Unix socket in a folder of their own.
//!
//! | to find | look in |
//! |---|---|
//! | the server that all test programs share, and servers that one test stops and starts | this file |
//! | the server's programs, and as whom they run | `programs` |
//! | who stops a server whose tests were killed | `watch` |
//!
//! A test program holds a shared file lock as long as it lives; the kernel gives it back however it ends. A watcher that gets the
//! lock for itself knows that nobody is left, stops the server and removes its folder.

mod programs;
mod watch;

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

use programs::Programs;

/// The superuser of every server here.
const USER: &str = "tallyman";

/// Settings of a server for tests. What is forgotten in a power cut is of no interest here: `fsync` is off.
const SETTINGS: &str = "listen_addresses = ''\nfsync = off\nfull_page_writes = off\nshared_buffers = 32MB\nmax_connections = 200\n\
                        max_parallel_workers_per_gather = 0\nmax_wal_size = 256MB\n";

/// Settings of a server for measurements: whoever is told "committed" finds it after a power cut.
const DURABLE: &str = "listen_addresses = ''\nfsync = on\nshared_buffers = 1GB\nmax_connections = 100\n\
                       max_parallel_workers_per_gather = 0\nmax_wal_size = 4GB\n";

/// A server of tests.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    programs: Programs,
    /// Locked as long as this program uses the server.
    #[expect(dead_code, reason = "its end tells the watcher that one user less is there")]
    using: File,
    /// Whether it ends with this value.
    is_private: bool,
    /// The port that names its socket, and that it listens on where it does.
    port: u16,
}

/// What a server proves itself with over TLS.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Its certificate, PEM.
    pub certificate: &'a str,
    /// The certificate's key, PEM.
    pub key: &'a str,
}

/// What every server has that opens no port.
const PORT: u16 = 5432;

impl Cluster {
    /// The server that all test programs of this user share; started where it does not run.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::join().map_err(|error| format!("{error:#}")));
        shared.as_ref().map_err(|why| anyhow::anyhow!("{why}"))
    }

    fn join() -> Result<Self> {
        let programs = Programs::find()?;
        let folder = std::env::temp_dir().join(format!("tallyman-pg-{}", programs.user_id));
        let using = open_lock(&folder.with_extension("users"))?;
        // Waits while a watcher stops the server.
        using.lock_shared().context("the file of the users cannot be locked")?;
        using.set_modified(now())?;
        let starting = open_lock(&folder.with_extension("lock"))?;
        starting.lock().context("the file of who starts cannot be locked")?;
        let cluster = Self { folder, programs, using, is_private: false, port: PORT };
        if !cluster.programs.is_running(&cluster.data()) {
            cluster.make_and_start(SETTINGS, None)?;
            watch::until_idle(&cluster.folder, &cluster.programs)?;
        }
        Ok(cluster)
    }

    /// A server of one test, in a folder that is given: it may be stopped and started. It ends with this value, or with the program.
    pub fn private(folder: &Path) -> Result<Self> {
        Self::alone(folder, SETTINGS, None)
    }

    /// The same, listening on a free port of 127.0.0.1, with TLS.
    pub fn with_tls(folder: &Path, identity: Identity<'_>) -> Result<Self> {
        Self::alone(folder, SETTINGS, Some(identity))
    }

    /// The same for measurements: what it commits is on the disk.
    pub fn durable(folder: &Path) -> Result<Self> {
        Self::alone(folder, DURABLE, None)
    }

    fn alone(folder: &Path, settings: &str, identity: Option<Identity<'_>>) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = folder.join("pg");
        let using = open_lock(&folder.with_extension("users"))?;
        using.lock_shared()?;
        let port = if identity.is_some() { free_port()? } else { PORT };
        let cluster = Self { folder, programs, using, is_private: true, port };
        // A folder of a test is its user's alone; the server's user must pass through it.
        cluster.programs.let_through(&cluster.folder)?;
        cluster.make_and_start(settings, identity)?;
        watch::until_unused(&cluster.folder, &cluster.programs)?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn make_and_start(&self, own: &str, identity: Option<Identity<'_>>) -> Result<()> {
        // What a killed start left is of no use.
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).with_context(|| format!("{} is in the way", self.folder.display()))?;
        }
        ensure!(self.folder.as_os_str().len() < 80, "{} is too long for a socket's name", self.folder.display());
        fs::create_dir(&self.folder)?;
        self.programs.own(&self.folder)?;
        let data = self.data();
        let data = data.to_str().context("the folder's name is no text")?;
        // The order of texts that a user would get by default is not that of bytes: what forgets `collate "C"` is found.
        let words = ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
        let locale = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
        self.programs.run("initdb", words.iter().chain(&locale))?;
        let file = self.data().join("postgresql.conf");
        let mut settings = fs::read_to_string(&file)?;
        let socket = format!("unix_socket_directories = '{}'\n", self.folder.display());
        settings.extend([own, &socket]);
        if let Some(Identity { certificate, key }) = identity {
            let port = format!("port = {}\n", self.port);
            settings.extend(["listen_addresses = '127.0.0.1'\nssl = on\n", &port]);
            for (name, text) in [("server.crt", certificate), ("server.key", key)] {
                let file = self.data().join(name);
                fs::write(&file, text)?;
                self.programs.own(&file)?;
            }
        }
        fs::write(&file, settings)?;
        self.start()
    }

    /// Starts it again after [`Cluster::stop`]; answers when it takes connections.
    pub fn start(&self) -> Result<()> {
        let (data, log) = (self.data(), self.folder.join("log"));
        let words = ["-D", path(&data)?, "-l", path(&log)?, "-w", "-t", "60", "start"];
        self.programs.run("pg_ctl", words.iter()).with_context(|| fs::read_to_string(&log).unwrap_or_default())
    }

    /// Stops it at once, as a crash would: `PostgreSQL` repairs itself at the next start.
    pub fn stop(&self) -> Result<()> {
        self.programs.run("pg_ctl", ["-D", path(&self.data())?, "-m", "immediate", "-w", "stop"].iter())
    }

    /// A new, empty database, dropped with the value.
    pub fn create(&self) -> Result<TestDatabase<'_>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name}"))?;
        Ok(TestDatabase { cluster: self, name })
    }

    /// Runs statements as an administrator would; answers rows as lines, columns between `|`.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        let mut command = self.programs.client("psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-c", sql]);
        command.args(["-p", &self.port.to_string()]);
        let output = command.arg("-h").arg(&self.folder).output().context("psql cannot be started")?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`{sql}` on {database}: {}", told.trim());
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    /// The address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user={USER}", self.folder.display())
    }

    /// The address of a database over TCP, with further parameters, where the server has TLS.
    #[must_use]
    pub fn tcp_url(&self, host: &str, database: &str, parameters: &str) -> String {
        format!("postgres://{USER}@{host}:{}/{database}?{parameters}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_private {
            // The watcher finds what this leaves.
            let _ = self.stop();
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A database of one test.
#[derive(Debug)]
pub struct TestDatabase<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl TestDatabase<'_> {
    /// Its address, for the server's configuration.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Runs statements on it as an administrator would; answers rows as lines, columns between `|`.
    pub fn sql(&self, sql: &str) -> Result<String> {
        self.cluster.sql(&self.name, sql)
    }

    /// Runs one of `PostgreSQL`'s own tools on it, such as `pg_dump`.
    pub fn tool(&self, program: &str, args: &[&str]) -> Result<()> {
        let mut command = self.cluster.programs.client(program);
        command.args(["-U", USER, "-d", &self.name]).arg("-h").arg(&self.cluster.folder).args(args);
        let output = command.output().with_context(|| format!("{program} cannot be started"))?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(())
    }
}

impl Drop for TestDatabase<'_> {
    fn drop(&mut self) {
        // A server that was stopped has nothing to drop: its folder goes as a whole.
        let _ = self.cluster.sql("postgres", &format!("drop database if exists {} with (force)", self.name));
    }
}

/// A port that nobody listens on now.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no port of 127.0.0.1 is free")?;
    Ok(listener.local_addr()?.port())
}

fn open_lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    file.with_context(|| format!("{} cannot be made", path.display()))
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no text", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "when a file was used last is asked of the system by the watcher as well"
)]
fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}
