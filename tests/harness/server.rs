//! A real server: its own process, its own folder, TLS on loopback.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::{program, succeed};

/// What `serve` says when it is ready.
#[derive(Clone, Debug, Deserialize)]
pub struct Ready {
    /// Where terminals connect.
    pub terminal: String,
    /// The console.
    pub web: String,
    /// PEM file of its CA.
    pub ca: PathBuf,
    /// Key of its acknowledgements.
    pub server_key: String,
}

/// A running server; stopped when dropped.
pub struct Server {
    config: PathBuf,
    process: Option<Child>,
    /// Its addresses and keys.
    pub ready: Ready,
}

impl Server {
    /// Starts a server on free ports, with its data in `folder`.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, "")
    }

    /// The same, with further settings at the end of its configuration.
    pub fn start_with(folder: &Path, settings: &str) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let config = folder.join("server.toml");
        let text = "revised_rules_from = \"never\"\ndata = \"data\"\nterminal_listen = \"127.0.0.1:0\"\nweb_listen = \"127.0.0.1:0\"\n";
        std::fs::write(&config, format!("{text}{settings}"))?;
        let (process, ready) = serve(&config)?;
        Ok(Self { config, process: Some(process), ready })
    }

    /// Its folder for keys and database.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.config.with_file_name("data")
    }

    /// What it logged so far.
    pub fn log(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.config.with_file_name("server.log"))?)
    }

    /// Kills it and starts it again on the same ports, with `settings` added to its configuration.
    pub fn restart(&mut self, settings: &str) -> Result<()> {
        self.kill();
        let text = std::fs::read_to_string(&self.config)?;
        let port = |address: &str| address.trim_start_matches("https://").to_owned();
        let text = text.replace(
            "terminal_listen = \"127.0.0.1:0\"",
            &format!("terminal_listen = \"{}\"", port(&self.ready.terminal)),
        );
        std::fs::write(&self.config, format!("{text}{settings}"))?;
        let (process, ready) = serve(&self.config)?;
        (self.process, self.ready) = (Some(process), ready);
        Ok(())
    }

    /// Ends the process; commands on its data still work.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Killed rather than asked: the ledger must stand that, and every demo tries it.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// From now on no file of the running server may grow beyond so many bytes, as if its disk were full; none: as it was.
    pub fn limit_files(&self, bytes: Option<u64>) -> Result<()> {
        let process = self.process.as_ref().context("the server does not run")?;
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        succeed(Command::new("prlimit").args(["--pid", &process.id().to_string(), &format!("--fsize={limit}:")]))
            .map(drop)
    }

    /// Its process, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// The port that terminals' cables lead to.
    pub fn socket(&self) -> Result<SocketAddr> {
        let address = self.ready.terminal.trim_start_matches("https://");
        address.parse().with_context(|| format!("`{address}` is no address"))
    }

    /// A command on its data, as an administrator would type it.
    pub fn command<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(&self, args: I) -> Result<Command> {
        let mut command = Command::new(program("sync-server")?);
        command.arg("--config").arg(&self.config).args(args);
        Ok(command)
    }

    /// Runs a command that must succeed; answers its stdout.
    pub fn run<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(&self, args: I) -> Result<String> {
        succeed(&mut self.command(args)?)
    }

    /// Runs a command that prints a JSON object a line.
    pub fn lines<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(&self, args: I) -> Result<Vec<Value>> {
        let text = self.run(args)?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))).collect()
    }

    /// Waits until the process ends by itself (it is stopped by a signal).
    pub fn wait(&mut self) -> Result<()> {
        if let Some(process) = &mut self.process {
            process.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(config: &Path) -> Result<(Child, Ready)> {
    // A file that may not grow is an error like a full disk's, not the end of the process.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program("sync-server")?);
    command.arg("--config").arg(config).arg("serve").env("RUST_LOG", "warn").stdin(Stdio::null());
    let log = config.with_file_name("server.log");
    let log = std::fs::OpenOptions::new().create(true).append(true).open(&log).context("no log file for the server")?;
    let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().context("the server cannot be started")?;
    let stdout = process.stdout.take().context("the server has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let ready = serde_json::from_str(&line).with_context(|| {
        let log = std::fs::read_to_string(config.with_file_name("server.log")).unwrap_or_default();
        format!("the server did not become ready: {line}{log}")
    })?;
    Ok((process, ready))
}
