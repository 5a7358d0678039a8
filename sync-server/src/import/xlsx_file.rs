//! XLSX: cell by cell, so that a far-away cell makes no giant of a small file. How much a file unfolds to is counted before it is read.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Reader, Xlsx};

use crate::registry::cell::unescape;
use crate::registry::draft::{Drafts, Row};
use crate::registry::fault::Fault;
use crate::registry::set::Set;

use super::csv_file::Table;
use super::header::Header;

/// Bytes that a file may unfold to, and rows that it may have.
const UNFOLDED_BYTES_MAX: u64 = 400 << 20;

/// Cells that could not be calculated and are named, at most.
const ERRORS_MAX: usize = 100;

/// Reads the one sheet that has cells; the faults of its header, of its cells, or of the file, where it is not understood.
pub fn read(set: Option<Set>, bytes: &[u8]) -> Result<Table, Vec<Fault>> {
    if unfolded(bytes).is_none_or(|unfolded| unfolded > UNFOLDED_BYTES_MAX) {
        let limit = UNFOLDED_BYTES_MAX >> 20;
        return Err(whole(format!(
            "the file is no XLSX, is damaged, or unfolds to more than {limit} MB; split it, or save it as CSV"
        )));
    }
    let mut book: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut found: Option<(String, Table)> = None;
    for sheet in book.sheet_names() {
        let mut rows = Rows::new(book.worksheet_cells_reader(&sheet).map_err(|error| broken(&error))?);
        let Some(first) = rows.next_row().map_err(|error| broken(&error))? else { continue };
        if let Some((before, _)) = found {
            return Err(whole(format!(
                "the sheets `{before}` and `{sheet}` both have cells; a file is one table: save each sheet as a file of its own"
            )));
        }
        found = Some((sheet, table(set, first, &mut rows)?));
    }
    found.map(|(_, table)| table).ok_or_else(|| whole("the workbook has no filled sheet".into()))
}

/// A fault of the file as a whole.
fn whole(problem: String) -> Vec<Fault> {
    vec![Fault::new("1", "", problem).at(1)]
}

fn broken(error: &calamine::XlsxError) -> Vec<Fault> {
    whole(format!("the file is no XLSX that can be read ({error}); save it as CSV"))
}

/// A sheet from its first filled row on, which names the columns.
fn table(set: Option<Set>, (line, first): (u64, Cells), rows: &mut Rows<'_, '_>) -> Result<Table, Vec<Fault>> {
    let last = first.iter().map(|(at, _)| *at).max().unwrap_or(0);
    if last > 255 {
        return Err(whole("the first row has cells beyond column 256; leave only the table in the sheet".into()));
    }
    let mut cells = vec![String::new(); last + 1];
    for (at, text) in first {
        cells[at] = text;
    }
    let at_line = |mut faults: Vec<Fault>| {
        for fault in &mut faults {
            fault.line = Some(line);
        }
        faults
    };
    let header = Header::read(set, &cells).map_err(at_line)?;
    let mut drafts = Drafts::new(header.set, header.present());
    while let Some((line, cells)) = rows.next_row().map_err(|error| broken(&error))? {
        let column = |at: usize| header.columns.get(at).copied().flatten();
        let cells = cells.into_iter().filter_map(|(at, text)| Some((column(at)?, text))).collect();
        drafts.add(&Row { line, cells });
    }
    let errors = std::mem::take(&mut rows.errors);
    if errors.is_empty() {
        return Ok(Table { header, drafts: drafts.finish(), faults: Vec::new() });
    }
    let fault = |(line, at, error): (u32, usize, String)| {
        let column = header.columns.get(at).copied().flatten();
        let name = column.map_or("", |column| header.set.columns()[column].name);
        let problem = format!(
            "the spreadsheet could not calculate this cell ({error}); mend it there, or type what it is to say"
        );
        Fault::new(name, error, problem).at(u64::from(line) + 1)
    };
    Err(errors.into_iter().map(fault).collect())
}

/// Bytes of all parts of the container, read to their end; none where it is no container. What it declares is not believed.
fn unfolded(bytes: &[u8]) -> Option<u64> {
    let mut container = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut sum = 0;
    for at in 0..container.len() {
        let part = container.by_index(at).ok()?;
        let mut rest = part.take(UNFOLDED_BYTES_MAX + 1 - sum);
        sum += std::io::copy(&mut rest, &mut std::io::sink()).ok()?;
        if sum > UNFOLDED_BYTES_MAX {
            break;
        }
    }
    Some(sum)
}

/// Cells in the order of the file, gathered by row.
struct Rows<'a, 'b> {
    cells: calamine::XlsxCellReader<'a, Cursor<&'b [u8]>>,
    next: Option<(u32, usize, String)>,
    /// Behind its last cell a sheet cannot be asked again.
    done: bool,
    /// Cells that say what the spreadsheet could not calculate: line, column, error.
    errors: Vec<(u32, usize, String)>,
}

type Cells = Vec<(usize, String)>;

impl<'a, 'b> Rows<'a, 'b> {
    const fn new(cells: calamine::XlsxCellReader<'a, Cursor<&'b [u8]>>) -> Self {
        Self { cells, next: None, done: false, errors: Vec::new() }
    }

    /// The next row with a filled cell, and its line.
    fn next_row(&mut self) -> Result<Option<(u64, Cells)>, calamine::XlsxError> {
        let mut row: Option<(u32, Cells)> = None;
        loop {
            let next = match self.next.take() {
                Some(next) => Some(next),
                None => self.next_filled()?,
            };
            match (next, &mut row) {
                (Some((line, at, text)), None) => row = Some((line, vec![(at, text)])),
                (Some((line, at, text)), Some((of, cells))) if line == *of => cells.push((at, text)),
                (next, _) => {
                    self.next = next;
                    return Ok(row.map(|(line, cells)| (u64::from(line) + 1, cells)));
                }
            }
        }
    }

    fn next_filled(&mut self) -> Result<Option<(u32, usize, String)>, calamine::XlsxError> {
        while !self.done {
            let Some(cell) = self.cells.next_cell()? else {
                self.done = true;
                break;
            };
            let (line, at) = cell.get_position();
            if let DataRef::Error(error) = cell.get_value()
                && self.errors.len() < ERRORS_MAX
            {
                self.errors.push((line, usize::try_from(at).unwrap_or(usize::MAX), error.to_string()));
            }
            let text = text(cell.get_value());
            let text = unescape(&text);
            if !text.is_empty() {
                return Ok(Some((line, usize::try_from(at).unwrap_or(usize::MAX), text.to_owned())));
            }
        }
        Ok(None)
    }
}

/// A cell's text, as a person would type it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        // Numbers of keys are shown without a fraction; days are times of the spreadsheet's own count.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        other => Data::from(other.clone()).to_string(),
    }
}
