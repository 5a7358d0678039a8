//! What was pulled: references, manifests, verdicts, and the cursor, kept in the page's transaction.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use shared::reference::References;
use shared::time::Timestamp;
use shared::wire::{ChangesPage, Record, SignedServer, SiteMismatch};
use uuid::Uuid;

use super::code::keep_code;
use super::grammars::{ReadBy, read_again};
use super::manifest::keep_manifest;
use super::{Store, StoreError, meta, set_meta};

/// Everything that was pulled.
#[derive(Clone, Debug, Default)]
pub struct Pulled {
    /// Reference data, without codes.
    pub references: References,
    /// The server's verdicts.
    pub mismatches: Vec<SiteMismatch>,
}

impl Store {
    /// Where the next pull starts: the ledger and the position in it.
    pub fn cursor(&self) -> Result<(Option<Uuid>, u64), StoreError> {
        let ledger = meta(&self.conn, "ledger_id")?.and_then(|text| text.parse().ok());
        let position = meta(&self.conn, "cursor")?.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok((ledger, position))
    }

    /// Where within the position after the cursor the next pull goes on, as the last page said.
    pub fn cursor_resume(&self) -> Result<Option<String>, StoreError> {
        meta(&self.conn, "resume")
    }

    /// When the references were last brought up to date, by the server's clock.
    pub fn data_as_of(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(meta(&self.conn, "data_as_of")?.and_then(|text| text.parse().ok()))
    }

    /// Keeps a page and its cursor in one transaction. Another ledger than before makes all that was pulled void. The caller has
    /// checked the signatures of its records of restores.
    pub fn keep_page(&mut self, page: &ChangesPage) -> Result<(), StoreError> {
        let (held, _) = self.cursor()?;
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut before = ReadBy::default();
        before.now(&tx)?;
        super::outbox::heard_from(&tx, page.ledger_id)?;
        super::restored::settle(&tx, page)?;
        if held != Some(page.ledger_id) {
            let sets = ["code", "manifest", "sent", "sent_sum"];
            sets.iter().try_for_each(|set| tx.execute(&format!("delete from {set}"), []).map(drop))?;
            // Whom to trust and how labels are read is no matter of the ledger: a restored server is still this one.
            tx.execute("delete from reference where reference_set not in ('server', 'grammars')", [])?;
        }
        for change in &page.changes {
            keep(&tx, &change.record)?;
        }
        if page.changes.iter().any(|change| matches!(change.record, Record::Grammars(_))) {
            let mut after = before.clone();
            after.now(&tx)?;
            read_again(&tx, &before, &after)?;
        }
        set_meta(&tx, "ledger_id", &page.ledger_id.to_string())?;
        set_meta(&tx, "cursor", &page.cursor.to_string())?;
        match &page.resume {
            Some(resume) => set_meta(&tx, "resume", resume)?,
            None => drop(tx.execute("delete from meta where name = 'resume'", [])?),
        }
        if !page.more {
            set_meta(&tx, "data_as_of", &page.as_of.to_string())?;
        }
        tx.commit()?;
        Ok(())
    }

    /// What the server last said of itself: where it is and whom to trust.
    pub fn server_record(&self) -> Result<Option<SignedServer>, StoreError> {
        let sql = "select body from reference where reference_set = 'server'";
        let body: Option<String> = self.conn.query_row(sql, [], |row| row.get(0)).optional()?;
        match body.map(|body| serde_json::from_str(&body)).transpose()? {
            Some(Record::Server(record)) => Ok(Some(record)),
            _ => Ok(None),
        }
    }

    /// What was pulled, but for registered codes and consignors' lists: those are looked up when a package is in hand.
    pub fn pulled(&self) -> Result<Pulled, StoreError> {
        let mut pulled = Pulled::default();
        let mut statement = self.conn.prepare("select body from reference")?;
        for body in statement.query_map([], |row| row.get::<_, String>(0))? {
            let record: Record = serde_json::from_str(&body?)?;
            pulled.add(record);
        }
        Ok(pulled)
    }
}

/// Writes one record: codes and lists as rows of their own, the others whole.
fn keep(conn: &Connection, record: &Record) -> Result<(), StoreError> {
    match record {
        Record::Code(code) => return keep_code(conn, code),
        Record::Manifest(manifest) => return keep_manifest(conn, manifest),
        // A product's levels say how many units a package holds, a pattern's GTIN of what product it is.
        Record::Product(_) | Record::Grammars(_) => drop(conn.execute("update manifest set packages = null", [])?),
        _ => {}
    }
    let sql = "insert into reference (reference_set, record_key, body) values (?1, ?2, ?3) \
               on conflict (reference_set, record_key) do update set body = excluded.body";
    let body = serde_json::to_string(record)?;
    conn.prepare_cached(sql)?.execute(params![record.set(), record.key(), body])?;
    Ok(())
}

/// Codes and lists that were kept whole become rows of their own.
pub(super) fn explode_references(conn: &Connection) -> Result<(), StoreError> {
    let mut statement =
        conn.prepare("select body from reference where reference_set in ('code', 'manifest') order by reference_set")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        keep(conn, &serde_json::from_str(&body)?)?;
    }
    conn.execute("delete from reference where reference_set in ('code', 'manifest')", [])?;
    Ok(())
}

impl Pulled {
    fn add(&mut self, record: Record) {
        if let Some(Record::Mismatch(mismatch)) = self.references.insert(record) {
            self.mismatches.push(mismatch);
        }
    }
}
