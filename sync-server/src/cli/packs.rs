//! `sync-server codes`: code packs from a shell.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use shared::ids::PackId;
use shared::reference::{CodeApplication, CodeRecord, Level, Pack, PackLoss};
use shared::time::Timestamp;

use super::{Reason, reason, report, shell};
use crate::config::Config;
use crate::keys::ServerKeys;
use crate::packs::acts::{self, Act};
use crate::packs::issue::{self, Application};
use crate::packs::write::{PackFormat, write};
use crate::packs::{PackKeys, Reading};
use crate::packs::{apply, codes, http, import, put_together, summary, withdraw};
use crate::registry::edit::Edit;
use crate::store::{self, Store};

#[derive(Debug, Subcommand)]
pub(super) enum CodesCommand {
    /// Take packs of the national platform in: CSV, JSON or an object a line, of any length; all or nothing.
    #[command(after_help = "Example:\n  sync-server codes import platform.csv --sha256 9f86d0…\n\n\
                            Columns: pack,product,level,basis,code and, where known, parent, batch, inactive.")]
    Import {
        /// The file.
        file: PathBuf,
        /// The checksum that came with it, SHA-256 in hex.
        #[arg(long)]
        sha256: Option<String>,
        /// For an encrypted file that is not for this server: the file with the age key that opens it.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// For a file that is encrypted with a passphrase: read it from standard input.
        #[arg(long)]
        passphrase: bool,
        /// Also say how long it took.
        #[arg(long)]
        json: bool,
    },
    /// Apply for codes against a contract line; prints whether they are granted, and why not.
    Apply(Applying),
    /// Withdraw an application that was made by mistake, as long as no codes were issued for it; it uses nothing up and raises nothing.
    Withdraw {
        /// The application's number.
        number: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// Issue a pack against a contract line for which codes were granted (see apply); prints `pack,product,level,basis,code,parent` as CSV.
    Issue(Issuing),
    /// List packs: number, product, level, contract, where each stands; one JSON object a line.
    List,
    /// Show one pack: where its codes are (used, cancelled, lost, left), and what was done to it.
    Show {
        /// The pack.
        pack: String,
    },
    /// Write a pack's file again.
    File {
        /// The pack.
        pack: String,
        #[command(flatten)]
        target: Target,
    },
    /// Put a pack into use.
    Activate {
        /// The pack.
        pack: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// Report a pack lost or stolen: its codes are frozen, but for those in use before.
    Lose {
        /// The pack.
        pack: String,
        /// Stolen rather than lost.
        #[arg(long)]
        stolen: bool,
        /// Since when; now where it is left out.
        #[arg(long)]
        at: Option<Timestamp>,
        #[command(flatten)]
        reason: Reason,
    },
    /// A pack was found again.
    Release {
        /// The pack.
        pack: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// End codes: single ones, or a whole pack with --pack.
    Cancel {
        /// Codes, in canonical form or as on their labels.
        #[arg(required_unless_present = "pack")]
        codes: Vec<String>,
        /// All codes of this pack.
        #[arg(long, conflicts_with = "codes")]
        pack: Option<String>,
        #[command(flatten)]
        reason: Reason,
    },
    /// Put a new code in the place of an old one.
    Relabel {
        /// The old code.
        old: String,
        /// The new one: registered, not in use, of the same product and level.
        new: String,
        /// Why.
        #[arg(long, value_parser = reason)]
        why: String,
    },
    /// Take in which package is in which, from a production line: CSV with the columns parent and child.
    Associate {
        /// The file.
        file: PathBuf,
    },
    /// The newest stock counts of terminals, one JSON object a line.
    Counts {
        /// Of one member only.
        #[arg(long)]
        member: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Applying {
    /// The application's number.
    #[arg(long)]
    number: String,
    /// Who applies.
    #[arg(long)]
    member: String,
    /// The contract.
    #[arg(long)]
    contract: String,
    /// The product.
    #[arg(long)]
    product: String,
    /// How many units (盒).
    #[arg(long)]
    units: u64,
}

#[derive(Debug, Args)]
pub(super) struct Issuing {
    /// The contract.
    #[arg(long)]
    contract: String,
    /// The product.
    #[arg(long)]
    product: String,
    /// The packaging level.
    #[arg(long, value_enum)]
    level: LevelWord,
    /// How many codes.
    #[arg(long)]
    count: u64,
    /// The pack's number; one is made where it is left out.
    #[arg(long)]
    pack: Option<String>,
    /// Put the units, in order, into the cases of this pack.
    #[arg(long)]
    parent_pack: Option<String>,
    /// Issue codes for which no application was granted; `--why` stands in the audit log.
    #[arg(long, requires = "why")]
    without_application: bool,
    /// Why there is no application.
    #[arg(long, requires = "without_application")]
    why: Option<String>,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
pub(super) struct Target {
    /// Write the file here rather than to stdout; prints its checksum, which goes to the reader by another way.
    #[arg(long)]
    out: Option<PathBuf>,
    /// csv or json.
    #[arg(long, default_value = "csv")]
    format: PackFormat,
    /// Encrypt it for the holder of this age key (age1…).
    #[arg(long, requires = "out")]
    recipient: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LevelWord {
    Unit,
    Inner,
    Case,
}

impl From<LevelWord> for Level {
    fn from(word: LevelWord) -> Self {
        match word {
            LevelWord::Unit => Self::Unit,
            LevelWord::Inner => Self::Inner,
            LevelWord::Case => Self::Case,
        }
    }
}

pub(super) async fn run(store: &Store, command: CodesCommand, config: &Config, now: Timestamp) -> Result<()> {
    let act = async |pack: &str, act: Act, why: &str| acts::act(store, &pack.into(), act, (&shell(), why), now).await;
    match command {
        CodesCommand::Import { file, sha256, key, passphrase, json } => {
            let keys = keys(config, key.as_deref(), passphrase)?;
            take(store, (&file, keys), sha256.as_deref(), json, now).await?;
        }
        CodesCommand::Apply(applying) => return answer(store, applying, now).await,
        CodesCommand::Withdraw { number, reason } => {
            let answer = withdraw::withdraw(store, &number, (&shell(), reason.text()), now).await?;
            report::line(&answer)?;
        }
        CodesCommand::Issue(issuing) => return issued(store, issuing, config, now).await,
        CodesCommand::List => return list(store).await,
        CodesCommand::Show { pack } => {
            let detail = summary::detail(&mut *store.read().await?, &pack.as_str().into()).await?;
            report::line(&detail.ok_or(acts::ActError::Unknown(pack.into()))?)?;
        }
        CodesCommand::File { pack, target } => {
            let name = PackId::from(pack);
            let mut conn = store.read().await?;
            let known = store::reference::load_all(&mut conn).await?;
            let found = known.packs.get(&name).ok_or(acts::ActError::Unknown(name.clone()))?;
            let codes = store::code::of_pack(&mut conn, &name).await?;
            put_out(found, &codes, config, &target)?;
        }
        CodesCommand::Activate { pack, reason } => act(&pack, Act::Activate, reason.text()).await?,
        CodesCommand::Lose { pack, stolen, at, reason } => {
            let how = if stolen { PackLoss::Stolen } else { PackLoss::Lost };
            act(&pack, Act::Lose(how, at.unwrap_or(now)), reason.text()).await?;
        }
        CodesCommand::Release { pack, reason } => act(&pack, Act::Release, reason.text()).await?,
        CodesCommand::Cancel { pack: Some(pack), reason, .. } => act(&pack, Act::Cancel, reason.text()).await?,
        CodesCommand::Cancel { codes, reason, .. } => {
            let cancelled = codes::cancel(store, &codes, (&shell(), reason.text()), now).await?;
            report::line(&json!({ "cancelled": cancelled }))?;
        }
        CodesCommand::Relabel { old, new, why } => {
            codes::relabel(store, (&old, &new), (&shell(), &why), now).await?;
        }
        CodesCommand::Associate { file } => {
            let done =
                put_together::upload(store, &file.display().to_string(), import::open(&file)?, (&shell(), now)).await?;
            report::line(&done)?;
            if done.contradicted > 0 {
                bail!("{} rows contradict what is known and were left out; the others were taken", done.contradicted);
            }
        }
        CodesCommand::Counts { member } => {
            let found = store::pack::stock_counts(&mut *store.read().await?, member.as_deref(), i64::MAX).await?;
            let counts = found.iter().filter_map(|(member, body)| http::count(member, body));
            counts.into_iter().try_for_each(|count| report::line(&count))?;
        }
    }
    Ok(())
}

/// What may open an encrypted file: the server's own key, and what was given.
fn keys(config: &Config, key: Option<&Path>, passphrase: bool) -> Result<PackKeys> {
    let mut keys = PackKeys::default().with_own(ServerKeys::open(&config.data)?.sealed.identity());
    if let Some(file) = key {
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        keys = keys.with_key(&text).with_context(|| file.display().to_string())?;
    }
    if passphrase {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("the passphrase cannot be read from standard input")?;
        keys = keys.with_passphrase(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(keys)
}

async fn take(
    store: &Store,
    (file, keys): (&Path, PackKeys),
    sha256: Option<&str>,
    timed: bool,
    now: Timestamp,
) -> Result<()> {
    let start = Instant::now();
    let reading = Reading::start(file.display().to_string(), import::open(file)?, keys);
    let done = import::import(store, reading, sha256, (&shell(), now)).await?;
    if !timed {
        return report::line(&done);
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut told = serde_json::to_value(&done)?;
    told["seconds"] = json!(seconds);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = done.codes as f64 / seconds.max(1e-9);
    told["codes_per_second"] = json!(rate.round());
    report::line(&told)
}

async fn answer(store: &Store, applying: Applying, now: Timestamp) -> Result<()> {
    let Applying { number, member, contract, product, units } = applying;
    let application = CodeApplication::new((number, now), member.into(), (product.into(), units), contract.into());
    let mut tx = store.write().await?;
    let mut edit = Edit::begin(&mut tx, &shell(), now).await?;
    let answer = apply::apply(&mut tx, &mut edit, application).await?;
    edit.finish(&mut tx, apply::deed(&answer)).await?;
    tx.commit().await?;
    report::line(&answer)?;
    if !answer.granted {
        bail!("the codes are not granted; the application is kept, and the rules judge it");
    }
    Ok(())
}

async fn issued(store: &Store, issuing: Issuing, config: &Config, now: Timestamp) -> Result<()> {
    let Issuing { contract, product, level, count, pack, parent_pack, without_application, why, target } = issuing;
    let application = Application {
        contract: contract.into(),
        product: product.into(),
        level: level.into(),
        count,
        pack: pack.map(PackId::from),
        parent_pack: parent_pack.map(PackId::from),
        without_application: why.filter(|_| without_application),
        by: shell(),
    };
    let (pack, codes) = issue::issue(store, &application, now).await?;
    put_out(&pack, &codes, config, &target)
}

/// Writes a pack's file; with `--out` its checksum goes to stdout and beside it, as `sha256sum -c` reads it.
fn put_out(pack: &Pack, codes: &[CodeRecord], config: &Config, target: &Target) -> Result<()> {
    let file = write(pack, codes, &config.link_host, target.format, target.recipient.as_deref())?;
    let Some(out) = &target.out else {
        return std::io::stdout().write_all(&file.bytes).context("stdout cannot be written");
    };
    let failed = || format!("{} cannot be written", out.display());
    std::fs::write(out, &file.bytes).with_context(failed)?;
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut beside = out.clone().into_os_string();
    beside.push(".sha256");
    std::fs::write(beside, format!("{}  {name}\n", file.sha256)).with_context(failed)?;
    report::line(
        &json!({ "pack": pack.pack, "codes": codes.len(), "out": out.display().to_string(), "sha256": file.sha256 }),
    )
}

async fn list(store: &Store) -> Result<()> {
    let mut conn = store.read().await?;
    let known = store::reference::load_all(&mut conn).await?;
    let states = summary::states(&mut conn, known.packs.values()).await?;
    for pack in known.packs.values() {
        report::line(&json!({
            "pack": pack.pack, "product": pack.product, "level": pack.level, "contract": pack.basis,
            "issued_at": pack.issued_at, "batch": pack.batch, "state": states.get(&pack.pack),
        }))?;
    }
    Ok(())
}
