//! `sync-server webhooks`: where changes of mismatches are told.

use anyhow::{Result, bail};
use clap::Subcommand;
use serde_json::json;
use shared::ids::MemberId;
use shared::time::Timestamp;
use uuid::Uuid;

use super::{report, shell};
use crate::audit;
use crate::config::Config;
use crate::people::random;
use crate::store::{self, Store};
use crate::webhook::address::parse;
use crate::webhook::store::{self as webhooks, Webhook};

#[derive(Debug, Subcommand)]
pub(super) enum WebhooksCommand {
    /// Tell an address of changes from now on; prints the secret of its signatures, once.
    Add {
        /// Such as <https://erp.example/tallyman>.
        #[arg(long)]
        url: String,
        /// Whose trade is told; everybody's where it is left out.
        #[arg(long)]
        member: Option<String>,
    },
    /// List webhooks with what waits, one JSON object a line.
    List,
    /// Let one that was given up try again.
    Enable {
        /// As `list` shows it.
        webhook: String,
    },
    /// Take one away, with all that waits.
    Remove {
        /// As `list` shows it.
        webhook: String,
    },
}

pub(super) async fn run(store: &Store, config: &Config, command: WebhooksCommand, now: Timestamp) -> Result<()> {
    let mut tx = store.write().await?;
    let by = shell();
    match command {
        WebhooksCommand::Add { url, member } => {
            parse(&url, config.webhooks_inner)?;
            let member = member.map(MemberId::from);
            let references = store::reference::load_all(&mut tx).await?;
            if let Some(member) = member.as_ref().filter(|member| !references.members.contains_key(member)) {
                bail!("member {member} is not known; import it first");
            }
            let webhook = Webhook {
                webhook_id: uuid::Builder::from_random_bytes(random()?).into_uuid().to_string(),
                url,
                member,
                secret: hex::encode(random::<32>()?),
                made_at: now,
                position: store::position(&mut tx).await?,
                failing_since: None,
                disabled_at: None,
                last_error: None,
            };
            webhooks::put(&mut tx, &webhook).await?;
            audit::append(&mut tx, &by, ("webhook-added", &webhook.webhook_id, &webhook.url), now).await?;
            report::line(&json!({ "webhook": webhook.webhook_id, "url": webhook.url, "secret": webhook.secret }))?;
        }
        WebhooksCommand::List => {
            for webhook in webhooks::list(&mut tx).await? {
                let waiting = webhooks::waiting(&mut tx, &webhook.webhook_id).await?;
                report::line(&json!({
                    "webhook": webhook.webhook_id, "url": webhook.url, "member": webhook.member, "waiting": waiting,
                    "failing_since": webhook.failing_since, "disabled_at": webhook.disabled_at,
                    "last_error": webhook.last_error,
                }))?;
            }
        }
        WebhooksCommand::Enable { webhook } => {
            if !webhooks::enable(&mut tx, &known(&webhook)?).await? {
                bail!("there is no webhook {webhook}; `sync-server webhooks list` shows those there are");
            }
            audit::append(&mut tx, &by, ("webhook-enabled", &webhook, ""), now).await?;
        }
        WebhooksCommand::Remove { webhook } => {
            if !webhooks::remove(&mut tx, &known(&webhook)?).await? {
                bail!("there is no webhook {webhook}; `sync-server webhooks list` shows those there are");
            }
            audit::append(&mut tx, &by, ("webhook-removed", &webhook, ""), now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn known(webhook: &str) -> Result<String> {
    match webhook.parse::<Uuid>() {
        Ok(id) => Ok(id.to_string()),
        Err(_) => bail!("`{webhook}` is no webhook; `sync-server webhooks list` shows those there are"),
    }
}
