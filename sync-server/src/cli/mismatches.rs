//! `sync-server mismatches <act>`: what people do about one, from a shell.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use shared::time::Timestamp;

use super::{report, shell};
use crate::config::Config;
use crate::people::{Refusal, Scope, View};
use crate::store::{Store, step};
use crate::workflow::export::CaseJson;
use crate::workflow::filter::{Asked, Filter};
use crate::workflow::take::{self, take};
use crate::workflow::{Act, MismatchId, Reason, credit, list, store};

/// Cases that one listing reads at once.
const READ: usize = 500;

#[derive(Debug, Subcommand)]
pub(super) enum MismatchesCommand {
    /// List with the filters of the web API; one JSON object a line, each with the `id` that the acts take.
    Find(FindArgs),
    /// One, with every step.
    Show {
        /// As `find` shows it.
        id: MismatchId,
    },
    /// Somebody looked at it.
    Seen {
        /// As `find` shows it.
        id: MismatchId,
    },
    /// Take it on.
    Start {
        /// As `find` shows it.
        id: MismatchId,
    },
    /// The other party has to do something.
    Wait {
        /// As `find` shows it.
        id: MismatchId,
    },
    /// Give it to a person.
    Assign {
        /// As `find` shows it.
        id: MismatchId,
        /// The person's sign-in name.
        #[arg(long)]
        to: String,
    },
    /// Say something about it.
    Comment {
        /// As `find` shows it.
        id: MismatchId,
        /// What.
        #[arg(long)]
        comment: String,
    },
    /// Say until when it is to be settled.
    Due {
        /// As `find` shows it.
        id: MismatchId,
        /// Such as 2026-10-05T18:00:00+08:00.
        #[arg(long)]
        at: Timestamp,
    },
    /// Settle it.
    Resolve {
        /// As `find` shows it.
        id: MismatchId,
        /// operator-error, printer-error, data-late, true-shortage, true-overage, damage, suspected-counterfeit, system-fault, other.
        #[arg(long)]
        reason: Reason,
        /// What was found.
        #[arg(long)]
        comment: String,
    },
    /// Open a settled one again.
    Reopen {
        /// As `find` shows it.
        id: MismatchId,
        /// Why.
        #[arg(long)]
        comment: String,
    },
    /// The members' credit records, one JSON object a line.
    Credit,
}

#[derive(Debug, Args)]
pub(super) struct FindArgs {
    /// live, provisional, confirmed, closed, resolved or all.
    #[arg(long, default_value = "live")]
    state: String,
    /// A kind of the catalogue.
    #[arg(long, default_value = "")]
    kind: String,
    /// block, hold, warn or info.
    #[arg(long, default_value = "")]
    severity: String,
    /// open, seen, in-progress, waiting, escalated or resolved.
    #[arg(long, default_value = "")]
    workflow: String,
    /// A basis's number.
    #[arg(long, default_value = "")]
    basis: String,
    /// A document's number.
    #[arg(long, default_value = "")]
    document: String,
    /// A member's code.
    #[arg(long, default_value = "")]
    member: String,
    /// A person's sign-in name.
    #[arg(long, default_value = "")]
    assignee: String,
}

pub(super) async fn run(store: &Store, config: &Config, command: MismatchesCommand, now: Timestamp) -> Result<()> {
    use MismatchesCommand as Command;
    let (id, act, comment) = match command {
        Command::Find(args) => return find(store, config, args).await,
        Command::Show { id } => return show(store, config, &id).await,
        Command::Credit => return records(store, config, now).await,
        Command::Seen { id } => (id, Act::Seen, String::new()),
        Command::Start { id } => (id, Act::Start, String::new()),
        Command::Wait { id } => (id, Act::Wait, String::new()),
        Command::Assign { id, to } => (id, Act::Assign { to }, String::new()),
        Command::Comment { id, comment } => (id, Act::Comment, comment),
        Command::Due { id, at } => (id, Act::Due { at }, String::new()),
        Command::Resolve { id, reason, comment } => (id, Act::Resolve { reason }, comment),
        Command::Reopen { id, comment } => (id, Act::Reopen, comment),
    };
    let asked = take::Asked { id: &id, act: &act, comment: &comment, seen: None };
    match take(store, &shell(), &asked, now).await {
        Err(Refusal::NotFound) => bail!("there is no such mismatch; `sync-server mismatches find` shows the ids"),
        done => Ok(done?),
    }
}

async fn find(store: &Store, config: &Config, args: FindArgs) -> Result<()> {
    let FindArgs { state, kind, severity, workflow, basis, document, member, assignee } = args;
    let asked = Asked { state, kind, severity, workflow, basis, document, member, assignee };
    let filter = Filter::try_from(&asked)?;
    let mut conn = store.read().await?;
    let view = View::of(&mut conn, Scope::All).await?;
    let mut after = None;
    loop {
        let page = list::page(&mut conn, &view, &filter, (after.as_ref(), READ)).await?;
        for case in &page.cases {
            report::line(&CaseJson::new(case, &config.workflow))?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn show(store: &Store, config: &Config, id: &MismatchId) -> Result<()> {
    let mut conn = store.read().await?;
    let Some(case) = store::find(&mut conn, id).await? else {
        bail!("there is no such mismatch; `sync-server mismatches find` shows the ids");
    };
    let steps = step::list(&mut conn, id.key()).await?;
    report::line(&serde_json::json!({ "mismatch": CaseJson::new(&case, &config.workflow), "steps": steps }))
}

async fn records(store: &Store, config: &Config, now: Timestamp) -> Result<()> {
    let mut conn = store.read().await?;
    let view = View::of(&mut conn, Scope::All).await?;
    for (member, record) in credit::records(&mut conn, &view, &config.workflow, now).await? {
        let percent = record.in_time_percent();
        report::line(&serde_json::json!({ "member": member, "record": record, "in_time_percent": percent }))?;
    }
    Ok(())
}
