//! A real terminal: the app's own commands on its own store, one process a command.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::network::Cable;
use crate::server::Server;
use crate::{program, said, succeed};

/// One handheld and its cable.
pub struct Terminal {
    config: PathBuf,
    /// Its identity.
    pub id: String,
    /// Its way to the server.
    pub cable: Cable,
}

/// One task as the command line names it.
#[derive(Clone, Copy, Debug)]
pub struct TaskArgs<'a> {
    /// outbound, inbound, sort or receipt.
    pub stage: &'a str,
    /// Contract or order.
    pub basis: &'a str,
    /// Shipping document.
    pub document: &'a str,
}

impl Terminal {
    /// Makes a terminal and enrols it as people do: invited, asked, compared, approved. It gets a certificate.
    pub fn enrol(server: &Server, folder: &Path, member: &str, site: &str, name: &str) -> Result<Self> {
        let cable = Cable::to(server.socket()?)?;
        let text = invite(server, &cable, &["--member", member, "--site", site, "--name", name])?;
        let config = folder.join("terminal.toml");
        let id = enrol(server, &config, &text)?;
        // Nobody signs in here; what is scanned still has a name.
        let made = std::fs::read_to_string(&config)?;
        std::fs::write(&config, format!("operator = \"1024\"\n{made}"))?;
        Ok(Self { config, id, cable })
    }

    /// Enrols it again, by an invitation for just this device.
    pub fn enrol_again(&self, server: &Server, member: &str, site: &str, name: &str) -> Result<()> {
        let wanted = ["--member", member, "--site", site, "--name", name, "--terminal", &self.id];
        let text = invite(server, &self.cable, &wanted)?;
        let id = enrol(server, &self.config, &text)?;
        ensure!(id == self.id, "the terminal became another one");
        Ok(())
    }

    /// Makes a terminal and enrols it by its key alone, as before there were certificates.
    pub fn enrol_by_key(server: &Server, folder: &Path, member: &str, site: &str, name: &str) -> Result<Self> {
        let cable = Cable::to(server.socket()?)?;
        let config = folder.join("terminal.toml");
        let mut init = Command::new(program("scanner-app")?);
        init.arg("init").arg("--config").arg(&config).args(["--member", member, "--site", site, "--operator", "1024"]);
        init.args(["--server", &cable.address(), "--server-key", &server.ready.server_key]);
        let made: Value = serde_json::from_str(&succeed(init.arg("--ca").arg(&server.ready.ca))?)?;
        let text = |name: &str| made[name].as_str().map(str::to_owned).context("init printed no identity");
        let (id, key) = (text("terminal")?, text("public_key")?);
        let add =
            ["terminals", "add", "--terminal", &id, "--key", &key, "--member", member, "--site", site, "--name", name];
        server.run(add)?;
        Ok(Self { config, id, cable })
    }

    /// A copy of all that this terminal has, key and mark included, at work under the same name behind a cable of its own.
    pub fn twin(&self, server: &Server, folder: &Path) -> Result<Self> {
        copy_folder(self.config.parent().context("a configuration without a folder")?, folder)?;
        let cable = Cable::to(server.socket()?)?;
        let config = folder.join(self.config.file_name().context("a configuration without a name")?);
        let text = std::fs::read_to_string(&config)?.replace(&self.cable.address(), &cable.address());
        std::fs::write(&config, text)?;
        Ok(Self { config, id: self.id.clone(), cable })
    }

    /// Writes thresholds of its sender into its configuration, such as `retry_ms_max = 500`.
    pub fn set_sync_policy(&self, lines: &str) -> Result<()> {
        let text = std::fs::read_to_string(&self.config)?;
        let kept = text.split("\n[sync]").next().unwrap_or_default();
        Ok(std::fs::write(&self.config, format!("{kept}\n[sync]\n{lines}\n"))?)
    }

    /// Scans label texts as a hand scanner types them, a line each, without a picture. Answers the summary.
    pub fn type_labels(&self, task: TaskArgs<'_>, labels: &[String], close: Option<&str>) -> Result<Value> {
        let mut command = self.command("scan")?;
        command.args(["--task", task.stage, "--basis", task.basis, "--document", task.document, "--json"]);
        command.args(["--source", "wedge:-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(close) = close {
            command.args(["--close", close]);
        }
        let mut process = command.spawn().context("the scan cannot be started")?;
        let mut stdin = process.stdin.take().context("a process without stdin")?;
        let lines = labels.iter().fold(String::new(), |text, label| text + label + "\n");
        let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let mut told = json_lines(&process.wait_with_output()?)?;
        feed.join().map_err(|_| anyhow::anyhow!("the hand scanner's thread panicked"))??;
        told.pop().context("a scan without a summary")
    }

    /// Its configuration file.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// A command on its store.
    pub fn command(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(program("scanner-app")?);
        command.arg(name).arg("--config").arg(&self.config).stdin(Stdio::null());
        Ok(command)
    }

    /// Sends and fetches; must succeed.
    pub fn sync(&self) -> Result<Value> {
        let text = succeed(self.command("sync")?.args(["--once", "--json"]))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Sends and fetches; must fail. Answers what it said.
    pub fn sync_fails(&self) -> Result<String> {
        let output = self.command("sync")?.args(["--once", "--json"]).output()?;
        ensure!(!output.status.success(), "the terminal synced over a cut network: {}", said(&output));
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Scans a folder of frames to its end. Answers the confirmed scans, then the summary.
    pub fn scan(&self, task: TaskArgs<'_>, frames: &Path, close: Option<&str>) -> Result<(Vec<Value>, Value)> {
        let mut command = self.scan_command(task, frames)?;
        if let Some(close) = close {
            command.args(["--close", close]);
        }
        let mut lines = json_lines(&command.output()?)?;
        let summary = lines.pop().context("a scan without a summary")?;
        Ok((lines, summary))
    }

    /// Scans a folder of frames and is killed (SIGKILL) once it has confirmed `after` scans. Answers what it had confirmed.
    pub fn scan_and_kill(&self, task: TaskArgs<'_>, frames: &Path, after: usize) -> Result<Vec<Value>> {
        let mut command = self.scan_command(task, frames)?;
        let mut process = command.args(["--frame-delay-ms", "60"]).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("a process without stdout")?;
        let mut confirmed = Vec::new();
        let mut lines = BufReader::new(stdout).lines();
        while confirmed.len() < after {
            let line = lines.next().context("the scan ended before it could be killed")??;
            confirmed.push(serde_json::from_str(&line)?);
        }
        process.kill()?;
        process.wait()?;
        // What it printed before it died was confirmed as well; a line cut short was not.
        confirmed.extend(lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()));
        Ok(confirmed)
    }

    /// Events on the terminal, after checking its chain.
    pub fn verified_events(&self) -> Result<u64> {
        let verified: Value = serde_json::from_str(&succeed(&mut self.command("verify-log")?)?)?;
        verified["events"].as_u64().context("verify-log names no number")
    }

    fn scan_command(&self, task: TaskArgs<'_>, frames: &Path) -> Result<Command> {
        let mut command = self.command("scan")?;
        command.args(["--task", task.stage, "--basis", task.basis, "--document", task.document, "--json", "--source"]);
        command.arg(format!("images:{}", frames.display()));
        Ok(command)
    }
}

/// An invitation whose address is the terminal's end of the cable.
pub fn invite(server: &Server, cable: &Cable, wanted: &[&str]) -> Result<String> {
    let address = cable.address();
    let args = ["terminals", "invite", "--json", "--address", &address];
    let made = server.lines(args.iter().chain(wanted))?;
    made.first().and_then(|made| made["text"].as_str()).map(str::to_owned).context("no invitation was printed")
}

/// Enrols with an invitation: reads the code from the terminal's screen and approves just that. Answers the terminal's identity.
pub fn enrol(server: &Server, config: &Path, invitation: &str) -> Result<String> {
    let mut command = Command::new(program("scanner-app")?);
    command.arg("enrol").arg("--config").arg(config).args(["--json", invitation]).stdin(Stdio::null());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdout = process.stdout.take().context("a process without stdout")?;
    let mut lines = BufReader::new(stdout).lines();
    let first = lines.next().transpose()?;
    let Some(first) = first else { anyhow::bail!("the enrolment failed: {}", said(&process.wait_with_output()?)) };
    let shown: Value = serde_json::from_str(&first)?;
    let text = |name: &str| shown[name].as_str().map(str::to_owned).context("enrol showed no code");
    let (id, code) = (text("terminal")?, text("check_code")?);
    server.run(["terminals", "approve", &id, "--code", &code])?;
    // The terminal goes on talking to whoever reads: until its end.
    lines.by_ref().for_each(drop);
    let output = process.wait_with_output()?;
    ensure!(output.status.success(), "the enrolment failed: {}", said(&output));
    Ok(id)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn json_lines(output: &Output) -> Result<Vec<Value>> {
    ensure!(output.status.success(), "a scan failed: {}", said(output));
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))).collect()
}
