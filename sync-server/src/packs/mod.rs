//! Code packs: taken in from the platform, issued by our own, put into use, lost and found, ended, counted.

pub mod acts;
pub mod apply;
pub mod codes;
pub mod file;
mod frozen;
pub mod http;
pub mod import;
pub mod issue;
pub mod opening;
pub mod put_together;
pub mod reading;
pub mod reported;
mod room;
pub mod summary;
mod take;
pub mod withdraw;
pub mod write;

use std::collections::BTreeMap;

use shared::code::{CodeKey, PackageCode};
use shared::ids::PackId;
use shared::reference::{CodeRecord, Pack, References};
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::labels;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::registry::outcome::{EditError, Why};
use crate::store::pack::PackAct;
use crate::store::{self, StoreError};

pub use opening::PackKeys;
pub use reading::Reading;
pub(crate) use take::store_codes;
pub use take::{PackFileError, Taken, level_word, take};

/// Codes of a pack that are looked at in one go.
const PAGE: usize = 5_000;

/// Changes what is known of a pack; those of its codes that were scanned are judged again. Answers how many codes it has.
pub async fn change(conn: &mut AnyConnection, edit: &mut Edit, pack: Pack) -> Result<u64, EditError> {
    let name = pack.pack.clone();
    edit.put(conn, Record::Pack(pack), Why::Entry).await?;
    let (mut after, mut codes) = (None, 0);
    loop {
        let page = store::code_bulk::of_pack_after(conn, &name, after, PAGE).await.map_err(EditError::from)?;
        codes += page.len() as u64;
        let keys: Vec<CodeKey> = page.iter().map(|record| CodeKey::of(&record.code)).collect();
        let scanned = store::code_bulk::scanned(conn, &keys).await.map_err(EditError::from)?;
        for (key, record) in keys.iter().zip(page) {
            if scanned.contains(key.as_bytes().as_slice()) {
                edit.changes().note(&Record::Code(record), None);
            }
        }
        match keys.last() {
            Some(last) if keys.len() == PAGE => after = Some(*last),
            _ => return Ok(codes),
        }
    }
}

/// How many of some codes are of each pack.
fn per_pack<'a>(codes: impl Iterator<Item = &'a CodeRecord>) -> BTreeMap<PackId, u64> {
    codes.fold(BTreeMap::new(), |mut counts, code| {
        *counts.entry(code.pack.clone()).or_default() += 1;
        counts
    })
}

/// Notes an act on some codes of packs, with each pack.
async fn note_each(
    conn: &mut AnyConnection,
    edit: &Edit,
    act: &str,
    codes: BTreeMap<PackId, u64>,
) -> Result<(), StoreError> {
    for (pack, codes) in codes {
        let (by, act) = (edit.by().to_owned(), act.to_owned());
        let noted = PackAct { at: edit.now(), act, codes, by, detail: String::new() };
        store::pack::note(conn, &pack, &noted).await?;
    }
    Ok(())
}

/// What a pack or a code names and nobody knows: a pack needs its contract and product, a code its pack.
#[must_use]
pub fn unknown(known: &References, record: &Record) -> Option<Fault> {
    let fault = |field: &str, what: &str, value: &str| {
        Some(Fault::new(
            field,
            value,
            format!("the {what} `{value}` is not known; import it first, or mend the number"),
        ))
    };
    match record {
        Record::Pack(pack) if !known.bases.contains_key(&pack.basis) => fault("basis", "contract", pack.basis.as_str()),
        Record::Pack(pack) if !known.products.contains_key(&pack.product) => {
            fault("product", "product", pack.product.as_str())
        }
        Record::Code(code) if let Some((field, other)) = unread(code) => Some(Fault::new(
            field,
            other.to_string(),
            "no label is read as this code: `[codes]` of the configuration has no pattern for it, or folds its serial to upper case",
        )),
        Record::Code(code) if !known.packs.contains_key(&code.pack) => fault("pack", "pack", code.pack.as_str()),
        _ => None,
    }
}

/// The code or the parent that no label is read as.
fn unread(record: &CodeRecord) -> Option<(&'static str, &PackageCode)> {
    let codes = [("code", Some(&record.code)), ("parent", record.parent.as_ref())];
    let mut codes = codes.into_iter().filter_map(|(field, code)| Some((field, code?)));
    codes.find(|(_, code)| labels::read(&code.to_string()).as_ref() != Ok(*code))
}

#[cfg(test)]
mod tests;
