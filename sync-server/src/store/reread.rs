//! Reading again what labels said, by other grammars: the log stays as it is, what leads to it is completed. What was a code before
//! must be the same code after, or what stands about it would be lost.

use std::collections::BTreeSet;

use shared::code::{CodeKey, Grammars, PackageCode};
use sqlx::{AnyConnection, Row};

use super::trail::Place;
use super::{StoreError, event, named, stored, to_i64, trail};

/// Batches that are read at once: each may take some megabytes.
const BATCHES_AT_ONCE: i64 = 16;

/// Registered codes that are read at once.
const CODES_AT_ONCE: i64 = 10_000;

/// Why the log cannot be read by other grammars.
#[derive(Debug, thiserror::Error)]
pub enum RereadError {
    /// A text that is stored would be another code, or none.
    #[error("`{text}` is stored and was read as {was}; now it would be {}", .now.as_ref().map_or_else(|| "no code".to_owned(), ToString::to_string))]
    Otherwise {
        /// What a label said, or a registered code.
        text: String,
        /// What it was read as.
        was: PackageCode,
        /// What it would be.
        now: Option<PackageCode>,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RereadError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Grammars that come in the place of others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grown<'g> {
    old: &'g Grammars,
    new: &'g Grammars,
}

impl Grown<'_> {
    /// The code of a text that was none.
    pub(super) fn anew(&self, text: &str) -> Result<Option<PackageCode>, RereadError> {
        match (self.old.parse(text), self.new.parse(text)) {
            (Err(_), now) => Ok(now.ok()),
            (Ok(was), Ok(now)) if was == now => Ok(None),
            (Ok(was), now) => Err(RereadError::Otherwise { text: text.to_owned(), was, now: now.ok() }),
        }
    }

    /// The code of a text, by the new grammars.
    pub(super) fn code(&self, text: &str) -> Option<PackageCode> {
        self.new.parse(text).ok()
    }
}

/// What reading again came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Texts that are codes and were none.
    pub texts: u64,
    /// Their codes: of scans, and of what other events name.
    pub codes: BTreeSet<PackageCode>,
}

impl Reread {
    pub(super) fn add(&mut self, code: PackageCode) {
        self.texts += 1;
        self.codes.insert(code);
    }
}

/// Reads what `old` could not read and `new` can: scans in their batches, scans with a row of their own, texts that other events
/// name. The whole log is read once, some thousand events at a time, and every registered code.
pub async fn reread(conn: &mut AnyConnection, old: &Grammars, new: &Grammars) -> Result<Reread, RereadError> {
    let (grown, mut found) = (Grown { old, new }, Reread::default());
    registered(conn, grown).await?;
    scans_in_batches(conn, grown, &mut found).await?;
    scans_in_rows(conn, grown, &mut found).await?;
    named::name_again(conn, grown, &mut found).await?;
    Ok(found)
}

/// Registered codes are what they were.
async fn registered(conn: &mut AnyConnection, grown: Grown<'_>) -> Result<(), RereadError> {
    let mut after = Vec::new();
    loop {
        let sql = "select code_key, code from code where code_key > $1 order by code_key limit $2";
        let rows = sqlx::query(sql).bind(after.clone()).bind(CODES_AT_ONCE).fetch_all(&mut *conn).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get::<Vec<u8>, _>("code_key")?;
        for row in &rows {
            let text: &str = row.try_get("code")?;
            grown.anew(text)?;
            // A label may say the same without any mark, and there the patterns are asked first.
            if let Ok(PackageCode::Item { gtin, serial }) = text.parse() {
                grown.anew(&format!("01{gtin}21{serial}"))?;
            }
        }
    }
}

async fn scans_in_batches(conn: &mut AnyConnection, grown: Grown<'_>, found: &mut Reread) -> Result<(), RereadError> {
    let mut after = 0;
    loop {
        let batches = stored::after(conn, after, BATCHES_AT_ONCE).await?;
        let Some(last) = batches.last() else { return Ok(()) };
        after = last.entry;
        let mut places = Vec::new();
        for stored in &batches {
            for event in stored.scans() {
                let event = event?;
                let Some((_, movement)) = event.act.movement() else { continue };
                let Some(code) = grown.anew(&movement.text)? else { continue };
                let index = u16::try_from(event.seq - stored.first_seq).unwrap_or(u16::MAX);
                places.push((*CodeKey::of(&code).as_bytes(), Place { entry: stored.entry, index }));
                found.add(code);
            }
        }
        trail::append_places(conn, places).await?;
    }
}

/// Scans as earlier versions kept them, and evidence that was admitted.
async fn scans_in_rows(conn: &mut AnyConnection, grown: Grown<'_>, found: &mut Reread) -> Result<(), RereadError> {
    let sql = "select terminal, epoch, seq, about, body from event where kind in ('outbound', 'inbound', 'sort', 'receipt', \
               'transfer_out', 'transfer_in', 'return_out', 'return_in') and (terminal, epoch, seq) > ($1, $2, $3) \
               order by terminal, epoch, seq limit $4";
    let mut after = event::START;
    loop {
        let events = event::page(conn, sql, &mut after).await?;
        if events.is_empty() {
            return Ok(());
        }
        for event in events {
            let Some((_, movement)) = event.act.movement() else { continue };
            let Some(code) = grown.anew(&movement.text)? else { continue };
            let sql = "update event set code_key = $4 where terminal = $1 and epoch = $2 and seq = $3";
            let query = sqlx::query(sql).bind(event.terminal.to_string()).bind(event.epoch.to_string());
            query.bind(to_i64(event.seq)).bind(CodeKey::of(&code).as_bytes().to_vec()).execute(&mut *conn).await?;
            found.add(code);
        }
    }
}
