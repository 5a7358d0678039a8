//! `sync-server users`: who may open the console, and tokens of programs. Passwords come from standard input, never from the command
//! line, which other people of the machine can read.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::json;
use shared::ids::MemberId;
use shared::time::{HOUR_MS, Timestamp};
use sqlx::AnyConnection;

use super::{Reason, report, shell};
use crate::audit;
use crate::people::password::{self, SALT_LEN};
use crate::people::session::{TOKEN_PREFIX, token_hash};
use crate::people::store::{self as people, Person, Token};
use crate::people::{Role, random};
use crate::store::{self, Store};

#[derive(Debug, Subcommand)]
pub(super) enum UsersCommand {
    /// Add a person; the password is read from standard input.
    Add {
        /// What is typed at sign-in.
        #[arg(long)]
        name: String,
        /// What people are called on screens; the sign-in name where it is left out.
        #[arg(long)]
        shown: Option<String>,
        /// regulator, supervisor, clerk or read-only.
        #[arg(long)]
        role: Role,
        /// Whose person; everybody's but the regulator's.
        #[arg(long)]
        member: Option<String>,
    },
    /// List people: name, role, member, since when disabled; one JSON object a line.
    List,
    /// A person may not act any more; sessions and tokens end at once, for good.
    Disable {
        /// The sign-in name.
        name: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// A person may act again; tokens are made anew.
    Enable {
        /// The sign-in name.
        name: String,
    },
    /// Set a person's password, read from standard input; sessions and tokens end.
    SetPassword {
        /// The sign-in name.
        name: String,
    },
    /// Give a person another role or member; sessions and tokens end.
    SetRole {
        /// The sign-in name.
        name: String,
        /// regulator, supervisor, clerk or read-only.
        #[arg(long)]
        role: Role,
        /// Whose person; everybody's but the regulator's.
        #[arg(long)]
        member: Option<String>,
        #[command(flatten)]
        reason: Reason,
    },
    /// Tokens of programs that act for a person.
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token; it is shown this once.
    Add {
        /// For whom it acts.
        #[arg(long)]
        user: String,
        /// Days that it holds.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// List tokens, one JSON object a line.
    List,
    /// Revoke a token by its label.
    Revoke {
        /// As `list` shows it.
        label: String,
    },
}

pub(super) async fn run(store: &Store, command: UsersCommand, now: Timestamp) -> Result<()> {
    // Standard input is read before the write lock is taken: people type slowly.
    let password = match &command {
        UsersCommand::Add { name, .. } | UsersCommand::SetPassword { name } => Some(typed(name)?),
        _ => None,
    };
    let mut tx = store.write().await?;
    match command {
        UsersCommand::Add { name, shown, role, member } => {
            let name = sign_in_name(&name)?;
            if people::find(&mut tx, &name).await?.is_some() {
                bail!("{name} is here already; `sync-server users set-role` or `set-password` changes a person");
            }
            let member = of_member(&mut tx, role, member).await?;
            let shown = shown.unwrap_or_else(|| name.clone());
            let person = Person { name, shown, role, member, password, made_at: now, disabled_at: None };
            people::put(&mut tx, &person).await?;
            note(&mut tx, "user-added", (&person, None), now).await?;
        }
        UsersCommand::List => {
            for person in people::list(&mut tx).await? {
                report::line(&json!({
                    "name": person.name, "shown": person.shown, "role": person.role.as_str(), "member": person.member,
                    "made_at": person.made_at, "disabled_at": person.disabled_at,
                }))?;
            }
        }
        UsersCommand::Disable { name, reason } => {
            let person = Person { disabled_at: Some(now), ..known(&mut tx, &name).await? };
            people::put(&mut tx, &person).await?;
            people::end_access(&mut tx, &person.name, now).await?;
            note(&mut tx, "user-disabled", (&person, Some(&reason)), now).await?;
        }
        UsersCommand::Enable { name } => {
            let person = Person { disabled_at: None, ..known(&mut tx, &name).await? };
            people::put(&mut tx, &person).await?;
            note(&mut tx, "user-enabled", (&person, None), now).await?;
        }
        UsersCommand::SetPassword { name } => {
            let person = known(&mut tx, &name).await?;
            people::set_password(&mut tx, &person.name, &password.unwrap_or_default(), now).await?;
            note(&mut tx, "password-set", (&person, None), now).await?;
        }
        UsersCommand::SetRole { name, role, member, reason } => {
            let before = known(&mut tx, &name).await?;
            let person = Person { role, member: of_member(&mut tx, role, member).await?, ..before };
            people::put(&mut tx, &person).await?;
            people::end_access(&mut tx, &person.name, now).await?;
            note(&mut tx, "role-set", (&person, Some(&reason)), now).await?;
        }
        UsersCommand::Token(command) => tokens(&mut tx, command, now).await?,
    }
    tx.commit().await?;
    Ok(())
}

async fn tokens(conn: &mut AnyConnection, command: TokenCommand, now: Timestamp) -> Result<()> {
    let by = shell();
    match command {
        TokenCommand::Add { user, days } => {
            let person = known(conn, &user).await?;
            let secret = random::<32>()?;
            let hash = token_hash(&secret);
            let label: String = hash.to_string().chars().take(8).collect();
            let expires_at = now.plus_ms(i64::from(days) * 24 * HOUR_MS);
            let token = Token { label: label.clone(), person: person.name, made_at: now, expires_at, revoked_at: None };
            people::put_token(conn, hash, &token).await?;
            audit::append(conn, &by, ("token-added", &token.person, &label), now).await?;
            let text = format!("{TOKEN_PREFIX}{}", hex::encode(secret));
            report::line(&json!({ "token": text, "label": label, "user": token.person, "expires_at": expires_at }))
        }
        TokenCommand::List => {
            for token in people::tokens(conn).await? {
                report::line(&json!({
                    "label": token.label, "user": token.person, "made_at": token.made_at, "expires_at": token.expires_at,
                    "revoked_at": token.revoked_at,
                }))?;
            }
            Ok(())
        }
        TokenCommand::Revoke { label } => {
            if !people::revoke_token(conn, &label, now).await? {
                bail!("no token {label} holds here; `sync-server users token list` shows those that do");
            }
            Ok(audit::append(conn, &by, ("token-revoked", &label, ""), now).await?)
        }
    }
}

async fn note(
    conn: &mut AnyConnection,
    act: &str,
    (person, reason): (&Person, Option<&Reason>),
    now: Timestamp,
) -> Result<()> {
    let why =
        person.member.as_ref().map_or_else(|| person.role.to_string(), |member| format!("{} of {member}", person.role));
    let why = reason.map_or_else(|| why.clone(), |reason| reason.beside(&why));
    Ok(audit::append(conn, &shell(), (act, &person.name, &why), now).await?)
}

async fn known(conn: &mut AnyConnection, name: &str) -> Result<Person> {
    let found = people::find(conn, &name.to_lowercase()).await?;
    found.with_context(|| format!("{name} is nobody here; `sync-server users list` shows who is"))
}

/// Everybody but the regulator belongs to one known member.
async fn of_member(conn: &mut AnyConnection, role: Role, member: Option<String>) -> Result<Option<MemberId>> {
    match (role, member) {
        (Role::Regulator, None) => Ok(None),
        (Role::Regulator, Some(_)) => bail!("the regulator belongs to no member; leave --member out"),
        (_, None) => bail!("a {role} belongs to a member; add --member MEMBER"),
        (_, Some(member)) => {
            let member = MemberId::from(member);
            if !store::reference::load_all(conn).await?.members.contains_key(&member) {
                bail!("member {member} is not known; import it first");
            }
            Ok(Some(member))
        }
    }
}

fn sign_in_name(name: &str) -> Result<String> {
    let Some(name) = people::name_of(name) else {
        bail!("a sign-in name is 1 to 64 letters, digits and . - _ @; choose another");
    };
    if ["shell", "console", "server"].contains(&name.as_str()) {
        bail!("{name} stands for something else in the audit log; choose another name");
    }
    Ok(name)
}

/// A new password from standard input, hashed.
fn typed(name: &str) -> Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("The new password, then Enter (it is shown while you type; `read -rs` and a pipe hide it):");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line).context("the password cannot be read from standard input")?;
    let text = password::choose(name, line.trim_end_matches(['\r', '\n']))?;
    Ok(password::hash(text, &random::<SALT_LEN>()?))
}
