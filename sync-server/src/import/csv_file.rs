//! CSV: the header row says which kind of record a file holds. Records of several rows (lines of a contract, levels of a product,
//! codes of a pack) stand together under one key.

use std::collections::BTreeMap;
use std::str::FromStr;

use csv::StringRecord;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use shared::code::{PackageCode, check_digit};
use shared::ids::PackId;
use shared::reference::{
    Basis, CodeRecord, Line, Member, Pack, PackLevel, Product, References, ShippingDocument, Site,
};
use shared::time::Timestamp;
use shared::wire::Record;

use super::ImportError;

/// The known kinds, each by its columns in order.
const KINDS: [(&str, &[&str]); 7] = [
    ("members", &["member", "name", "role"]),
    ("sites", &["site", "member", "name", "region"]),
    ("products", &["product", "name", "maker", "registry", "level", "gtin", "units"]),
    ("contracts and orders", &["basis", "kind", "seller", "buyer", "product", "units"]),
    (
        "shipping documents",
        &["document", "basis", "consignor", "consignee", "carrier", "packing_level", "product", "units"],
    ),
    ("code packs", &["pack", "product", "level", "basis", "code"]),
    ("code packs with their cases", &["pack", "product", "level", "basis", "code", "parent"]),
];

/// `references` is what is known already: a pack that is there keeps the time of its issue and its loss.
pub(super) fn read(
    file: &str,
    text: &str,
    references: &References,
    now: Timestamp,
) -> Result<Vec<Record>, ImportError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| broken(file, &error))?.clone();
    let columns: Vec<&str> = header.iter().collect();
    let kind = KINDS.iter().find(|(_, known)| *known == columns).ok_or_else(|| ImportError::Header {
        file: file.to_owned(),
        known: KINDS
            .iter()
            .map(|(name, known)| format!("  {name}: {}", known.join(",")))
            .collect::<Vec<_>>()
            .join("\n"),
    })?;
    let mut records = Vec::new();
    let mut places = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| broken(file, &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let row = Row { file, columns: kind.1, cells: &row, line };
        if kind.0.starts_with("code packs") {
            add_code(&mut records, &mut places, &row, references, now)?;
        } else {
            join(&mut records, &mut places, &row, record(&row, kind.0)?)?;
        }
    }
    Ok(records)
}

fn broken(file: &str, error: &csv::Error) -> ImportError {
    let line = error.position().map_or(0, csv::Position::line);
    let (column, why) = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            (len.min(expected_len).to_string(), format!("the line has {len} columns, the header {expected_len}"))
        }
        _ => ("1".to_owned(), error.to_string()),
    };
    ImportError::Place { file: file.to_owned(), line, column, why }
}

/// One row, by column names.
struct Row<'r> {
    file: &'r str,
    columns: &'static [&'static str],
    cells: &'r StringRecord,
    line: u64,
}

impl Row<'_> {
    fn wrong(&self, column: &str, why: String) -> ImportError {
        ImportError::Place { file: self.file.to_owned(), line: self.line, column: column.to_owned(), why }
    }

    fn optional(&self, column: &str) -> &str {
        let place = self.columns.iter().position(|name| *name == column);
        place.and_then(|place| self.cells.get(place)).unwrap_or_default()
    }

    fn text(&self, column: &str) -> Result<&str, ImportError> {
        match self.optional(column) {
            "" => Err(self.wrong(column, "is empty".to_owned())),
            text => Ok(text),
        }
    }

    /// A number above zero.
    fn count<N: FromStr + Default + PartialEq>(&self, column: &str) -> Result<N, ImportError> {
        let text = self.text(column)?;
        let number = text.parse::<N>().ok().filter(|number| *number != N::default());
        number.ok_or_else(|| self.wrong(column, format!("`{text}` is not a whole number above zero")))
    }

    /// One of the words of an enumeration.
    fn word<'a, T: serde::Deserialize<'a>>(&'a self, column: &str) -> Result<T, ImportError> {
        let text = self.text(column)?;
        let read: Result<T, ValueError> = T::deserialize(text.into_deserializer());
        read.map_err(|error| self.wrong(column, error.to_string()))
    }

    fn code(&self, column: &str) -> Result<PackageCode, ImportError> {
        let text = self.text(column)?;
        let code = text.parse().or_else(|_| shared::code::parse(text));
        code.map_err(|error| self.wrong(column, format!("`{text}` is not a code: {error}")))
    }

    fn line_of_goods(&self) -> Result<Line, ImportError> {
        Ok(Line::new(self.text("product")?.into(), self.count("units")?))
    }
}

fn record(row: &Row<'_>, kind: &str) -> Result<Record, ImportError> {
    Ok(match kind {
        "members" => {
            Record::Member(Member::new(row.text("member")?.into(), row.text("name")?.to_owned(), row.word("role")?))
        }
        "sites" => Record::Site(Site {
            site: row.text("site")?.into(),
            member: row.text("member")?.into(),
            name: row.text("name")?.to_owned(),
            region: row.optional("region").to_owned(),
        }),
        "products" => return product(row),
        "contracts and orders" => Record::Basis(Basis::new(
            row.text("basis")?.into(),
            row.word("kind")?,
            row.text("seller")?.into(),
            row.text("buyer")?.into(),
            vec![row.line_of_goods()?],
        )),
        _ => Record::Document(ShippingDocument {
            document: row.text("document")?.into(),
            basis: row.text("basis")?.into(),
            consignor: row.text("consignor")?.into(),
            consignee: row.text("consignee")?.into(),
            carrier: row.text("carrier")?.to_owned(),
            packing_level: row.word("packing_level")?,
            lines: vec![row.line_of_goods()?],
            lacks: Vec::new(),
            absent: false,
        }),
    })
}

fn product(row: &Row<'_>) -> Result<Record, ImportError> {
    let gtin = row.text("gtin")?;
    check_digit::verify(gtin, 14).map_err(|error| row.wrong("gtin", error.to_string()))?;
    let levels = vec![PackLevel { level: row.word("level")?, gtin: gtin.to_owned(), units: row.count("units")? }];
    let (name, maker) = (row.text("name")?.to_owned(), row.text("maker")?.into());
    let product = Product::new(row.text("product")?.into(), name, maker, levels);
    Ok(Record::Product(Product { registry: row.word("registry")?, ..product }))
}

/// Joins a row to the record of the same key, if the file has one; what all its rows share must be the same.
fn join(
    records: &mut Vec<Record>,
    places: &mut BTreeMap<String, usize>,
    row: &Row<'_>,
    record: Record,
) -> Result<(), ImportError> {
    let key = record.key();
    let place = *places.entry(key.clone()).or_insert(records.len());
    let Some(earlier) = records.get_mut(place) else {
        records.push(record);
        return Ok(());
    };
    let differs = || row.wrong(row.columns[0], format!("`{key}` stands on an earlier line with other particulars"));
    match (earlier, record) {
        (Record::Product(all), Record::Product(mut one)) => {
            let levels = std::mem::take(&mut one.levels);
            one.levels.clone_from(&all.levels);
            if one != *all {
                return Err(differs());
            }
            all.levels.extend(levels);
        }
        (Record::Basis(all), Record::Basis(mut one)) => {
            let lines = std::mem::take(&mut one.lines);
            one.lines.clone_from(&all.lines);
            if one != *all {
                return Err(differs());
            }
            all.lines.extend(lines);
        }
        (Record::Document(all), Record::Document(mut one)) => {
            let lines = std::mem::take(&mut one.lines);
            one.lines.clone_from(&all.lines);
            if one != *all {
                return Err(differs());
            }
            all.lines.extend(lines);
        }
        (earlier, record) if *earlier == record => {}
        _ => return Err(differs()),
    }
    Ok(())
}

fn add_code(
    records: &mut Vec<Record>,
    places: &mut BTreeMap<String, usize>,
    row: &Row<'_>,
    references: &References,
    now: Timestamp,
) -> Result<(), ImportError> {
    let name: PackId = row.text("pack")?.into();
    let before = references.packs.get(&name);
    let issued_at = before.map_or(now, |before| before.issued_at);
    let (product, basis) = (row.text("product")?.into(), row.text("basis")?.into());
    let mut pack = Pack::new(name.clone(), product, row.word("level")?, basis, issued_at);
    if let Some(before) = before {
        // A file of codes says nothing of loss, use or batch: what is known stays.
        pack = Pack { product: pack.product, level: pack.level, basis: pack.basis, ..before.clone() };
    }
    let parent = if row.optional("parent").is_empty() { None } else { Some(row.code("parent")?) };
    let code = CodeRecord::new(row.code("code")?, pack.pack.clone(), pack.product.clone(), parent);
    // A code names its pack only, so the particulars are compared where the pack was first named.
    join(records, places, row, Record::Pack(pack))?;
    records.push(Record::Code(code));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Record>, ImportError> {
        read("contracts.csv", text, &References::default(), Timestamp::from_ms(0))
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let text = String::from_utf8_lossy(&bytes);
            let _ = read_text(&text);
            let _ = super::super::json_file::read("x.json", &text);
            for header in ["member,name,role", "basis,kind,seller,buyer,product,units", "pack,product,level,basis,code,parent"] {
                let _ = read_text(&format!("{header}\n{text}"));
            }
        }

        #[test]
        fn numbers_that_do_not_fit_are_named(digits in "[1-9][0-9]{20,59}") {
            let text = format!("basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,{digits}\n");
            let error = read_text(&text).unwrap_err().to_string();
            proptest::prop_assert!(error.contains("line 2, column units"), "{}", error);
        }
    }

    #[test]
    fn lines_of_one_contract_are_joined() {
        let text = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,120\nC1,contract,M,W,MINT,60\n";
        let records = read_text(text).unwrap();
        let [Record::Basis(basis)] = records.as_slice() else { panic!("one basis") };
        assert_eq!(basis.lines.len(), 2);
    }

    #[test]
    fn a_bad_cell_is_named_by_line_and_column() {
        let text = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,120\nC2,contract,M,W,POD,many\n";
        let error = read_text(text).unwrap_err().to_string();
        assert!(error.starts_with("contracts.csv, line 3, column units: `many` is not a whole number"), "{error}");
        let text = "basis,kind,seller,buyer,product,units\nC1,deal,M,W,POD,120\n";
        let error = read_text(text).unwrap_err().to_string();
        assert!(error.contains("line 2, column kind: unknown variant `deal`"), "{error}");
        let text = "basis,kind,seller,buyer,product,units\nC1,contract,M\n";
        let error = read_text(text).unwrap_err().to_string();
        assert!(error.contains("line 2, column 3: the line has 3 columns, the header 6"), "{error}");
    }

    #[test]
    fn an_unknown_header_lists_the_known_ones() {
        let error = read_text("a,b\n1,2\n").unwrap_err().to_string();
        assert!(error.contains("members: member,name,role"), "{error}");
    }

    #[test]
    fn a_contract_with_two_buyers_is_refused() {
        let text = "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,120\nC1,contract,M,X,MINT,60\n";
        assert!(
            read_text(text).unwrap_err().to_string().contains("line 3, column basis: `C1` stands on an earlier line")
        );
    }
}
