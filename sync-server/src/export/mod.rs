//! The registry as files: the same columns that imports read, so that what was exported changes nothing when it is imported.

mod table;

use std::str::FromStr;

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Map, Value};
use shared::reference::References;

use crate::registry::find::all;
use crate::registry::set::Set;

pub use table::Lang;
pub(crate) use table::rows;
use table::{header, template_row};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, UTF-8 with a mark at the start: spreadsheets read Chinese only so.
    Csv,
    /// A workbook of one sheet, every cell a text.
    Xlsx,
    /// An array of records.
    Json,
}

/// No form has that name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no format; formats are csv, xlsx, json")]
pub struct FormatError(String);

impl FromStr for Format {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        match text.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            "json" => Ok(Self::Json),
            _ => Err(FormatError(text.to_owned())),
        }
    }
}

impl Format {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }

    /// The ending of file names.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A record.
    #[error("a record cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The workbook.
    #[error("the workbook cannot be made: {0}")]
    Xlsx(#[from] XlsxError),
    /// The table.
    #[error("the table cannot be made: {0}")]
    Csv(#[from] csv::Error),
    /// A sheet has no more rows.
    #[error("the set has more than {ROWS_MAX} rows, more than a sheet holds; export it as CSV or JSON")]
    TooLong,
}

/// Rows of a sheet, by its format.
const ROWS_MAX: usize = 1_048_575;

/// All records of a set, by key.
pub fn export(known: &References, set: Set, format: Format, lang: Lang) -> Result<Vec<u8>, ExportError> {
    let bodies = all(known, set).iter().map(Set::body).collect::<Result<Vec<Map<String, Value>>, _>>()?;
    if format == Format::Json {
        let named = bodies.into_iter().map(|mut body| {
            body.insert("set".into(), set.name().into());
            Value::Object(body)
        });
        return Ok(serde_json::to_vec_pretty(&named.collect::<Vec<_>>())?);
    }
    let rows: Vec<Vec<String>> = bodies.iter().flat_map(|body| rows(set, body)).collect();
    write(set, format, lang, &rows)
}

/// An empty file with its headings and one row that shows what is meant.
pub fn template(set: Set, format: Format, lang: Lang) -> Result<Vec<u8>, ExportError> {
    if format == Format::Json {
        let example = table::example(set);
        return Ok(serde_json::to_vec_pretty(&[Value::Object(example)])?);
    }
    write(set, format, lang, &[template_row(set)])
}

fn write(set: Set, format: Format, lang: Lang, rows: &[Vec<String>]) -> Result<Vec<u8>, ExportError> {
    let header = header(set, lang);
    if format == Format::Xlsx {
        if rows.len() > ROWS_MAX {
            return Err(ExportError::TooLong);
        }
        return workbook(set, &header, rows);
    }
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))?)
}

fn workbook(set: Set, header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, ExportError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(set.name())?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(header) {
        sheet.write_string(0, column, *name)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(line, column, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests;
