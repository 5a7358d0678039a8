//! Single codes: ended, and replaced by others (换码).

use shared::code::{CodeKey, PackageCode};
use shared::reference::CodeRecord;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::file::code;
use super::frozen::frozen;
use super::{note_each, per_pack, store_codes};
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::store::{self, Store, StoreError};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CodesError {
    /// Codes are faulty: everything that is wrong.
    #[error("nothing was changed: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends codes (traceability/2022 art. 25), all or none. Answers how many were live.
pub async fn cancel(
    store: &Store,
    texts: &[String],
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<u64, CodesError> {
    let mut tx = store.write().await?;
    let done = cancel_in(&mut tx, texts, (by, why), now).await;
    store::end(tx, done).await
}

/// Puts a new code in the place of an old one, which ends. The new one is registered, live, of the same product and level, and takes
/// the old one's place in its parent.
pub async fn relabel(
    store: &Store,
    (old, new): (&str, &str),
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<(), CodesError> {
    let mut tx = store.write().await?;
    let done = relabel_in(&mut tx, (old, new), (by, why), now).await;
    store::end(tx, done).await
}

async fn cancel_in(
    conn: &mut AnyConnection,
    texts: &[String],
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<u64, CodesError> {
    if why.trim().is_empty() {
        return Err(CodesError::Faults(vec![without_reason("the codes are ended")]));
    }
    let mut edit = Edit::begin(conn, by, now).await?;
    let mut faults = Vec::new();
    let mut keys = Vec::new();
    for (number, text) in (1..).zip(texts) {
        match code(text) {
            Ok(code) => keys.push((number, CodeKey::of(&code), text)),
            Err(problem) => faults.push(Fault::new("code", text, problem).in_record(number)),
        }
    }
    let mut known = store::code_bulk::known(conn, &keys.iter().map(|(_, key, _)| *key).collect::<Vec<_>>()).await?;
    let mut ended = Vec::new();
    for (number, key, text) in keys {
        match known.remove(&key) {
            Some(record) if record.cancelled_at.is_none() => {
                ended.push((key, CodeRecord { cancelled_at: Some(now), ..record }));
            }
            Some(_) => {}
            None if ended.iter().any(|(other, _)| *other == key) => {}
            None => faults.push(Fault::new("code", text, "the code is not registered").in_record(number)),
        }
    }
    if !faults.is_empty() {
        return Err(CodesError::Faults(faults));
    }
    let count = ended.len() as u64;
    let of_packs = per_pack(ended.iter().map(|(_, record)| record));
    store_codes(conn, &mut edit, ended).await?;
    note_each(conn, &edit, "cancelled", of_packs).await?;
    let said = format!("{count} were live: {why}");
    edit.finish(conn, ("codes-cancelled", &format!("{} codes", texts.len()), &said)).await?;
    Ok(count)
}

fn without_reason(what: &str) -> Fault {
    Fault::new("why", "", format!("it says nothing; say in a few words why {what}"))
}

async fn relabel_in(
    conn: &mut AnyConnection,
    (old, new): (&str, &str),
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<(), CodesError> {
    if why.trim().is_empty() {
        return Err(CodesError::Faults(vec![without_reason("the label is replaced")]));
    }
    let mut edit = Edit::begin(conn, by, now).await?;
    let read = |field: &str, text: &str| code(text).map_err(|problem| Fault::new(field, text, problem));
    let (old, new) = match (read("old", old), read("new", new)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => return Err(CodesError::Faults(old.err().into_iter().chain(new.err()).collect())),
    };
    let (old_key, new_key) = (CodeKey::of(&old), CodeKey::of(&new));
    let mut known = store::code_bulk::known(conn, &[old_key, new_key]).await?;
    known.retain(|_, record| edit.keeps(record));
    let (before, after) = (known.get(&old_key).cloned(), known.get(&new_key).cloned());
    let replaced = store::pack::replaced_by(conn, &old).await?;
    if before.is_some() && replaced.as_deref() == Some(&new.to_string()) {
        return Ok(());
    }
    let mut faults = relabelling_faults(&edit, (&old, before.as_ref()), (&new, after.as_ref()));
    if let Some(problem) = in_use(conn, new_key, after.as_ref()).await? {
        faults.push(Fault::new("new", new.to_string(), problem));
    }
    let (Some(before), Some(after), true) = (before, after, faults.is_empty()) else {
        return Err(CodesError::Faults(faults));
    };
    let parent = before.parent.clone();
    let associated_at = parent.as_ref().map(|_| now);
    let children = children_of(conn, &old, &new).await?;
    let mut changed = vec![
        (old_key, CodeRecord { cancelled_at: Some(now), parent: None, associated_at: None, ..before }),
        (new_key, CodeRecord { parent, associated_at, ..after }),
    ];
    changed.extend(children);
    store_codes(conn, &mut edit, changed).await?;
    store::pack::note_relabelling(conn, (&old, &new), (&by.name, why), now).await?;
    Ok(edit.finish(conn, ("relabelled", &format!("{old} by {new}"), why)).await?)
}

/// How a code is in use already: in a package, filled with others, scanned. It cannot take another's place then.
async fn in_use(
    conn: &mut AnyConnection,
    key: CodeKey,
    record: Option<&CodeRecord>,
) -> Result<Option<&'static str>, StoreError> {
    if record.is_some_and(|record| record.parent.is_some()) {
        return Ok(Some("the new code is in a package already: it is in use; take one that is not"));
    }
    if !store::code_bulk::inside(conn, &[key]).await?.is_empty() {
        return Ok(Some("packages are inside the new code already: it is in use; take one that is not"));
    }
    let scanned = store::code_bulk::scanned(conn, &[key]).await?;
    Ok((!scanned.is_empty()).then_some("the new code was scanned already: it is in use; take one that was not"))
}

/// A relabelled case keeps what is in it.
async fn children_of(
    conn: &mut AnyConnection,
    old: &PackageCode,
    new: &PackageCode,
) -> Result<Vec<(CodeKey, CodeRecord)>, StoreError> {
    let mut references = shared::reference::References::default();
    store::code::load_families(conn, &[old.clone()].into(), &mut references).await?;
    let children = references.codes.into_values().filter(|record| record.parent.as_ref() == Some(old));
    let moved = |record| CodeRecord { parent: Some(new.clone()), ..record };
    Ok(children.map(|record| (CodeKey::of(&record.code), moved(record))).collect())
}

fn relabelling_faults(
    edit: &Edit,
    (old, before): (&PackageCode, Option<&CodeRecord>),
    (new, after): (&PackageCode, Option<&CodeRecord>),
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (field, code, record) in [("old", old, before), ("new", new, after)] {
        match record {
            None => faults.push(Fault::new(field, code.to_string(), "the code is not registered")),
            Some(record) if record.cancelled_at.is_some() => {
                faults.push(Fault::new(field, code.to_string(), "the code was ended before"));
            }
            Some(record) => {
                let problem = frozen(&edit.known, record);
                faults.extend(problem.map(|problem| Fault::new(field, code.to_string(), problem)));
            }
        }
    }
    let (Some(before), Some(after)) = (before, after) else { return faults };
    let level = |record: &CodeRecord| edit.known.packs.get(&record.pack).map(|pack| pack.level);
    if before.product != after.product || level(before) != level(after) {
        let problem = format!("the new code is of {}, of another product or level than the old one", after.product);
        faults.push(Fault::new("new", new.to_string(), problem));
    }
    if old == new {
        faults.push(Fault::new("new", new.to_string(), "a code cannot take its own place"));
    }
    faults
}
