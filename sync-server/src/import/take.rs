//! Taking one file into a transaction: record by record, so that one faulty record does not hide the next.

use std::io::Cursor;

use serde_json::{Map, Value};
use shared::reference::References;
use shared::wire::Record;
use sqlx::AnyConnection;

use super::csv_file::Table;
use super::json_file::Numbered;
use super::parsed::Parsed;
use super::{ChangeLine, ImportError, Options, Report, fault_of_file};
use crate::nul;
use crate::packs;
use crate::registry::draft::column_of;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::registry::find::find;
use crate::registry::outcome::{EditError, Outcome, Why};
use crate::registry::set::Set;
use crate::store::StoreError;

pub(super) async fn take(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    (file, parsed): (&str, Parsed),
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    match parsed {
        Parsed::Table(Ok(table)) => take_table(conn, edit, (file, table), options, report).await,
        Parsed::Objects(Ok(objects)) => take_json(conn, edit, (file, objects), options, report).await,
        Parsed::Codes(text) => {
            let mut reading =
                packs::Reading::start(file.to_owned(), Cursor::new(text.into_bytes()), packs::PackKeys::default());
            let taken = packs::take(conn, edit, file, &mut reading).await?;
            report.imported += taken.added + taken.changed;
            report.added += taken.added;
            report.changed += taken.changed;
            report.unchanged += taken.unchanged;
            Ok(())
        }
        Parsed::Table(Err(faults)) | Parsed::Objects(Err(faults)) => {
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
        // What the actor does not see adds nothing to what it brings.
        let stored = edit.look(set, &draft.key).ok().flatten().map(|record| Set::body(&record));
        let stored = stored.transpose().map_err(StoreError::from)?;
        if draft.faults.is_empty() {
            let body = draft.onto(set, &present, stored.as_ref());
            let faults = match edit.record(set, body) {
                Ok(record) => match put(conn, edit, record, options, report).await? {
                    None => continue,
                    Some(faults) => faults,
                },
                Err(faults) => faults,
            };
            let placed = faults.into_iter().map(|fault| {
                let line = draft.line_of(&fault.field);
                Fault { field: column_of(set, &fault.field), ..fault }.at(line)
            });
            draft.faults = placed.collect();
        }
        report.fail(file, draft.faults);
    }
    Ok(())
}

/// Stores a record; answers what stands in the way of it, if anything does.
async fn put(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    record: Record,
    options: &Options,
    report: &mut Report,
) -> Result<Option<Vec<Fault>>, ImportError> {
    let set = Set::of(&record);
    let named = if options.preview { set.map(|set| (set, record.key())) } else { None };
    let key = Fault::new(set.map_or("record", |set| set.key_fields()[0]), record.key(), "");
    let before = match &named {
        Some((set, key)) => body_of(&edit.known, *set, key)?,
        None => Map::new(),
    };
    let outcome = match edit.put(conn, record, Why::Import).await {
        Ok(outcome) => outcome,
        Err(EditError::Faults(faults)) => return Ok(Some(faults)),
        Err(error @ (EditError::Foreign { .. } | EditError::Missing { .. })) => {
            return Ok(Some(vec![Fault { problem: error.to_string(), ..key }]));
        }
        Err(error) => return Err(error.into()),
    };
    report.count(outcome);
    if let Some((set, key)) = named.filter(|_| outcome != Outcome::Unchanged) {
        let after = body_of(&edit.known, set, &key)?;
        let fields = after.keys().chain(before.keys().filter(|field| !after.contains_key(*field)));
        let fields = fields.filter(|field| before.get(*field) != after.get(*field)).cloned().collect();
        let what = if outcome == Outcome::Added { "added" } else { "changed" };
        report.list(ChangeLine { set, key, what, fields });
    }
    Ok(None)
}

fn body_of(known: &References, set: Set, key: &str) -> Result<Map<String, Value>, StoreError> {
    Ok(find(known, set, key).map(|record| Set::body(&record)).transpose()?.unwrap_or_default())
}

async fn take_json(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    (file, objects): (&str, Vec<Numbered>),
    options: &Options,
    report: &mut Report,
) -> Result<(), ImportError> {
    for (number, object) in objects {
        let faults = match read_object(edit, options.set, object) {
            Ok(record) => put(conn, edit, record, options, report).await?.unwrap_or_default(),
            Err(faults) => faults,
        };
        if !faults.is_empty() {
            report.fail(file, faults.into_iter().map(|fault| fault.in_record(number)).collect());
        }
    }
    Ok(())
}

fn read_object(edit: &Edit, set: Option<Set>, mut object: Map<String, Value>) -> Result<Record, Vec<Fault>> {
    if let Some((field, _)) = object.iter().find(|(field, value)| field.contains('\0') || nul::is_in(value)) {
        return Err(vec![Fault::new(field.replace('\0', "␀"), "", nul::PROBLEM)]);
    }
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
