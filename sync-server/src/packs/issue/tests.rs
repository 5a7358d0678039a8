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
