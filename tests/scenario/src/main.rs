//! `scenario PATH…`: plays scenario files and tells what came out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use scenario::Outcome;

/// Plays scenario files: histories as text, with what must be found in them.
#[derive(Parser)]
#[command(name = "scenario", version)]
struct Args {
    /// What plays them.
    #[arg(long, value_enum, default_value_t = Backend::All)]
    backend: Backend,
    /// One line of JSON for each file and backend.
    #[arg(long)]
    json: bool,
    /// Files, or folders of `.txt` files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    /// The pure rules.
    Pure,
    /// The terminal's own sessions on stores of their own.
    Terminal,
    /// A real ledger in a file.
    Sqlite,
    /// A real ledger in a `PostgreSQL` server of its own.
    Postgres,
    /// Both ledgers, which must hold the same at the end, whatever the file expects.
    Ledgers,
    /// The rules, the terminal's sessions and both ledgers, as far as this program has them.
    All,
}

/// A backend's name and what plays a text by it.
type Player = (&'static str, fn(&str) -> Outcome);

const PURE: Player = ("pure", scenario::pure::play);
#[cfg(feature = "terminal")]
const TERMINAL: Option<Player> = Some(("terminal", scenario::sessions::play));
#[cfg(not(feature = "terminal"))]
const TERMINAL: Option<Player> = None;

#[cfg(feature = "ledgers")]
const LEDGERS: Option<[Player; 3]> = Some([
    ("sqlite", scenario::ledgers::on_sqlite),
    ("postgres", scenario::ledgers::on_postgres),
    ("ledgers", scenario::ledgers::on_both),
]);
#[cfg(not(feature = "ledgers"))]
const LEDGERS: Option<[Player; 3]> = None;

impl Backend {
    fn players(self) -> Result<Vec<Player>, String> {
        match self {
            Self::Pure => Ok(vec![PURE]),
            Self::Terminal => TERMINAL.map(|player| vec![player]).ok_or_else(|| {
                "this program was built without the terminal's sessions; `cargo xtask scenario --backend terminal` builds it with them"
                    .to_owned()
            }),
            Self::Sqlite | Self::Postgres | Self::Ledgers => {
                let [file, database, both] = LEDGERS.ok_or_else(|| {
                    "this program was built without ledgers; `cargo xtask scenario --backend ledgers` builds it with them"
                        .to_owned()
                })?;
                Ok(match self {
                    Self::Sqlite => vec![file],
                    Self::Postgres => vec![database],
                    _ => vec![both],
                })
            }
            Self::All => Ok([Some(PURE), TERMINAL, LEDGERS.map(|[_, _, both]| both)].into_iter().flatten().collect()),
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let found = args.backend.players().and_then(|players| Ok((players, files(&args.paths)?)));
    let (players, files) = match found {
        Ok(found) => found,
        Err(why) => {
            eprintln!("scenario: {why}");
            return ExitCode::from(2);
        }
    };
    let plays: Vec<(&Path, Player)> =
        files.iter().flat_map(|file| players.iter().map(|player| (file.as_path(), *player))).collect();
    let mut faults = 0;
    // A few at a time on every core, told in their order.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for some in plays.chunks(8 * cores) {
        let outcomes = play_all(some, cores);
        faults += outcomes.iter().filter(|outcome| !outcome.ok).count();
        if outcomes.iter().try_for_each(|outcome| tell(outcome, args.json)).is_err() {
            // The reader has gone: nothing more to tell.
            break;
        }
    }
    eprintln!(
        "{} files by {}, {faults} with faults",
        files.len(),
        players.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" and ")
    );
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn play_all(plays: &[(&Path, Player)], cores: usize) -> Vec<Outcome> {
    std::thread::scope(|scope| {
        let share = plays.len().div_ceil(cores).max(1);
        let play_share =
            |share: &[(&Path, Player)]| share.iter().map(|(file, player)| play(file, *player)).collect::<Vec<_>>();
        let threads: Vec<_> =
            plays.chunks(share).map(|share| (share, scope.spawn(move || play_share(share)))).collect();
        let joined = threads.into_iter().flat_map(|(share, thread)| thread.join().unwrap_or_else(|_| panicked(share)));
        joined.collect()
    })
}

/// A player that panics is a fault of every file that it had: none is passed over.
fn panicked(share: &[(&Path, Player)]) -> Vec<Outcome> {
    let error = "the player broke down on one of the files that it had; its own words are above".to_owned();
    let outcome = |(file, (backend, _)): &(&Path, Player)| Outcome {
        path: file.display().to_string(),
        backend: (*backend).to_owned(),
        error: Some(error.clone()),
        ..Outcome::default()
    };
    share.iter().map(outcome).collect()
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            within(path, &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(format!("there is no file {}", path.display()));
        }
    }
    files.sort();
    if files.is_empty() { Err("there is no scenario file (.txt) there".to_owned()) } else { Ok(files) }
}

/// Every `.txt` file in a folder and the folders in it.
fn within(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|why| format!("{} cannot be read: {why}", folder.display()))?;
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            within(&path, files)?;
        } else if path.extension().is_some_and(|ext| ext == "txt") {
            files.push(path);
        }
    }
    Ok(())
}

fn play(file: &Path, (backend, player): Player) -> Outcome {
    let mut outcome = match std::fs::read_to_string(file) {
        Ok(text) => player(&text),
        Err(why) => Outcome { error: Some(format!("cannot be read: {why}")), ..Outcome::default() },
    };
    outcome.path = file.display().to_string();
    backend.clone_into(&mut outcome.backend);
    outcome
}

fn tell(outcome: &Outcome, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        let line = serde_json::to_string(outcome).map_err(std::io::Error::other)?;
        return writeln!(out, "{line}");
    }
    let verdict = if outcome.ok { "ok" } else { "FAULT" };
    writeln!(out, "{verdict:5} {} ({})", outcome.path, outcome.backend)?;
    if let Some(error) = &outcome.error {
        writeln!(out, "      {error}")?;
    }
    for told in &outcome.missing {
        writeln!(
            out,
            "      line {}: missing {} {} ({}) at {}",
            told.line, told.kind, told.subject, told.state, told.at
        )?;
    }
    for told in &outcome.unexpected {
        writeln!(
            out,
            "      line {}: unexpected {} {} ({}) at {}",
            told.line, told.kind, told.subject, told.state, told.at
        )?;
    }
    for failed in &outcome.failed {
        writeln!(out, "      line {}: expected {}, got {}", failed.line, failed.expected, failed.got)?;
    }
    Ok(())
}
