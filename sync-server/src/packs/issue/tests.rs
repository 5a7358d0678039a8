use shared::reference::{Amendment, Line};

use super::*;
use crate::testing::{NOW, Trade, application};

#[tokio::test]
async fn no_more_than_the_contract_line_covers() {
    let trade = Trade::new().await;
    issue(&trade.store, &application(Level::Case, 2), NOW).await.unwrap();
    let error = issue(&trade.store, &application(Level::Case, 2), NOW).await.unwrap_err();
    assert!(matches!(error, IssueError::BeyondLine { asked: 2, covered: 3, issued: 2 }), "{error}");
    issue(&trade.store, &application(Level::Case, 1), NOW).await.unwrap();
}

#[tokio::test]
async fn an_amended_line_covers_what_it_says_now() {
    let trade = Trade::new().await;
    let mut tx = trade.store.write().await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    let mut basis = store::reference::load_all(&mut tx).await.unwrap().bases[&"C1".into()].clone();
    let lines = Some(vec![Line::new("POD".into(), 36)]);
    basis.amendments.push(Amendment { valid_from: NOW, known_at: position, lines, ..Amendment::default() });
    store::reference::put(&mut tx, &Record::Basis(basis), position).await.unwrap();
    tx.commit().await.unwrap();
    let error = issue(&trade.store, &application(Level::Case, 7), NOW).await.unwrap_err();
    assert!(matches!(error, IssueError::BeyondLine { covered: 6, .. }), "{error}");
    issue(&trade.store, &application(Level::Case, 6), NOW).await.unwrap();
}

/// Each number is drawn twice, and one of them is somebody's already.
#[tokio::test]
async fn no_code_is_given_twice() {
    let trade = Trade::new().await;
    let (pack, _) = issue(&trade.store, &application(Level::Case, 1), NOW).await.unwrap();
    let gtin = crate::testing::gtin("1690123456789");
    let taken = PackageCode::item(&gtin, &format_serial(7, 3)).unwrap();
    let mut tx = trade.store.write().await.unwrap();
    let record = CodeRecord::new(taken.clone(), pack.pack.clone(), pack.product.clone(), None);
    store::code::put(&mut tx, &record, 1).await.unwrap();
    let mut drawn = 0;
    let draw = |bits| {
        drawn += u64::from(bits == 40);
        Ok(if bits == 20 { 7 } else { drawn / 2 })
    };
    let codes = fresh_codes(&mut tx, &gtin, 5, draw).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 5);
    assert!(!codes.contains(&taken));
}

#[tokio::test]
async fn contract_line_and_count_must_exist() {
    let trade = Trade::new().await;
    let unknown = Application { contract: "C9".into(), ..application(Level::Case, 1) };
    assert!(matches!(issue(&trade.store, &unknown, NOW).await, Err(IssueError::UnknownContract(_))));
    let no_line = Application { product: "MINT".into(), ..application(Level::Case, 1) };
    assert!(matches!(issue(&trade.store, &no_line, NOW).await, Err(IssueError::Objections(_))));
    assert!(matches!(issue(&trade.store, &application(Level::Inner, 1), NOW).await, Err(IssueError::NoLevel(_))));
    assert!(matches!(issue(&trade.store, &application(Level::Case, 0), NOW).await, Err(IssueError::Count)));
}

/// Each of these contracts has a line for as much, and none may have codes.
#[tokio::test]
async fn contracts_that_may_have_no_codes_get_none() {
    let trade = Trade::new().await;
    let bases = "basis,kind,seller,buyer,product,units,market,until,cancelled_at,off_platform\n\
        H1,contract,M,W,POD,18,export,,,\nH2,contract,R1,R2,POD,18,,,,\nH3,contract,M,W,POD,18,,2026-02-01,,\n\
        H4,contract,M,W,POD,18,,,2026-02-01,\nH5,contract,M,W,POD,18,,,,yes\n";
    trade.import("more.csv", bases).await.unwrap();
    for (contract, why) in [
        ("H1", "export goods carry no codes"),
        ("H2", "R1 makes no products"),
        ("H3", "H3 is not in force"),
        ("H4", "H4 is not in force"),
        ("H5", "outside the platform"),
        ("O1", "O1 is no contract"),
    ] {
        let against = Application { contract: contract.into(), ..application(Level::Case, 1) };
        let refused = issue(&trade.store, &against, NOW).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{contract}: {refused}");
    }
}

#[tokio::test]
async fn codes_are_issued_for_what_was_granted() {
    let trade = Trade::new().await;
    let apply = async |number: &str, member: &str, units: u64| {
        let mut tx = trade.store.write().await.unwrap();
        let mut edit = Edit::begin(&mut tx, &crate::testing::tester(), NOW).await.unwrap();
        let (made, line) = ((number.to_owned(), NOW), ("POD".into(), units));
        let asked = shared::reference::CodeApplication::new(made, member.into(), line, "C1".into());
        let answer = packs::apply::apply(&mut tx, &mut edit, asked).await.unwrap();
        edit.finish(&mut tx, packs::apply::deed(&answer)).await.unwrap();
        tx.commit().await.unwrap();
        answer.granted
    };
    let asked = |level, count| Application { without_application: None, ..application(level, count) };
    let no = async |one: Application, granted: u64| {
        let refused = issue(&trade.store, &one, NOW).await.unwrap_err();
        assert!(matches!(refused, IssueError::NotGranted { granted: has, .. } if has == granted), "{refused}");
    };
    no(asked(Level::Case, 1), 0).await;
    assert!(!apply("A1", "M", 999).await && !apply("A2", "W", 12).await);
    no(asked(Level::Case, 1), 0).await;
    assert!(apply("A3", "M", 12).await);
    issue(&trade.store, &asked(Level::Case, 2), NOW).await.unwrap();
    no(asked(Level::Case, 1), 12).await;
    no(asked(Level::Unit, 13), 12).await;
    issue(&trade.store, &asked(Level::Unit, 12), NOW).await.unwrap();
    let unsaid = Application { without_application: Some(" ".into()), ..application(Level::Case, 1) };
    assert!(matches!(issue(&trade.store, &unsaid, NOW).await, Err(IssueError::NoReason)));
    let said = Application { without_application: Some("the platform was down".into()), ..unsaid };
    let (pack, _) = issue(&trade.store, &said, NOW).await.unwrap();
    let acts = store::pack::acts(&mut trade.store.read().await.unwrap(), &pack.pack).await.unwrap();
    assert_eq!(acts[0].detail, "C1 POD, without an application: the platform was down");
}

#[tokio::test]
async fn consecutive_units_fill_the_cases() {
    let trade = Trade::new().await;
    let (pack, cases) = issue(&trade.store, &application(Level::Case, 2), NOW).await.unwrap();
    let units = |count| Application { parent_pack: Some(pack.pack.clone()), ..application(Level::Unit, count) };
    assert!(matches!(issue(&trade.store, &units(11), NOW).await, Err(IssueError::CaseRatio { .. })));
    let (_, filled) = issue(&trade.store, &units(12), NOW).await.unwrap();
    for case in &cases {
        assert_eq!(filled.iter().filter(|unit| unit.parent.as_ref() == Some(&case.code)).count(), 6);
    }
    assert_eq!(filled[0].parent, filled[5].parent);
}
