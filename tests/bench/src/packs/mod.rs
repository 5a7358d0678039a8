//! `bench packs`: what it costs to issue a code pack and to import one, beside the code rows alone, in the same run.
//!
//! Both are done by `sync-server codes` while the server serves, as an administrator would: the program's start, reading, checks,
//! every row, the file that is written are in the time.

mod roof;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use shared::code::{PackageCode, parse};
use tests::server::Server;

use crate::ingest::Backend;
use crate::ingest::place::{Data, Place};
use crate::ingest::stream::{self, agree};
use crate::measure::{Machine, number, rounded};
use roof::Row;

/// The longest that a million codes may take, s: an import, an issue.
const IMPORT_S_MAX: f64 = 30.0;
const ISSUE_S_MAX: f64 = 10.0;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Where the data lie.
    #[command(flatten)]
    pub data: Data,
    /// Codes of each pack.
    #[arg(long, default_value_t = 1_000_000)]
    pub codes: usize,
}

/// The figures of one way in.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// From the start of the program to its end, s.
    pub seconds: f64,
    /// Codes a second.
    pub codes_per_s: f64,
    /// The rows alone, codes a second.
    pub roof_codes_per_s: f64,
    /// The one by the other.
    pub share_of_roof: f64,
    /// The most memory that the program had, MB.
    pub memory_mb: f64,
    /// The longest that so many codes may take, s.
    pub limit_s: f64,
    /// Whether it took no longer.
    pub ok: bool,
}

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether both limits hold.
    pub ok: bool,
    /// Which database.
    pub backend: Backend,
    /// Codes of each pack.
    pub codes: usize,
    /// A pack of our own.
    pub issue: Way,
    /// A platform's pack.
    pub import: Way,
    /// Whether the amount was the small one: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

/// Measures.
pub fn run(options: &Options) -> Result<Report> {
    let codes = if options.quick { 2_000 } else { options.codes };
    ensure!((1..=10_000_000).contains(&codes), "1 to 10,000,000 codes, not {codes}");
    let mut machine = Machine::here();
    let place = Place::new(&options.data)?;
    let folder = place.folder();
    let server = Server::start_with(&folder.join("server"), &place.settings())?;
    stream::set_up(&server, folder)?;
    agree(&server, folder, &["HT-OWN".to_owned(), "HT-PLATFORM".to_owned()], codes)?;
    eprintln!("bench packs: {codes} codes issued, {codes} imported …");
    let limit = |seconds: f64| seconds * number(codes) / 1e6;

    let file = folder.join("own.csv");
    let (count, out) = (codes.to_string(), file.display().to_string());
    let line = ["--contract", "HT-OWN", "--product", "POD", "--level", "unit", "--count", &count, "--pack", "P-OWN"];
    let unasked = ["--without-application", "--why", "a measurement"];
    let issued = timed(&server, &[&["codes", "issue"], line.as_slice(), &unasked, &["--out", &out]].concat())?;
    let rows = issued_rows(&file)?;
    ensure!(rows.len() == codes, "{} codes were issued, not {codes}", rows.len());
    let bare = roof::write(folder, place.url.as_deref(), ("P-OWN", &rows))?;
    let issue = way(codes, issued, bare, limit(ISSUE_S_MAX));

    let (file, rows) = platform_file(folder, codes)?;
    let imported = timed(&server, &["codes", "import", &file.display().to_string()])?;
    let bare = roof::write(folder, place.url.as_deref(), ("P-PLATFORM", &rows))?;
    let import = way(codes, imported, bare, limit(IMPORT_S_MAX));
    machine.finish();
    let (ok, backend, quick) = (issue.ok && import.ok, options.data.backend, options.quick);
    Ok(Report { ok, backend, codes, issue, import, quick, machine })
}

/// What a program took: seconds, and the most memory, MB.
type Took = (f64, f64);

fn timed(server: &Server, args: &[&str]) -> Result<Took> {
    let mut command = server.command(args)?;
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let memory_mb = watch(&mut child)?;
    let seconds = start.elapsed().as_secs_f64();
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{args:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok((seconds, memory_mb))
}

/// Waits for the end of a program, and looks at its memory meanwhile.
fn watch(child: &mut Child) -> Result<f64> {
    let (path, mut most) = (format!("/proc/{}/status", child.id()), 0.0_f64);
    while child.try_wait()?.is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(peak.map_or(0.0, |kilobytes: f64| kilobytes / 1024.0));
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(rounded(most, 1))
}

fn way(codes: usize, (seconds, memory_mb): Took, bare_s: f64, limit_s: f64) -> Way {
    let codes = number(codes);
    // What is told is what is judged: a limit of a small version may lie within the rounding.
    let told_s = rounded(seconds, 2);
    Way {
        seconds: told_s,
        codes_per_s: rounded(codes / seconds, 0),
        roof_codes_per_s: rounded(codes / bare_s, 0),
        share_of_roof: rounded(bare_s / seconds, 3),
        memory_mb,
        limit_s,
        ok: told_s <= limit_s,
    }
}

fn issued_rows(file: &Path) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(file)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let text = record.get(4).context("a pack's line without a code")?;
        rows.push(Row::of(&parse(text).with_context(|| format!("`{text}` was issued and is no code"))?));
    }
    Ok(rows)
}

/// A file as the platform gives them, of codes that nobody issued here; and their rows.
fn platform_file(folder: &Path, codes: usize) -> Result<(PathBuf, Vec<Row>)> {
    let path = folder.join("platform.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "pack,product,level,basis,code")?;
    let (gtin, mut rows) = (stream::gtin(), Vec::with_capacity(codes));
    for n in 0..codes {
        let digest = shared::chain::sha256(&[b"bench packs", &n.to_be_bytes()]).to_string();
        let code = PackageCode::item(&gtin, &digest[..16].to_uppercase()).context("a code of the product")?;
        writeln!(file, "P-PLATFORM,POD,unit,HT-PLATFORM,{code}")?;
        rows.push(Row::of(&code));
    }
    file.flush()?;
    Ok((path, rows))
}

/// Two lines for people, on stderr.
pub fn print(report: &Report) {
    for (name, way) in [("issued", &report.issue), ("imported", &report.import)] {
        eprintln!(
            "{:?}: {} codes {name} in {} s (at most {} s): {} of {} codes/s of the rows alone = {:.3}; {} MB",
            report.backend,
            report.codes,
            way.seconds,
            way.limit_s,
            way.codes_per_s,
            way.roof_codes_per_s,
            way.share_of_roof,
            way.memory_mb
        );
    }
    eprintln!("{}", report.machine.line());
}
