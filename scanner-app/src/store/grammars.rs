//! By what the texts of labels are read: what the server said last, kept among the references. Another connection may keep a new page
//! at any time, so whoever writes rows that follow from texts asks in its own transaction.

use rusqlite::{Connection, OptionalExtension, params};
use shared::code::{CodeKey, Grammars};
use shared::event::Event;
use shared::wire::Record;

use super::projection::{insert_mention, of_code, place_no, texts};
use super::{Store, StoreError};

/// Grammars, and the record that they were made of.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadBy {
    record: Option<String>,
    grammars: Grammars,
}

impl ReadBy {
    /// As the store says now.
    pub(super) fn now(&mut self, conn: &Connection) -> Result<&Grammars, StoreError> {
        let sql = "select body from reference where reference_set = 'grammars' and record_key = 'grammars'";
        let record: Option<String> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        if record != self.record {
            let read = |text: &String| match serde_json::from_str(text) {
                Ok(Record::Grammars(config)) => Grammars::try_from(config).ok(),
                _ => None,
            };
            match record.as_ref().map(read) {
                Some(Some(grammars)) => self.grammars = grammars,
                // The server compiled them before it published them; a later one may know more than this program.
                Some(None) => {
                    tracing::error!("the server's grammars cannot be read by this version; labels are read as before");
                }
                None => self.grammars = Grammars::default(),
            }
            self.record = record;
        }
        Ok(&self.grammars)
    }
}

impl Store {
    /// By what the texts of labels are read.
    pub fn grammars(&self) -> Result<Grammars, StoreError> {
        ReadBy::default().now(&self.conn).cloned()
    }
}

/// Makes the rows right that follow from the log's texts where another code is read than before, or one where there was none.
pub(super) fn read_again(conn: &Connection, before: &ReadBy, after: &ReadBy) -> Result<(), StoreError> {
    if before.record == after.record {
        return Ok(());
    }
    let (old, new) = (&before.grammars, &after.grammars);
    let mut statement = conn.prepare("select event_no >> 40, body from log order by event_no")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (epoch_no, body): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        // What an older version cannot read any more finds nothing, before and after.
        let Ok(event) = Event::from_body(&body) else { continue };
        let other = |text: &str| {
            let read = new.parse(text).ok();
            (read != old.parse(text).ok()).then_some(read)
        };
        if let Some((stage, movement)) = event.act.movement() {
            let Some(code) = other(&movement.text) else { continue };
            let place_no = place_no(conn, stage, movement)?;
            let key = code.map(|code| *CodeKey::of(&code).as_bytes());
            let sql = "update scan set code_key = ?4 where place_no = ?1 and epoch_no = ?2 and seq = ?3";
            let seq = super::log::to_i64(event.seq);
            conn.prepare_cached(sql)?.execute(params![place_no, epoch_no, seq, key])?;
        }
        for code in texts(&event.act).into_iter().filter_map(other).flatten() {
            insert_mention(conn, &of_code(&code.to_string()), (epoch_no, event.seq))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use shared::code::{GrammarConfig, PackageCode};
    use shared::event::{Act, Capture, Movement, Stage};
    use shared::time::Timestamp;
    use shared::wire::{Change, ChangesPage};
    use uuid::Uuid;

    use super::super::tests::{event, open, terminal};
    use super::*;

    const PATTERN: &str = r#"{"opaque": [{"namespace": "YC", "pattern": "YC-[0-9]{4}", "upper_case": true}]}"#;

    fn scan(text: &str) -> Act {
        let movement = Movement {
            task: "t".into(),
            basis: "C1".into(),
            document: "N1".into(),
            text: text.into(),
            how: Capture::Wedge,
            label: None,
            frame: None,
            reason: None,
        };
        Act::scan(Stage::Outbound, movement)
    }

    fn append(store: &mut Store, act: Act) -> u64 {
        let seq = store.next_seq().unwrap();
        let event = Event { act, ..event(store, seq) };
        store.append(&[event], |_| Ok(())).unwrap();
        seq
    }

    fn found(store: &Store, text: &str) -> Vec<u64> {
        let mut found = BTreeSet::new();
        store.events_of_code(&PackageCode::opaque("YC", text).unwrap(), &mut found).unwrap();
        found.into_iter().map(|(_, seq)| seq).collect()
    }

    /// The sending connection keeps a page that says how labels are read.
    fn say(path: &Path, store: &Store, ledger: u128, config: Option<&str>) {
        let config = config.map(|config| serde_json::from_str::<GrammarConfig>(config).unwrap());
        let changes = config.map(|config| Change { position: 1, record: Record::Grammars(config) });
        let page = ChangesPage {
            ledger_id: Uuid::from_u128(ledger),
            cursor: 1,
            resume: None,
            left: None,
            more: false,
            as_of: Timestamp::from_ms(0),
            changes: changes.into_iter().collect(),
            restored: Vec::new(),
        };
        Store::open_beside(path, terminal(), store.epoch()).unwrap().keep_page(&page).unwrap();
    }

    #[test]
    fn what_was_scanned_before_its_pattern_came_is_found_and_what_comes_after_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.sqlite");
        let mut store = open(&path).unwrap();
        store.commit_on_a_thread().unwrap();
        let first = append(&mut store, scan("YC-0001"));
        append(&mut store, scan("no code"));
        let named = append(&mut store, Act::Relabel { old: "YC-0001".into(), new: "YC-0002".into() });
        assert!(found(&store, "YC-0001").is_empty());
        say(&path, &store, 1, Some(PATTERN));
        assert_eq!(found(&store, "YC-0001"), [first, named]);
        assert_eq!(found(&store, "YC-0002"), [named]);
        let again = append(&mut store, scan("yc-0001"));
        assert_eq!(found(&store, "YC-0001"), [first, named, again], "the thread that writes reads by it as well");
        assert!(store.grammars().unwrap().parse("YC-0003").is_ok());
        // Another ledger of the same server reads as before, until it says otherwise.
        say(&path, &store, 2, None);
        let last = append(&mut store, scan("YC-0002"));
        assert_eq!(found(&store, "YC-0002"), [named, last]);
        say(&path, &store, 2, Some("{}"));
        assert_eq!(
            found(&store, "YC-0002"),
            [named],
            "a scan that is no code by now is none; what was named stays found"
        );
        drop(store);
        assert_eq!(found(&open(&path).unwrap(), "YC-0001"), [named]);
    }
}
