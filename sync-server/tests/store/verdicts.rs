//! Verdicts and manifests.

use std::collections::BTreeSet;

use shared::event::Stage;
use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::wire::Manifest;
use sqlx::Row;
use sync_server::store::verdict::{self, JudgedBy, Standing};
use sync_server::store::{Store, due, mismatch};

use crate::sample::{NOW, at, by, code};

crate::on_both!(
    verdicts_open_close_and_open_again,
    what_is_remembered_is_not_read_again,
    what_time_changes_is_found,
    each_scope_is_due_once,
    rules_and_arrivals_speak_of_a_terminal_apart,
    a_subject_of_any_length_has_a_row,
    manifests_change_only_where_they_differ,
    what_stands_of_a_scope_is_found,
);

fn found(subject: &str, count: u64, due_ms: Option<i64>) -> Mismatch {
    Mismatch {
        kind: Kind::ALL[0],
        subject: Subject(subject.to_owned()),
        state: State::Confirmed,
        severity: Severity::Hold,
        scope: Scope::Basis("C1".into()),
        basis: Some("C1".into()),
        document: None,
        count,
        codes: BTreeSet::new(),
        events: [by(1, 1)].into(),
        at: NOW,
        due: due_ms.map(at),
    }
}

fn scopes() -> BTreeSet<Scope> {
    [Scope::Basis("C1".into()), Scope::Code(code(1))].into()
}

async fn verdicts_open_close_and_open_again(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (one, two) = (found("N1", 1, None), found("N2", 1, None));
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[one.clone(), two.clone()]), at(1), 1).await.unwrap();
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[one.clone(), two.clone()]), at(2), 2).await.unwrap();
    let positions = "select subject, position, state, changed_at from mismatch order by subject";
    let told = |rows: Vec<sqlx::any::AnyRow>| -> Vec<(String, i64, String)> {
        rows.iter().map(|row| (row.get("subject"), row.get("position"), row.get("state"))).collect()
    };
    let rows = told(sqlx::query(positions).fetch_all(&mut *tx).await.unwrap());
    assert_eq!(rows, [("N1".into(), 1, "confirmed".into()), ("N2".into(), 1, "confirmed".into())], "nothing changed");
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[found("N1", 5, None)]), at(3), 3).await.unwrap();
    let rows = told(sqlx::query(positions).fetch_all(&mut *tx).await.unwrap());
    assert_eq!(rows, [("N1".into(), 3, "confirmed".into()), ("N2".into(), 3, "closed".into())]);
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[one.clone(), two.clone()]), at(4), 4).await.unwrap();
    let listed = mismatch::list(&mut tx).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(
        listed.iter().all(|one| one.state == State::Confirmed && one.raised_at == at(1) && one.changed_at == at(4))
    );
    tx.rollback().await.unwrap();
}

/// One who remembers what stands writes what one writes who reads it.
async fn what_is_remembered_is_not_read_again(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (one, two) = (found("N1", 1, None), found("N2", 1, None));
    let mut standing = Standing::default();
    let steps = [vec![one.clone(), two.clone()], vec![one.clone()], vec![found("N1", 5, None), two.clone()], vec![]];
    for (judged, n) in steps.iter().zip(1..) {
        let judged = (JudgedBy::Rules, judged.as_slice());
        let moment = (at(n), u64::try_from(n).unwrap());
        verdict::replace_known(&mut tx, &mut standing, &scopes(), judged, moment).await.unwrap();
    }
    let listed = mismatch::list(&mut tx).await.unwrap();
    let told: Vec<_> = listed.iter().map(|one| (one.state, one.mismatch.count, one.changed_at)).collect();
    assert_eq!(told, [(State::Closed, 5, at(4)), (State::Closed, 1, at(4))]);
    // Nothing is read: what is gone from under it stands in its memory.
    sqlx::query("update mismatch set state = 'resolved'").execute(&mut *tx).await.unwrap();
    verdict::replace_known(&mut tx, &mut standing, &scopes(), (JudgedBy::Rules, &[]), (at(9), 9)).await.unwrap();
    assert!(mismatch::list(&mut tx).await.unwrap().iter().all(|one| one.state == State::Resolved));
    tx.rollback().await.unwrap();
}

async fn what_time_changes_is_found(store: &Store) {
    let mut tx = store.write().await.unwrap();
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[found("N1", 1, Some(100))]), at(1), 1).await.unwrap();
    assert!(due::by(&mut tx, at(99)).await.unwrap().bases.is_empty());
    assert_eq!(due::by(&mut tx, at(100)).await.unwrap().bases, ["C1".into()].into());
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[]), at(2), 2).await.unwrap();
    assert!(due::by(&mut tx, at(100)).await.unwrap().bases.is_empty());
    tx.rollback().await.unwrap();
}

async fn each_scope_is_due_once(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (basis, member) = (Scope::Basis("C 1".into()), Scope::Member("M".into()));
    let terminal = Scope::Terminal(by(1, 1).terminal);
    let scopes = BTreeSet::from([basis.clone(), member.clone()]);
    let next = |ms: i64| scopes.iter().map(|scope| (scope.clone(), at(ms))).collect();
    due::replace(&mut tx, &scopes, &next(50)).await.unwrap();
    due::put(&mut tx, &[basis.clone(), terminal], at(70)).await.unwrap();
    assert_eq!(due::by(&mut tx, at(49)).await.unwrap(), due::Due::default());
    let found = due::by(&mut tx, at(50)).await.unwrap();
    assert_eq!((found.bases, found.members), (["C 1".into()].into(), ["M".into()].into()), "the earlier moment holds");
    assert_eq!(due::by(&mut tx, at(70)).await.unwrap().terminals, [by(1, 1).terminal].into());
    due::replace(&mut tx, &scopes, &[(basis, at(90))].into()).await.unwrap();
    assert_eq!(due::by(&mut tx, at(89)).await.unwrap().bases, BTreeSet::new());
    let found = due::by(&mut tx, at(90)).await.unwrap();
    assert_eq!((found.bases, found.members), (["C 1".into()].into(), BTreeSet::new()));
    tx.rollback().await.unwrap();
}

async fn rules_and_arrivals_speak_of_a_terminal_apart(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let scopes = BTreeSet::from([Scope::Terminal(by(1, 1).terminal)]);
    let of = |kind| Mismatch { kind, scope: scopes.first().unwrap().clone(), ..found("t1", 1, None) };
    let (stale, forked) = (of(Kind::StaleData), of(Kind::ForkedTerminal));
    verdict::replace(&mut tx, &scopes, (JudgedBy::Rules, &[stale]), at(1), 1).await.unwrap();
    verdict::replace(&mut tx, &scopes, (JudgedBy::Arrivals, &[forked]), at(2), 2).await.unwrap();
    let live = mismatch::list(&mut tx).await.unwrap().into_iter().filter(|found| found.state.is_live());
    assert_eq!(live.count(), 2);
    verdict::replace(&mut tx, &scopes, (JudgedBy::Rules, &[]), at(3), 3).await.unwrap();
    let live: Vec<_> =
        mismatch::list(&mut tx).await.unwrap().into_iter().filter(|found| found.state.is_live()).collect();
    assert_eq!(live.iter().map(|found| found.mismatch.kind).collect::<Vec<_>>(), [Kind::ForkedTerminal]);
    tx.rollback().await.unwrap();
}

async fn a_subject_of_any_length_has_a_row(store: &Store) {
    let mut tx = store.write().await.unwrap();
    // What no compression makes short: every character differs from those before.
    let long: String = (0..20_000).filter_map(|n| char::from_u32(0x4E00 + n * 7 % 20_000)).collect();
    let (one, other) = (found(&format!("{long}1"), 1, None), found(&format!("{long}2"), 1, None));
    for position in 1..=2 {
        verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[one.clone(), other.clone()]), at(1), position)
            .await
            .unwrap();
    }
    let listed = mismatch::list(&mut tx).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.mismatch.clone()).collect::<Vec<_>>(), [one, other]);
    verdict::replace(&mut tx, &scopes(), (JudgedBy::Rules, &[]), at(3), 3).await.unwrap();
    assert!(mismatch::list(&mut tx).await.unwrap().iter().all(|one| one.state == State::Closed));
    tx.rollback().await.unwrap();
}

async fn manifests_change_only_where_they_differ(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let manifest = |complete| Manifest {
        basis: "C1".into(),
        document: "N1".into(),
        stage: Stage::Outbound,
        consignor: "M".into(),
        complete,
        sent: vec![(code(1), NOW, by(1, 1))],
    };
    for (complete, position, kept) in [(false, 1, 1), (false, 2, 1), (true, 3, 3)] {
        verdict::put_manifest(&mut tx, &manifest(complete), position).await.unwrap();
        let row = sqlx::query("select position from manifest").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(row.get::<i64, _>("position"), kept);
    }
    tx.rollback().await.unwrap();
}

async fn what_stands_of_a_scope_is_found(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let scope = Scope::Basis("C1".into());
    let scopes: BTreeSet<Scope> = [scope.clone()].into();
    let (stays, goes) = (found("stays", 1, None), found("goes", 1, None));
    let judged = [stays.clone(), goes];
    verdict::replace(&mut tx, &scopes, (JudgedBy::Rules, &judged), NOW, 1).await.unwrap();
    verdict::replace(&mut tx, &scopes, (JudgedBy::Rules, &judged[..1]), at(1), 2).await.unwrap();
    let live = verdict::live_of(&mut tx, &scope).await.unwrap();
    let told: Vec<_> = live.iter().map(|found| (&found.mismatch, found.state, found.raised_at)).collect();
    assert_eq!(told, [(&stays, State::Confirmed, NOW)], "closed ones are left out");
    assert!(verdict::live_of(&mut tx, &Scope::Basis("C2".into())).await.unwrap().is_empty());
    tx.rollback().await.unwrap();
}
