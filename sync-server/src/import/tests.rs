use crate::issue::issue;
use crate::testing::{NOW, Trade, application, gtin};
use shared::code::PackageCode;
use shared::reference::{Level, PackLoss};
use shared::time::Timestamp;

#[tokio::test]
async fn a_broken_line_leaves_nothing_behind() {
    let trade = Trade::empty().await;
    let error = trade.import("members.csv", "member,name,role\nM,Maker,maker\nW,Shop,shop\n").await.unwrap_err();
    assert!(error.to_string().contains("members.csv, line 3, column role: unknown variant `shop`"), "{error}");
    let again = trade.import("members.csv", "member,name,role\nM,Maker,maker\n").await.unwrap();
    assert_eq!((again.imported, again.unchanged), (1, 0));
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let trade = Trade::new().await;
    let code = PackageCode::item(&gtin("1690123456789"), "PLATFORM0001").unwrap();
    let text = format!("pack,product,level,basis,code\nP1,POD,case,C1,{code}\n");
    let first = trade.import("pack.csv", &text).await.unwrap();
    assert_eq!((first.imported, first.unchanged), (2, 0));
    let lost = Some((PackLoss::Lost, Timestamp::from_ms(1)));
    crate::issue::set_loss(&trade.store, &"P1".into(), lost, NOW).await.unwrap();
    let second = trade.import("pack.csv", &text).await.unwrap();
    assert_eq!((second.imported, second.unchanged), (0, 2), "a reported loss stays");
}

#[tokio::test]
async fn what_a_record_names_must_be_known() {
    let trade = Trade::new().await;
    let code = PackageCode::item(&gtin("1690123456789"), "PLATFORM0001").unwrap();
    let error = trade.import("pack.csv", &format!("pack,product,level,basis,code\nP1,POD,case,C9,{code}\n")).await;
    assert!(error.unwrap_err().to_string().contains("pack P1 names the unknown contract C9"));
    let orphan = format!(r#"[{{"set":"code","code":"{code}","pack":"P9","product":"POD"}}]"#);
    let error = trade.import("codes.json", &orphan).await.unwrap_err();
    assert!(error.to_string().contains("names the unknown pack P9"), "{error}");
    let error = trade.import("bad.json", "[\n {\"set\":\"member\"}\n]").await.unwrap_err();
    assert!(
        error.to_string().contains("bad.json, line 2, column 2: record 1: missing field `member`. Noth"),
        "{error}"
    );
    issue(&trade.store, &application(Level::Case, 1), NOW).await.unwrap();
}
