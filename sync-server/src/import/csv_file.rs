//! CSV: rows of cells, with comma, semicolon or tab between them.

use crate::registry::cell::unescape;
use crate::registry::draft::{Draft, Drafts, Row};
use crate::registry::fault::Fault;
use crate::registry::set::Set;

use super::header::Header;

/// What a table says: its header, the drafts of its records, and what is wrong with rows of no record.
#[derive(Debug)]
pub struct Table {
    /// Of which set, with which columns.
    pub header: Header,
    /// Its records.
    pub drafts: Vec<Draft>,
    /// Rows that cannot be read at all.
    pub faults: Vec<Fault>,
}

/// Reads a whole table; the faults of its header where that is not understood.
pub fn read(set: Option<Set>, text: &str) -> Result<Table, Vec<Fault>> {
    let mut reader = reader(text);
    let header = reader.headers().map_err(|error| vec![broken(&error)])?;
    let cells: Vec<String> = header.iter().map(|cell| unescape(cell).to_owned()).collect();
    let header = Header::read(set, &cells)?;
    let mut drafts = Drafts::new(header.set, header.present());
    let mut faults = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                faults.push(broken(&error));
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if row.len() != header.columns.len() {
            let problem = format!("the line has {} columns, the header {}", row.len(), header.columns.len());
            faults.push(Fault::new(row.len().min(header.columns.len()).to_string(), "", problem).at(line));
            continue;
        }
        let cells = header.columns.iter().zip(row.iter());
        let cells = cells.filter_map(|(column, cell)| Some(((*column)?, unescape(cell).to_owned()))).collect();
        drafts.add(&Row { line, cells });
    }
    Ok(Table { header, drafts: drafts.finish(), faults })
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let delimiter = match (count(','), count(';'), count('\t')) {
        (commas, semicolons, tabs) if tabs > commas && tabs > semicolons => b'\t',
        (commas, semicolons, _) if semicolons > commas => b';',
        _ => b',',
    };
    csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes())
}

fn broken(error: &csv::Error) -> Fault {
    Fault::new("1", "", error.to_string()).at(error.position().map_or(0, csv::Position::line))
}

/// Whether the first row is that of a code pack's file.
#[must_use]
pub fn is_of_codes(text: &str) -> bool {
    let mut reader = reader(text.get(..text.len().min(4_096)).unwrap_or(text));
    let header = reader.headers().cloned().unwrap_or_default();
    let has = |name: &str| header.iter().any(|cell| cell.trim() == name);
    has("code") && has("pack")
}
