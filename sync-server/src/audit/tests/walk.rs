//! Every changing route of the web listener, done once: each leaves a line in the log that names who did it. A route that the list of
//! routes gains fails this test until somebody says here how it is done.

use std::collections::BTreeSet;

use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::PublicKey;
use shared::code::PackageCode;
use shared::enrolment::{EnrolRequest, EnrolState, Token};
use shared::ids::TerminalId;
use uuid::Uuid;

use crate::audit::store;
use crate::http::web::routes;
use crate::identity::enrolment;
use crate::people::password::{SALT_LEN, hash};
use crate::people::{Actor, Role, store as people};
use crate::store::identity::NewInvitation;
use crate::testing::NOW;
use crate::testing::gtin;
use crate::testing::world::{Someone, World};

const PASSWORD: &str = "correct horse battery";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");
const CSV: (&str, &str) = ("content-type", "text/csv");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

struct Walk {
    world: World,
    /// Routes that were done, as the list writes them.
    done: BTreeSet<String>,
}

impl Walk {
    /// Asks, and answers the headers: it worked, and one line more names who did it.
    async fn ask(
        &mut self,
        (method, route, path): (&str, &str, &str),
        (who, proof): (&str, (&str, &str)),
        (kind, body): ((&str, &str), &str),
    ) -> axum::http::HeaderMap {
        let before = store::head(&mut self.world.state.store.read().await.unwrap()).await.unwrap().0;
        // A record that is there is changed only where its tag is named.
        let condition = if route.contains("{key}/") || route.starts_with("/api/v1/mismatches/") {
            ("if-match", "*")
        } else {
            ("accept", "*/*")
        };
        let headers_sent = [proof, kind, OWN, condition];
        let (status, headers, told) = self.world.ask(method, path, &headers_sent, body).await;
        assert!(status.is_success() || status.is_redirection(), "{method} {path}: {status} {told}");
        let mut conn = self.world.state.store.read().await.unwrap();
        let lines = store::after(&mut conn, before, 10).await.unwrap();
        assert_eq!(lines.len(), 1, "{method} {path} left {lines:?}");
        assert!(lines[0].who == who && !lines[0].act.is_empty() && !lines[0].on_what.is_empty(), "{path}: {lines:?}");
        let words = crate::console::words::Lang::Zh;
        assert_ne!(words.act(&lines[0].act), lines[0].act, "{path}: the log's page has no words for it");
        self.done.insert(format!("{method} {route}"));
        headers
    }

    async fn act(
        &mut self,
        someone: &Someone,
        method: &str,
        (route, path): (&str, &str),
        kind: (&str, &str),
        body: &str,
    ) {
        let who = (someone.name.as_str(), ("authorization", someone.bearer.as_str()));
        self.ask((method, route, path), who, (kind, body)).await;
    }

    /// A terminal that waits to be approved, and the code on its screen.
    async fn pending(&self, number: u8) -> (TerminalId, String) {
        let state = &self.world.state;
        let new = NewInvitation {
            member: "M".into(),
            site: "S".into(),
            name: format!("t{number}"),
            device: None,
            expires_at: NOW.plus_ms(600_000),
        };
        let mut tx = state.store.write().await.unwrap();
        let by = ([number; 10], &Actor::shell());
        enrolment::invite(&mut tx, &state.identity, &new, by, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let key = Ed25519KeyPair::from_seed_unchecked(&[number; 32]).unwrap();
        let public = PublicKey::new(key.public_key().as_ref().try_into().unwrap());
        let terminal = TerminalId::new(Uuid::from_u128(u128::from(number)));
        let ca = state.identity.authority.ca_hash();
        let request = EnrolRequest::sign(Token::new([number; 10]), (terminal, public), "0.1.0", ca, &key);
        match enrolment::ask(&state.store, &state.identity, &request, NOW).await {
            Ok(EnrolState::Pending { check_code }) => (terminal, check_code.to_string()),
            other => panic!("{other:?}"),
        }
    }
}

/// Acts on cases, by form and by program, in an order that the stages allow.
const CASE_ACTS: [(&str, &str, &str); 8] = [
    ("seen", "{}", "comment="),
    ("start", "{}", "comment="),
    ("assign", r#"{"to": "TO"}"#, "to=TO"),
    ("due", r#"{"at": "2026-03-05T00:00:00+08:00"}"#, "day=2026-03-05"),
    ("wait", "{}", "comment="),
    ("comment", r#"{"comment": "asked"}"#, "comment=asked"),
    ("resolve", r#"{"reason": "other", "comment": "counted"}"#, "reason=other&comment=counted"),
    ("reopen", r#"{"comment": "not yet"}"#, "comment=not+yet"),
];

async fn cases(walk: &mut Walk) {
    let (supervisor, buyer) =
        (walk.world.someone(Role::Supervisor, Some("W")), walk.world.someone(Role::Supervisor, Some("R1")));
    let id = World::id("OF-O1", "O1").to_string();
    let to = walk.world.someone(Role::Clerk, Some("W")).name;
    for (act, json, _) in CASE_ACTS {
        let route = format!("/api/v1/mismatches/{{id}}/{act}");
        let who = if ["resolve", "due"].contains(&act) { &buyer } else { &supervisor };
        walk.act(who, "POST", (&route, &route.replace("{id}", &id)), JSON, &json.replace("TO", &to)).await;
    }
    for (act, _, form) in CASE_ACTS {
        let route = format!("/cases/{{id}}/{act}");
        let who = if ["resolve", "due"].contains(&act) { &buyer } else { &supervisor };
        walk.act(who, "POST", (&route, &route.replace("{id}", &id)), FORM, &form.replace("TO", &to)).await;
    }
}

async fn registry(walk: &mut Walk) {
    let regulator = walk.world.someone(Role::Regulator, None);
    let record = r#"{"member": "X", "name": "New", "role": "retailer"}"#;
    let key = "/api/v1/registry/{set}/{key}";
    walk.act(&regulator, "PUT", (key, "/api/v1/registry/member/X"), JSON, record).await;
    let correct = "/api/v1/registry/{set}/{key}/correct";
    for (route, path, body) in [
        (correct, "/api/v1/registry/member/X/correct", record.replace("New", "Newer")),
        (
            "/api/v1/registry/{set}/{key}/amend",
            "/api/v1/registry/member/X/amend",
            r#"{"valid_from": "2030-01-01", "change": {"region": "4403"}}"#.to_owned(),
        ),
    ] {
        walk.act(&regulator, "POST", (route, path), JSON, &body).await;
    }
    let pasted = "how=take&text=member%2Cname%2Crole%0AZ%2CZee%2Cretailer";
    walk.act(&regulator, "POST", ("/import/{set}", "/import/member"), FORM, pasted).await;
    let import = ("/api/v1/registry/{set}/import", "/api/v1/registry/member/import");
    walk.act(&regulator, "POST", import, CSV, "member,name,role\nY,Why,retailer\n").await;
}

async fn packs(walk: &mut Walk) {
    let regulator = walk.world.someone(Role::Regulator, None);
    let (case, unit) = (gtin("1690123456789"), gtin("0690123456789"));
    let code = |gtin: &str, n: u32| PackageCode::item(gtin, &format!("AUDIT{n:04}")).unwrap().to_string();
    let file = format!(
        "pack,product,level,basis,code\nK1,POD,case,C1,{}\nK1,POD,case,C1,{}\nK1,POD,case,C1,{}\nK2,POD,unit,C1,{}\n",
        code(&case, 1),
        code(&case, 2),
        code(&case, 3),
        code(&unit, 4)
    );
    let post = [
        ("/api/v1/packs/import", "/api/v1/packs/import", CSV, file),
        (
            "/api/v1/packs/apply",
            "/api/v1/packs/apply",
            JSON,
            r#"{"application": "A1", "member": "M", "product": "POD", "units": 6, "basis": "C1", "at": "2026-02-20T00:00:00Z"}"#
                .to_owned(),
        ),
        (
            "/api/v1/packs/apply",
            "/api/v1/packs/apply",
            JSON,
            r#"{"application": "A9", "member": "M", "product": "POD", "units": 99, "basis": "C1", "at": "2026-02-21T00:00:00Z"}"#
                .to_owned(),
        ),
        (
            "/api/v1/applications/{application}/withdraw",
            "/api/v1/applications/A9/withdraw",
            JSON,
            r#"{"why": "typed twice"}"#.to_owned(),
        ),
        (
            "/api/v1/packs/issue",
            "/api/v1/packs/issue",
            JSON,
            r#"{"contract": "C1", "product": "POD", "level": "unit", "count": 1, "pack": "K3"}"#.to_owned(),
        ),
        ("/api/v1/packs/{pack}/activate", "/api/v1/packs/K1/activate", JSON, String::new()),
        ("/api/v1/packs/{pack}/lose", "/api/v1/packs/K1/lose", JSON, r#"{"why": "van"}"#.to_owned()),
        ("/api/v1/packs/{pack}/release", "/api/v1/packs/K1/release", JSON, String::new()),
        (
            "/api/v1/codes/associate",
            "/api/v1/codes/associate",
            CSV,
            format!("parent,child\n{},{}\n", code(&case, 1), code(&unit, 4)),
        ),
        (
            "/api/v1/codes/relabel",
            "/api/v1/codes/relabel",
            JSON,
            format!(r#"{{"old": "{}", "new": "{}", "why": "torn"}}"#, code(&case, 1), code(&case, 2)),
        ),
        ("/api/v1/codes/cancel", "/api/v1/codes/cancel", JSON, format!(r#"{{"codes": ["{}"], "why": "misprinted"}}"#, code(&case, 3))),
        ("/api/v1/packs/{pack}/cancel", "/api/v1/packs/K3/cancel", JSON, r#"{"why": "misprint"}"#.to_owned()),
    ];
    for (route, path, kind, body) in post {
        walk.act(&regulator, "POST", (route, path), kind, &body).await;
    }
    let mut conn = walk.world.state.store.read().await.unwrap();
    let acts = crate::store::pack::acts(&mut conn, &"K1".into()).await.unwrap();
    let by_name = |act: &str| acts.iter().any(|one| one.act == act && one.by == regulator.name);
    assert!(by_name("cancelled") && by_name("lost") && by_name("imported"), "{acts:?}");
}

async fn terminals(walk: &mut Walk) {
    let supervisor = walk.world.someone(Role::Supervisor, Some("M"));
    let (terminal, code) = walk.pending(1).await;
    let approve = "/terminals/{terminal}/approve/{code}";
    let path = approve.replace("{terminal}", &terminal.to_string()).replace("{code}", &code);
    walk.act(&supervisor, "POST", (approve, &path), FORM, "").await;
    let (terminal, _) = walk.pending(2).await;
    let refuse = "/terminals/{terminal}/refuse";
    walk.act(&supervisor, "POST", (refuse, &refuse.replace("{terminal}", &terminal.to_string())), FORM, "").await;
}

async fn account(walk: &mut Walk) {
    walk.world.add("li", Role::Supervisor, Some("W")).await;
    let mut tx = walk.world.state.store.write().await.unwrap();
    people::set_password(&mut tx, "li", &hash(PASSWORD, &[1; SALT_LEN]), NOW).await.unwrap();
    tx.commit().await.unwrap();
    for (path, body) in [
        ("/sign-out", String::new()),
        ("/password", format!("before={PASSWORD}&new=battery+horse+correct&again=battery+horse+correct")),
    ] {
        let form = format!("name=li&password={PASSWORD}&lang=en");
        let headers = walk.ask(("POST", "/sign-in", "/sign-in"), ("li", OWN), (FORM, &form)).await;
        let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = walk.world.ask("GET", "/?lang=en", &[("cookie", &cookie)], "").await.2;
        let csrf: String = page.split_once("name=\"csrf\" value=\"").unwrap().1.chars().take(64).collect();
        let form = format!("csrf={csrf}&{body}");
        walk.ask(("POST", path, path), ("li", ("cookie", &cookie)), (FORM, &form)).await;
    }
}

#[tokio::test]
async fn every_changing_route_leaves_a_line_that_names_who_did_it() {
    let mut walk = Walk { world: World::peopled().await, done: BTreeSet::new() };
    cases(&mut walk).await;
    registry(&mut walk).await;
    packs(&mut walk).await;
    terminals(&mut walk).await;
    account(&mut walk).await;
    let changing = routes().into_iter().filter(|route| !route.method.is_safe());
    let all: BTreeSet<String> = changing.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert!(all.len() > 30, "{all:?}");
    let missed: Vec<_> = all.difference(&walk.done).collect();
    assert!(missed.is_empty(), "say above how these are done: {missed:?}");
}
