use shared::code::PackageCode;
use shared::reference::{Level, PackLoss};
use shared::time::Timestamp;

use super::{Options, Report, Source, run};
use crate::packs::acts::{Act, act};
use crate::packs::issue::issue;
use crate::registry::find::find;
use crate::registry::set::Set;
use crate::store;
use crate::testing::{NOW, Trade, application, gtin, tester};

async fn preview(trade: &Trade, text: &str) -> Report {
    let sources = vec![Source { name: "f".into(), bytes: text.into() }];
    let options = Options { preview: true, by: tester(), ..Options::default() };
    run(&trade.store, sources, &options, NOW).await.unwrap()
}

async fn body(trade: &Trade, set: Set, key: &str) -> serde_json::Value {
    let known = store::reference::load_all(&mut trade.store.read().await.unwrap()).await.unwrap();
    Set::body(&find(&known, set, key).unwrap()).unwrap().into()
}

#[tokio::test]
async fn a_broken_line_leaves_nothing_behind() {
    let trade = Trade::empty().await;
    let error = trade.import("members.csv", "member,name,role\nM,Maker,maker\nW,Shop,shop\n").await.unwrap_err();
    assert!(
        error.to_string().contains("members.csv, line 3, column role: `shop` is not one of: leaf-dealer"),
        "{error}"
    );
    let again = trade.import("members.csv", "member,name,role\nM,Maker,maker\n").await.unwrap();
    assert_eq!((again.imported, again.unchanged), (1, 0));
}

#[tokio::test]
async fn what_is_right_may_be_taken_without_the_rest() {
    let trade = Trade::empty().await;
    let text = "member,name,role\nM,Maker,maker\nW,Shop,shop\nR,Retail,retailer\n";
    let seen = preview(&trade, text).await;
    assert_eq!((seen.added, seen.skipped, seen.error_count, seen.changes.len()), (2, 1, 1, 2));
    let sources = vec![Source { name: "f".into(), bytes: text.into() }];
    let options = Options { skip_bad: true, by: tester(), ..Options::default() };
    let done = run(&trade.store, sources, &options, NOW).await.unwrap();
    assert_eq!((done.added, done.skipped, &done.errors), (seen.added, seen.skipped, &seen.errors));
}

#[tokio::test]
async fn a_preview_says_what_the_import_does_and_does_nothing() {
    let trade = Trade::new().await;
    let text =
        "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,24\nC2,contract,M,W,POD,6\nO1,order,W,R1,POD,6\n";
    let (first, second) = (preview(&trade, text).await, preview(&trade, text).await);
    assert_eq!(first, second);
    assert_eq!((first.added, first.changed, first.unchanged), (1, 1, 1));
    assert_eq!((first.changes[0].key.as_str(), first.changes[0].fields.as_slice()), ("C1", &["lines".to_owned()][..]));
    let done = trade.import("bases.csv", text).await.unwrap();
    assert_eq!((done.added, done.changed, done.unchanged), (1, 1, 1));
    assert_eq!(preview(&trade, text).await.unchanged, 3);
}

#[tokio::test]
async fn a_column_that_a_file_lacks_changes_nothing() {
    let trade = Trade::new().await;
    let full = "合同编号,类型,卖方,买方,品规,数量,单价,未结算\nC1,交易合同,M,W,POD,18,12.50,是\n";
    trade.import("full.csv", full).await.unwrap();
    trade.import("bare.csv", "basis,product,units\nC1,POD,24\n").await.unwrap();
    let found = body(&trade, Set::Basis, "C1").await;
    assert_eq!(found["lines"], serde_json::json!([{"product": "POD", "units": 24, "fen": 1250}]));
    assert_eq!((&found["unpaid"], &found["buyer"]), (&true.into(), &"W".into()));
    trade.import("paid.csv", "basis,unpaid\nC1,\n").await.unwrap();
    assert_eq!(body(&trade, Set::Basis, "C1").await.get("unpaid"), None, "an empty cell ends what was there");
}

#[tokio::test]
async fn gb18030_and_semicolons_are_read() {
    let trade = Trade::empty().await;
    let text = "会员;名称;角色;许可证失效日\nW;广州批发;批发;2031年1月1日\n";
    let bytes = encoding_rs::GB18030.encode(text).0.into_owned();
    let done = run(&trade.store, vec![Source { name: "f".into(), bytes }], &Options::default(), NOW).await.unwrap();
    assert_eq!(done.added, 1);
    let found = body(&trade, Set::Member, "W").await;
    assert_eq!(
        (&found["name"], &found["licence"]["until"]),
        (&"广州批发".into(), &"2031-01-01T00:00:00.000+08:00".into())
    );
}

#[tokio::test]
async fn rows_of_one_record_must_agree() {
    let trade = Trade::new().await;
    let text = "basis,kind,seller,buyer,product,units\nC7,contract,M,W,POD,120\nC7,contract,M,R1,POD,60\nC7,contract,M,W,POD,120\n";
    let said = trade.import("c.csv", text).await.unwrap_err().to_string();
    assert!(
        said.contains("line 3, column buyer: `C7` stands on an earlier line with another value here (`\"W\"`)"),
        "{said}"
    );
    assert!(said.contains("line 4, column product: this row of `C7` stands in the file already"), "{said}");
    let short = trade.import("c.csv", "basis,kind,seller\nC7,contract\n").await.unwrap_err().to_string();
    assert!(short.contains("line 2, column 2: the line has 2 columns, the header 3"), "{short}");
}

#[tokio::test]
async fn the_same_pack_twice_changes_nothing() {
    let trade = Trade::new().await;
    let code = PackageCode::item(&gtin("1690123456789"), "PLATFORM0001").unwrap();
    let text = format!("pack,product,level,basis,code\nP1,POD,case,C1,{code}\n");
    let first = trade.import("pack.csv", &text).await.unwrap();
    assert_eq!((first.imported, first.unchanged), (2, 0));
    let lost = Act::Lose(PackLoss::Lost, Timestamp::from_ms(1));
    act(&trade.store, &"P1".into(), lost, (&tester(), ""), NOW).await.unwrap();
    let second = trade.import("pack.csv", &text).await.unwrap();
    assert_eq!((second.imported, second.unchanged), (0, 2), "a reported loss stays");
}

#[tokio::test]
async fn what_a_record_names_must_be_known() {
    let trade = Trade::new().await;
    let code = PackageCode::item(&gtin("1690123456789"), "PLATFORM0001").unwrap();
    let error = trade.import("pack.csv", &format!("pack,product,level,basis,code\nP1,POD,case,C9,{code}\n")).await;
    let said = error.unwrap_err().to_string();
    assert!(said.contains("line 2, column basis: the contract `C9` is not known"), "{said}");
    let orphan = format!(r#"[{{"set":"code","code":"{code}","pack":"P9","product":"POD"}}]"#);
    let said = trade.import("codes.json", &orphan).await.unwrap_err().to_string();
    assert!(said.contains("record 1, pack: the pack `P9` is not known"), "{said}");
    let said =
        trade.import("bad.json", "[\n {\"set\":\"member\"}, {\"set\": \"mismatch\"}\n]").await.unwrap_err().to_string();
    assert!(said.contains("bad.json, record 1, member: is missing"), "{said}");
    assert!(said.contains("record 2, set: `mismatch` is no set of the registry"), "{said}");
    issue(&trade.store, &application(Level::Case, 1), NOW).await.unwrap();
}

#[tokio::test]
async fn no_cell_holds_a_nul() {
    let trade = Trade::new().await;
    for text in [
        "member,name,role\nX,\"a\0b\",maker\n".to_owned(),
        r#"{"set": "member", "member": "X", "name": "a\u0000b", "role": "maker"}"#.to_owned(),
        r#"{"set": "pack", "pack": "K\u0000", "product": "POD", "level": "case", "basis": "C1"}"#.to_owned(),
        format!("pack,product,level,basis,code\n\"K\01\",POD,case,C1,01/{}/21/A\n", gtin("1690123456789")),
    ] {
        let error = trade.import("nul", &text).await.unwrap_err().to_string();
        assert!(error.contains("NUL") || error.contains("is not one line"), "{error}");
    }
}

#[tokio::test]
async fn a_change_that_was_planned_stands_in_the_way_of_its_own_record_only() {
    let trade = Trade::new().await;
    let day = NOW.plus_ms(86_400_000);
    let mut tx = trade.store.write().await.unwrap();
    let mut edit =
        crate::registry::edit::Edit::begin(&mut tx, &crate::people::Actor { name: "li".into(), ..tester() }, NOW)
            .await
            .unwrap();
    let patch = serde_json::json!({ "signed_at": "2026-06-01T00:00:00+08:00" }).as_object().unwrap().clone();
    edit.amend(&mut tx, (Set::Basis, "C1"), day, patch).await.unwrap();
    edit.finish(&mut tx, ("tried", "", "")).await.unwrap();
    tx.commit().await.unwrap();
    // It would end before it begins.
    let text = "basis,kind,seller,buyer,until,product,units\nC1,contract,M,W,2026-05-01,POD,18\nO2,order,W,R2,,POD,7\n";
    let sources = vec![Source { name: "f".into(), bytes: text.into() }];
    let options = Options { skip_bad: true, by: tester(), ..Options::default() };
    let done = run(&trade.store, sources, &options, NOW).await.unwrap();
    assert_eq!((done.changed, done.skipped), (1, 1), "{done:?}");
    let problem = &done.errors[0].fault.problem;
    assert!(problem.contains("li planned for 2026-02-26"), "{problem}");
    assert_eq!(body(&trade, Set::Basis, "C1").await.get("until"), None);
}
