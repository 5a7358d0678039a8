//! `scenario PATH…`: plays scenario files and tells what came out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use scenario::{Outcome, pure};

/// Plays scenario files: histories as text, with what must be found in them.
#[derive(Parser)]
#[command(name = "scenario", version)]
struct Args {
    /// What plays them: the pure rules, or everything that exists.
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
    /// Every backend that exists: today the pure rules.
    All,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let files = match files(&args.paths) {
        Ok(files) => files,
        Err(why) => {
            eprintln!("scenario: {why}");
            return ExitCode::from(2);
        }
    };
    let mut faults = 0;
    for file in &files {
        let outcome = play(file);
        faults += usize::from(!outcome.ok);
        if tell(&outcome, args.json).is_err() {
            // The reader has gone: nothing more to tell.
            break;
        }
    }
    eprintln!("{} files, {faults} with faults", files.len());
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

fn play(file: &Path) -> Outcome {
    let mut outcome = match std::fs::read_to_string(file) {
        Ok(text) => pure::play(&text),
        Err(why) => Outcome { error: Some(format!("cannot be read: {why}")), ..Outcome::default() },
    };
    outcome.path = file.display().to_string();
    "pure".clone_into(&mut outcome.backend);
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
