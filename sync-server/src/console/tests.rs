use std::collections::{BTreeMap, BTreeSet};

use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::reference::References;

use super::case_view::CaseView;
use super::detail::detail;
use super::evidence::Row;
use super::list::{Chosen, ListPage, detail_address, list};
use super::words::Lang;
use crate::people::Actor;
use crate::store::mismatch::StoredMismatch;
use crate::store::step::Step;
use crate::testing::NOW;
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

#[test]
fn a_labels_text_is_shown_never_run() {
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
