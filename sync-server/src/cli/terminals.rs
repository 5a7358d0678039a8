//! `sync-server terminals`: inviting, approving, listing, revoking.

use anyhow::{Result, bail};
use clap::Subcommand;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;
use shared::chain::PublicKey;
use shared::enrolment::{ADDRESSES_MAX, Address, CheckCode, Invitation};
use shared::ids::TerminalId;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::{Reason, commands, report, shell};
use crate::audit;
use crate::config::Config;
use crate::heartbeat;
use crate::identity::{Identity, enrolment, random};
use crate::store::identity::NewInvitation;
use crate::store::terminal::{self, Terminal};
use crate::store::{self, Store};

const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Subcommand)]
pub(super) enum TerminalsCommand {
    /// Invite a terminal: prints a one-time QR and the same to be typed into `scanner-app enrol`.
    Invite(InviteArgs),
    /// List askings that wait for approval, each with the code to compare.
    Pending,
    /// Approve an asking, after comparing the code with the one on the terminal's own screen.
    Approve {
        /// The terminal.
        #[arg(value_parser = number)]
        terminal: TerminalId,
        /// The code that the terminal's screen shows, such as 1234-5678.
        #[arg(long)]
        code: CheckCode,
    },
    /// Refuse an asking.
    Refuse {
        /// The terminal.
        #[arg(value_parser = number)]
        terminal: TerminalId,
    },
    /// Enrol a terminal by the identity and key that `scanner-app init` printed: without a certificate, for provisioning by hand.
    Add {
        /// Its identity.
        #[arg(long)]
        terminal: TerminalId,
        /// Its public key, 64 hex digits.
        #[arg(long)]
        key: String,
        /// Whose it is.
        #[arg(long)]
        member: String,
        /// Where it works.
        #[arg(long)]
        site: String,
        /// What people call it.
        #[arg(long)]
        name: String,
    },
    /// Revoke a terminal: from the next request on its batches go to quarantine.
    Revoke {
        /// Its identity.
        #[arg(value_parser = number)]
        terminal: TerminalId,
        #[command(flatten)]
        reason: Reason,
    },
    /// List terminals.
    List,
    /// What was done to identities, by whom: invitations, approvals, revocations.
    Acts,
}

#[derive(Debug, clap::Args)]
pub(super) struct InviteArgs {
    /// Whose terminal it will be.
    #[arg(long)]
    member: String,
    /// Where it will work.
    #[arg(long)]
    site: String,
    /// What people will call it.
    #[arg(long)]
    name: String,
    /// Minutes that the invitation holds, at most 60.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=60))]
    minutes: u8,
    /// Only this terminal may use it: to enrol one again whose key was lost, or that was revoked.
    #[arg(long)]
    terminal: Option<TerminalId>,
    /// Where the terminal reaches this server, such as `https://192.168.1.5:7443`; otherwise `addresses` of the configuration.
    #[arg(long)]
    address: Vec<Address>,
    /// One JSON object rather than a QR.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, store: &Store, command: TerminalsCommand, now: Timestamp) -> Result<()> {
    let (_, identity) = commands::identity(config, now)?;
    let mut tx = store.write().await?;
    match command {
        TerminalsCommand::Invite(args) => {
            let invitation = invite(&mut tx, &identity, config, &args, now).await?;
            tx.commit().await?;
            return show(&invitation, &args, now);
        }
        TerminalsCommand::Pending => {
            let asking = enrolment::pending(&mut tx, now).await?;
            if asking.is_empty() {
                eprintln!("No terminal waits. One that was invited asks once it has run `scanner-app enrol`.");
            }
            for found in asking {
                report::pending(&found)?;
            }
        }
        TerminalsCommand::Approve { terminal, code } => {
            enrolment::approve(&mut tx, &identity, (terminal, code), &shell(), now).await?;
        }
        TerminalsCommand::Refuse { terminal } => enrolment::refuse(&mut tx, terminal, &shell(), now).await?,
        TerminalsCommand::Add { terminal, key, member, site, name } => {
            let Some(public_key) = PublicKey::from_hex(&key) else {
                bail!("`{key}` is not a public key of 64 hex digits; `scanner-app init` prints it");
            };
            if !known_place(&mut tx, &member, &site).await? {
                // Scripts that provision by hand may bring their places in afterwards.
                eprintln!(
                    "site {site} is not known yet: import it, until then nobody knows where this terminal stands"
                );
            }
            let new = Terminal {
                terminal,
                public_key,
                member: member.into(),
                site: site.into(),
                name,
                revoked_at: None,
                reached_at: None,
            };
            terminal::put(&mut tx, &new).await?;
            let on_what = format!("terminal {terminal}");
            let detail = format!("{} for {} at {}, by key", new.name, new.member, new.site);
            audit::append(&mut tx, &shell(), ("added", &on_what, &detail), now).await?;
        }
        TerminalsCommand::Revoke { terminal, reason } => {
            if !enrolment::revoke(&mut tx, terminal, (&shell(), reason.text()), now).await? {
                bail!("terminal {terminal} is not enrolled here; `sync-server terminals list` shows those that are");
            }
        }
        TerminalsCommand::List => {
            let ends = store::certificate::ends(&mut tx).await?;
            let contacts = store::certificate::contacts(&mut tx).await?;
            let heard = heartbeat::all(&mut tx).await?;
            for found in terminal::list(&mut tx).await? {
                let id = &found.terminal;
                report::terminal(&found, (ends.get(id), contacts.get(id)), heard.get(id))?;
            }
        }
        TerminalsCommand::Acts => {
            for (at, act, terminal, by, detail) in store::identity::acts(&mut tx).await? {
                report::line(&json!({ "at": at, "act": act, "terminal": terminal, "by": by, "detail": detail }))?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Refuses an unknown member and another member's site. Answers whether the site is known.
async fn known_place(conn: &mut AnyConnection, member: &str, site: &str) -> Result<bool> {
    let references = store::reference::load_all(conn).await?;
    if !references.members.contains_key(&member.into()) {
        bail!("member {member} is not known; import it first, then enrol its terminals");
    }
    match references.sites.get(&site.into()) {
        None => Ok(false),
        Some(known) if known.member != member.into() => {
            bail!(
                "site {site} is one of {}, not of {member}; name one of its own (`sync-server registry list site`)",
                known.member
            )
        }
        Some(_) => Ok(true),
    }
}

async fn invite(
    conn: &mut AnyConnection,
    identity: &Identity,
    config: &Config,
    args: &InviteArgs,
    now: Timestamp,
) -> Result<Invitation> {
    if !known_place(conn, &args.member, &args.site).await? {
        bail!("site {} is not known; import it first, then enrol its terminals", args.site);
    }
    if let Some(device) = args.terminal
        && terminal::find(conn, device).await?.is_none()
    {
        bail!("terminal {device} is not enrolled here; leave --terminal out to invite a new one");
    }
    let mut addresses = addresses(config, args)?;
    addresses.truncate(ADDRESSES_MAX);
    let new = NewInvitation {
        member: args.member.as_str().into(),
        site: args.site.as_str().into(),
        name: args.name.clone(),
        device: args.terminal,
        expires_at: now.plus_ms(i64::from(args.minutes) * MINUTE_MS),
    };
    let invitation = enrolment::invite(conn, identity, &new, (random()?, &shell()), now).await?;
    Ok(Invitation { addresses, ..invitation })
}

/// What was typed, else what is configured, else the one address that is listened on.
fn addresses(config: &Config, args: &InviteArgs) -> Result<Vec<Address>> {
    if !args.address.is_empty() {
        return Ok(args.address.clone());
    }
    if !config.addresses.is_empty() {
        return Ok(config.addresses.clone());
    }
    let listen = config.terminal_listen;
    if listen.ip().is_unspecified() || listen.port() == 0 {
        bail!(
            "where terminals reach this server is not known: set `addresses = [\"https://HOST:{}\"]` in the configuration, or add --address",
            if listen.port() == 0 { 7443 } else { listen.port() }
        );
    }
    Ok(vec![listen.to_string().parse()?])
}

fn show(invitation: &Invitation, args: &InviteArgs, now: Timestamp) -> Result<()> {
    let text = invitation.to_string();
    let expires_at = now.plus_ms(i64::from(args.minutes) * MINUTE_MS);
    if args.json {
        return report::line(&json!({
            "text": text, "code": invitation.code(), "addresses": invitation.addresses, "expires_at": expires_at,
        }));
    }
    // Full blocks are the light modules: most shells write light on dark.
    let symbol =
        QrCode::new(&text)?.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    println!("{symbol}\n");
    println!("On the terminal: scanner-app enrol --config terminal.toml, then scan this, or type");
    for address in &invitation.addresses {
        println!("  {} {}", address.as_str().trim_start_matches("https://"), invitation.code());
    }
    println!(
        "It holds until {} and for one terminal. Then compare the codes: sync-server terminals pending",
        expires_at.to_minute()
    );
    Ok(())
}

/// A terminal's number, as lists print it.
fn number(text: &str) -> Result<TerminalId, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is no terminal's number; `sync-server terminals list` and `pending` print them as `terminal`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_named_as_lists_print_it() {
        assert!(number("01a2031d-4280-7701-87ce-f59c15f4f5c6").is_ok());
        assert!(number("gate 1").unwrap_err().contains("terminals list"));
    }
}
