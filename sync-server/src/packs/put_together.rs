//! 关联: what production lines say of which package is in which, in bulk (traceability/2022 art. 18). The same list twice changes
//! nothing; what contradicts what is known is told row by row, and is not taken.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use serde::Serialize;
use shared::code::CodeKey;
use shared::ids::PackId;
use shared::reference::{CodeRecord, Level};
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::file::code;
use super::frozen::frozen;
use super::room::Room;
use super::{PackFileError, note_each, per_pack, store_codes};
use crate::import::reencoded::Reencoded;
use crate::people::Actor;
use crate::registry::cell::unescape;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::store::code_bulk::CHUNK;
use crate::store::{self, Store, StoreError};

/// Contradictions that an answer names; the others are counted.
const NAMED_MAX: usize = 1_000;

/// A line, the parent and the child that it names.
type Row = (u64, String, String);

/// What a list came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PutTogether {
    /// Packages that are in another one now.
    pub associated: u64,
    /// Those that were there already.
    pub unchanged: u64,
    /// Rows that contradict what is known, and were left out.
    pub contradicted: u64,
    /// The first thousand of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// Takes a CSV list with the columns `parent` and `child`, in one transaction.
pub async fn upload(
    store: &Store,
    file: &str,
    input: impl Read + Send + 'static,
    (by, now): (&Actor, Timestamp),
) -> Result<PutTogether, PackFileError> {
    // Read before the transaction begins, beside the other work of the server.
    let rows = tokio::task::spawn_blocking(move || read(input));
    let rows = rows.await.map_err(|_| StoreError::Corrupt("reading a file was broken off"))?;
    let rows = rows.map_err(|problem| PackFileError::Faults {
        file: file.to_owned(),
        faults: vec![Fault::new("1", "", problem).at(1)],
    })?;
    let mut tx = store.write().await?;
    let done = upload_in(&mut tx, (file, rows), by, now).await;
    store::end(tx, done).await
}

/// Each row's line, parent and child; or what is wrong with the list as a whole.
fn read(input: impl Read) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(Reencoded::new(input));
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str, zh: &str| {
        let is_it = |cell: &str| [name, zh].contains(&cell.trim_start_matches('\u{feff}'));
        header.iter().position(is_it).ok_or_else(|| format!("the column `{name}` ({zh}) is missing"))
    };
    let (parent, child) = (place("parent", "父码")?, place("child", "子码")?);
    let mut rows = Vec::new();
    for row in reader.into_records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| unescape(row.get(at).unwrap_or_default()).to_owned();
        rows.push((line, cell(parent), cell(child)));
    }
    Ok(rows)
}

async fn upload_in(
    conn: &mut AnyConnection,
    (file, rows): (&str, Vec<Row>),
    by: &Actor,
    now: Timestamp,
) -> Result<PutTogether, PackFileError> {
    let mut edit = Edit::begin(conn, by, now).await?;
    let (mut done, mut of_packs) = (PutTogether::default(), BTreeMap::new());
    for some in rows.chunks(CHUNK) {
        for (pack, codes) in chunk(conn, &mut edit, some, &mut done).await? {
            *of_packs.entry(pack).or_default() += codes;
        }
    }
    note_each(conn, &edit, "associated", of_packs).await?;
    let PutTogether { associated, unchanged, contradicted, .. } = &done;
    let why = format!("{associated} put together, {unchanged} already were, {contradicted} contradict");
    edit.finish(conn, ("associated", file, &why)).await?;
    Ok(done)
}

async fn chunk(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    rows: &[Row],
    done: &mut PutTogether,
) -> Result<BTreeMap<PackId, u64>, StoreError> {
    let mut read = Vec::with_capacity(rows.len());
    for (line, parent, child) in rows {
        match (code(parent), code(child)) {
            (Ok(parent), Ok(child)) => read.push((*line, CodeKey::of(&parent), CodeKey::of(&child))),
            (parent_read, child_read) => {
                let wrong = [("parent", parent, parent_read.err()), ("child", child, child_read.err())];
                for (field, text, problem) in wrong {
                    done.contradict(problem.map(|problem| Fault::new(field, text, problem).at(*line)));
                }
            }
        }
    }
    let keys: Vec<CodeKey> = read.iter().flat_map(|(_, parent, child)| [*parent, *child]).collect();
    let mut known = store::code_bulk::known(conn, &keys).await?;
    // Others' codes are not there for a member.
    known.retain(|_, record| edit.keeps(record));
    let parents: Vec<CodeKey> = read.iter().map(|(_, parent, _)| *parent).collect::<HashSet<_>>().into_iter().collect();
    let mut room = Room::of(conn, &edit.known, &parents).await?;
    let mut changed: HashMap<CodeKey, CodeRecord> = HashMap::new();
    for (line, parent, child) in read {
        match associated(edit, (&known, &mut room), parent, child) {
            Ok(None) => done.unchanged += 1,
            Ok(Some(record)) => {
                known.insert(child, record.clone());
                changed.insert(child, record);
                done.associated += 1;
            }
            Err(fault) => done.contradict(Some(fault.at(line))),
        }
    }
    let of_packs = per_pack(changed.values());
    store_codes(conn, edit, changed.into_iter().collect()).await?;
    Ok(of_packs)
}

impl PutTogether {
    fn contradict(&mut self, fault: Option<Fault>) {
        let Some(fault) = fault else { return };
        self.contradicted += 1;
        if self.errors.len() < NAMED_MAX {
            self.errors.push(fault);
        }
    }
}

/// The child in its parent; none where it is there already.
fn associated(
    edit: &Edit,
    (known, room): (&HashMap<CodeKey, CodeRecord>, &mut Room),
    parent: CodeKey,
    child: CodeKey,
) -> Result<Option<CodeRecord>, Fault> {
    let registered = |field: &str, key: &CodeKey| {
        known.get(key).ok_or_else(|| Fault::new(field, "", "the code is not registered; import its pack first"))
    };
    let key = parent;
    let (parent, child) = (registered("parent", &parent)?, registered("child", &child)?);
    let wrong =
        |field: &str, code: &CodeRecord, problem: String| Err(Fault::new(field, code.code.to_string(), problem));
    for (field, record) in [("parent", parent), ("child", child)] {
        if record.cancelled_at.is_some() {
            return wrong(field, record, "the code was ended".into());
        }
    }
    match &child.parent {
        Some(is) if *is == parent.code => return Ok(None),
        Some(is) => return wrong("child", child, format!("the package is in {is} already")),
        None => {}
    }
    for (field, record) in [("parent", parent), ("child", child)] {
        if let Some(problem) = frozen(&edit.known, record) {
            return wrong(field, record, problem);
        }
    }
    let level = |record: &CodeRecord| edit.known.packs.get(&record.pack).map_or(Level::Unit, |pack| pack.level);
    if level(parent) <= level(child) {
        return wrong("parent", parent, "the parent is no larger package than the child".into());
    }
    if parent.product != child.product {
        return wrong("child", child, format!("the child is of {}, its parent of {}", child.product, parent.product));
    }
    if let Err(problem) = room.put(&edit.known, (&key, parent), child) {
        return wrong("parent", parent, problem);
    }
    Ok(Some(CodeRecord { parent: Some(parent.code.clone()), associated_at: Some(edit.now()), ..child.clone() }))
}
