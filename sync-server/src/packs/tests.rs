use std::fmt::Write as _;
use std::io::Cursor;

use shared::code::PackageCode;
use shared::reference::{Level, PackLoss};
use shared::time::Timestamp;

use super::acts::{Act, ActError, act};
use super::codes::{cancel, relabel};
use super::file::{CsvRows, JsonRows};
use super::import::import;
use super::put_together::upload;
use super::summary::{State, detail};
use super::write::{PackFormat, write};
use super::*;
use crate::packs::issue::issue;
use crate::testing::{NOW, Trade, application, gtin, tester};

fn case(n: u32) -> PackageCode {
    PackageCode::item(&gtin("1690123456789"), &format!("PLATFORM{n:04}")).unwrap()
}

fn unit(n: u32) -> PackageCode {
    PackageCode::item(&gtin("0690123456789"), &format!("UNIT{n:04}")).unwrap()
}

/// A platform file: cases of one pack, units of another, the first six units in the first case.
fn csv() -> String {
    let cases = (0..3).map(|n| format!("K1,POD,case,C1,{},\n", case(n)));
    let units = (0..12)
        .map(|n| format!("K2,POD,unit,C1,{},{}\n", unit(n), if n < 6 { case(0).to_string() } else { String::new() }));
    format!("pack,product,level,basis,code,parent\n{}", cases.chain(units).collect::<String>())
}

fn json(lines: bool) -> String {
    let rows = csv();
    let objects: Vec<String> = rows
        .lines()
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            serde_json::json!({"pack": cells[0], "product": cells[1], "level": cells[2], "basis": cells[3], "code": cells[4], "parent": cells[5]})
                .to_string()
        })
        .collect();
    if lines { objects.join("\n") } else { format!(" [{}]\n", objects.join(" ,\n")) }
}

/// A file that nothing opens but itself.
fn plain(bytes: &[u8]) -> Reading {
    Reading::start("platform".into(), Cursor::new(bytes.to_vec()), PackKeys::default())
}

async fn taken(trade: &Trade, text: &str, told: Option<&str>) -> Result<super::import::PacksImported, PackFileError> {
    import(&trade.store, plain(text.as_bytes()), told, (&tester(), NOW)).await
}

async fn account(trade: &Trade, pack: &str) -> (State, [u64; 5]) {
    let found = detail(&mut trade.store.read().await.unwrap(), &pack.into()).await.unwrap().unwrap();
    let sums = found.account;
    assert_eq!(sums.issued, sums.used + sums.cancelled + sums.lost + sums.left, "every code is counted once");
    (found.state, [sums.issued, sums.used, sums.cancelled, sums.lost, sums.left])
}

#[tokio::test]
async fn every_form_of_a_file_says_the_same() {
    let trade = Trade::new().await;
    let first = taken(&trade, &csv(), None).await.unwrap();
    assert_eq!((first.packs, first.codes, first.added, first.unchanged), (2, 15, 17, 0));
    for text in [csv(), json(true), json(false), format!("\u{feff}{}", csv())] {
        let again = taken(&trade, &text, None).await.unwrap();
        assert_eq!(
            (again.packs, again.codes, again.added, again.changed, again.unchanged),
            (2, 15, 0, 0, 17),
            "{text}"
        );
    }
    assert_eq!(account(&trade, "K1").await, (State::Active, [3, 1, 0, 0, 2]));
    assert_eq!(account(&trade, "K2").await, (State::Active, [12, 6, 0, 0, 6]));
}

#[tokio::test]
async fn a_file_that_was_changed_on_its_way_is_refused_whole() {
    let trade = Trade::new().await;
    let sum = taken(&trade, &csv(), Some("00")).await.unwrap_err();
    let PackFileError::Checksum { found, .. } = sum else { panic!("{sum}") };
    assert!(detail(&mut trade.store.read().await.unwrap(), &"K1".into()).await.unwrap().is_none());
    assert_eq!(taken(&trade, &csv(), Some(&found.to_uppercase())).await.unwrap().sha256, found);
}

#[tokio::test]
async fn what_contradicts_itself_or_the_registry_is_named_by_line_and_column() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let header = "pack,product,level,basis,code,parent\n";
    for (rows, said) in [
        (format!("K3,POD,case,C1,{},\n", case(0)), "line 2, column code: the code is of the pack K1 already"),
        (format!("K2,POD,unit,C1,{},{}\n", unit(0), case(1)), "line 2, column parent: the package is in 01/"),
        (
            format!("K1,POD,unit,C1,{},\n", case(9)),
            "line 2, column level: the pack K1 is of the level `case`, not `unit`",
        ),
        (format!("K3,POD,unit,C1,{},\n", case(9)), "line 2, column code: the GTIN"),
        (format!("K3,POD,case,C1,{0},{0}\n", case(9)), "line 2, column parent: a package cannot be put into itself"),
        ("K3,POD,case,C1,nothing,\n".into(), "line 2, column code: `nothing` is not a code"),
        (format!("K3,POD,box,C1,{},\n", case(9)), "line 2, column level: `box` is not one of"),
        (format!("K3,GONE,case,C1,{},\n", case(9)), "line 2, column product: the product `GONE` is not known"),
        (format!("K3,POD,case,C1,{},\nK3,POD\n", case(9)), "line 3, column 2: the line has 2 columns, the header 6"),
        (",POD,case,C1,x,\n".into(), "line 2, column pack: is empty"),
    ] {
        let error = taken(&trade, &format!("{header}{rows}"), None).await.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let error = taken(&trade, "pack,code,colour\n", None).await.unwrap_err().to_string();
    assert!(error.contains("`colour` is no column of a pack's file"), "{error}");
    for broken in ["[", "[{}]", "{\"pack\": 1}", "[{\"pack\":\"a\"} {", "{}{"] {
        let error = taken(&trade, broken, None).await.unwrap_err().to_string();
        assert!(error.contains("record 1"), "{broken}: {error}");
    }
    assert!(
        detail(&mut trade.store.read().await.unwrap(), &"K3".into()).await.unwrap().is_none(),
        "nothing of it stayed"
    );
}

#[tokio::test]
async fn a_pack_is_put_into_use_lost_found_and_ended() {
    let trade = Trade::new().await;
    let inactive =
        csv().replace("parent\n", "parent,inactive\n").replace(",\n", ",,yes\n").replace("0000\n", "0000,yes\n");
    taken(&trade, &inactive, None).await.unwrap();
    let (pack, by) = ("K1".into(), (&tester(), "why"));
    let on = async |what| act(&trade.store, &pack, what, by, NOW).await;
    assert!(matches!(on(Act::Release).await, Err(ActError::Senseless { .. })));
    assert!(matches!(act(&trade.store, &"K9".into(), Act::Activate, by, NOW).await, Err(ActError::Unknown(_))));
    on(Act::Lose(PackLoss::Stolen, NOW)).await.unwrap();
    assert_eq!(account(&trade, "K1").await, (State::Stolen, [3, 0, 0, 3, 0]));
    assert!(matches!(on(Act::Activate).await, Err(ActError::Senseless { .. })));
    assert!(matches!(on(Act::Lose(PackLoss::Lost, NOW.plus_ms(1))).await, Err(ActError::Senseless { .. })));
    for _ in 0..2 {
        on(Act::Release).await.unwrap();
        on(Act::Activate).await.unwrap();
    }
    on(Act::Cancel).await.unwrap();
    assert_eq!(account(&trade, "K1").await, (State::Cancelled, [3, 0, 3, 0, 0]));
    let lost = on(Act::Lose(PackLoss::Stolen, NOW)).await.unwrap_err().to_string();
    assert!(lost.contains("is cancelled"), "{lost}");
    let found = detail(&mut trade.store.read().await.unwrap(), &pack).await.unwrap().unwrap();
    let acts: Vec<&str> = found.acts.iter().map(|act| act.act.as_str()).collect();
    assert_eq!(acts, ["imported", "stolen", "released", "activated", "cancelled"], "doing it twice is noted once");
}

#[tokio::test]
async fn codes_end_and_are_replaced() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let store = &trade.store;
    let (old, new) = (unit(0).to_string(), unit(7).to_string());
    let error = cancel(store, &[unit(8).to_string(), "x".into(), case(77).to_string()], (&tester(), "torn"), NOW)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("record 2, code") && error.to_string().contains("record 3, code"), "{error}");
    assert_eq!(cancel(store, &[unit(8).to_string(), unit(8).to_string()], (&tester(), "torn"), NOW).await.unwrap(), 1);
    assert_eq!(cancel(store, &[unit(8).to_string()], (&tester(), "torn"), NOW).await.unwrap(), 0);
    let replace = async |old: &str, new: &str| relabel(store, (old, new), (&tester(), "torn"), NOW).await;
    for (old, new, why) in [
        (&old, &case(1).to_string(), "of another product or level"),
        (&old, &unit(8).to_string(), "was ended before"),
        (&old, &unit(1).to_string(), "in a package already"),
        (&case(1).to_string(), &case(0).to_string(), "packages are inside the new code"),
        (&new, &new, "its own place"),
    ] {
        let error = replace(old, new).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    replace(&old, &new).await.unwrap();
    replace(&old, &new).await.unwrap();
    assert_eq!(account(&trade, "K2").await.1, [12, 6, 2, 0, 4], "the new one took the old one's place in the case");
    replace(&case(0).to_string(), &case(1).to_string()).await.unwrap();
    assert_eq!(account(&trade, "K1").await.1, [3, 1, 1, 0, 1], "the new case keeps what was in the old one");
}

#[tokio::test]
async fn lists_of_production_lines_are_taken_row_by_row() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let rows = [
        (case(1), unit(6)),
        (case(1), unit(7)),
        (case(0), unit(0)),
        (case(1), unit(0)),
        (unit(8), case(1)),
        (case(77), unit(8)),
    ];
    let list: Vec<String> = rows.iter().map(|(parent, child)| format!("{parent},{child}")).collect();
    let list = format!("父码,子码\n{}\nx,y\n", list.join("\n"));
    let done = upload(&trade.store, "line", Cursor::new(list.clone()), (&tester(), NOW)).await.unwrap();
    assert_eq!((done.associated, done.unchanged, done.contradicted), (2, 1, 5));
    let lines: Vec<Option<u64>> = done.errors.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [Some(8), Some(8), Some(5), Some(6), Some(7)]);
    let again = upload(&trade.store, "line", Cursor::new(list.clone()), (&tester(), NOW)).await.unwrap();
    assert_eq!((again.associated, again.unchanged, again.contradicted), (0, 3, 5));
    let headless = upload(&trade.store, "line", Cursor::new("a,b\n"), (&tester(), NOW)).await.unwrap_err().to_string();
    assert!(headless.contains("the column `parent` (父码) is missing"), "{headless}");
}

#[tokio::test]
async fn a_pack_that_is_lost_again_stays_lost_for_its_first_time_and_is_cancelled_once() {
    let trade = Trade::new().await;
    taken(&trade, &csv(), None).await.unwrap();
    let hour = |n: i64| NOW.plus_ms(n * 3_600_000);
    let doing = async |what: Act, at: Timestamp| act(&trade.store, &"K1".into(), what, (&tester(), ""), at).await;
    doing(Act::Lose(PackLoss::Lost, hour(1)), hour(2)).await.unwrap();
    doing(Act::Release, hour(3)).await.unwrap();
    let before = doing(Act::Lose(PackLoss::Stolen, hour(2)), hour(4)).await;
    assert!(matches!(before, Err(ActError::Senseless { .. })), "it was found after that");
    doing(Act::Lose(PackLoss::Stolen, hour(4)), hour(5)).await.unwrap();
    // A report while it is lost mends the one before.
    doing(Act::Lose(PackLoss::Lost, hour(5)), hour(6)).await.unwrap();
    let found = detail(&mut trade.store.read().await.unwrap(), &"K1".into()).await.unwrap().unwrap();
    let freezes: Vec<_> = found.pack.freezes().collect();
    assert_eq!(freezes, [(hour(1), Some(hour(3))), (hour(5), None)]);
    doing(Act::Release, hour(7)).await.unwrap();
    for _ in 0..2 {
        doing(Act::Cancel, hour(8)).await.unwrap();
    }
    let found = detail(&mut trade.store.read().await.unwrap(), &"K1".into()).await.unwrap().unwrap();
    assert_eq!(found.acts.iter().filter(|act| act.act == "cancelled").count(), 1);
}

#[tokio::test]
async fn an_own_pack_is_a_file_that_can_be_imported_and_read_by_its_recipient_only() {
    let trade = Trade::new().await;
    let (pack, codes) = issue(&trade.store, &application(Level::Case, 3), NOW).await.unwrap();
    let known = store::code::of_pack(&mut trade.store.read().await.unwrap(), &pack.pack).await.unwrap();
    assert_eq!(known.len(), codes.len());
    for format in [PackFormat::Csv, PackFormat::Json] {
        let file = write(&pack, &codes, "ID.EXAMPLE.CN", format, None).unwrap();
        let done = import(&trade.store, plain(&file.bytes), Some(&file.sha256), (&tester(), NOW)).await.unwrap();
        assert_eq!((done.codes, done.added, done.unchanged), (3, 0, 4));
    }
    let key = crate::sealed::SealedKey::generate();
    let sealed = write(&pack, &codes, "ID.EXAMPLE.CN", PackFormat::Csv, Some(&key.recipient())).unwrap();
    assert!(sealed.bytes.starts_with(b"age-encryption.org/"));
    assert!(write(&pack, &codes, "H", PackFormat::Csv, Some("age1nobody")).is_err());

    let with = |keys| Reading::start("f".into(), Cursor::new(sealed.bytes.clone()), keys);
    let stranger = || PackKeys::default().with_own(crate::sealed::SealedKey::generate().identity());
    for keys in [PackKeys::default(), stranger(), stranger().with_passphrase("guess".into())] {
        let error = import(&trade.store, with(keys), None, (&tester(), NOW)).await.unwrap_err();
        assert!(matches!(error, PackFileError::Sealed { .. }), "{error}");
    }
    // The checksum is that of the file as it came; the key may stand among remarks.
    let keys = stranger().with_key(&format!("# made today\n{}", key.to_text())).unwrap();
    let done = import(&trade.store, with(keys), Some(&sealed.sha256), (&tester(), NOW)).await.unwrap();
    assert_eq!((done.codes, done.unchanged), (3, 4));
    let cut = Cursor::new(sealed.bytes[..sealed.bytes.len() - 9].to_vec());
    let cut = Reading::start("f".into(), cut, PackKeys::default().with_own(key.identity()));
    assert!(import(&trade.store, cut, None, (&tester(), NOW)).await.is_err());
    assert!(PackKeys::default().with_key("AGE-SECRET-KEY-1NOTHING").is_err());

    let mut recipient = age::scrypt::Recipient::new("four words in a row".to_owned().into());
    recipient.set_work_factor(2);
    let locked = age::encrypt(&recipient, csv().as_bytes()).unwrap();
    let keys = PackKeys::default().with_passphrase("four words in a row".into());
    let reading = Reading::start("f".into(), Cursor::new(locked), keys);
    assert_eq!(import(&trade.store, reading, None, (&tester(), NOW)).await.unwrap().codes, 15);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic_or_run_for_ever(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let with = |start: &str| [start.as_bytes(), &bytes].concat();
        let mut rows = 0;
        if let Ok(read) = CsvRows::new(with("pack,product,level,basis,code,parent\n").as_slice()) {
            rows += read.count();
        }
        for start in ["", "[", "{\"pack\":", "[{}"] {
            rows += JsonRows::new(with(start).as_slice()).count();
        }
        proptest::prop_assert!(rows <= 5 * 310);
    }
}

mod encodings;
mod in_use;
mod losses;

/// 10^6 codes of the platform, as a file of 60 MB.
#[tokio::test]
#[ignore = "takes a minute; `sync-server codes import --json` measures the same on a file"]
async fn long_a_million_codes_are_taken_in() {
    let trade = Trade::new().await;
    let gtin = gtin("1690123456789");
    let mut file = String::from("pack,product,level,basis,code\n");
    for n in 0..1_000_000 {
        let code = PackageCode::item(&gtin, &shared::code::format_serial(n >> 12, u64::from(n) * 7_919)).unwrap();
        writeln!(file, "K{},POD,case,C1,{code}", n >> 17).unwrap();
    }
    let done = taken(&trade, &file, None).await.unwrap();
    assert_eq!((done.codes, done.packs), (1_000_000, 8));
    let later = Timestamp::from_ms(NOW.as_ms() + 1);
    act(&trade.store, &"K0".into(), Act::Lose(PackLoss::Lost, later), (&tester(), ""), later).await.unwrap();
}

/// 10^6 codes of our own.
#[tokio::test]
#[ignore = "takes a minute"]
async fn long_a_million_codes_are_issued() {
    let trade = Trade::new().await;
    trade.import("c.csv", "basis,product,units\nC1,POD,1000000\n").await.unwrap();
    let (pack, codes) = issue(&trade.store, &application(Level::Unit, 1_000_000), NOW).await.unwrap();
    assert_eq!(codes.len(), 1_000_000);
    assert_eq!(account(&trade, pack.pack.as_str()).await.1, [1_000_000, 0, 0, 0, 1_000_000]);
}
