//! A value of the wrong kind in every column of every set, in CSV and XLSX: it is named by line and column.

use rust_xlsxwriter::Workbook;

use super::{ImportError, Options, Report, Source, run};
use crate::registry::column::{Column, Need};
use crate::registry::kind::Kind;
use crate::registry::set::Set;
use crate::testing::{NOW, Trade};

/// A text that is none of the kind.
fn broken(kind: Kind) -> String {
    match kind {
        Kind::Id => "a;b".into(),
        Kind::Text => "x".repeat(300),
        Kind::Count => "-3".into(),
        Kind::Year => "99".into(),
        Kind::Month => "2026-13".into(),
        Kind::Moment => "soon".into(),
        Kind::Flag => "maybe".into(),
        Kind::Words(_) | Kind::WordList(_) => "nonsense".into(),
        Kind::IdList => "a\u{7}b".into(),
        Kind::Gtin => "16901234567890".into(),
        Kind::Yuan => "1.234".into(),
        Kind::Span => "2 weeks".into(),
        Kind::Json => "{".into(),
    }
}

/// The template's row, with texts for what it leaves empty, and one cell put otherwise.
fn row(set: Set, broken_at: usize, text: &str) -> Vec<String> {
    let cell =
        |(at, column): (usize, &Column)| if at == broken_at { text.to_owned() } else { column.example.to_owned() };
    set.columns().iter().enumerate().map(cell).collect()
}

fn csv(set: Set, row: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(set.columns().iter().map(|column| column.name)).unwrap();
    writer.write_record(row).unwrap();
    writer.into_inner().unwrap()
}

fn xlsx(set: Set, row: &[String]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, (column, cell)) in (0_u16..).zip(set.columns().iter().zip(row)) {
        sheet.write_string(0, at, column.zh[0]).unwrap();
        // An empty row between, as people leave them.
        sheet.write_string(2, at, cell).unwrap();
    }
    book.save_to_buffer().unwrap()
}

async fn faults(trade: &Trade, set: Set, bytes: Vec<u8>) -> Report {
    let source = Source { name: "f".into(), bytes };
    let options = Options { set: Some(set), ..Options::default() };
    match run(&trade.store, vec![source], &options, NOW).await {
        Err(ImportError::Faults(report)) => report,
        other => panic!("{}: {other:?}", set.name()),
    }
}

#[tokio::test]
async fn a_broken_value_in_any_column_of_any_set_is_named() {
    let trade = Trade::new().await;
    let mut tried = 0;
    for set in Set::ALL {
        for (at, column) in set.columns().iter().enumerate() {
            let text = broken(column.kind);
            for (bytes, line) in [(csv(set, &row(set, at, &text)), 2), (xlsx(set, &row(set, at, &text)), 3)] {
                let report = faults(&trade, set, bytes).await;
                let named = report.errors.iter().find(|found| found.fault.field == column.name);
                let named = named.unwrap_or_else(|| panic!("{} {}: {:?}", set.name(), column.name, report.errors));
                assert_eq!((named.fault.line, named.file.as_str()), (Some(line), "f"));
                assert!(
                    named.fault.problem.contains(&text.chars().take(20).collect::<String>()),
                    "{}",
                    named.fault.problem
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn an_empty_cell_where_one_is_needed_is_named() {
    let trade = Trade::new().await;
    for set in Set::ALL {
        for (at, column) in set.columns().iter().enumerate().filter(|(_, column)| column.need == Need::Always) {
            let report = faults(&trade, set, csv(set, &row(set, at, ""))).await;
            let named =
                report.errors.iter().any(|found| found.fault.field == column.name && found.fault.line == Some(2));
            assert!(named, "{} {}: {:?}", set.name(), column.name, report.errors);
        }
    }
}

#[tokio::test]
async fn a_file_of_nothing_that_can_be_read_is_named() {
    let trade = Trade::new().await;
    for (bytes, said) in [
        (b"PK\x03\x04 no workbook".to_vec(), "is no XLSX"),
        (vec![0x41, 0xff, 0xff, 0x80], "neither UTF-8 nor GB18030"),
        (b"[{]".to_vec(), "line 1, column 3: this is no JSON"),
        (b"[1]".to_vec(), "record 1, record: is not an object"),
        (b"[{\"name\": \"x\"}]".to_vec(), "does not say its `set`"),
        (b"\n\n".to_vec(), "there is nothing in this file"),
        (Vec::new(), "there is nothing in this file"),
        (b"a,b\n1,2\n".to_vec(), "the columns are of no known kind"),
    ] {
        let source = Source { name: "f".into(), bytes };
        let error = run(&trade.store, vec![source], &Options::default(), NOW).await.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn what_a_spreadsheet_could_not_calculate_becomes_nobodys_name() {
    let trade = Trade::new().await;
    let at = |name: &str| u16::try_from(Set::Carrier.columns().iter().position(|column| column.name == name).unwrap());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, at("carrier").unwrap(), "carrier").unwrap();
    sheet.write_formula(1, at("carrier").unwrap(), rust_xlsxwriter::Formula::new("=A9").set_result("#REF!")).unwrap();
    let report = faults(&trade, Set::Carrier, book.save_to_buffer().unwrap()).await;
    let fault = &report.errors[0].fault;
    assert_eq!((fault.line, fault.field.as_str(), fault.value.as_str()), (Some(2), "carrier", "#REF!"));
    assert!(fault.problem.contains("could not calculate"), "{}", fault.problem);
}

#[tokio::test]
async fn a_second_table_in_a_workbook_is_not_dropped_without_a_word() {
    let trade = Trade::new().await;
    let mut book = Workbook::new();
    for name in ["Mine", "Empty", "Yours"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        if name != "Empty" {
            sheet.write_string(0, 0, "carrier").unwrap();
            sheet.write_string(1, 0, name).unwrap();
        }
    }
    let report = faults(&trade, Set::Carrier, book.save_to_buffer().unwrap()).await;
    let problem = &report.errors[0].fault.problem;
    assert!(problem.contains("`Mine`") && problem.contains("`Yours`"), "{problem}");
}
