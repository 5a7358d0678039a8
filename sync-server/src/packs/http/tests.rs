use serde_json::{Value, json};
use shared::code::PackageCode;

use crate::testing::{Trade, ask, gtin};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_packs_life_over_http() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let post = async |to: &str, body: Value| ask(&routes, ("POST", to), &[JSON], &body.to_string()).await;

    let asking = json!({"application": "A1", "member": "M", "product": "POD", "units": 12, "basis": "C1", "at": "2026-02-20T00:00:00Z"});
    let (status, _, answer) = post("/api/v1/packs/apply", asking.clone()).await;
    assert_eq!((status, &answer["granted"], &answer["covered_units"]), (200, &json!(true), &json!(18)));
    let mut beyond = asking;
    (beyond["application"], beyond["at"]) = (json!("A2"), json!("2026-02-21T00:00:00Z"));
    let (status, _, answer) = post("/api/v1/packs/apply", beyond).await;
    assert_eq!((status, &answer["granted"], &answer["covered_units"]), (200, &json!(false), &json!(6)));

    let withdraw = "/api/v1/applications/A2/withdraw";
    for (why, expected) in [(json!({"why": " "}), 422), (json!({}), 400), (json!({"why": "typed twice"}), 200)] {
        let (status, _, said) = post(withdraw, why).await;
        assert_eq!(status, expected, "{said}");
    }
    let order = json!({"contract": "C1", "product": "POD", "level": "case", "count": 2, "pack": "K1"});
    let (status, _, issued) = post("/api/v1/packs/issue", order.clone()).await;
    assert_eq!((status, &issued["codes"]), (201, &json!(2)));
    let (status, _, said) = post("/api/v1/packs/issue", order).await;
    assert_eq!((status, &said["type"]), (422, &json!("urn:tallyman:problem:invalid")));

    let (status, _, said) = post("/api/v1/applications/A1/withdraw", json!({"why": "typed twice"})).await;
    assert_eq!(status, 422, "its codes were issued: {said}");
    assert_eq!(post("/api/v1/applications/A9/withdraw", json!({"why": "typed twice"})).await.0, 404);

    let (status, tag, file) = ask(&routes, ("GET", "/api/v1/packs/K1/file?format=json"), &[], "").await;
    assert_eq!((status, file.as_array().unwrap().len(), tag.unwrap().len()), (200, 2, 66));
    let (status, _, same) = post("/api/v1/packs/import", file.clone()).await;
    assert_eq!((status, &same["codes"], &same["unchanged"]), (200, &json!(2), &json!(3)));
    let (status, _, said) = ask(&routes, ("POST", "/api/v1/packs/import?sha256=00"), &[JSON], &file.to_string()).await;
    assert_eq!(status, 422, "{said}");

    let (status, _, lost) = post("/api/v1/packs/K1/lose", json!({"stolen": true, "why": "van"})).await;
    assert_eq!((status, &lost["state"], &lost["account"]["lost"]), (200, &json!("stolen"), &json!(2)));
    let (status, _, found) = ask(&routes, ("POST", "/api/v1/packs/K1/release"), &[], "").await;
    assert_eq!((status, &found["state"], &found["acts"][1]["detail"]), (200, &json!("active"), &json!("van")));
    let code = &file[0]["code"];
    let (status, _, ended) = post("/api/v1/codes/cancel", json!({"codes": [code], "why": "misprinted"})).await;
    assert_eq!((status, &ended["cancelled"]), (200, &json!(1)));
    let (_, _, one) = ask(&routes, ("GET", "/api/v1/packs/K1"), &[], "").await;
    assert_eq!((&one["account"]["cancelled"], &one["account"]["left"]), (&json!(1), &json!(1)));
    let (_, _, list) = ask(&routes, ("GET", "/api/v1/packs"), &[], "").await;
    assert_eq!((&list["total"], &list["packs"][0]["state"]), (&json!(1), &json!("active")));
    let codes: Vec<&Value> = file.as_array().unwrap().iter().map(|row| &row["code"]).collect();
    for (why, expected) in [(json!("  "), 422), (Value::Null, 400), (json!("the rest as well"), 200)] {
        let (status, _, said) = post("/api/v1/codes/cancel", json!({"codes": codes, "why": why})).await;
        assert_eq!(status, expected, "{said}");
    }
    let (_, _, list) = ask(&routes, ("GET", "/api/v1/packs"), &[], "").await;
    assert_eq!(list["packs"][0]["state"], "cancelled", "the list says what the account says");
    let audited = crate::audit::store::after(&mut trade.store.read().await.unwrap(), 0, 100).await.unwrap();
    assert_eq!(audited.last().unwrap().why, "1 were live: the rest as well");
}

#[tokio::test]
async fn refusals_are_clear() {
    let trade = Trade::new().await;
    let routes = crate::testing::router(super::routes()).with_state(trade.state());
    let stranger = PackageCode::item(&gtin("0690123456789"), "NOBODY").unwrap().to_string();
    for (request, body, expected) in [
        (("GET", "/api/v1/packs/K9"), String::new(), 404),
        (("GET", "/api/v1/packs/K9/file"), String::new(), 404),
        (("GET", "/api/v1/packs/K9/file?format=pdf"), String::new(), 400),
        (("POST", "/api/v1/packs/K9/activate"), String::new(), 404),
        (("POST", "/api/v1/packs/K9/lose"), "{\"colour\": 1}".into(), 400),
        (("POST", "/api/v1/packs/apply"), "{}".into(), 400),
        (
            ("POST", "/api/v1/packs/issue"),
            json!({"contract": "C9", "product": "POD", "level": "case", "count": 1}).to_string(),
            404,
        ),
        (
            ("POST", "/api/v1/packs/issue"),
            json!({"contract": "C1", "product": "POD", "level": "case", "count": 99}).to_string(),
            422,
        ),
        (("POST", "/api/v1/packs/import"), "a,b\n".into(), 422),
        (("POST", "/api/v1/codes/associate"), "a,b\n".into(), 422),
        (("POST", "/api/v1/codes/cancel"), json!({"codes": [stranger], "why": "torn"}).to_string(), 422),
        (("POST", "/api/v1/codes/relabel"), json!({"old": stranger, "new": "x"}).to_string(), 422),
    ] {
        let (status, _, said) = ask(&routes, request, &[JSON], &body).await;
        assert_eq!(status, expected, "{request:?} {said}");
        assert!(said["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{request:?} {said}");
    }
    let (status, _, counts) = ask(&routes, ("GET", "/api/v1/stock-counts?member=W"), &[], "").await;
    assert_eq!((status, counts), (200, json!([])));
}
