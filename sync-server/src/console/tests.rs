use std::collections::{BTreeMap, BTreeSet};

use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::reference::References;

use super::case_view::CaseView;
use super::detail::detail;
use super::evidence::Row;
use super::list::{Chosen, ListPage, detail_address, encoded, list};
use super::registry::PASTED_BYTES_MAX;
use super::words::Lang;
use crate::people::password::{SALT_LEN, hash};
use crate::people::{Actor, Role, Scope as People, View, store as people};
use crate::store;
use crate::store::mismatch::StoredMismatch;
use crate::store::step::Step;
use crate::testing::world::World;
use crate::testing::{NOW, Trade};
use crate::workflow::filter::Asked;
use crate::workflow::{Allowances, Case, Stage};

const HOSTILE: &str = "\"<script>alert(1)</script>&'\"";

fn row() -> Row {
    let mismatch = Mismatch {
        kind: Kind::MalformedCode,
        subject: Subject(HOSTILE.to_owned()),
        state: State::Confirmed,
        severity: Severity::Hold,
        scope: Scope::Basis("C1".into()),
        basis: Some("<b>".into()),
        document: Some("<i>".into()),
        count: 1,
        codes: BTreeSet::new(),
        at: shared::time::Timestamp::from_ms(0),
        events: BTreeSet::new(),
        due: None,
    };
    let found =
        StoredMismatch { mismatch, state: State::Confirmed, workflow: "open".into(), raised_at: NOW, changed_at: NOW };
    Row { found, stage: None, evidence: Vec::new() }
}

fn hostile_case() -> Case {
    Case {
        found: row().found,
        stage: Stage::Open,
        opened_at: NOW,
        assignee: Some(HOSTILE.to_owned()),
        respond_by: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
        position: 1,
    }
}

#[tokio::test]
async fn a_labels_text_is_shown_never_run() {
    let trade = Trade::empty().await;
    let view = View::of(&mut trade.store.read().await.unwrap(), People::All).await.unwrap();
    let case = hostile_case();
    let comment = HOSTILE.to_owned();
    let step =
        Step { step_no: 1, at: NOW, who: comment.clone(), step: "comment".into(), detail: comment.clone(), comment };
    let people = [(HOSTILE.to_owned(), HOSTILE.to_owned())];
    let (actor, allowances) = (Actor::unasked(HOSTILE.to_owned()), Allowances::default());
    let shown = CaseView {
        case: &case,
        steps: &[step],
        actor: &actor,
        allowances: &allowances,
        people: &people,
        names: &people.iter().cloned().collect(),
        view: &view,
        failed: HOSTILE,
    };
    let asked = Asked { member: HOSTILE.to_owned(), basis: HOSTILE.to_owned(), ..Asked::default() };
    for lang in [Lang::Zh, Lang::En] {
        let chosen = Chosen { asked: asked.clone(), after: String::new() };
        let page = ListPage { chosen, kinds: BTreeMap::new(), rows: vec![row()], next: None };
        let pages = [
            list(lang, &page, &References::default()).into_string(),
            detail(lang, (&row(), &shown), &[], &References::default()).into_string(),
        ];
        for html in pages {
            assert!(html.contains("&lt;script&gt;"), "{html}");
            assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<i>"), "{html}");
        }
    }
}

#[test]
fn addresses_carry_filters_and_any_subject() {
    let asked =
        Asked { state: "closed".into(), kind: "malformed-code".into(), member: "a&b".into(), ..Asked::default() };
    let chosen = Chosen { asked, after: "1.-5.abc".into() };
    assert_eq!(chosen.address(Lang::En), "/?lang=en&state=closed&kind=malformed-code&member=a%26b&after=1.-5.abc");
    assert_eq!(detail_address(Lang::Zh, "unknown-code", "01/2?#"), "/mismatches/unknown-code/01%2F2%3F%23?lang=zh");
}

#[tokio::test]
async fn the_registry_is_found_read_of_any_day_and_imported_after_a_look() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Supervisor, Some("M"));
    let bearer = ("authorization", someone.bearer.as_str());
    let get = async |path: &str| world.ask("GET", path, &[bearer], "").await.2;
    let list = get("/registry?lang=en&set=basis&q=c1").await;
    assert!(list.contains("/registry/basis/C1?lang=en") && list.contains("1 record") && !list.contains("O1"), "{list}");
    let zh = get("/registry/basis/C1").await;
    assert!(zh.contains("卖方") && zh.contains("各版本") && zh.contains("18"), "{zh}");
    let before = get("/registry/basis/C1?lang=en&known=2020-01-01").await;
    assert!(before.contains("Nothing was known of it then"), "{before}");

    let form = ("content-type", "application/x-www-form-urlencoded");
    let post = async |how: &str, text: &str| {
        let body = format!("lang=en&how={how}&text={}", encoded(text));
        world.ask("POST", "/import/site", &[bearer, form], &body).await.2
    };
    let rows = "site\tmember\tname\tregion\nM-2\tM\tNew store\t4401\n";
    let preview = post("preview", rows).await;
    assert!(preview.contains("nothing is stored yet") && preview.contains("M-2") && preview.contains("value=\"take\""));
    assert!(!get("/registry?lang=en&set=site").await.contains("M-2"), "a look stores nothing");
    let foreign = post("take", &rows.replace("\tM\t", "\tW\t")).await;
    assert!(foreign.contains("Nothing was imported") && foreign.contains("not yours to change"), "{foreign}");
    assert!(post("take", rows).await.contains("Imported"));
    assert!(get("/registry?lang=en&set=site").await.contains("New store"));
}

/// A table of so many members.
fn table(members: usize) -> String {
    let rows = (0..members).map(|n| format!("P-{n},Pasted shop number {n},retailer\n"));
    rows.fold("member,name,role\n".to_owned(), |table, row| table + &row)
}

#[tokio::test]
async fn a_long_table_is_pasted_whole_and_one_that_is_too_long_is_refused_in_words() {
    let mut world = World::new().await;
    // The tokens of one whose password is set have ended.
    world.add("program", Role::Regulator, None).await;
    world.add("li", Role::Regulator, None).await;
    let mut tx = world.state.store.write().await.unwrap();
    people::set_password(&mut tx, "li", &hash("correct horse battery", &[1; SALT_LEN]), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let (form, own) = (("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin"));
    let signing_in = "name=li&password=correct+horse+battery&lang=en";
    let (_, headers, _) = world.ask("POST", "/sign-in", &[form, own], signing_in).await;
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = world.ask("GET", "/import/member?lang=en", &[("cookie", &cookie)], "").await.2;
    let csrf: String = page.split_once("name=\"csrf\" value=\"").unwrap().1.chars().take(64).collect();
    let bearer = world.someone(Role::Regulator, None).bearer;

    // By the console's form, and by a program with a token: 300 KB.
    let table = table(8_000);
    assert!(table.len() > 250_000);
    let by_form = format!("csrf={csrf}&lang=en&how=take&text={}", encoded(&table));
    let (status, _, told) = world.ask("POST", "/import/member", &[form, own, ("cookie", &cookie)], &by_form).await;
    assert!(status.is_success() && told.contains("Imported"), "{status}");
    let known = store::reference::load_all(&mut world.state.store.read().await.unwrap()).await.unwrap();
    assert!(known.members.contains_key(&"P-7999".into()));

    let too_long = format!("csrf={csrf}&how=take&text={}", "a".repeat(PASTED_BYTES_MAX));
    for proof in [("cookie", cookie.as_str()), ("authorization", bearer.as_str())] {
        let (status, _, told) = world.ask("POST", "/import/member", &[form, own, proof], &too_long).await;
        assert!(
            status.as_u16() == 413 && told.contains("longer than 100 MB") && told.contains("100 MB，"),
            "{status} {told}"
        );
    }
    // Any other form stays short.
    let long = format!("csrf={csrf}&before=a&new=b&again={}", "b".repeat(70_000));
    let (status, _, told) = world.ask("POST", "/password", &[form, own, ("cookie", &cookie)], &long).await;
    assert!(status.as_u16() == 413 && told.contains("too long"), "{status} {told}");
}
