//! Registered codes, and what is gathered around one package: its family, what the log says of it, who announced it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::code::{CodeKey, PackageCode};
use shared::event::{Act, Event};
use shared::reference::{CodeRecord, References};
use shared::time::Timestamp;

use super::manifest::Sent;
use super::projection::{EventNo, texts};
use super::{Store, StoreError};

/// Rounds in which events name further packages: associations upon associations. A loop ends here.
const ROUNDS_MAX: usize = 4;

const RECORD: &str = "c.code, c.pack, c.product, c.parent, c.cancelled_at, c.associated_at";

/// What bears on some packages: the packages around them, the events about these, the lists that announced them.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// The packages themselves, what holds them, and what is inside those that some event or list names.
    pub(crate) codes: BTreeSet<PackageCode>,
    /// The events, by their places in the log.
    pub(crate) events: BTreeMap<EventNo, Event>,
    /// What consignors sent of them, by number of the list.
    pub(crate) sent: BTreeMap<i64, BTreeSet<Sent>>,
    opened: BTreeSet<PackageCode>,
}

/// Writes a registered code.
pub(super) fn keep_code(conn: &Connection, record: &CodeRecord) -> Result<(), StoreError> {
    let sql = "insert into code (code_key, code, pack, product, parent, parent_key, cancelled_at, associated_at) \
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (code_key) do update set pack = excluded.pack, \
               product = excluded.product, parent = excluded.parent, parent_key = excluded.parent_key, \
               cancelled_at = excluded.cancelled_at, associated_at = excluded.associated_at";
    let key = CodeKey::of(&record.code);
    let parent_key = record.parent.as_ref().map(|parent| *CodeKey::of(parent).as_bytes());
    let parent = record.parent.as_ref().map(ToString::to_string);
    let moment = |at: Option<Timestamp>| at.as_ref().map(serde_json::to_string).transpose();
    let (cancelled, associated) = (moment(record.cancelled_at)?, moment(record.associated_at)?);
    let (pack, product) = (record.pack.as_str(), record.product.as_str());
    conn.prepare_cached(sql)?.execute(params![
        key.as_bytes(),
        record.code.to_string(),
        pack,
        product,
        parent,
        parent_key,
        cancelled,
        associated
    ])?;
    super::manifest::forget_sums_with(conn, &key, parent_key.as_ref())
}

fn read(row: &Row<'_>) -> Result<CodeRecord, StoreError> {
    let code: String = row.get(0)?;
    let parent: Option<String> = row.get(3)?;
    let (cancelled, associated): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let moment = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
    let parsed = |text: &str| text.parse().map_err(|_| StoreError::Corrupt("a registered code is malformed"));
    Ok(CodeRecord {
        code: parsed(&code)?,
        pack: row.get::<_, String>(1)?.into(),
        product: row.get::<_, String>(2)?.into(),
        parent: parent.as_deref().map(parsed).transpose()?,
        associated_at: moment(associated)?,
        cancelled_at: moment(cancelled)?,
    })
}

impl Store {
    /// A code's registration, where it is known here.
    pub fn code(&self, code: &PackageCode) -> Result<Option<CodeRecord>, StoreError> {
        let sql = format!("select {RECORD} from code c where c.code_key = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let found = statement.query_row([CodeKey::of(code).as_bytes()], |row| Ok(read(row))).optional()?;
        found.transpose()
    }

    /// Gathers what bears on these packages into `around`, and their registrations into `references`. `named` are packages
    /// that events say something of which are not in the log yet.
    pub(crate) fn gather(
        &self,
        codes: impl IntoIterator<Item = PackageCode>,
        named: &HashSet<PackageCode>,
        references: &mut References,
        around: &mut Around,
    ) -> Result<(), StoreError> {
        let mut fresh: Vec<PackageCode> = codes.into_iter().collect();
        let mut read = 0;
        for _ in 0..ROUNDS_MAX {
            for code in fresh.drain(..) {
                self.gather_one(code, named, references, around)?;
            }
            if around.events.len() == read {
                break;
            }
            read = around.events.len();
            let naming = around.events.values().filter(|event| names_packages(&event.act));
            let named =
                naming.flat_map(|event| texts(&event.act)).filter_map(|text| references.grammars.parse(text).ok());
            fresh = named.filter(|code| !around.codes.contains(code)).collect();
            if fresh.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn gather_one(
        &self,
        code: PackageCode,
        named: &HashSet<PackageCode>,
        references: &mut References,
        around: &mut Around,
    ) -> Result<(), StoreError> {
        let mut open = vec![(code, true)];
        while let Some((code, asked)) = open.pop() {
            let first = around.codes.insert(code.clone());
            if !first && (!asked || around.opened.contains(&code)) {
                continue;
            }
            let record = self.code(&code)?;
            let mut events = BTreeSet::new();
            self.events_of_code(&code, &mut events)?;
            let is_sent = self.sent_of(&code, &mut around.sent)?;
            let says = asked || !events.is_empty() || is_sent || named.contains(&code);
            self.read_into(events, around)?;
            if let Some(record) = record {
                open.extend(record.parent.clone().map(|parent| (parent, false)));
                references.insert_code(record);
            }
            if says && around.opened.insert(code.clone()) {
                open.extend(self.gather_inside(&code, references, around)?.into_iter().map(|inner| (inner, true)));
            }
        }
        Ok(())
    }

    /// What is registered inside a package, and what is said of that. Answers those that hold packages themselves.
    fn gather_inside(
        &self,
        parent: &PackageCode,
        references: &mut References,
        around: &mut Around,
    ) -> Result<Vec<PackageCode>, StoreError> {
        let key = CodeKey::of(parent);
        let sql = format!(
            "select {RECORD}, exists (select 1 from code i where i.parent_key = c.code_key) from code c \
             where c.parent_key = ?1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([key.as_bytes()])?;
        let (mut holders, mut any) = (Vec::new(), false);
        while let Some(row) = rows.next()? {
            let record = read(row)?;
            any = true;
            if row.get::<_, bool>(6)? {
                holders.push(record.code.clone());
            } else {
                around.codes.insert(record.code.clone());
            }
            references.insert_code(record);
        }
        if any {
            let mut events = BTreeSet::new();
            self.events_of_children(parent, &mut events)?;
            self.read_into(events, around)?;
            self.sent_of_children(parent, &mut around.sent)?;
        }
        Ok(holders)
    }

    /// Reads events that are not read yet.
    pub(crate) fn read_into(&self, places: BTreeSet<EventNo>, around: &mut Around) -> Result<(), StoreError> {
        let fresh: BTreeSet<EventNo> = places.into_iter().filter(|place| !around.events.contains_key(place)).collect();
        for (place, event) in self.events_at(&fresh)? {
            around.events.insert(place, event);
        }
        Ok(())
    }
}

/// Whether the packages that an act names stand for more than themselves.
const fn names_packages(act: &Act) -> bool {
    matches!(act, Act::Associate { .. } | Act::Dissociate { .. } | Act::CaseChecked { .. } | Act::Relabel { .. })
}
