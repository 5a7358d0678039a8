use std::io::Cursor;

use calamine::{Reader, Xlsx};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use shared::code::check_digit;
use shared::reference::{
    Basis, BasisKind, Dated, Level, Licence, Line, Listing, Member, MemberStatus, PackLevel, Price, PriceKind, Product,
    Role,
};
use shared::time::Timestamp;
use shared::wire::Record;

use super::*;
use crate::import::{Options, Source, run};
use crate::registry::edit::Edit;
use crate::registry::outcome::Why;
use crate::store;
use crate::testing::{NOW, Trade, tester};

/// Names as people and attackers write them.
fn name() -> impl Strategy<Value = String> {
    "[=+@'a-z广州\",;|(-]{0,8}[a-z=州]"
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (0_i64..30_000).prop_map(|day| Timestamp::from_ms(day * 86_400_000 - 28_800_000 + 86_400_000)),
        (0_i64..4_000_000_000_000).prop_map(Timestamp::from_ms),
    ]
}

fn member() -> impl Strategy<Value = Member> {
    let licence = (time(), 1_i64..1_000_000_000, "[0-9]{0,12}").prop_map(|(from, ms, number)| Licence {
        number,
        from: Some(from),
        until: Some(from.plus_ms(ms)),
        ..Licence::default()
    });
    let statuses = btree_map(0_i64..1_000_000_000, any::<bool>(), 0..3);
    (name(), option::of(licence), statuses, any::<bool>()).prop_map(|(name, licence, statuses, import_codes)| {
        let status = |(from, suspended)| Dated {
            from: Timestamp::from_ms(from),
            value: if suspended { MemberStatus::Suspended } else { MemberStatus::Active },
        };
        let statuses = statuses.into_iter().map(status).collect();
        Member { licence, statuses, import_codes, ..Member::new("P".into(), name, Role::Importer) }
    })
}

fn product() -> impl Strategy<Value = Product> {
    let prices = btree_map((0..3_u8, 0_i64..1_000_000_000), (0_u64..1_000_000, any::<bool>()), 0..4);
    let listings = btree_map(0_i64..1_000_000_000, any::<bool>(), 0..3);
    (name(), prices, listings, 1_u32..50).prop_map(|(name, prices, listings, ratio)| {
        let gtin = |body: &str| format!("{body}{}", check_digit::compute(body));
        let levels = vec![
            PackLevel { level: Level::Unit, gtin: gtin("0691111111111"), units: 1 },
            PackLevel { level: Level::Case, gtin: gtin("1691111111111"), units: ratio },
        ];
        let kinds = [PriceKind::ExFactory, PriceKind::Wholesale, PriceKind::SuggestedRetail];
        let price = |((kind, from), (fen, announced)): ((u8, i64), (u64, bool))| Price {
            kind: kinds[usize::from(kind)],
            fen,
            from: Timestamp::from_ms(from),
            announced: announced.then(|| Timestamp::from_ms(from / 2)),
        };
        let listing = |(from, ended)| Dated {
            from: Timestamp::from_ms(from),
            value: if ended { Listing::Ended } else { Listing::Listed },
        };
        Product {
            prices: prices.into_iter().map(price).collect(),
            listings: listings.into_iter().map(listing).collect(),
            ..Product::new("PX".into(), name, "M".into(), levels)
        }
    })
}

fn basis() -> impl Strategy<Value = Basis> {
    let lines = btree_map(option::of(0_u64..100_000), 1_u64..u64::MAX / 4, 1..4);
    let place = prop_oneof![Just(String::new()), name()];
    (lines, option::of(time()), option::of(1_i64..10_000_000_000), any::<bool>(), place).prop_map(
        |(lines, from, transit_ms, unpaid, place)| {
            let lines = lines.into_iter().map(|(fen, units)| Line { fen, ..Line::new("POD".into(), units) }).collect();
            Basis {
                from,
                transit_ms,
                unpaid,
                place,
                ..Basis::new("CX".into(), BasisKind::Contract, "M".into(), "W".into(), lines)
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_exported_changes_nothing_when_it_is_imported(member in member(), product in product(), basis in basis()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let trade = Trade::new().await;
            let mut tx = trade.store.write().await.unwrap();
            let mut edit = Edit::begin(&mut tx, &tester(), NOW).await.unwrap();
            for record in [Record::Member(member), Record::Product(product), Record::Basis(basis)] {
                edit.put(&mut tx, record, Why::Entry).await.unwrap();
            }
            edit.finish(&mut tx, ("tried", "", "")).await.unwrap();
            tx.commit().await.unwrap();
            let known = store::reference::load_all(&mut trade.store.read().await.unwrap()).await.unwrap();
            for format in [Format::Csv, Format::Xlsx, Format::Json] {
                for set in Set::ALL.into_iter().filter(|set| !all(&known, *set).is_empty()) {
                    let bytes = export(&known, set, format, if format == Format::Csv { Lang::Zh } else { Lang::En }).unwrap();
                    let source = Source { name: set.name().into(), bytes };
                    let options = Options { set: Some(set), preview: true, ..Options::default() };
                    let report = run(&trade.store, vec![source], &options, NOW).await.unwrap();
                    assert_eq!((&report.errors, &report.changes), (&Vec::new(), &Vec::new()), "{format:?} {}", set.name());
                    assert_eq!(report.unchanged, all(&known, set).len() as u64);
                }
            }
        });
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300), flips in vec((any::<u16>(), any::<u8>()), 0..6)) {
        let _ = crate::import::xlsx_file::read(None, &bytes);
        let text = String::from_utf8_lossy(&bytes);
        for set in Set::ALL {
            let header = header_line(set);
            let _ = crate::import::csv_file::read(None, &format!("{header}\n{text}"));
            let mut book = template(set, Format::Xlsx, Lang::En).unwrap();
            for (at, byte) in &flips {
                let at = usize::from(*at) % book.len();
                book[at] = *byte;
            }
            let _ = crate::import::xlsx_file::read(Some(set), &book);
        }
    }
}

fn header_line(set: Set) -> String {
    header(set, Lang::En).join(",")
}

#[test]
fn templates_are_read_as_one_record_without_faults_of_form() {
    for set in Set::ALL {
        for lang in [Lang::En, Lang::Zh] {
            let csv = template(set, Format::Csv, lang).unwrap();
            let text = crate::import::encoding::decode(&csv).unwrap().into_owned();
            let xlsx = template(set, Format::Xlsx, lang).unwrap();
            for table in [crate::import::csv_file::read(None, &text), crate::import::xlsx_file::read(None, &xlsx)] {
                let table = table.unwrap();
                assert_eq!((table.header.set, table.drafts.len()), (set, 1));
                assert_eq!(table.drafts[0].faults, [], "{}", set.name());
            }
        }
    }
}

#[test]
fn a_workbook_holds_texts_only() {
    let mut member = Member::new("P".into(), "=1+1".into(), Role::Maker);
    member.region = "44".into();
    let mut known = References::default();
    known.insert(Record::Member(member));
    let bytes = export(&known, Set::Member, Format::Xlsx, Lang::Zh).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("member").unwrap();
    assert_eq!(range.get((1, 1)).unwrap().to_string(), "'=1+1");
    assert_eq!(book.worksheet_formula("member").unwrap().cells().count(), 0);
}
