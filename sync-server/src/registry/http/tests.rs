use serde_json::{Value, json};

use crate::registry::edit::Edit;
use crate::registry::find::find;
use crate::registry::{EditError, Set, Why};
use crate::store;
use crate::testing::{NOW, Trade, ask, tester};
use shared::time::Timestamp;

fn object(value: Value) -> serde_json::Map<String, Value> {
    let Value::Object(object) = value else { panic!("an object") };
    object
}

async fn amend(
    trade: &Trade,
    set: Set,
    key: &str,
    from: Timestamp,
    patch: Value,
    now: Timestamp,
) -> Result<(), EditError> {
    let mut tx = trade.store.write().await?;
    let mut edit = Edit::begin(&mut tx, &tester(), now).await?;
    edit.amend(&mut tx, (set, key), from, object(patch)).await?;
    edit.finish(&mut tx, ("tried", "", "")).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(())
}

async fn replace(trade: &Trade, set: Set, body: Value, why: Why, now: Timestamp) {
    let mut tx = trade.store.write().await.unwrap();
    let mut edit = Edit::begin(&mut tx, &tester(), now).await.unwrap();
    let record = edit.record(set, object(body)).unwrap();
    edit.put(&mut tx, record, why).await.unwrap();
    edit.finish(&mut tx, ("tried", "", "")).await.unwrap();
    tx.commit().await.unwrap();
}

async fn as_of(trade: &Trade, set: Set, key: &str, valid: Timestamp, known: Timestamp) -> Value {
    let mut conn = trade.store.read().await.unwrap();
    let version = store::version::as_of(&mut conn, (set.name(), key), valid, known).await.unwrap().unwrap();
    super::read_at(set, version, valid).unwrap().into()
}

async fn now_in_force(trade: &Trade, set: Set, key: &str) -> Value {
    let known = store::reference::load_all(&mut trade.store.read().await.unwrap()).await.unwrap();
    Set::body(&find(&known, set, key).unwrap()).unwrap().into()
}

/// So many days after the time of everything.
fn day(days: i64) -> Timestamp {
    NOW.plus_ms(days * 24 * 3_600_000)
}

#[tokio::test]
async fn an_amendment_waits_for_its_day_and_a_correction_does_not() {
    let trade = Trade::new().await;
    amend(&trade, Set::Member, "R1", day(10), json!({"region": "4403"}), day(1)).await.unwrap();
    assert_eq!(now_in_force(&trade, Set::Member, "R1").await.get("region"), None, "its day is to come");
    let right = json!({"member": "R1", "name": "One Ltd", "role": "retailer", "region": "4401"});
    replace(&trade, Set::Member, right, Why::Correction, day(2)).await;
    assert_eq!(now_in_force(&trade, Set::Member, "R1").await["region"], "4401");
    for (when, entered) in [(9, 0), (10, 1), (11, 0)] {
        assert_eq!(crate::registry::edit::enter_into_force(&trade.store, day(when)).await.unwrap(), entered);
    }
    let found = now_in_force(&trade, Set::Member, "R1").await;
    assert_eq!(
        (&found["region"], &found["name"]),
        (&json!("4403"), &json!("One Ltd")),
        "the plan outlives the correction"
    );
    // What held on day 5, as it was known before the correction, after it; what will hold on day 11.
    assert_eq!(as_of(&trade, Set::Member, "R1", day(5), day(1)).await["name"], "One");
    assert_eq!(as_of(&trade, Set::Member, "R1", day(5), day(3)).await["region"], "4401");
    assert_eq!(as_of(&trade, Set::Member, "R1", day(11), day(3)).await["region"], "4403");
    assert_eq!(as_of(&trade, Set::Member, "R1", day(11), NOW).await.get("region"), None, "not known yet");
}

#[tokio::test]
async fn a_contracts_amendment_is_known_to_the_rules_by_day_and_position() {
    let trade = Trade::new().await;
    let lines = json!({"lines": [{"product": "POD", "units": 12}]});
    amend(&trade, Set::Basis, "C1", day(3), lines, day(1)).await.unwrap();
    let known = store::reference::load_all(&mut trade.store.read().await.unwrap()).await.unwrap();
    let basis = &known.bases[&"C1".into()];
    assert_eq!(
        (
            basis.version(day(2), u64::MAX).units_of(&"POD".into()),
            basis.version(day(3), u64::MAX).units_of(&"POD".into())
        ),
        (18, 12)
    );
    assert_eq!(
        basis.version(day(3), basis.amendments[0].known_at - 1).units_of(&"POD".into()),
        18,
        "who pulled before could not know"
    );
    assert_eq!(as_of(&trade, Set::Basis, "C1", day(2), day(4)).await["lines"][0]["units"], 18);
    assert_eq!(as_of(&trade, Set::Basis, "C1", day(4), day(4)).await["lines"][0]["units"], 12);
}

#[tokio::test]
async fn a_licences_number_and_a_contracts_place_hold_from_a_day_on() {
    let trade = Trade::new().await;
    let member = "会员,名称,角色,许可证号,许可证失效日\nR1,One,零售,440106200001,2031-01-01\n";
    trade.import("members.csv", member).await.unwrap();
    trade.import("bases.csv", "合同编号,履行地点\nC1,广州分拣中心\n").await.unwrap();
    amend(&trade, Set::Member, "R1", day(1), json!({"licence": {"number": "440106200777"}}), day(1)).await.unwrap();
    amend(&trade, Set::Basis, "C1", day(1), json!({"place": "深圳仓"}), day(1)).await.unwrap();
    let licence = now_in_force(&trade, Set::Member, "R1").await;
    let (now, then) = (&licence["licence"], &licence["earlier"][0]["said"]["licence"]);
    assert_eq!((&now["number"], &then["number"]), (&"440106200777".into(), &"440106200001".into()));
    assert_eq!(now["until"], then["until"], "the rest of it stays");
    let contract = now_in_force(&trade, Set::Basis, "C1").await;
    assert_eq!((&contract["place"], &contract["amendments"][0]["place"]), (&"广州分拣中心".into(), &"深圳仓".into()));
    for (days, place) in [(0, "广州分拣中心"), (2, "深圳仓")] {
        assert_eq!(as_of(&trade, Set::Basis, "C1", day(days), day(3)).await["place"], place);
    }
    let taken = "member,name,role,licence_number\nR3,Three,retailer,440106200777\n";
    let said = trade.import("more.csv", taken).await.unwrap_err().to_string();
    assert!(said.contains("column licence_number") && said.contains("is of the member R1"), "{said}");
    let twice = "member,name,role,licence_number\nR3,Three,retailer,1\nR4,Four,retailer,1\n";
    let said = trade.import("twice.csv", twice).await.unwrap_err().to_string();
    assert!(said.contains("line 3, column licence_number") && said.contains("is of the member R3"), "{said}");
}

#[tokio::test]
async fn a_namespace_is_complete_from_a_day_on() {
    let trade = Trade::new().await;
    trade.import("namespaces.csv", "码段,码库\ntext/CTP,开放\n01/0690123,完整\n").await.unwrap();
    amend(&trade, Set::Namespace, "text/CTP", day(1), json!({"registry": "complete"}), day(1)).await.unwrap();
    let found = now_in_force(&trade, Set::Namespace, "text/CTP").await;
    assert_eq!((&found["registry"], &found["earlier"][0]["said"]["registry"]), (&"complete".into(), &"open".into()));
    let said = trade.import("bad.csv", "namespace,registry\nCTP,complete\n").await.unwrap_err().to_string();
    assert!(said.contains("column namespace: begins no code"), "{said}");
}

#[tokio::test]
async fn an_amendment_that_makes_nonsense_is_refused() {
    let trade = Trade::new().await;
    for (patch, field) in [
        (json!({"basis": "C2"}), "basis"),
        (json!({"kind": "transfer"}), "buyer"),
        (json!({"seller": null}), "seller"),
        (json!({"colour": 1}), "colour"),
        (json!({"buyer": "NOBODY"}), "amendments[0].buyer"),
        (json!({"from": "2026-06-01T00:00:00+08:00", "until": "2026-05-01T00:00:00+08:00"}), "amendments[0].until"),
    ] {
        let error = amend(&trade, Set::Basis, "C1", day(1), patch.clone(), NOW).await.unwrap_err();
        let EditError::Faults(faults) = error else { panic!("{error}") };
        assert!(faults.iter().any(|fault| fault.field == field), "{patch}: {faults:?}");
    }
    assert!(matches!(amend(&trade, Set::Basis, "C9", NOW, json!({}), NOW).await, Err(EditError::Missing { .. })));
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_record_is_made_seen_changed_and_nobodys_change_is_lost() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let at = "/api/v1/registry/site/GZ%2F1";
    let body = json!({"site": "GZ/1", "member": "W", "name": "一号库", "region": "4401"}).to_string();
    let (status, first, _) = ask(&routes, ("PUT", at), &[("if-none-match", "*"), JSON], &body).await;
    assert_eq!((status, first.as_deref()), (201, Some("\"1\"")));
    let (status, ..) = ask(&routes, ("PUT", at), &[("if-none-match", "*")], &body).await;
    assert_eq!(status, 412);
    let (status, _, said) = ask(&routes, ("PUT", at), &[], &body).await;
    assert_eq!((status, &said["type"]), (428, &json!("urn:tallyman:problem:precondition-required")));
    let changed = body.replace("一号库", "二号库");
    let (status, second, _) = ask(&routes, ("PUT", at), &[("if-match", "\"1\"")], &changed).await;
    assert_eq!((status, second.as_deref()), (200, Some("\"2\"")));
    let (status, _, said) = ask(&routes, ("PUT", at), &[("if-match", "\"1\"")], &body).await;
    assert_eq!((status, &said["type"]), (412, &json!("urn:tallyman:problem:stale")));
    let (status, tag, found) = ask(&routes, ("GET", at), &[], "").await;
    assert_eq!((status, tag, &found["name"]), (200, second, &json!("二号库")));
    let amending = json!({"valid_from": "2030-01-01", "change": {"region": "4403"}}).to_string();
    let (status, third, found) =
        ask(&routes, ("POST", &format!("{at}/amend")), &[("if-match", "\"2\"")], &amending).await;
    assert_eq!((status, third.as_deref(), &found["region"]), (200, Some("\"3\""), &json!("4401")));
    let (_, _, then) = ask(&routes, ("GET", &format!("{at}?valid=2030-01-02")), &[], "").await;
    assert_eq!(then["region"], "4403");
    let (_, _, versions) = ask(&routes, ("GET", &format!("{at}/versions")), &[], "").await;
    let whys: Vec<&Value> = versions.as_array().unwrap().iter().map(|version| &version["why"]).collect();
    assert_eq!(whys, ["entry", "entry", "amendment"]);
}

#[tokio::test]
async fn refusals_name_every_faulty_field() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let body = json!({"basis": "C8", "kind": "contract", "seller": "NOBODY", "buyer": "W", "until": "2020-01-01T00:00:00Z",
        "from": "2021-01-01T00:00:00Z", "lines": [{"product": "GONE", "units": 1}]});
    let (status, _, said) = ask(&routes, ("PUT", "/api/v1/registry/basis/C8"), &[], &body.to_string()).await;
    let fields: Vec<&Value> = said["errors"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!((status, fields), (422, vec![&json!("seller"), &json!("lines[0].product"), &json!("until")]));
    for (request, body, expected) in [
        (("GET", "/api/v1/registry/colour"), "", 404),
        (("GET", "/api/v1/registry/member/NOBODY"), "", 404),
        (("GET", "/api/v1/registry/member?limit=0&colour=red"), "", 422),
        (("GET", "/api/v1/registry/member/W?valid=soon"), "", 422),
        (("PUT", "/api/v1/registry/member/X"), "[", 400),
        (("PUT", "/api/v1/registry/member/X"), r#"{"member": "Y", "name": "y", "role": "maker"}"#, 422),
        (("POST", "/api/v1/registry/member/X/correct"), r#"{"member": "X", "name": "y", "role": "maker"}"#, 404),
        (("POST", "/api/v1/registry/member/import"), "member,name,role\n", 415),
        (("GET", "/api/v1/registry/member/export?format=pdf"), "", 400),
        (("GET", "/api/v1/registry/terminal/none"), "", 404),
    ] {
        let (status, _, said) = ask(&routes, request, &[], body).await;
        assert_eq!(status, expected, "{request:?} {said}");
        if status != 400 || said != Value::Null {
            assert!(said["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{request:?} {said}");
        }
    }
}

#[tokio::test]
async fn lists_are_filtered_and_come_in_pages() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let (status, _, first) = ask(&routes, ("GET", "/api/v1/registry/member?limit=3"), &[], "").await;
    assert_eq!((status, &first["total"], &first["next"]), (200, &json!(4), &json!("R2")));
    let (_, _, rest) = ask(&routes, ("GET", "/api/v1/registry/member?limit=3&after=R2"), &[], "").await;
    assert_eq!((&rest["records"][0]["member"], &rest["next"]), (&json!("W"), &Value::Null));
    let (_, _, orders) = ask(&routes, ("GET", "/api/v1/registry/basis?kind=order&buyer=R2"), &[], "").await;
    assert_eq!((&orders["total"], &orders["records"][0]["basis"]), (&json!(1), &json!("O2")));
    let (_, _, named) = ask(&routes, ("GET", "/api/v1/registry/member?q=whole"), &[], "").await;
    assert_eq!(named["total"], 1);
    let (_, _, sets) = ask(&routes, ("GET", "/api/v1/registry"), &[], "").await;
    assert_eq!(sets.as_array().unwrap().len(), Set::ALL.len());
}

#[tokio::test]
async fn files_go_in_and_out() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let file = "会员,名称,角色\nR9,新店,零售\nX,,wrong\n";
    let csv = ("content-type", "text/csv; charset=utf-8");
    let (status, _, seen) = ask(&routes, ("POST", "/api/v1/registry/member/import?preview=true"), &[csv], file).await;
    assert_eq!((status, &seen["added"], &seen["error_count"]), (200, &json!(1), &json!(2)));
    let (status, _, said) = ask(&routes, ("POST", "/api/v1/registry/member/import"), &[csv], file).await;
    assert_eq!((status, &said["report"]["errors"][0]["line"]), (422, &json!(3)));
    let (status, _, done) = ask(&routes, ("POST", "/api/v1/registry/member/import?skip_bad=true"), &[csv], file).await;
    assert_eq!((status, &done["imported"], &done["skipped"]), (200, &json!(1), &json!(1)));
    let (status, _, out) = ask(&routes, ("GET", "/api/v1/registry/member/export?format=json"), &[], "").await;
    assert_eq!((status, out.as_array().unwrap().len()), (200, 5));
}
