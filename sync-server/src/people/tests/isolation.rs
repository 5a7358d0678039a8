//! Everybody asks every route for everything. What the list of routes gains is asked here as well: a parameter that is not known
//! below fails the test until somebody says what stands for it.

use axum::http::{Method, StatusCode};

use crate::http::guard::Access;
use crate::http::web::{WebRoute, routes};
use crate::people::{Right, Role};
use crate::testing::world::{Someone, World, secret_of, terminal_of};

/// A thing of the world: its basis and subject, and the members that see it.
const THINGS: [(&str, &str, &[&str]); 4] = [
    ("C1", "OF-C1", &["M", "W"]),
    ("O1", "OF-O1", &["W", "R1"]),
    ("O2", "OF-O2", &["W", "R2"]),
    ("X9", "SECRET-R2-ONLY", &["R2"]),
];

fn sees(someone: &Someone, members: &[&str]) -> bool {
    someone.role == Role::Regulator || someone.member.as_ref().is_some_and(|member| members.contains(&member.as_str()))
}

/// The path for one thing.
fn filled(route: &WebRoute, (basis, subject, members): (&str, &str, &[&str])) -> String {
    let id = World::id(subject, basis).to_string();
    let terminal = terminal_of(members[members.len() - 1]).to_string();
    let known = [
        ("{id}", id.as_str()),
        ("{kind}", "missing-goods"),
        ("{set}", "member"),
        ("{key}", "M"),
        ("{*key}", "M"),
        ("{pack}", "P1"),
        ("{application}", "A1"),
        ("{*subject}", subject),
        ("{terminal}", &terminal),
        ("{code}", "1234-5678"),
        ("{sha256}", &"ab".repeat(32)),
    ];
    let path = known.iter().fold(route.path.clone(), |path, (name, value)| path.replace(name, value));
    assert!(!path.contains('{'), "{path}: say above what stands for its parameter");
    path
}

fn body(route: &WebRoute) -> (&'static str, &'static str) {
    if route.path.starts_with("/api/") {
        let all = r#"{"comment": "seen", "reason": "other", "at": "2026-03-01T00:00:00+08:00", "to": "nobody"}"#;
        ("application/json", all)
    } else {
        (
            "application/x-www-form-urlencoded",
            "comment=seen&reason=other&day=2026-03-01&to=nobody&before=a&new=b&again=c",
        )
    }
}

async fn ask(world: &World, route: &WebRoute, path: &str, someone: Option<&Someone>) -> (StatusCode, String, String) {
    let (kind, body) = body(route);
    let mut headers = vec![("last-event-id", "0"), ("content-type", kind)];
    headers.extend(someone.map(|someone| ("authorization", someone.bearer.as_str())));
    // Who decides on a mismatch says on which state of it.
    headers.extend(path.starts_with("/api/v1/mismatches/").then_some(("if-match", "*")));
    let body = if route.method.is_safe() { "" } else { body };
    let (status, headers, told) = world.ask(route.method.as_str(), path, &headers, body).await;
    let location = headers.get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (status, location, told)
}

#[tokio::test]
async fn nobody_reads_or_changes_anything_without_signing_in() {
    let world = World::peopled().await;
    world.state.stopping.set();
    for route in routes().iter().filter(|route| route.access != Access::Open) {
        let path = filled(route, THINGS[0]);
        let (status, location, told) = ask(&world, route, &path, None).await;
        let is_page = route.method == Method::GET && !path.starts_with("/api/");
        if is_page {
            assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
            assert!(location.starts_with("/sign-in?"), "{path}: {location}");
        } else {
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert!(!told.contains("OF-") && !told.contains("SECRET"), "{path}: {told}");
    }
}

#[tokio::test]
async fn open_routes_tell_nothing() {
    let world = World::peopled().await;
    for route in routes().iter().filter(|route| route.access == Access::Open && route.method == Method::GET) {
        let (status, _, told) = ask(&world, route, &route.path, None).await;
        assert_eq!(status, StatusCode::OK, "{}", route.path);
        assert!(!told.contains("OF-") && !told.contains("SECRET"), "{}: {told}", route.path);
    }
}

/// The walk: for every person, route and thing, the right answer and never another member's content.
#[tokio::test]
async fn every_route_keeps_members_apart() {
    for changing in [false, true] {
        let world = World::peopled().await;
        world.state.stopping.set();
        for route in routes() {
            let Access::Right(right) = route.access else { continue };
            // What changes a thing would change it for those who ask later.
            if route.method.is_safe() == changing {
                continue;
            }
            for someone in &world.people {
                for thing in THINGS {
                    let (status, _, told) = ask(&world, &route, &filled(&route, thing), Some(someone)).await;
                    judge_answer((&route, right), someone, thing, (status, &told));
                }
            }
        }
    }
}

fn judge_answer(
    (route, right): (&WebRoute, Right),
    someone: &Someone,
    (_, subject, members): (&str, &str, &[&str]),
    (status, told): (StatusCode, &str),
) {
    let about = format!("{} asks {} {} for {subject}: {status} {told}", someone.name, route.method, route.path);
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{about}");
    for (_, other, seen_by) in THINGS {
        assert!(sees(someone, seen_by) || !told.contains(other), "{about}");
    }
    for member in ["M", "W", "R1", "R2"] {
        let secret = secret_of(member);
        let hidden = !sees(someone, &[member]);
        assert!(!hidden || !told.contains(&secret.to_lowercase()), "{about}");
        // The evidence of a mismatch that both see names the terminal.
        let shared = route.path.starts_with("/mismatches/") || route.path == "/";
        assert!(!hidden || shared || !told.contains(&secret), "{about}");
    }
    if !someone.role.has(right) {
        assert_eq!(status, StatusCode::FORBIDDEN, "{about}");
        return;
    }
    let names_a_case = route.path.contains("{id}") || route.path.contains("{kind}");
    if names_a_case && !sees(someone, members) {
        assert_eq!(status, StatusCode::NOT_FOUND, "{about}");
    }
    if names_a_case && sees(someone, members) {
        assert_ne!(status, StatusCode::NOT_FOUND, "{about}");
    }
}

#[test]
fn clerks_and_readers_change_nothing() {
    for route in routes().iter().filter(|route| !route.method.is_safe()) {
        let Access::Right(right) = route.access else { continue };
        let own_account = ["/sign-out", "/password"].contains(&route.path.as_str());
        if own_account {
            continue;
        }
        assert!(!Role::ReadOnly.has(right), "{}", route.path);
        assert!(!Role::Clerk.has(right) || right == Right::Comment, "{}", route.path);
    }
}

/// Records of the registry: set, key, and who sees them.
fn records() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let mut all: Vec<(&str, String, Vec<&str>)> = vec![
        ("basis", "C1".into(), vec!["M", "W"]),
        ("basis", "O2".into(), vec!["W", "R2"]),
        ("document", "N1".into(), vec!["M", "W"]),
        ("document", "D2".into(), vec!["W", "R2"]),
        ("member", "M".into(), vec!["M", "W"]),
        ("member", "R2".into(), vec!["W", "R2"]),
        ("product", "POD".into(), vec!["M", "W", "R1", "R2"]),
        ("quota", "R2 aerosol 2026".into(), vec!["R2"]),
    ];
    for member in ["M", "W", "R1", "R2"] {
        all.push(("site", secret_of(member), vec![member]));
        all.push(("operator", format!("{}-1", secret_of(member)), vec![member]));
    }
    all
}

/// A whole body for a record, claimed for a member.
fn claimed(set: &str, key: &str, member: &str) -> String {
    match set {
        "site" => format!(r#"{{"site": "{key}", "member": "{member}", "name": "Claimed", "region": "4401"}}"#),
        "operator" => format!(r#"{{"operator": "{key}", "member": "{member}", "name": "Claimed", "role": "clerk"}}"#),
        "document" => format!(
            r#"{{"document": "{key}", "basis": "C1", "consignor": "{member}", "consignee": "W", "carrier": "C",
                "packing_level": "unit", "lines": [{{"product": "POD", "units": 1}}]}}"#
        ),
        _ => "{}".to_owned(),
    }
}

#[tokio::test]
async fn the_registry_shows_each_member_its_own_trade_and_nobody_changes_anothers() {
    let world = World::peopled().await;
    let in_registry =
        |route: &WebRoute| ["/api/v1/registry/{set}", "/registry"].iter().any(|start| route.path.starts_with(start));
    for someone in &world.people {
        for (set, key, members) in records() {
            for route in routes().iter().filter(|route| in_registry(route)) {
                let path = route
                    .path
                    .replace("{set}", set)
                    .replace("{key}", "{*key}")
                    .replace("{*key}", &key.replace(' ', "%20"));
                let path = if path == "/registry" { format!("/registry?set={set}") } else { path };
                let own = someone.member.as_ref().map_or("M", |member| member.as_str());
                let body = match route.path.rsplit('/').next() {
                    Some("amend") => {
                        format!(r#"{{"valid_from": "2026-01-01", "change": {{"member": "{own}", "name": "Claimed"}}}}"#)
                    }
                    Some("import") => format!("[{}]", claimed(set, &key, own)),
                    _ => claimed(set, &key, own),
                };
                let is_own = sees(someone, &members);
                // What one may change is tried elsewhere; here nobody else may.
                if !route.method.is_safe() && is_own {
                    continue;
                }
                let headers = [
                    ("authorization", someone.bearer.as_str()),
                    ("content-type", "application/json"),
                    ("if-match", "*"),
                ];
                let body = if route.method.is_safe() { "" } else { &body };
                let (status, _, told) = world.ask(route.method.as_str(), &path, &headers, body).await;
                let about = format!("{} asks {} {path}: {status} {told}", someone.name, route.method);
                assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{about}");
                for member in ["M", "W", "R1", "R2"] {
                    let names_it = key.contains(&secret_of(member));
                    assert!(sees(someone, &[member]) || names_it || !told.contains(&secret_of(member)), "{about}");
                }
                if route.path.contains("key}") && route.method.is_safe() {
                    let expected = if is_own { StatusCode::OK } else { StatusCode::NOT_FOUND };
                    assert_eq!(status, expected, "{about}");
                }
                assert!(route.method.is_safe() || !status.is_success(), "{about}");
            }
        }
    }
    let mut conn = world.state.store.read().await.unwrap();
    let known = crate::store::reference::load_all(&mut conn).await.unwrap();
    assert!(known.sites.values().all(|site| site.name != "Claimed"));
    assert!(known.operators.values().all(|operator| operator.name != "Claimed"));
}

#[tokio::test]
async fn a_row_that_is_anothers_is_named_by_line_and_column() {
    let world = World::peopled().await;
    let supervisor = world.someone(Role::Supervisor, Some("M"));
    let headers = [("authorization", supervisor.bearer.as_str()), ("content-type", "text/csv")];
    let table = "site,member,name,region\nM-8,M,own,4401\nM-9,W,another's,4401\n";
    let (status, _, told) = world.ask("POST", "/api/v1/registry/site/import", &headers, table).await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let errors = told["report"]["errors"].as_array().unwrap();
    assert_eq!((status, errors.len()), (StatusCode::UNPROCESSABLE_ENTITY, 1), "{told}");
    let place = (&errors[0]["line"], &errors[0]["field"], &errors[0]["value"]);
    assert_eq!(place, (&3.into(), &"site".into(), &"M-9".into()), "{told}");
    assert!(errors[0]["problem"].as_str().unwrap().contains("not yours to change"), "{told}");
}

#[tokio::test]
async fn a_supervisor_keeps_its_members_sites_operators_and_the_documents_that_it_sends_with() {
    let world = World::peopled().await;
    let supervisor = world.someone(Role::Supervisor, Some("M"));
    let ask = async |method: &str, path: &str, body: &str| {
        let json = ("content-type", "application/json");
        let headers = [("authorization", supervisor.bearer.as_str()), json, ("if-match", "*")];
        let (status, _, told) = world.ask(method, path, &headers, body).await;
        (status.as_u16(), told)
    };
    let new = |set: &str, key: &str| format!("/api/v1/registry/{set}/{key}");
    let site = secret_of("M");
    for (method, path, body, expected) in [
        ("PUT", new("site", &site), claimed("site", &site, "M"), 200),
        ("PUT", new("site", &site), claimed("site", &site, "W"), 403),
        ("POST", new("site", &format!("{site}/amend")), r#"{"valid_from": "2026-01-01", "change": {"name": "Moved"}}"#.into(), 200),
        ("POST", new("site", &format!("{site}/amend")), r#"{"valid_from": "2030-01-01", "change": {"member": "W"}}"#.into(), 403),
        ("PUT", new("document", "N1"), claimed("document", "N1", "M"), 200),
        ("PUT", new("document", "N1"), claimed("document", "N1", "W"), 403),
        ("PUT", new("basis", "C1"), r#"{"basis": "C1", "kind": "contract", "seller": "M", "buyer": "W", "lines": [{"product": "POD", "units": 99}]}"#.into(), 403),
        ("PUT", new("document", "D2"), claimed("document", "D2", "M"), 404),
        ("POST", "/api/v1/registry/site/import".into(), format!("[{}]", claimed("site", "M-2", "M")).replace("[{", r#"[{"set": "site", "#), 200),
        ("POST", "/api/v1/registry/site/import".into(), format!("[{}]", claimed("site", "M-3", "W")).replace("[{", r#"[{"set": "site", "#), 422),
    ] {
        let path = path.as_str();
        let (status, told) = ask(method, path, &body).await;
        assert_eq!(status, expected, "{method} {path} {body}: {told}");
    }
    // A new document under another's order: the order is not there for this member.
    let stolen = claimed("document", "N9", "M").replace("C1", "O2");
    let headers = [("authorization", supervisor.bearer.as_str()), ("content-type", "application/json")];
    let (status, _, told) = world.ask("PUT", "/api/v1/registry/document/N9", &headers, &stolen).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    assert!(told.contains("is not known"), "{told}");
}
