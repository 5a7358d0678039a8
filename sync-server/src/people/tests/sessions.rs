use axum::http::{HeaderMap, StatusCode};

use crate::people::Role;
use crate::people::password::{SALT_LEN, hash};
use crate::people::session::{IDLE_MS, LIFE_MS};
use crate::people::store as people;
use crate::store;
use crate::testing::NOW;
use crate::testing::world::World;

const PASSWORD: &str = "correct horse battery";
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn world() -> World {
    let mut world = World::peopled().await;
    world.add("li", Role::Supervisor, Some("W")).await;
    let mut tx = world.state.store.write().await.unwrap();
    people::set_password(&mut tx, "li", &hash(PASSWORD, &[1; SALT_LEN]), NOW).await.unwrap();
    tx.commit().await.unwrap();
    world
}

async fn sign_in(world: &World, name: &str, password: &str) -> (StatusCode, HeaderMap, String) {
    let body = format!("name={name}&password={}&lang=en", password.replace(' ', "+"));
    world.ask("POST", "/sign-in", &[OWN, FORM], &body).await
}

fn cookie(headers: &HeaderMap) -> String {
    let text = headers["set-cookie"].to_str().unwrap();
    for part in ["__Host-tallyman=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(text.contains(part), "{text}");
    }
    text.split(';').next().unwrap().to_owned()
}

async fn signed_in(world: &World) -> String {
    let (status, headers, _) = sign_in(world, "li", PASSWORD).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    cookie(&headers)
}

async fn open(world: &World, cookie: &str) -> (StatusCode, String) {
    let (status, _, told) = world.ask("GET", "/?lang=en", &[("cookie", cookie)], "").await;
    (status, told)
}

fn csrf(page: &str) -> String {
    page.split_once("name=\"csrf\" value=\"").unwrap().1.chars().take(64).collect()
}

#[tokio::test]
async fn a_session_opens_the_console_and_ends_with_signing_out() {
    let world = world().await;
    let cookie = signed_in(&world).await;
    let (status, page) = open(&world, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Sign out") && page.contains("OF-O1"), "{page}");
    let body = format!("csrf={}&lang=en", csrf(&page));
    let (status, ..) = world.ask("POST", "/sign-out", &[OWN, FORM, ("cookie", &cookie)], &body).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER, "the session has ended");
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_its_life() {
    let world = world().await;
    let cookie = signed_in(&world).await;
    world.pass_ms(IDLE_MS - 1);
    assert_eq!(open(&world, &cookie).await.0, StatusCode::OK);
    world.pass_ms(IDLE_MS);
    assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER, "idle for too long");
    let cookie = signed_in(&world).await;
    for _ in 0..LIFE_MS / (IDLE_MS / 2) - 1 {
        world.pass_ms(IDLE_MS / 2);
        assert_eq!(open(&world, &cookie).await.0, StatusCode::OK);
    }
    world.pass_ms(IDLE_MS / 2);
    assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER, "used all the time, yet too old");
}

#[tokio::test]
async fn disabling_and_a_new_password_end_sessions_at_once() {
    let world = world().await;
    let cookie = signed_in(&world).await;
    let mut tx = world.state.store.write().await.unwrap();
    people::set_password(&mut tx, "li", &hash(PASSWORD, &[2; SALT_LEN]), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER);
    let cookie = signed_in(&world).await;
    let mut tx = world.state.store.write().await.unwrap();
    let person = people::find(&mut tx, "li").await.unwrap().unwrap();
    people::put(&mut tx, &people::Person { disabled_at: Some(NOW), ..person }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER);
    assert_eq!(sign_in(&world, "li", PASSWORD).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_are_answered_alike_and_slowed_down() {
    let world = world().await;
    let (unknown, _, told) = sign_in(&world, "nobody", PASSWORD).await;
    let (wrong, _, told_wrong) = sign_in(&world, "li", "wrong horse battery").await;
    assert_eq!((unknown, &told), (wrong, &told_wrong));
    assert_eq!(unknown, StatusCode::UNAUTHORIZED);
    for name in ["nobody", "li"] {
        for _ in 0..4 {
            assert_eq!(sign_in(&world, name, "wrong horse battery").await.0, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(sign_in(&world, name, PASSWORD).await.0, StatusCode::TOO_MANY_REQUESTS, "{name}");
    }
    world.pass_ms(2_000);
    signed_in(&world).await;
}

#[tokio::test]
async fn forms_of_another_page_do_nothing() {
    let world = world().await;
    let cookie = signed_in(&world).await;
    let id = World::id("OF-O1", "O1");
    let path = format!("/cases/{id}/comment");
    let cookie = ("cookie", cookie.as_str());
    let foreign = [
        (vec![OWN, FORM, cookie], "comment=hello".to_owned()),
        (vec![OWN, FORM, cookie], format!("comment=hello&csrf={}", "0".repeat(64))),
        (vec![("sec-fetch-site", "cross-site"), FORM, cookie], "comment=hello".to_owned()),
    ];
    for (headers, body) in foreign {
        assert_eq!(world.ask("POST", &path, &headers, &body).await.0, StatusCode::FORBIDDEN, "{body}");
    }
    let page = open(&world, cookie.1).await.1;
    let right = format!("comment=hello&csrf={}", csrf(&page));
    let cross = [("sec-fetch-site", "cross-site"), FORM, cookie];
    assert_eq!(world.ask("POST", &path, &cross, &right).await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.ask("POST", &path, &[OWN, FORM, cookie], &right).await.0, StatusCode::SEE_OTHER);
    let steps = store::step::list(&mut world.state.store.read().await.unwrap(), id.key()).await.unwrap();
    assert_eq!(steps.iter().map(|step| step.comment.as_str()).collect::<Vec<_>>(), ["hello"]);
}

#[tokio::test]
async fn a_session_before_signing_in_again_does_not_live_on() {
    let world = world().await;
    let first = signed_in(&world).await;
    let body = format!("name=li&password={}", PASSWORD.replace(' ', "+"));
    let (status, headers, _) = world.ask("POST", "/sign-in", &[OWN, FORM, ("cookie", &first)], &body).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_ne!(cookie(&headers), first);
    assert_eq!(open(&world, &first).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let world = world().await;
    for path in ["/", "/sign-in", "/assets/console.css", "/nowhere", "/api/v1/nowhere", "/api/v1/mismatches"] {
        let (_, headers, _) = world.ask("GET", path, &[], "").await;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn sessions_and_tokens_end_with_the_password_and_with_the_access() {
    let world = world().await;
    for ends in 0..2 {
        let cookie = signed_in(&world).await;
        let name = format!("program-{ends}");
        let secret = shared::chain::sha256(&[name.as_bytes()]);
        let mut tx = world.state.store.write().await.unwrap();
        let expires_at = NOW.plus_ms(86_400_000_000);
        let token = people::Token { label: name, person: "li".into(), made_at: NOW, expires_at, revoked_at: None };
        people::put_token(&mut tx, crate::people::session::token_hash(secret.as_bytes()), &token).await.unwrap();
        tx.commit().await.unwrap();
        let bearer = format!("Bearer {}{secret}", crate::people::session::TOKEN_PREFIX);
        let ask =
            async |world: &World| world.ask("GET", "/api/v1/mismatches", &[("authorization", &bearer)], "").await.0;
        assert_eq!(ask(&world).await, StatusCode::OK);
        let mut tx = world.state.store.write().await.unwrap();
        match ends {
            0 => people::set_password(&mut tx, "li", &hash(PASSWORD, &[3; SALT_LEN]), NOW).await.unwrap(),
            _ => people::end_access(&mut tx, "li", NOW).await.unwrap(),
        }
        tx.commit().await.unwrap();
        assert_eq!(ask(&world).await, StatusCode::UNAUTHORIZED);
        assert_eq!(open(&world, &cookie).await.0, StatusCode::SEE_OTHER);
        world.pass_ms(3_600_000);
    }
}
