//! Webhooks and what waits to be told to them.

use shared::ids::MemberId;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::store::{StoreError, from_i64, to_i64};

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its name: a UUID.
    pub webhook_id: String,
    /// Where it goes.
    pub url: String,
    /// Whose trade is told; none: everybody's.
    pub member: Option<MemberId>,
    /// What its messages are signed with, hexadecimal.
    pub secret: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Ledger position up to which everything waits or was told.
    pub position: u64,
    /// Since when nothing could be told.
    pub failing_since: Option<Timestamp>,
    /// When it was given up.
    pub disabled_at: Option<Timestamp>,
    /// Why the last message could not be told.
    pub last_error: Option<String>,
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// From 1, within the webhook: the receiver tells copies by it.
    pub delivery_no: u64,
    /// The message.
    pub body: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next.
    pub next_at: Timestamp,
}

/// Adds a webhook.
pub async fn put(conn: &mut AnyConnection, webhook: &Webhook) -> Result<(), StoreError> {
    let sql =
        "insert into webhook (webhook_id, url, member, secret, made_at, position) values ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(&webhook.webhook_id)
        .bind(&webhook.url)
        .bind(webhook.member.as_ref().map(MemberId::as_str))
        .bind(&webhook.secret)
        .bind(webhook.made_at.as_ms())
        .bind(to_i64(webhook.position))
        .execute(conn)
        .await?;
    Ok(())
}

/// All webhooks, the oldest first.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<Webhook>, StoreError> {
    let sql = "select webhook_id, url, member, secret, made_at, position, failing_since, disabled_at, last_error \
               from webhook order by made_at, webhook_id";
    sqlx::query(sql).fetch_all(conn).await?.iter().map(read).collect()
}

/// The webhook of this name.
pub async fn find(conn: &mut AnyConnection, webhook_id: &str) -> Result<Option<Webhook>, StoreError> {
    let sql = "select webhook_id, url, member, secret, made_at, position, failing_since, disabled_at, last_error \
               from webhook where webhook_id = $1";
    sqlx::query(sql).bind(webhook_id).fetch_optional(conn).await?.map(|row| read(&row)).transpose()
}

/// Takes a webhook away with all that waits. Answers whether it was there.
pub async fn remove(conn: &mut AnyConnection, webhook_id: &str) -> Result<bool, StoreError> {
    sqlx::query("delete from webhook_delivery where webhook_id = $1").bind(webhook_id).execute(&mut *conn).await?;
    let done = sqlx::query("delete from webhook where webhook_id = $1").bind(webhook_id).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Lets a webhook that was given up try again, with what waits. Answers whether it was there.
pub async fn enable(conn: &mut AnyConnection, webhook_id: &str) -> Result<bool, StoreError> {
    let sql = "update webhook_delivery set next_at = 0, tries = 0 where webhook_id = $1";
    sqlx::query(sql).bind(webhook_id).execute(&mut *conn).await?;
    let sql = "update webhook set disabled_at = null, failing_since = null, last_error = null where webhook_id = $1";
    Ok(sqlx::query(sql).bind(webhook_id).execute(conn).await?.rows_affected() == 1)
}

/// Queues messages; everything up to the position is in the queue then.
pub async fn queue(
    conn: &mut AnyConnection,
    webhook_id: &str,
    bodies: &[String],
    position: u64,
) -> Result<(), StoreError> {
    for body in bodies {
        let sql = "insert into webhook_delivery (webhook_id, delivery_no, body, tries, next_at) \
                   select $1, coalesce(max(delivery_no), 0) + 1, $2, 0, 0 from \
                   (select delivery_no from webhook_delivery where webhook_id = $1 \
                   union all select last_no from webhook where webhook_id = $1) as numbers";
        sqlx::query(sql).bind(webhook_id).bind(body).execute(&mut *conn).await?;
    }
    let sql = "update webhook set position = $2 where webhook_id = $1";
    sqlx::query(sql).bind(webhook_id).bind(to_i64(position)).execute(conn).await?;
    Ok(())
}

/// The first message that waits: they are told in order.
pub async fn first(conn: &mut AnyConnection, webhook_id: &str) -> Result<Option<Delivery>, StoreError> {
    let sql = "select delivery_no, body, tries, next_at from webhook_delivery where webhook_id = $1 \
               order by delivery_no limit 1";
    let row = sqlx::query(sql).bind(webhook_id).fetch_optional(conn).await?;
    row.map(|row| {
        Ok(Delivery {
            delivery_no: from_i64(row.try_get("delivery_no")?),
            body: row.try_get("body")?,
            tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
            next_at: Timestamp::from_ms(row.try_get("next_at")?),
        })
    })
    .transpose()
}

/// How many messages wait.
pub async fn waiting(conn: &mut AnyConnection, webhook_id: &str) -> Result<u64, StoreError> {
    let sql = "select count(*) as waiting from webhook_delivery where webhook_id = $1";
    Ok(from_i64(sqlx::query(sql).bind(webhook_id).fetch_one(conn).await?.try_get("waiting")?))
}

/// The receiver took a message.
pub async fn taken(conn: &mut AnyConnection, webhook_id: &str, delivery_no: u64) -> Result<(), StoreError> {
    let sql = "delete from webhook_delivery where webhook_id = $1 and delivery_no = $2";
    sqlx::query(sql).bind(webhook_id).bind(to_i64(delivery_no)).execute(&mut *conn).await?;
    let sql = "update webhook set last_no = $2, failing_since = null, last_error = null where webhook_id = $1";
    sqlx::query(sql).bind(webhook_id).bind(to_i64(delivery_no)).execute(conn).await?;
    Ok(())
}

/// A message could not be told: it is tried again at `next_at`; the webhook is given up where `gives_up`.
pub async fn failed(
    conn: &mut AnyConnection,
    webhook_id: &str,
    (delivery_no, next_at): (u64, Timestamp),
    why: &str,
    (now, gives_up): (Timestamp, bool),
) -> Result<(), StoreError> {
    let sql = "update webhook_delivery set tries = tries + 1, next_at = $3 where webhook_id = $1 and delivery_no = $2";
    let query = sqlx::query(sql).bind(webhook_id).bind(to_i64(delivery_no)).bind(next_at.as_ms());
    query.execute(&mut *conn).await?;
    let sql = "update webhook set failing_since = coalesce(failing_since, $2), last_error = $3, disabled_at = $4 \
               where webhook_id = $1";
    let disabled_at = gives_up.then(|| now.as_ms());
    sqlx::query(sql).bind(webhook_id).bind(now.as_ms()).bind(why).bind(disabled_at).execute(conn).await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Webhook, StoreError> {
    let at = |column| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    Ok(Webhook {
        webhook_id: row.try_get("webhook_id")?,
        url: row.try_get("url")?,
        member: row.try_get::<Option<String>, _>("member")?.map(MemberId::from),
        secret: row.try_get("secret")?,
        made_at: Timestamp::from_ms(row.try_get("made_at")?),
        position: from_i64(row.try_get("position")?),
        failing_since: at("failing_since")?,
        disabled_at: at("disabled_at")?,
        last_error: row.try_get("last_error")?,
    })
}
