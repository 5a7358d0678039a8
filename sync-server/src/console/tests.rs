use std::collections::{BTreeMap, BTreeSet};

use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::reference::References;

use super::detail::detail;
use super::evidence::Row;
use super::list::{Chosen, Filter, ListPage, detail_address, list};
use super::words::Lang;
use crate::store::mismatch::StoredMismatch;
use crate::testing::NOW;

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
    Row { found, evidence: Vec::new() }
}

#[test]
fn a_labels_text_is_shown_never_run() {
    let chosen = Chosen { show: Filter::Live, kind: None };
    for lang in [Lang::Zh, Lang::En] {
        let page = ListPage { chosen, kinds: BTreeMap::new(), rows: vec![row()], beyond: 0 };
        let shown = [
            list(lang, &page, &References::default()).into_string(),
            detail(lang, &row(), &[], &References::default()).into_string(),
        ];
        for html in shown {
            assert!(html.contains("&lt;script&gt;"), "{html}");
            assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<i>"), "{html}");
        }
    }
}

#[test]
fn addresses_carry_filters_and_any_subject() {
    let chosen = Chosen { show: Filter::Closed, kind: Some(Kind::MalformedCode) };
    assert_eq!(chosen.address(Lang::En), "/?lang=en&show=closed&kind=malformed-code");
    assert_eq!(detail_address(Lang::Zh, "unknown-code", "01/2?#"), "/mismatches/unknown-code/01%2F2%3F%23?lang=zh");
}
