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
    assert!(matches!(issue(&trade.store, &no_line, NOW).await, Err(IssueError::NoLine(..))));
    assert!(matches!(issue(&trade.store, &application(Level::Inner, 1), NOW).await, Err(IssueError::NoLevel(_))));
    assert!(matches!(issue(&trade.store, &application(Level::Case, 0), NOW).await, Err(IssueError::Count)));
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
