use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;
use shared::ids::{EpochId, EventRef};
use shared::mismatch::{Kind, Mismatch, Scope, Severity, State};
use shared::time::HOUR_MS;
use uuid::Uuid;

use super::act::ActKind;
use super::due::{Allowances, escalates};
use super::export::csv;
use super::{Case, Stage, store, take};
use crate::people::Role;
use crate::store::{self as ledger, step};
use crate::testing::world::{World, mismatch, terminal_of};
use crate::testing::{NOW, tester};

mod decisions;
mod streams;

async fn act(world: &World, who: (Role, Option<&str>), path: &str, body: &str) -> (StatusCode, String) {
    let someone = world.someone(who.0, who.1);
    let headers = [("authorization", someone.bearer.as_str()), ("content-type", "application/json"), ("if-match", "*")];
    let (status, _, told) = world.ask("POST", path, &headers, body).await;
    (status, told)
}

fn path(kind: &str) -> String {
    format!("/api/v1/mismatches/{}/{kind}", World::id("OF-O1", "O1"))
}

async fn case(world: &World) -> Case {
    let mut conn = world.state.store.read().await.unwrap();
    store::find(&mut conn, &World::id("OF-O1", "O1")).await.unwrap().unwrap()
}

async fn steps(world: &World) -> Vec<String> {
    let id = World::id("OF-O1", "O1");
    let steps = step::list(&mut world.state.store.read().await.unwrap(), id.key()).await.unwrap();
    steps.into_iter().map(|step| step.step).collect()
}

const SUPERVISOR: (Role, Option<&str>) = (Role::Supervisor, Some("W"));
const RESOLVE: &str = r#"{"reason": "true-shortage", "comment": "counted again: two cases are gone"}"#;

/// Who waits for the goods of the order.
const BUYER: (Role, Option<&str>) = (Role::Supervisor, Some("R1"));

async fn resolve(world: &World) {
    let (status, told) = act(world, BUYER, &path("resolve"), RESOLVE).await;
    assert_eq!(status, StatusCode::OK, "{told}");
}

#[tokio::test]
async fn from_open_to_resolved_with_every_step_and_its_line_in_the_audit_log() {
    let world = World::peopled().await;
    let before = ledger::position(&mut world.state.store.read().await.unwrap()).await.unwrap();
    let to = world.someone(Role::Clerk, Some("W")).name;
    for (kind, body) in [
        ("seen", String::new()),
        ("start", String::new()),
        ("assign", format!(r#"{{"to": "{to}"}}"#)),
        ("due", r#"{"at": "2026-03-05T00:00:00+08:00"}"#.to_owned()),
        ("wait", String::new()),
        ("comment", r#"{"comment": "asked the consignor"}"#.to_owned()),
        ("resolve", RESOLVE.to_owned()),
    ] {
        let who = if ["resolve", "due"].contains(&kind) { BUYER } else { SUPERVISOR };
        let (status, told) = act(&world, who, &path(kind), &body).await;
        assert_eq!(status, StatusCode::OK, "{kind}: {told}");
    }
    let case = case(&world).await;
    assert_eq!((case.found.state, case.stage, case.assignee), (State::Resolved, Stage::Resolved, Some(to)));
    assert!(case.position > before, "terminals pull it with their next sync");
    assert_eq!(steps(&world).await, ["seen", "start", "assign", "due", "wait", "comment", "resolve"]);
    let log = crate::audit::store::after(&mut world.state.store.read().await.unwrap(), 0, 100).await.unwrap();
    let acts: Vec<&str> =
        log.iter().map(|entry| entry.act.as_str()).filter(|act| !["signed-in", "imported"].contains(act)).collect();
    assert_eq!(acts, ["seen", "start", "assign", "due", "wait", "comment", "resolve"]);
    assert_eq!(log.last().unwrap().why, "true-shortage: counted again: two cases are gone");
}

fn with_more_evidence(mut found: Mismatch) -> Mismatch {
    found.events.insert(EventRef { terminal: terminal_of("W"), epoch: EpochId::new(Uuid::from_u128(1)), seq: 2 });
    found.count += 1;
    found
}

#[tokio::test]
async fn what_was_resolved_stays_so_until_its_evidence_changes() {
    let world = World::peopled().await;
    resolve(&world).await;
    let mut same = mismatch("OF-O1", "O1", "W");
    same.at = NOW.plus_ms(5_000);
    same.state = State::Provisional;
    world.judge(&[same]).await;
    assert_eq!(case(&world).await.found.state, State::Resolved, "time and state are no evidence");
    world.judge(&[with_more_evidence(mismatch("OF-O1", "O1", "W"))]).await;
    let opened = case(&world).await;
    assert_eq!((opened.found.state, opened.stage, opened.reason), (State::Confirmed, Stage::Open, None));
    assert_eq!(steps(&world).await, ["resolve", "reopened"], "with its history");
}

#[tokio::test]
async fn the_party_that_is_owed_settles_and_the_other_says_what_it_found() {
    let world = World::peopled().await;
    let (status, told) = act(&world, SUPERVISOR, &path("resolve"), RESOLVE).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    assert!(told.contains("raised against your member"), "{told}");
    let page = "/mismatches/missing-goods/OF-O1?lang=en";
    for (who, may) in [(SUPERVISOR, false), (BUYER, true)] {
        let someone = world.someone(who.0, who.1);
        let told = world.ask("GET", page, &[("authorization", &someone.bearer)], "").await.2;
        assert_eq!((told.contains("Resolve, with a reason"), told.contains("raised against your member")), (may, !may));
    }
    let comment = r#"{"comment": "all six were loaded, here is the carrier's note"}"#;
    assert_eq!(act(&world, SUPERVISOR, &path("comment"), comment).await.0, StatusCode::OK);
    assert_eq!(act(&world, SUPERVISOR, &path("wait"), "").await.0, StatusCode::OK);
    resolve(&world).await;

    // What goes to the administration is settled by nobody for himself, and where no other party is there, by the regulator at once.
    let of_kind = |kind, subject, basis| Mismatch { kind, ..mismatch(subject, basis, "W") };
    let [own, shared, alone] = [
        of_kind(Kind::DuplicateMovement, "OWN", "O1"),
        of_kind(Kind::ClonedCode, "SHARED", "O1"),
        of_kind(Kind::ClonedCode, "ALONE", "X7"),
    ];
    world.judge(&[own.clone(), shared.clone(), alone.clone()]).await;
    let regulator = (Role::Regulator, None);
    for (found, who, expected) in [
        (&own, SUPERVISOR, StatusCode::OK),
        (&shared, SUPERVISOR, StatusCode::FORBIDDEN),
        (&shared, regulator, StatusCode::CONFLICT),
        (&shared, BUYER, StatusCode::OK),
        (&alone, SUPERVISOR, StatusCode::FORBIDDEN),
        (&alone, regulator, StatusCode::OK),
    ] {
        let path = format!("/api/v1/mismatches/{}/resolve", super::MismatchId::of(found));
        let (status, told) = act(&world, who, &path, RESOLVE).await;
        assert_eq!(status, expected, "{} by {who:?}: {told}", found.subject);
    }
}

#[tokio::test]
async fn what_late_data_closed_opens_anew() {
    let world = World::peopled().await;
    act(&world, SUPERVISOR, &path("start"), "").await;
    world.judge_scopes(&BTreeSet::from([Scope::Basis("O1".into())]), &[]).await;
    assert_eq!(case(&world).await.found.state, State::Closed);
    assert_eq!(act(&world, SUPERVISOR, &path("resolve"), RESOLVE).await.0, StatusCode::CONFLICT);
    world.judge(&[mismatch("OF-O1", "O1", "W")]).await;
    assert_eq!(case(&world).await.stage, Stage::Open);
    assert_eq!(steps(&world).await, ["start", "reopened"]);
}

#[tokio::test]
async fn the_regulator_gets_what_nobody_settled_in_time() {
    let world = World::peopled().await;
    let (status, told) = act(&world, (Role::Regulator, None), &path("resolve"), RESOLVE).await;
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
    let (store, allowances) = (&world.state.store, Allowances::default());
    let just_before = NOW.plus_ms(72 * HOUR_MS - 1);
    assert_eq!(take::escalate(store, &allowances, just_before).await.unwrap(), 0);
    assert_eq!(take::escalate(store, &allowances, NOW.plus_ms(72 * HOUR_MS)).await.unwrap(), 4);
    assert_eq!(take::escalate(store, &allowances, NOW.plus_ms(72 * HOUR_MS)).await.unwrap(), 0, "once");
    assert_eq!(case(&world).await.stage, Stage::Escalated);
    assert_eq!(act(&world, SUPERVISOR, &path("wait"), "").await.0, StatusCode::CONFLICT);
    let (status, told) = act(&world, (Role::Regulator, None), &path("resolve"), RESOLVE).await;
    assert_eq!(status, StatusCode::OK, "{told}");
}

#[tokio::test]
async fn who_acts_on_an_older_state_is_told() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Supervisor, Some("W"));
    let bearer = ("authorization", someone.bearer.as_str());
    let one = path("seen").replace("/seen", "");
    let (_, headers, _) = world.ask("GET", &one, &[bearer], "").await;
    let tag = headers["etag"].to_str().unwrap().to_owned();
    let (status, ..) = world.ask("POST", &path("seen"), &[bearer, ("if-match", &tag)], "").await;
    assert_eq!(status, StatusCode::OK);
    let (status, _, told) = world.ask("POST", &path("start"), &[bearer, ("if-match", &tag)], "").await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED, "{told}");
    world.judge(&[with_more_evidence(mismatch("OF-O1", "O1", "W"))]).await;
    let (_, headers, _) = world.ask("GET", &one, &[bearer], "").await;
    assert_ne!(headers["etag"].to_str().unwrap(), tag, "new evidence is another state as well");
}

#[tokio::test]
async fn acts_that_lack_something_or_go_too_far_say_so() {
    let world = World::peopled().await;
    let other = world.someone(Role::Supervisor, Some("R1")).name;
    let regulator = world.someone(Role::Regulator, None).name;
    for (kind, body) in [
        ("resolve", r#"{"reason": "true-shortage"}"#.to_owned()),
        ("resolve", r#"{"comment": "gone"}"#.to_owned()),
        ("resolve", r#"{"comment": "gone", "reason": "bored"}"#.to_owned()),
        ("comment", String::new()),
        ("comment", format!(r#"{{"comment": "{}"}}"#, "x".repeat(2_001))),
        ("assign", r#"{"to": "nobody"}"#.to_owned()),
        ("assign", format!(r#"{{"to": "{other}"}}"#)),
        ("assign", format!(r#"{{"to": "{regulator}"}}"#)),
        ("due", r#"{"at": "2020-01-01T00:00:00+08:00"}"#.to_owned()),
        ("due", r#"{"at": "2036-01-01T00:00:00+08:00"}"#.to_owned()),
        ("seen", r#"{"unknown": 1}"#.to_owned()),
    ] {
        let who = if kind == "due" { BUYER } else { SUPERVISOR };
        let (status, told) = act(&world, who, &path(kind), &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{kind} {body}: {told}");
    }
    assert!(steps(&world).await.is_empty(), "nothing was done");
}

#[tokio::test]
async fn the_list_follows_its_filters_and_its_reader() {
    let world = World::peopled().await;
    let subjects = async |who: (Role, Option<&str>), query: &str| -> Vec<String> {
        let someone = world.someone(who.0, who.1);
        let headers = [("authorization", someone.bearer.as_str())];
        let (status, _, told) = world.ask("GET", &format!("/api/v1/mismatches{query}"), &headers, "").await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let found: Value = serde_json::from_str(&told).unwrap();
        let found = found["mismatches"].as_array().unwrap().clone();
        found.iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
    };
    let regulator = (Role::Regulator, None);
    assert_eq!(subjects(regulator, "").await, ["OF-C1", "OF-O1", "OF-O2", "SECRET-R2-ONLY"]);
    assert_eq!(subjects(regulator, "?member=R2").await, ["OF-O2", "SECRET-R2-ONLY"]);
    assert_eq!(subjects(SUPERVISOR, "").await, ["OF-C1", "OF-O1", "OF-O2"]);
    assert_eq!(subjects(SUPERVISOR, "?member=R2").await, ["OF-O2"]);
    assert_eq!(subjects((Role::Clerk, Some("R1")), "?member=R2").await, Vec::<String>::new());
    assert_eq!(subjects(SUPERVISOR, "?basis=O1").await, ["OF-O1"]);
    assert_eq!(subjects(SUPERVISOR, "?severity=block").await, Vec::<String>::new());
    resolve(&world).await;
    assert_eq!(subjects(SUPERVISOR, "").await, ["OF-C1", "OF-O2"]);
    assert_eq!(subjects(SUPERVISOR, "?state=resolved&kind=missing-goods&workflow=resolved").await, ["OF-O1"]);
}

#[tokio::test]
async fn pages_of_a_list_go_on_where_they_ended_whatever_is_raised_meanwhile() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Regulator, None);
    let page = async |after: &str| {
        let path = format!("/api/v1/mismatches?limit=1&after={after}");
        let (status, _, told) = world.ask("GET", &path, &[("authorization", &someone.bearer)], "").await;
        let found: Value = serde_json::from_str(&told).unwrap();
        let subject = found["mismatches"][0]["subject"].as_str().map(str::to_owned);
        (status, subject, found["next"].as_str().map(str::to_owned))
    };
    let (mut seen, mut after) = (Vec::new(), String::new());
    while let (_, Some(subject), next) = page(&after).await {
        seen.push(subject);
        // Newer and graver than all: it belongs before the first page.
        world.pass_ms(1);
        let graver = Mismatch { severity: Severity::Block, ..mismatch(&format!("NEW-{}", seen.len()), "C1", "M") };
        world.judge(&[mismatch("OF-C1", "C1", "M"), graver]).await;
        let Some(next) = next else { break };
        after = next;
    }
    assert_eq!(seen, ["OF-C1", "OF-O1", "OF-O2", "SECRET-R2-ONLY"]);
    assert_eq!(page("nonsense").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_of_two_buyers_sees_its_own_time_by_rest_and_on_the_console() {
    let world = World::peopled().await;
    let day = NOW.plus_ms(24 * HOUR_MS);
    let mut tx = world.state.store.write().await.unwrap();
    let mut edit = crate::registry::edit::Edit::begin(&mut tx, &tester(), NOW).await.unwrap();
    let patch = serde_json::json!({ "buyer": "R2" }).as_object().unwrap().clone();
    edit.amend(&mut tx, (crate::registry::Set::Basis, "O1"), day, patch).await.unwrap();
    edit.finish(&mut tx, ("tried", "", "")).await.unwrap();
    tx.commit().await.unwrap();
    let later = Mismatch { at: day, ..mismatch("OF-LATER", "O1", "W") };
    world.judge(&[mismatch("OF-O1", "O1", "W"), later]).await;
    for (member, sees, sees_not) in [("R1", "OF-O1", "OF-LATER"), ("R2", "OF-LATER", "OF-O1")] {
        let someone = world.someone(Role::Clerk, Some(member));
        for path in ["/api/v1/mismatches", "/?lang=en"] {
            let (_, _, told) = world.ask("GET", path, &[("authorization", &someone.bearer)], "").await;
            assert!(told.contains(sees) && !told.contains(sees_not), "{member} {path}: {told}");
        }
    }
}

#[tokio::test]
async fn a_refusal_frees_the_database_at_once_and_a_nul_is_one() {
    let world = World::peopled().await;
    let someone = world.someone(SUPERVISOR.0, SUPERVISOR.1);
    let headers = [("authorization", someone.bearer.as_str()), ("content-type", "application/json")];
    let nul = r#"{"reason": "other", "comment": "a\u0000b"}"#;
    let any = [headers[0], headers[1], ("if-match", "*")];
    let (status, _, told) = world.ask("POST", &path("resolve"), &any, nul).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
    for path in ["/api/v1/mismatches?basis=a%00b", "/mismatches/missing-goods/a%00b", "/api/v1/mismatches/a%00b"] {
        assert_eq!(world.ask("GET", path, &headers, "").await.0, StatusCode::BAD_REQUEST, "{path}");
    }
    let stale = [headers[0], headers[1], ("if-match", "\"0-0\"")];
    assert_eq!(world.ask("POST", &path("resolve"), &stale, RESOLVE).await.0, StatusCode::PRECONDITION_FAILED);
    let free = tokio::time::timeout(std::time::Duration::from_secs(20), world.state.store.write());
    free.await.expect("nothing is locked").unwrap().rollback().await.unwrap();
}

#[tokio::test]
async fn the_credit_record_counts_by_member_and_time() {
    let world = World::peopled().await;
    resolve(&world).await;
    let someone = world.someone(Role::ReadOnly, Some("W"));
    world.pass_ms(72 * HOUR_MS);
    let (_, _, told) = world.ask("GET", "/api/v1/members/credit", &[("authorization", &someone.bearer)], "").await;
    let found: Value = serde_json::from_str(&told).unwrap();
    let members = found["members"].as_array().unwrap();
    assert_eq!(members.len(), 1, "its own record only: {told}");
    let record = &members[0]["record"];
    assert_eq!((&members[0]["member"], &record["raised"], &record["standing"]), (&"W".into(), &2.into(), &1.into()));
    assert_eq!((&record["in_time"], &record["out_of_time"]), (&1.into(), &1.into()));
    assert_eq!(members[0]["in_time_percent"], 50);
}

#[tokio::test]
async fn a_spreadsheet_takes_no_label_for_a_formula() {
    let world = World::new().await;
    world.judge(&[mismatch("=HYPERLINK(\"http://evil.example\")", "C1", "M")]).await;
    let mut conn = world.state.store.read().await.unwrap();
    let id = World::id("=HYPERLINK(\"http://evil.example\")", "C1");
    let case = store::find(&mut conn, &id).await.unwrap().unwrap();
    let text = String::from_utf8(csv(&[case], &Allowances::default()).unwrap()).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!(&row[5], "'=HYPERLINK(\"http://evil.example\")");
}

#[tokio::test]
async fn only_confirmed_cases_that_ask_for_an_answer_escalate() {
    let world = World::peopled().await;
    let confirmed = case(&world).await;
    let allowances = Allowances::default();
    let late = NOW.plus_ms(1_000 * HOUR_MS);
    assert!(escalates(&confirmed, &allowances, late));
    let mut provisional = confirmed.clone();
    provisional.found.state = State::Provisional;
    assert!(!escalates(&provisional, &allowances, late));
    let mut info = confirmed.clone();
    info.found.mismatch.severity = Severity::Info;
    assert!(!escalates(&info, &allowances, late));
    let put_off = Case { respond_by: Some(late.plus_ms(1)), ..confirmed.clone() };
    assert!(!escalates(&put_off, &allowances, late));
    let settled = Case { stage: Stage::Resolved, ..confirmed };
    assert!(!escalates(&settled, &allowances, late));
}

#[test]
fn an_act_leads_only_where_it_makes_sense() {
    for state in [State::Provisional, State::Confirmed] {
        for from in Stage::ALL.iter().filter(|from| **from != Stage::Resolved) {
            assert_eq!(ActKind::Resolve.leads(state, *from), Some(Stage::Resolved));
            assert_eq!(ActKind::Reopen.leads(state, *from), None);
            assert_eq!(ActKind::Comment.leads(state, *from), Some(*from));
        }
    }
    for kind in ActKind::ALL {
        let after = kind.leads(State::Resolved, Stage::Resolved);
        assert_eq!(after.is_some(), matches!(kind, ActKind::Comment | ActKind::Reopen), "{kind:?}");
        assert_eq!(kind.leads(State::Closed, Stage::Open).is_some(), kind == ActKind::Comment, "{kind:?}");
    }
}
