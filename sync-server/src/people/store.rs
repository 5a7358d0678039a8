//! People, sessions and tokens in the database.

use shared::chain::Hash;
use shared::ids::MemberId;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::actor::{Actor, Means};
use super::role::Role;
use super::session::{IDLE_MS, LIFE_MS};
use crate::store::StoreError;

/// A person of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What is typed at sign-in, lower case.
    pub name: String,
    /// What people are called on screens.
    pub shown: String,
    /// What the person may do.
    pub role: Role,
    /// Whose person; none for the regulator.
    pub member: Option<MemberId>,
    /// What is stored of the password; none: cannot sign in.
    pub password: Option<String>,
    /// When the person was added.
    pub made_at: Timestamp,
    /// Since when the person may not act.
    pub disabled_at: Option<Timestamp>,
}

/// Characters of a sign-in name, at most.
const NAME_CHARS_MAX: usize = 64;

/// The sign-in name that was typed: trimmed and in lower case; none where nobody can have it.
#[must_use]
pub fn name_of(typed: &str) -> Option<String> {
    let fits = |letter: char| letter.is_alphanumeric() || ".-_@".contains(letter);
    let name = typed.trim();
    let is_short = name.chars().take(NAME_CHARS_MAX + 1).count() <= NAME_CHARS_MAX;
    (is_short && !name.is_empty() && name.chars().all(fits)).then(|| name.to_lowercase())
}

impl Person {
    /// The person as who acts.
    #[must_use]
    pub fn acts(self, means: Means, from: String) -> Actor {
        Actor { name: self.name, shown: self.shown, role: Some(self.role), member: self.member, means, from }
    }
}

/// Adds a person, or changes the name shown, the role and the member of one.
pub async fn put(conn: &mut AnyConnection, person: &Person) -> Result<(), StoreError> {
    sqlx::query(
        "insert into person (name, shown, role, member, password, made_at, password_at, disabled_at) \
         values ($1, $2, $3, $4, $5, $6, $6, $7) on conflict (name) do update set shown = excluded.shown, \
         role = excluded.role, member = excluded.member, disabled_at = excluded.disabled_at",
    )
    .bind(&person.name)
    .bind(&person.shown)
    .bind(person.role.as_str())
    .bind(person.member.as_ref().map(MemberId::as_str))
    .bind(&person.password)
    .bind(person.made_at.as_ms())
    .bind(person.disabled_at.map(Timestamp::as_ms))
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets a password and ends every session and token of the person.
pub async fn set_password(
    conn: &mut AnyConnection,
    name: &str,
    password: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update person set password = $2, password_at = $3 where name = $1";
    sqlx::query(sql).bind(name).bind(password).bind(now.as_ms()).execute(&mut *conn).await?;
    end_access(conn, name, now).await
}

/// The person of this sign-in name.
pub async fn find(conn: &mut AnyConnection, name: &str) -> Result<Option<Person>, StoreError> {
    let sql = "select name, shown, role, member, password, made_at, disabled_at from person where name = $1";
    sqlx::query(sql).bind(name).fetch_optional(conn).await?.map(|row| read(&row)).transpose()
}

/// Everybody, by name.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<Person>, StoreError> {
    let sql = "select name, shown, role, member, password, made_at, disabled_at from person order by name";
    sqlx::query(sql).fetch_all(conn).await?.iter().map(read).collect()
}

/// Whether anybody may sign in at all.
pub async fn is_anybody(conn: &mut AnyConnection) -> Result<bool, StoreError> {
    let sql = "select count(*) as people from person where disabled_at is null";
    Ok(sqlx::query(sql).fetch_one(conn).await?.try_get::<i64, _>("people")? > 0)
}

/// The person, the start and the last request of a session.
pub async fn session(
    conn: &mut AnyConnection,
    hash: Hash,
) -> Result<Option<(Person, Timestamp, Timestamp)>, StoreError> {
    let sql = "select p.name, p.shown, p.role, p.member, p.password, p.made_at, p.disabled_at, \
               s.made_at as opened_at, s.seen_at from session s join person p on p.name = s.person \
               where s.session_hash = $1";
    let row = sqlx::query(sql).bind(hash.as_bytes().to_vec()).fetch_optional(conn).await?;
    row.map(|row| {
        let at = |column| row.try_get(column).map(Timestamp::from_ms);
        Ok((read(&row)?, at("opened_at")?, at("seen_at")?))
    })
    .transpose()
}

/// Opens a session.
pub async fn put_session(conn: &mut AnyConnection, hash: Hash, person: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into session (session_hash, person, made_at, seen_at) values ($1, $2, $3, $3)";
    sqlx::query(sql).bind(hash.as_bytes().to_vec()).bind(person).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}

/// A session was used.
pub async fn session_seen(conn: &mut AnyConnection, hash: Hash, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update session set seen_at = $2 where session_hash = $1";
    sqlx::query(sql).bind(hash.as_bytes().to_vec()).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}

/// Ends one session.
pub async fn end_session(conn: &mut AnyConnection, hash: Hash) -> Result<(), StoreError> {
    let sql = "delete from session where session_hash = $1";
    sqlx::query(sql).bind(hash.as_bytes().to_vec()).execute(conn).await?;
    Ok(())
}

/// Ends every session and token of a person, for good: whoever may act again signs in, and makes tokens, anew.
pub async fn end_access(conn: &mut AnyConnection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from session where person = $1").bind(name).execute(&mut *conn).await?;
    let sql = "update api_token set revoked_at = $2 where person = $1 and revoked_at is null";
    sqlx::query(sql).bind(name).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}

/// Clears sessions away that have ended.
pub async fn clear_sessions(conn: &mut AnyConnection, now: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from session where seen_at <= $1 or made_at <= $2";
    let query = sqlx::query(sql).bind(now.plus_ms(-IDLE_MS).as_ms()).bind(now.plus_ms(-LIFE_MS).as_ms());
    query.execute(conn).await?;
    Ok(())
}

/// A token of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What people call it by.
    pub label: String,
    /// Whose.
    pub person: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Keeps a token.
pub async fn put_token(conn: &mut AnyConnection, hash: Hash, token: &Token) -> Result<(), StoreError> {
    let sql = "insert into api_token (token_hash, label, person, made_at, expires_at) values ($1, $2, $3, $4, $5)";
    let query = sqlx::query(sql).bind(hash.as_bytes().to_vec()).bind(&token.label).bind(&token.person);
    query.bind(token.made_at.as_ms()).bind(token.expires_at.as_ms()).execute(conn).await?;
    Ok(())
}

/// The person of a token that holds.
pub async fn by_token(conn: &mut AnyConnection, hash: Hash, now: Timestamp) -> Result<Option<Person>, StoreError> {
    let sql = "select p.name, p.shown, p.role, p.member, p.password, p.made_at, p.disabled_at from api_token t \
               join person p on p.name = t.person where t.token_hash = $1 and t.expires_at > $2 and t.revoked_at is null";
    let row = sqlx::query(sql).bind(hash.as_bytes().to_vec()).bind(now.as_ms()).fetch_optional(conn).await?;
    row.map(|row| read(&row)).transpose()
}

/// Every token, by person.
pub async fn tokens(conn: &mut AnyConnection) -> Result<Vec<Token>, StoreError> {
    let sql = "select label, person, made_at, expires_at, revoked_at from api_token order by person, made_at, label";
    let token = |row: &AnyRow| -> Result<Token, StoreError> {
        Ok(Token {
            label: row.try_get("label")?,
            person: row.try_get("person")?,
            made_at: Timestamp::from_ms(row.try_get("made_at")?),
            expires_at: Timestamp::from_ms(row.try_get("expires_at")?),
            revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(Timestamp::from_ms),
        })
    };
    sqlx::query(sql).fetch_all(conn).await?.iter().map(token).collect()
}

/// Revokes a token by its label. Answers whether there was one that held.
pub async fn revoke_token(conn: &mut AnyConnection, label: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update api_token set revoked_at = $2 where label = $1 and revoked_at is null";
    let done = sqlx::query(sql).bind(label).bind(now.as_ms()).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

fn read(row: &AnyRow) -> Result<Person, StoreError> {
    let role: String = row.try_get("role")?;
    Ok(Person {
        name: row.try_get("name")?,
        shown: row.try_get("shown")?,
        role: role.parse().map_err(|_| StoreError::Corrupt("a person's role is unknown"))?,
        member: row.try_get::<Option<String>, _>("member")?.map(MemberId::from),
        password: row.try_get("password")?,
        made_at: Timestamp::from_ms(row.try_get("made_at")?),
        disabled_at: row.try_get::<Option<i64>, _>("disabled_at")?.map(Timestamp::from_ms),
    })
}
