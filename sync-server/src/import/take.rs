//! Taking one file into a transaction: record by record, so that one faulty record does not hide the next.

use serde_json::{Map, Value};
use shared::reference::References;
use shared::wire::Record;
use sqlx::AnyConnection;

use super::csv_file::{self, Table};
use super::{
    ChangeLine, FILE_BYTES_MAX, ImportError, Options, Report, Source, encoding, fault_of_file, json_file, xlsx_file,
};
use crate::packs;
use crate::registry::draft::column_of;
use crate::registry::edit::{Edit, Outcome, Why};
use crate::registry::fault::Fault;
use crate::registry::find::find;
use crate::registry::set::Set;
use crate::store::StoreError;

/// How an XLSX container starts.
const CONTAINER: &[u8] = b"PK\x03\x04";

pub(super) async fn take(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    source: &Source,
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let file = source.name.as_str();
    if source.bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ImportError::TooLarge { file: file.to_owned() });
    }
    let table = if source.bytes.starts_with(CONTAINER) {
        xlsx_file::read(options.set, &source.bytes)
    } else {
        let text = encoding::decode(&source.bytes).ok_or_else(|| ImportError::Encoding { file: file.to_owned() })?;
        if text.trim_start().starts_with(['[', '{']) {
            return take_json(conn, edit, (file, &text), options, report).await;
        }
        if options.set.is_none() && csv_file::is_of_codes(&text) {
            let taken = packs::take_csv(conn, edit, file, text.as_bytes()).await?;
            report.imported += taken.added + taken.changed;
            report.added += taken.added;
            report.changed += taken.changed;
            report.unchanged += taken.unchanged;
            return Ok(());
        }
        csv_file::read(options.set, &text)
    };
    match table {
        Ok(table) => take_table(conn, edit, (file, table), options, report).await,
        Err(faults) => {
            report.fail(file, faults);
            Ok(())
        }
    }
}

async fn take_table(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    (file, table): (&str, Table),
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let (set, present) = (table.header.set, table.header.present());
    for fault in table.faults {
        report.fail(file, vec![fault]);
    }
    for mut draft in table.drafts {
        let stored = find(&edit.known, set, &draft.key).map(|record| Set::body(&record));
        let stored = stored.transpose().map_err(StoreError::from)?;
        if draft.faults.is_empty() {
            let body = draft.onto(set, &present, stored.as_ref());
            match edit.record(set, body) {
                Ok(record) => {
                    put(conn, edit, record, options, report).await?;
                    continue;
                }
                Err(faults) => {
                    let placed = faults.into_iter().map(|fault| {
                        let line = draft.line_of(&fault.field);
                        Fault { field: column_of(set, &fault.field), ..fault }.at(line)
                    });
                    draft.faults = placed.collect();
                }
            }
        }
        report.fail(file, draft.faults);
    }
    Ok(())
}

async fn put(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    record: Record,
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let set = Set::of(&record);
    let named = if options.preview { set.map(|set| (set, record.key())) } else { None };
    let before = match &named {
        Some((set, key)) => body_of(&edit.known, *set, key)?,
        None => Map::new(),
    };
    let outcome = edit.put(conn, record, Why::Import).await?;
    report.count(outcome);
    if let Some((set, key)) = named.filter(|_| outcome != Outcome::Unchanged) {
        let after = body_of(&edit.known, set, &key)?;
        let fields = after.keys().chain(before.keys().filter(|field| !after.contains_key(*field)));
        let fields = fields.filter(|field| before.get(*field) != after.get(*field)).cloned().collect();
        let what = if outcome == Outcome::Added { "added" } else { "changed" };
        report.list(ChangeLine { set, key, what, fields });
    }
    Ok(())
}

fn body_of(known: &References, set: Set, key: &str) -> Result<Map<String, Value>, StoreError> {
    Ok(find(known, set, key).map(|record| Set::body(&record)).transpose()?.unwrap_or_default())
}

async fn take_json(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    (file, text): (&str, &str),
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    let objects = match json_file::read(text) {
        Ok(objects) => objects,
        Err(faults) => {
            report.fail(file, faults);
            return Ok(());
        }
    };
    for (number, object) in objects {
        match read_object(edit, options.set, object) {
            Ok(record) => put(conn, edit, record, options, report).await?,
            Err(faults) => {
                report.fail(file, faults.into_iter().map(|fault| fault.in_record(number)).collect());
            }
        }
    }
    Ok(())
}

fn read_object(edit: &Edit, set: Option<Set>, mut object: Map<String, Value>) -> Result<Record, Vec<Fault>> {
    let named = object.remove("set");
    let name = named.as_ref().and_then(Value::as_str);
    match (set, name) {
        (Some(set), None) => edit.record(set, object),
        (Some(set), Some(name)) if set.name() != name => {
            Err(vec![Fault::new("set", name, format!("this is an import of `{}`, not of `{name}`", set.name()))])
        }
        (_, Some("pack" | "code")) => {
            object.insert("set".into(), named.unwrap_or_default());
            let record = Record::read_strictly(Value::Object(object));
            let record: Record = record.map_err(|why| vec![Fault::new("record", "", why.to_string())])?;
            match packs::unknown(&edit.known, &record) {
                Some(fault) => Err(vec![fault]),
                None => Ok(record),
            }
        }
        (_, Some(name)) => match name.parse::<Set>() {
            Ok(set) => edit.record(set, object),
            Err(why) => Err(vec![Fault::new("set", name, format!("{why}; or pack, code"))]),
        },
        (None, None) => Err(vec![Fault { line: None, ..fault_of_file("the record does not say its `set`".into()) }]),
    }
}
