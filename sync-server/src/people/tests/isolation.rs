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
        ("{pack}", "P1"),
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
