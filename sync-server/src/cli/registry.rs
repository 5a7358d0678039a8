//! `sync-server registry`: what is known of members, products, contracts and the rest, from a shell.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Map, Value};
use shared::time::Timestamp;

use super::{Reason, report, shell};
use crate::export::{self, Format, Lang};
use crate::import::{self, Options, Source};
use crate::registry::find::find;
use crate::registry::list::{Query, list};
use crate::registry::{Edit, EditError, Outcome, Set, Why, http, moment};
use crate::store::{self, Store};

#[derive(Debug, Subcommand)]
pub(super) enum RegistryCommand {
    /// List the sets and their columns.
    Sets,
    /// List records by key, one JSON object a line.
    #[command(
        after_help = "Examples:\n  sync-server registry list member --where role=retailer --where region=4401\n  \
                            sync-server registry list basis --where buyer=W --where product=POD"
    )]
    List {
        /// The set, such as member or basis.
        set: Set,
        /// A column and what it holds; may be repeated.
        #[arg(long = "where", value_name = "COLUMN=VALUE")]
        filters: Vec<String>,
        /// A part of the key or the name.
        #[arg(long)]
        text: Option<String>,
    },
    /// Show one record, as it is or as it was.
    #[command(after_help = "Examples:\n  sync-server registry show basis HT-2031\n  \
                            sync-server registry show member W --valid 2026-10-04 --known 2026-10-01")]
    Show {
        /// The set.
        set: Set,
        /// The key.
        key: String,
        /// As it is on that day; today.
        #[arg(long)]
        valid: Option<String>,
        /// As far as was known on that day; today.
        #[arg(long)]
        known: Option<String>,
    },
    /// Enter a record, or replace what is known of it.
    #[command(
        after_help = "Example:\n  echo '{\"site\": \"GZ-2\", \"member\": \"W\", \"name\": \"二号库\", \"region\": \"4401\"}' | \
                            sync-server registry put site -"
    )]
    Put {
        /// The set.
        set: Set,
        /// A file with the record as JSON; `-` is standard input.
        file: PathBuf,
        #[command(flatten)]
        reason: Reason,
    },
    /// Say what holds from a day on.
    #[command(
        after_help = "Examples:\n  sync-server registry amend basis HT-2031 --from 2026-10-05 '{\"lines\": [{\"product\": \"POD\", \"units\": 80}]}'\n  \
                            sync-server registry amend member R1 --from 2026-11-01 '{\"status\": \"suspended\"}'\n  \
                            sync-server registry amend product POD --from 2027-01-01 '{\"price\": {\"kind\": \"wholesale\", \"fen\": 1900, \"announced\": \"2026-09-01T00:00:00+08:00\"}}'"
    )]
    Amend {
        /// The set.
        set: Set,
        /// The key.
        key: String,
        /// From which day on.
        #[arg(long, value_name = "DAY")]
        from: String,
        /// What changes, as JSON; `null` takes a field away.
        change: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// Say that what was known was wrong: the whole record as it is right.
    Correct {
        /// The set.
        set: Set,
        /// A file with the record as JSON; `-` is standard input.
        file: PathBuf,
        #[command(flatten)]
        reason: Reason,
    },
    /// Every version of a record: what held from when, who said so, until when it was thought right.
    Versions {
        /// The set.
        set: Set,
        /// The key.
        key: String,
    },
    /// Import files: CSV, XLSX or JSON.
    #[command(after_help = "Examples:\n  sync-server registry import --preview members.xlsx\n  \
                            sync-server registry import --skip-bad --set basis contracts.csv")]
    Import {
        /// Files, in order.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The set of the tables, where their headings do not tell.
        #[arg(long)]
        set: Option<Set>,
        /// Only look: what would be new, changed or faulty.
        #[arg(long)]
        preview: bool,
        /// Take what is right and leave what is faulty, instead of nothing at all.
        #[arg(long)]
        skip_bad: bool,
    },
    /// Write a whole set to a file that can be imported again.
    Export {
        /// The set.
        set: Set,
        /// The file; its ending (csv, xlsx, json) says the form. `-` is standard output, as CSV.
        file: PathBuf,
        /// Headings in Chinese (zh) or by the columns' names (en).
        #[arg(long, default_value = "zh")]
        lang: Lang,
    },
    /// Write an empty file with headings and one example row.
    Template {
        /// The set.
        set: Set,
        /// The file; its ending (csv, xlsx, json) says the form.
        file: PathBuf,
        /// Headings in Chinese (zh) or by the columns' names (en).
        #[arg(long, default_value = "zh")]
        lang: Lang,
    },
}

pub(super) async fn run(store: &Store, command: RegistryCommand, now: Timestamp) -> Result<()> {
    match command {
        RegistryCommand::Sets => sets(),
        RegistryCommand::List { set, filters, text } => records(store, set, &filters, text, now).await,
        RegistryCommand::Show { set, key, valid, known } => show(store, (set, &key), (valid, known), now).await,
        RegistryCommand::Put { set, file, reason } => put(store, set, object(&file)?, (Why::Entry, &reason), now).await,
        RegistryCommand::Correct { set, file, reason } => {
            put(store, set, object(&file)?, (Why::Correction, &reason), now).await
        }
        RegistryCommand::Amend { set, key, from, change, reason } => {
            amend(store, (set, &key), (&from, &change), &reason, now).await
        }
        RegistryCommand::Versions { set, key } => {
            let all = store::version::all(&mut *store.read().await?, set.name(), &key).await?;
            all.iter().try_for_each(|version| report::line(&http::shown(version)))
        }
        RegistryCommand::Import { files, set, preview, skip_bad } => {
            let sources = files.iter().map(|file| Source::read(file)).collect::<Result<Vec<_>, _>>()?;
            let options = Options { set, preview, skip_bad, by: shell() };
            report::line(&import::run(store, sources, &options, now).await?)
        }
        RegistryCommand::Export { set, file, lang } => {
            let known = store::reference::load_all(&mut *store.read().await?).await?;
            write(&file, &export::export(&known, set, format(&file)?, lang)?)
        }
        RegistryCommand::Template { set, file, lang } => write(&file, &export::template(set, format(&file)?, lang)?),
    }
}

fn sets() -> Result<()> {
    for set in Set::ALL {
        let columns: Vec<String> =
            set.columns().iter().map(|column| format!("{} ({})", column.name, column.zh[0])).collect();
        report::line(&serde_json::json!({ "set": set, "zh": set.zh(), "key": set.key_fields(), "columns": columns }))?;
    }
    Ok(())
}

async fn records(store: &Store, set: Set, filters: &[String], text: Option<String>, now: Timestamp) -> Result<()> {
    let mut parameters = BTreeMap::new();
    for filter in filters {
        let (column, value) = filter
            .split_once('=')
            .with_context(|| format!("`{filter}` is no filter; one reads COLUMN=VALUE, such as role=retailer"))?;
        parameters.insert(column.to_owned(), value.to_owned());
    }
    parameters.extend(text.map(|text| ("q".to_owned(), text)));
    let mut query = Query::read(set, &parameters).map_err(EditError::Faults)?;
    query.limit = usize::MAX - 1;
    let known = store::reference::load_all(&mut *store.read().await?).await?;
    let page = list(&known, set, &query, now)?;
    page.records.iter().try_for_each(report::line)
}

async fn show(
    store: &Store,
    (set, key): (Set, &str),
    (valid, known): (Option<String>, Option<String>),
    now: Timestamp,
) -> Result<()> {
    let mut conn = store.read().await?;
    let all = store::reference::load_all(&mut conn).await?;
    let found = find(&all, set, key).ok_or_else(|| EditError::Missing { set, key: key.to_owned() })?;
    if valid.is_none() && known.is_none() {
        return report::line(&Set::body(&found)?);
    }
    let (valid, known) = (day(valid.as_deref(), now)?, day(known.as_deref(), now)?);
    let version = store::version::as_of(&mut conn, (set.name(), key), valid, known).await?;
    let version = version.with_context(|| {
        let name = set.name();
        format!(
            "nothing was known of {name} {key} then; `sync-server registry versions {name} {key}` says since when it is"
        )
    })?;
    report::line(&http::read_at(set, version, valid)?)
}

fn day(text: Option<&str>, now: Timestamp) -> Result<Timestamp> {
    let Some(text) = text else { return Ok(now) };
    moment::parse(text)
        .with_context(|| format!("`{text}` is no day or time; write it like 2026-10-04 or 2026-10-04 14:02"))
}

fn object(file: &Path) -> Result<Map<String, Value>> {
    let shown = file.display();
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read as text")?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| format!("{shown} cannot be read"))?;
    }
    serde_json::from_str(&text).with_context(|| format!("{shown} is no JSON object"))
}

async fn put(
    store: &Store,
    set: Set,
    body: Map<String, Value>,
    (why, reason): (Why, &Reason),
    now: Timestamp,
) -> Result<()> {
    let mut tx = store.write().await?;
    let mut edit = Edit::begin(&mut tx, &shell(), now).await?;
    let record = edit.record(set, body).map_err(EditError::Faults)?;
    let key = record.key();
    if why == Why::Correction && find(&edit.known, set, &key).is_none() {
        bail!(EditError::Missing { set, key });
    }
    let outcome = edit.put(&mut tx, record, why).await?;
    edit.finish(&mut tx, (why.deed(), &format!("{} {key}", set.name()), &reason.beside(outcome.as_str()))).await?;
    tx.commit().await?;
    said(set, &key, outcome)
}

async fn amend(
    store: &Store,
    (set, key): (Set, &str),
    (from, change): (&str, &str),
    reason: &Reason,
    now: Timestamp,
) -> Result<()> {
    let from = day(Some(from), now)?;
    let change: Map<String, Value> = serde_json::from_str(change)
        .with_context(|| format!("`{change}` is no JSON object; one reads {{\"status\": \"suspended\"}}"))?;
    let mut tx = store.write().await?;
    let mut edit = Edit::begin(&mut tx, &shell(), now).await?;
    let outcome = edit.amend(&mut tx, (set, key), from, change).await?;
    let (on_what, valid) = (format!("{} {key}", set.name()), format!("from {}", from.to_minute()));
    edit.finish(&mut tx, ("record-amended", &on_what, &reason.beside(&valid))).await?;
    tx.commit().await?;
    if outcome == Outcome::Unchanged && from > now {
        return report::line(&serde_json::json!({ "set": set, "key": key, "what": "planned", "from": from }));
    }
    said(set, key, outcome)
}

fn said(set: Set, key: &str, outcome: Outcome) -> Result<()> {
    report::line(&serde_json::json!({ "set": set, "key": key, "what": outcome.as_str() }))
}

fn format(file: &Path) -> Result<Format> {
    if file.as_os_str() == "-" {
        return Ok(Format::Csv);
    }
    let ending = file.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(ending.parse::<Format>()?)
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if file.as_os_str() == "-" {
        return std::io::stdout().write_all(bytes).context("stdout cannot be written");
    }
    std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
}
