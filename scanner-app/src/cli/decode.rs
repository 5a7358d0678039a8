//! `scanner-app decode`: what is in picture files, one line each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use vision::{Luma, Reader, Symbol};

pub(super) fn run(paths: &[PathBuf], as_json: bool) -> Result<ExitCode> {
    let reader = Reader::new();
    let mut failed = false;
    for path in files(paths)? {
        let started = Instant::now();
        match Luma::open(&path) {
            Ok(picture) => {
                let symbols = reader.read(&picture.view());
                print(&path, &symbols, started.elapsed().as_secs_f64() * 1_000.0, as_json);
            }
            Err(error) => {
                failed = true;
                if as_json {
                    println!("{}", json!({ "path": path, "error": error.to_string() }));
                }
                eprintln!("scanner-app: {error}");
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))?;
            let mut inside: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
            inside.retain(|file| file.is_file());
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn print(path: &Path, symbols: &[Symbol], ms: f64, as_json: bool) {
    if as_json {
        let symbols: Vec<Value> = symbols.iter().map(symbol).collect();
        println!("{}", json!({ "path": path, "symbols": symbols, "ms": (ms * 100.0).round() / 100.0 }));
        return;
    }
    println!("{}: {} codes in {ms:.1} ms", path.display(), symbols.len());
    for symbol in symbols {
        println!("  {}", symbol.text);
    }
}

/// A symbol as `decode` reports it: every text read, and whether a scan would accept it.
fn symbol(symbol: &Symbol) -> Value {
    let accepted = symbol.agree >= 2 || shared::code::parse(&symbol.text).is_ok();
    json!({
        "text": symbol.text, "corners": symbol.corners, "version": symbol.version,
        "ec_level": symbol.ec_level, "mode": symbol.mode, "stage": symbol.stage, "mirrored": symbol.mirrored, "accepted": accepted, "agree": symbol.agree,
    })
}
