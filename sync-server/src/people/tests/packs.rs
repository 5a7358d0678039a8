//! Code packs over the web API: a maker's supervisor keeps the packs of its own contracts, and everybody else's are not there.

use serde_json::{Value, json};
use shared::reference::{CodeRecord, Level};

use crate::people::Role;
use crate::store;
use crate::testing::world::{Someone, World};

struct Place {
    world: World,
    own: Vec<CodeRecord>,
    others: Vec<CodeRecord>,
}

impl Place {
    /// K1 and U1 of the maker M, K7 and U7 of another maker, all sold to W.
    async fn new() -> Self {
        let place = Self { world: World::peopled().await, own: Vec::new(), others: Vec::new() };
        let regulator = place.world.someone(Role::Regulator, None);
        let put = async |at: &str, body: Value| {
            let (status, told) =
                place.ask(&regulator, "PUT", &format!("/api/v1/registry/{at}"), &body.to_string()).await;
            assert_eq!(status, 201, "{told}");
        };
        put("member/N", json!({"member": "N", "name": "N", "role": "maker"})).await;
        let lines = json!([{"product": "POD", "units": 18}]);
        put("basis/C7", json!({"basis": "C7", "kind": "contract", "seller": "N", "buyer": "W", "lines": lines})).await;
        for (contract, pack, level, count) in [
            ("C1", "K1", Level::Case, 2),
            ("C1", "U1", Level::Unit, 6),
            ("C7", "K7", Level::Case, 2),
            ("C7", "U7", Level::Unit, 6),
        ] {
            let issuing = json!({"contract": contract, "product": "POD", "level": level, "count": count, "pack": pack,
                "without_application": "a test"});
            let (status, told) = place.ask(&regulator, "POST", "/api/v1/packs/issue", &issuing.to_string()).await;
            assert_eq!(status, 201, "{told}");
        }
        let codes = async |packs: [&str; 2]| {
            let mut conn = place.world.state.store.read().await.unwrap();
            let mut codes = store::code::of_pack(&mut conn, &packs[0].into()).await.unwrap();
            codes.extend(store::code::of_pack(&mut conn, &packs[1].into()).await.unwrap());
            codes
        };
        let (own, others) = (codes(["K1", "U1"]).await, codes(["K7", "U7"]).await);
        Self { own, others, ..place }
    }

    async fn ask(&self, who: &Someone, method: &str, path: &str, body: &str) -> (u16, Value) {
        let kind = if path.ends_with("associate") { "text/csv" } else { "application/json" };
        let headers = [("authorization", who.bearer.as_str()), ("content-type", kind), ("if-none-match", "*")];
        let (status, _, told) = self.world.ask(method, path, &headers, body).await;
        (status.as_u16(), serde_json::from_str(&told).unwrap_or(Value::String(told)))
    }
}

fn of(packs: &Value) -> Vec<&str> {
    packs["packs"].as_array().unwrap().iter().filter_map(|one| one["pack"]["pack"].as_str()).collect()
}

#[tokio::test]
async fn a_supervisor_keeps_the_packs_of_its_members_own_contracts() {
    let place = Place::new().await;
    let (maker, buyer) =
        (place.world.someone(Role::Supervisor, Some("M")), place.world.someone(Role::Supervisor, Some("W")));
    let (clerk, regulator) = (place.world.someone(Role::Clerk, Some("M")), place.world.someone(Role::Regulator, None));
    for (who, expected) in [(&maker, vec!["K1", "U1"]), (&buyer, vec![]), (&regulator, vec!["K1", "K7", "U1", "U7"])] {
        let (status, packs) = place.ask(who, "GET", "/api/v1/packs", "").await;
        assert_eq!((status, of(&packs)), (200, expected), "{}", who.name);
    }
    for (method, act) in [("GET", ""), ("POST", "/activate"), ("POST", "/lose")] {
        for (who, pack, expected) in
            [(&maker, "K7", 404), (&buyer, "K1", 404), (&clerk, "K1", 403), (&maker, "K9", 404), (&maker, "K1", 200)]
        {
            let (status, told) = place.ask(who, method, &format!("/api/v1/packs/{pack}{act}"), "").await;
            assert_eq!(status, expected, "{} {method} {pack}{act}: {told}", who.name);
            assert!(expected == 200 || !told.to_string().contains("C7"), "{told}");
        }
    }
    for path in ["import", "issue", "K1/release", "K1/cancel"] {
        let (status, told) = place.ask(&maker, "POST", &format!("/api/v1/packs/{path}"), "{}").await;
        assert_eq!(status, 403, "{path}: {told}");
    }
    let (_, pack) = place.ask(&regulator, "GET", "/api/v1/packs/K7", "").await;
    assert_eq!(
        (&pack["state"], pack["acts"].as_array().map(Vec::len)),
        (&json!("active"), Some(1)),
        "nobody touched it"
    );
}

#[tokio::test]
async fn a_production_line_uploads_and_relabels_its_own_codes_only() {
    let place = Place::new().await;
    let (maker, own, others) = (place.world.someone(Role::Supervisor, Some("M")), &place.own, &place.others);
    // Cases come first, then units.
    let list = format!(
        "parent,child\n{},{}\n{},{}\n{},{}\n",
        own[0].code, own[2].code, own[0].code, others[2].code, others[0].code, own[3].code
    );
    let (status, done) = place.ask(&maker, "POST", "/api/v1/codes/associate", &list).await;
    assert_eq!((status, &done["associated"], &done["contradicted"]), (200, &json!(1), &json!(2)), "{done}");
    assert!(
        done["errors"].as_array().unwrap().iter().all(|error| error.to_string().contains("not registered")),
        "{done}"
    );
    for (old, new, expected) in
        [(&others[2], &others[3], 422), (&own[3], &others[3], 422), (&others[3], &own[3], 422), (&own[2], &own[3], 200)]
    {
        let body = json!({"old": old.code.to_string(), "new": new.code.to_string(), "why": "torn"}).to_string();
        let (status, told) = place.ask(&maker, "POST", "/api/v1/codes/relabel", &body).await;
        assert_eq!(status, expected, "{told}");
        assert!(expected == 200 || told.to_string().contains("not registered"), "{told}");
    }
}

#[tokio::test]
async fn a_member_applies_for_itself_under_its_own_contracts() {
    let place = Place::new().await;
    let (maker, buyer) =
        (place.world.someone(Role::Supervisor, Some("M")), place.world.someone(Role::Supervisor, Some("W")));
    let apply = async |who: &Someone, number: &str, (member, basis, units): (&str, &str, u64)| {
        let body = json!({"application": number, "member": member, "product": "POD", "units": units, "basis": basis,
            "at": "2026-01-01T00:00:00Z"});
        place.ask(who, "POST", "/api/v1/packs/apply", &body.to_string()).await
    };
    for (who, number, what, expected) in [
        (&maker, "A1", ("M", "C1", 12), (200, json!(true))),
        (&maker, "A1", ("M", "C1", 12), (200, json!(true))),
        (&maker, "A1", ("M", "C1", 13), (422, Value::Null)),
        (&buyer, "A1", ("W", "C1", 1), (404, Value::Null)),
        (&buyer, "A2", ("W", "C1", 1), (200, json!(false))),
        (&buyer, "A3", ("M", "C1", 1), (404, Value::Null)),
        (&maker, "A3", ("M", "C7", 1), (404, Value::Null)),
        (&maker, "A3", ("M", "C99", 1), (404, Value::Null)),
    ] {
        let (status, told) = apply(who, number, what).await;
        assert_eq!((status, told["granted"].clone()), expected, "{} {number} {what:?}: {told}", who.name);
    }
    let known = store::reference::load_all(&mut place.world.state.store.read().await.unwrap()).await.unwrap();
    let applied = &known.applications["A1"];
    assert_eq!(
        (applied.units, applied.at, known.applications.len()),
        (12, crate::testing::NOW, 2),
        "dated by the server"
    );
    let counts = async |path: &str| place.ask(&maker, "GET", path, "").await.0;
    assert_eq!(counts("/api/v1/stock-counts").await, 200);
    assert_eq!(
        (counts("/api/v1/stock-counts?member=M").await, counts("/api/v1/stock-counts?member=W").await),
        (200, 404)
    );
}

#[tokio::test]
async fn an_application_is_withdrawn_by_who_made_it_or_the_regulator() {
    let place = Place::new().await;
    let (maker, buyer) =
        (place.world.someone(Role::Supervisor, Some("M")), place.world.someone(Role::Supervisor, Some("W")));
    let regulator = place.world.someone(Role::Regulator, None);
    // What was issued before nobody applied for it is no use of theirs.
    place.world.pass_ms(1_000);
    let body = |number: &str, units: u64| {
        json!({"application": number, "member": "M", "product": "POD", "units": units, "basis": "C1", "at": "2026-03-01T00:00:00+08:00"}).to_string()
    };
    for (number, granted) in [("A1", true), ("A2", false)] {
        let (status, told) = place.ask(&maker, "POST", "/api/v1/packs/apply", &body(number, 12)).await;
        assert_eq!((status, &told["granted"]), (200, &json!(granted)), "{told}");
    }
    let why = json!({"why": "typed twice"}).to_string();
    for (who, number, expected) in
        [(&buyer, "A1", 404), (&maker, "A1", 200), (&maker, "A1", 200), (&regulator, "A2", 200)]
    {
        let path = format!("/api/v1/applications/{number}/withdraw");
        let (status, told) = place.ask(who, "POST", &path, &why).await;
        assert_eq!(status, expected, "{} {number}: {told}", who.name);
        assert!(expected != 200 || told["reasons"][0].as_str().unwrap().contains("it was withdrawn"), "{told}");
    }
    let (_, told) = place.ask(&maker, "GET", "/api/v1/registry/application/A1", "").await;
    assert_eq!((&told["withdrawn_why"], told["withdrawn_at"].is_string()), (&json!("typed twice"), true));
    let (status, told) = place.ask(&maker, "POST", "/api/v1/packs/apply", &body("A1", 12)).await;
    assert_eq!(status, 422, "its number is gone: {told}");
    let (_, told) = place.ask(&maker, "POST", "/api/v1/packs/apply", &body("A3", 18)).await;
    assert_eq!((&told["granted"], &told["covered_units"]), (&json!(true), &json!(18)), "nothing was used up");
}
