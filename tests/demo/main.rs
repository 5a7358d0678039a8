//! The main job, whole: a label in a picture, decoded, judged and recorded on a terminal, sent over TLS, reconciled with contract
//! and order, and a mismatch in front of a person. Faults are planted; what is found must be exactly those.

mod next;
mod planted;
mod report;
mod shifts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use tests::server::Server;
use tests::terminal::Terminal;
use tests::world;

/// The main job on the embedded default, with planted faults. What it does is told on stderr, what came of it on stdout; it ends with
/// 0 if the faults that were found are those that were planted, and nothing was lost.
#[derive(Debug, Parser)]
#[command(
    about = "Server, three terminals, simulated cameras, planted faults, a cut network and a kill -9. It leaves the console open \
    (no password) and, with a display, a terminal's window; --headless ends by itself and says how to open them. Exit code 0: \
    what was found is what was planted, and nothing was lost"
)]
struct Args {
    /// End by itself, open no window.
    #[arg(long)]
    headless: bool,
    /// One JSON object on stdout.
    #[arg(long)]
    json: bool,
    /// Folder for the demo's data; emptied first.
    #[arg(long, default_value = "target/demo")]
    folder: PathBuf,
    /// Seed of the simulated cameras.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Answers whether what was found is what was planted, and nothing was lost.
fn run(args: &Args) -> Result<bool> {
    let started = Instant::now();
    empty(&args.folder)?;
    eprintln!("1/6  server with SQLite and TLS; members, products, contracts, orders, code packs");
    let mut server = Server::start(&args.folder.join("server"))?;
    let labels = world::set_up(&server, &args.folder)?;
    let enrol = |member, site, name: &str| {
        Terminal::enrol(&server, &args.folder.join(name.replace(' ', "-")), member, site, name)
    };
    let terminals = [
        enrol("M", "SZ-GATE", "T1 factory gate")?,
        enrol("W", "GZ-HUB", "T2 sorting centre")?,
        enrol("R1", "R1-SHOP", "T3 shop counter")?,
    ];
    let mut day =
        shifts::Day { server: &server, labels: &labels, folder: &args.folder, seed: args.seed, confirmed: Vec::new() };
    day.work(&terminals)?;
    let confirmed = day.confirmed;
    eprintln!("6/6  reconciliation");
    let report = report::report(&server, &terminals, &confirmed, &planted::planted(&labels)?, started)?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        report.print();
    }
    if args.headless {
        eprint!(
            "\n{}",
            next::look_again(&args.folder, &tests::program("sync-server")?, &tests::program("scanner-app")?)
        );
    } else {
        stay(&mut server, &terminals[0], &args.folder)?;
    }
    Ok(report.is_clean())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// Leaves the console open, and the terminal's window where there is a display, until Ctrl-C.
fn stay(server: &mut Server, terminal: &Terminal, folder: &Path) -> Result<()> {
    eprint!("\n{}", next::console(&server.ready.web));
    if std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        let frames = folder.join("window-frames");
        let mut window = terminal.command("run")?;
        window.arg("--source").arg(format!("images:{}", frames.display()));
        window.spawn().context("the app's window cannot be opened")?;
        eprint!("{}", next::WINDOW);
    } else {
        eprintln!("Terminal: there is no display here, so its window stays shut.");
    }
    eprintln!("Ctrl-C ends the demo; its data stay in {} until the next.", folder.display());
    server.wait()
}
