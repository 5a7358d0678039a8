//! Invitations and the askings that used them; the acts of people on identities.

use shared::chain::{Hash, PublicKey};
use shared::enrolment::CheckCode;
use shared::ids::{MemberId, SiteId, TerminalId};
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::StoreError;

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody used it yet.
    Invited,
    /// A terminal asked; a person decides.
    Pending,
    /// A person approved.
    Approved,
    /// A person refused.
    Refused,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Invited, Self::Pending, Self::Approved, Self::Refused].into_iter().find(|stage| stage.as_str() == text)
    }
}

/// What a new invitation is for.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Whose terminal it will be.
    pub member: MemberId,
    /// Where it will work.
    pub site: SiteId,
    /// What people will call it.
    pub name: String,
    /// Only this terminal may use it: one that is enrolled again.
    pub device: Option<TerminalId>,
    /// Nobody can ask with it after that.
    pub expires_at: Timestamp,
}

/// Who asked, with which invitation.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The terminal.
    pub terminal: TerminalId,
    /// Its key.
    pub public_key: PublicKey,
    /// Its app's version.
    pub app: String,
    /// What both screens show.
    pub check_code: CheckCode,
    /// When.
    pub at: Timestamp,
}

/// An invitation and what became of it.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The hash of its token.
    pub token_hash: Hash,
    /// What it is for.
    pub invitation: NewInvitation,
    /// How it stands.
    pub stage: Stage,
    /// Who asked with it.
    pub asked: Option<Asked>,
}

/// Keeps a new invitation.
pub async fn invite(
    conn: &mut AnyConnection,
    token_hash: Hash,
    new: &NewInvitation,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into enrolment (token_hash, member, site, name, device, invited_at, expires_at, state) \
         values ($1, $2, $3, $4, $5, $6, $7, 'invited')",
    )
    .bind(token_hash.as_bytes().to_vec())
    .bind(new.member.as_str())
    .bind(new.site.as_str())
    .bind(&new.name)
    .bind(new.device.map(|device| device.to_string()))
    .bind(now.as_ms())
    .bind(new.expires_at.as_ms())
    .execute(conn)
    .await?;
    Ok(())
}

/// The invitation of a token.
pub async fn find(conn: &mut AnyConnection, token_hash: Hash) -> Result<Option<Enrolment>, StoreError> {
    let sql = "select token_hash, member, site, name, device, expires_at, state, terminal, public_key, app, check_code, \
               asked_at from enrolment where token_hash = $1";
    let row = sqlx::query(sql).bind(token_hash.as_bytes().to_vec()).fetch_optional(conn).await?;
    row.map(|row| read(&row)).transpose()
}

/// Askings that nobody decided on, the oldest first.
pub async fn pending(conn: &mut AnyConnection, since: Timestamp) -> Result<Vec<Enrolment>, StoreError> {
    let sql = "select token_hash, member, site, name, device, expires_at, state, terminal, public_key, app, check_code, \
               asked_at from enrolment where state = 'pending' and asked_at >= $1 order by asked_at";
    let rows = sqlx::query(sql).bind(since.as_ms()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// A terminal asks with an invitation that nobody used.
pub async fn ask(conn: &mut AnyConnection, token_hash: Hash, asked: &Asked) -> Result<(), StoreError> {
    sqlx::query(
        "update enrolment set state = 'pending', terminal = $2, public_key = $3, app = $4, check_code = $5, asked_at = $6 \
         where token_hash = $1 and state = 'invited'",
    )
    .bind(token_hash.as_bytes().to_vec())
    .bind(asked.terminal.to_string())
    .bind(asked.public_key.to_string())
    .bind(&asked.app)
    .bind(asked.check_code.to_string())
    .bind(asked.at.as_ms())
    .execute(conn)
    .await?;
    Ok(())
}

/// A person decides on a pending asking. Answers whether it was pending.
pub async fn decide(
    conn: &mut AnyConnection,
    token_hash: Hash,
    stage: Stage,
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update enrolment set state = $2, decided_at = $3, decided_by = $4 where token_hash = $1 and state = 'pending'",
    )
    .bind(token_hash.as_bytes().to_vec())
    .bind(stage.as_str())
    .bind(now.as_ms())
    .bind(by)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One act of a person.
#[derive(Clone, Debug)]
pub struct IdentityAct<'a> {
    /// A word: invited, approved, refused, revoked, reinstated, ca-adopted.
    pub act: &'a str,
    /// On whom.
    pub terminal: Option<TerminalId>,
    /// Who did it: `console` or `shell`.
    pub by: &'a str,
    /// What should be known of it.
    pub detail: String,
}

/// Writes an act down.
pub async fn note_act(conn: &mut AnyConnection, act: &IdentityAct<'_>, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("insert into identity_act (at, act, terminal, by_whom, detail) values ($1, $2, $3, $4, $5)")
        .bind(now.as_ms())
        .bind(act.act)
        .bind(act.terminal.map(|terminal| terminal.to_string()))
        .bind(act.by)
        .bind(&act.detail)
        .execute(conn)
        .await?;
    Ok(())
}

/// Every act so far as (time, word, terminal, who, detail), the oldest first.
pub async fn acts(
    conn: &mut AnyConnection,
) -> Result<Vec<(Timestamp, String, Option<String>, String, String)>, StoreError> {
    let sql = "select at, act, terminal, by_whom, detail from identity_act order by act_no";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let act = |row: &AnyRow| -> Result<_, StoreError> {
        Ok((
            Timestamp::from_ms(row.try_get("at")?),
            row.try_get("act")?,
            row.try_get("terminal")?,
            row.try_get("by_whom")?,
            row.try_get("detail")?,
        ))
    };
    rows.iter().map(act).collect()
}

fn read(row: &AnyRow) -> Result<Enrolment, StoreError> {
    let damaged = |what| StoreError::Corrupt(what);
    let terminal = |column| -> Result<Option<TerminalId>, StoreError> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse().map_err(|_| damaged("a terminal is not a UUID"))).transpose()
    };
    let hash: Vec<u8> = row.try_get("token_hash")?;
    let state: String = row.try_get("state")?;
    Ok(Enrolment {
        token_hash: Hash::new(hash.try_into().map_err(|_| damaged("a token's hash is not 32 bytes"))?),
        invitation: NewInvitation {
            member: row.try_get::<String, _>("member")?.into(),
            site: row.try_get::<String, _>("site")?.into(),
            name: row.try_get("name")?,
            device: terminal("device")?,
            expires_at: Timestamp::from_ms(row.try_get("expires_at")?),
        },
        stage: Stage::parse(&state).ok_or(damaged("an invitation's state is unknown"))?,
        asked: match terminal("terminal")? {
            None => None,
            Some(terminal) => {
                let key: String = row.try_get("public_key")?;
                let code: String = row.try_get("check_code")?;
                Some(Asked {
                    terminal,
                    public_key: PublicKey::from_hex(&key).ok_or(damaged("a terminal's key is not 64 hex digits"))?,
                    app: row.try_get("app")?,
                    check_code: code.parse().map_err(|_| damaged("a check code is not eight digits"))?,
                    at: Timestamp::from_ms(row.try_get("asked_at")?),
                })
            }
        },
    })
}
