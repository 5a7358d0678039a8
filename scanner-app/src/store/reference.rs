//! What was pulled: references, manifests, verdicts, and the cursor, kept in the page's transaction.

use rusqlite::params;
use shared::reference::References;
use shared::time::Timestamp;
use shared::wire::{ChangesPage, Manifest, Record, SiteMismatch};
use uuid::Uuid;

use super::{Store, StoreError, meta, set_meta};

/// Everything that was pulled.
#[derive(Clone, Debug, Default)]
pub struct Pulled {
    /// Reference data and codes.
    pub references: References,
    /// What consignors sent here.
    pub manifests: Vec<Manifest>,
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

    /// When the references were last brought up to date, by the server's clock.
    pub fn data_as_of(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(meta(&self.conn, "data_as_of")?.and_then(|text| text.parse().ok()))
    }

    /// Keeps a page and its cursor in one transaction. Another ledger than before makes all that was pulled void.
    pub fn keep_page(&mut self, page: &ChangesPage) -> Result<(), StoreError> {
        let (held, _) = self.cursor()?;
        let tx = self.conn.transaction()?;
        if held != Some(page.ledger_id) {
            tx.execute("delete from reference", [])?;
        }
        for change in &page.changes {
            tx.execute(
                "insert into reference (reference_set, record_key, body) values (?1, ?2, ?3) \
                 on conflict (reference_set, record_key) do update set body = excluded.body",
                params![change.record.set(), change.record.key(), serde_json::to_string(&change.record)?],
            )?;
        }
        set_meta(&tx, "ledger_id", &page.ledger_id.to_string())?;
        set_meta(&tx, "cursor", &page.cursor.to_string())?;
        if !page.more {
            set_meta(&tx, "data_as_of", &page.as_of.to_string())?;
        }
        tx.commit()?;
        Ok(())
    }

    /// All that was pulled.
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

impl Pulled {
    fn add(&mut self, record: Record) {
        match self.references.insert(record) {
            Some(Record::Manifest(manifest)) => self.manifests.push(manifest),
            Some(Record::Mismatch(mismatch)) => self.mismatches.push(mismatch),
            _ => {}
        }
    }
}
