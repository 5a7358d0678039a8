//! Inviting, asking, approving. Only a person's approval makes a terminal one of ours, or one again.

use shared::chain::PublicKey;
use shared::enrolment::{CaPin, CheckCode, EnrolQuestion, EnrolRequest, EnrolState, Enrolled, Invitation, Token};
use shared::ids::TerminalId;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::{Identity, authority};
use crate::audit;
use crate::keys::KeyError;
use crate::people::Actor;
use crate::store::identity::{Asked, Enrolment, IdentityAct, NewInvitation, Stage};
use crate::store::terminal::Terminal;
use crate::store::{self, Store, StoreError};

/// How long an asking waits for a person.
const PENDING_MS: i64 = 24 * 3_600_000;

/// Characters of an app's version, at most.
const APP_LEN_MAX: usize = 64;

/// Why an asking is refused.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The token is none of ours.
    #[error("this invitation is not known here; ask the supervisor for a new one, or compare what was typed")]
    UnknownToken,
    /// The token was good once.
    #[error("this invitation {0}; ask the supervisor for a new one")]
    SpentToken(&'static str),
    /// The invitation is for another device.
    #[error("this invitation is for terminal {0}, which is enrolled again; ask the supervisor for one of your own")]
    OtherDevice(TerminalId),
    /// The identity belongs to somebody already.
    #[error(
        "terminal {0} is enrolled already with another key, or revoked; the supervisor must invite just this terminal (`terminals invite --terminal {0}`)"
    )]
    Taken(TerminalId),
    /// The proof does not hold.
    #[error(
        "the proof does not hold: the terminal does not have the key that it names, or it saw another CA than this server's"
    )]
    Proof,
    /// A field is not what it should be.
    #[error("`app` must be at most 64 printable characters")]
    Form,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a person's decision could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// Nobody of that identity waits, or not with that code.
    #[error(
        "no asking of terminal {0} with this code waits. If the terminal's screen shows another code, somebody stands between: refuse it and invite anew"
    )]
    NotPending(TerminalId),
    /// The CA.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a new invitation. `random` is the token, drawn by the caller.
pub async fn invite(
    conn: &mut AnyConnection,
    identity: &Identity,
    new: &NewInvitation,
    (random, by): ([u8; shared::enrolment::SECRET_BYTES], &Actor),
    now: Timestamp,
) -> Result<Invitation, StoreError> {
    let token = Token::new(random);
    store::identity::invite(conn, token.hash(), new, now).await?;
    let detail = format!("{} for {} at {}, until {}", new.name, new.member, new.site, new.expires_at.to_minute());
    let act = IdentityAct { act: "invited", terminal: new.device, by: &by.name, detail };
    audit::note_identity(conn, by, &act, now).await?;
    Ok(Invitation { addresses: identity.addresses.clone(), token, pin: CaPin::of(identity.authority.ca_hash()) })
}

/// Takes an asking. The same again is answered again; another with the same token is refused.
pub async fn ask(
    store: &Store,
    identity: &Identity,
    request: &EnrolRequest,
    now: Timestamp,
) -> Result<EnrolState, EnrolError> {
    if request.app.len() > APP_LEN_MAX || request.app.chars().any(char::is_control) {
        return Err(EnrolError::Form);
    }
    let token_hash = request.token.hash();
    let mut tx = store.write().await?;
    let found = store::identity::find(&mut tx, token_hash).await?.ok_or(EnrolError::UnknownToken)?;
    if !request.verifies(identity.authority.ca_hash()) {
        return Err(EnrolError::Proof);
    }
    if let Some(asked) = &found.asked {
        if (asked.terminal, asked.public_key) != (request.terminal, request.public_key) {
            return Err(EnrolError::SpentToken("was used by another terminal"));
        }
        return Ok(state(&mut tx, identity, &found).await?);
    }
    may_ask(&mut tx, &found, request, now).await?;
    let ca = identity.authority.ca_hash();
    let check_code = CheckCode::of(ca, &request.token, request.terminal, &request.public_key);
    let asked = Asked {
        terminal: request.terminal,
        public_key: request.public_key,
        app: request.app.clone(),
        check_code,
        at: now,
    };
    store::identity::ask(&mut tx, token_hash, &asked).await?;
    tx.commit().await.map_err(StoreError::from)?;
    tracing::info!(terminal = %request.terminal, "a terminal asks to be enrolled; compare its code and decide");
    Ok(EnrolState::Pending { check_code })
}

async fn may_ask(
    conn: &mut AnyConnection,
    found: &Enrolment,
    request: &EnrolRequest,
    now: Timestamp,
) -> Result<(), EnrolError> {
    if found.invitation.expires_at <= now {
        return Err(EnrolError::SpentToken("is out of date"));
    }
    if let Some(device) = found.invitation.device {
        return if device == request.terminal { Ok(()) } else { Err(EnrolError::OtherDevice(device)) };
    }
    // An identity that is somebody's can be had again only by an invitation that names it: else a guest could take it over.
    match store::terminal::find(conn, request.terminal).await? {
        Some(known) if known.public_key != request.public_key || known.revoked_at.is_some() => {
            Err(EnrolError::Taken(request.terminal))
        }
        _ => Ok(()),
    }
}

/// How an asking stands, for the terminal that asked.
pub async fn status(store: &Store, identity: &Identity, question: &EnrolQuestion) -> Result<EnrolState, EnrolError> {
    let mut conn = store.read().await?;
    let found = store::identity::find(&mut conn, question.token.hash()).await?.ok_or(EnrolError::UnknownToken)?;
    let asked = found.asked.as_ref().filter(|asked| asked.terminal == question.terminal);
    let asked = asked.ok_or(EnrolError::SpentToken("was not used by this terminal"))?;
    if !question.verifies(&asked.public_key) {
        return Err(EnrolError::Proof);
    }
    Ok(state(&mut conn, identity, &found).await?)
}

async fn state(conn: &mut AnyConnection, identity: &Identity, found: &Enrolment) -> Result<EnrolState, StoreError> {
    let asked = found.asked.as_ref().ok_or(StoreError::Corrupt("an asking without who asked"))?;
    match found.stage {
        Stage::Refused => Ok(EnrolState::Refused),
        Stage::Invited | Stage::Pending => Ok(EnrolState::Pending { check_code: asked.check_code }),
        Stage::Approved => {
            let enrolled = enrolled(conn, identity, asked.terminal, &asked.public_key).await?;
            Ok(EnrolState::Approved(Box::new(enrolled)))
        }
    }
}

async fn enrolled(
    conn: &mut AnyConnection,
    identity: &Identity,
    terminal: TerminalId,
    key: &PublicKey,
) -> Result<Enrolled, StoreError> {
    let row =
        store::terminal::find(conn, terminal).await?.ok_or(StoreError::Corrupt("an approved terminal is gone"))?;
    let held = store::certificate::newest(conn, terminal, key).await?;
    let held = held.ok_or(StoreError::Corrupt("an approved terminal has no certificate"))?;
    Ok(Enrolled {
        certificate: authority::as_kept(&held),
        ca: identity.authority.ca_pem().to_owned(),
        member: row.member,
        site: row.site,
        name: row.name,
        addresses: identity.addresses.clone(),
        server_key: identity.server_key,
        recipient: identity.recipient.clone(),
        ledger_id: store::ledger_id(conn).await?,
    })
}

/// Askings that wait for a person, the oldest first.
pub async fn pending(conn: &mut AnyConnection, now: Timestamp) -> Result<Vec<Enrolment>, StoreError> {
    store::identity::pending(conn, now.plus_ms(-PENDING_MS)).await
}

/// A person compared the code on both screens and approves: the terminal is enrolled, or enrolled again, and gets a certificate.
pub async fn approve(
    conn: &mut AnyConnection,
    identity: &Identity,
    (terminal, code): (TerminalId, CheckCode),
    by: &Actor,
    now: Timestamp,
) -> Result<(), DecideError> {
    let waiting = pending(conn, now).await?;
    let of_terminal = waiting.iter().filter_map(|found| found.asked.as_ref().map(|asked| (found, asked)));
    let mut of_terminal = of_terminal.filter(|(_, asked)| asked.terminal == terminal && asked.check_code == code);
    let (found, asked) = of_terminal.next().ok_or(DecideError::NotPending(terminal))?;
    store::identity::decide(conn, found.token_hash, Stage::Approved, &by.name, now).await?;
    let row = Terminal {
        terminal,
        public_key: asked.public_key,
        member: found.invitation.member.clone(),
        site: found.invitation.site.clone(),
        name: found.invitation.name.clone(),
        revoked_at: None,
        reached_at: None,
    };
    store::terminal::put(conn, &row).await?;
    let reinstated = store::terminal::reinstate(conn, terminal).await?;
    if reinstated {
        // What was made while it was revoked, perhaps by a thief, must not enter as if nothing had been: it stays evidence, and the
        // terminal goes on in a new epoch.
        store::ledger::close_epochs(conn, terminal).await?;
    }
    let made = identity.authority.certify(terminal, &asked.public_key, now, identity.certificate_days)?;
    store::certificate::keep(conn, &made).await?;
    let act = if reinstated { "reinstated" } else { "approved" };
    let detail = format!("{} for {} at {}, code {code}, key {}", row.name, row.member, row.site, asked.public_key);
    audit::note_identity(conn, by, &IdentityAct { act, terminal: Some(terminal), by: &by.name, detail }, now).await?;
    Ok(())
}

/// A person refuses every asking of a terminal that waits.
pub async fn refuse(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    by: &Actor,
    now: Timestamp,
) -> Result<(), DecideError> {
    let mut refused = false;
    for found in pending(conn, now).await? {
        if found.asked.as_ref().is_some_and(|asked| asked.terminal == terminal) {
            refused |= store::identity::decide(conn, found.token_hash, Stage::Refused, &by.name, now).await?;
        }
    }
    if !refused {
        return Err(DecideError::NotPending(terminal));
    }
    let act = IdentityAct { act: "refused", terminal: Some(terminal), by: &by.name, detail: String::new() };
    audit::note_identity(conn, by, &act, now).await?;
    Ok(())
}

/// Revokes a terminal: from the next request on it may only deliver, into quarantine. Answers whether it is enrolled here.
pub async fn revoke(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !store::terminal::revoke(conn, terminal, now).await? {
        return Ok(false);
    }
    let act = IdentityAct { act: "revoked", terminal: Some(terminal), by: &by.name, detail: why.to_owned() };
    audit::note_identity(conn, by, &act, now).await?;
    Ok(true)
}

#[cfg(test)]
mod tests;
