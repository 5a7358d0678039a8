//! What speaks for or against goods that are to leave.

use std::collections::BTreeSet;

use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use sync_server::store::verdict::{self, JudgedBy};
use sync_server::store::{Store, gate, step};

use crate::sample::{NOW, at, by};

crate::on_both!(what_speaks_is_found_by_basis_and_by_scope,);

fn found(subject: &str, basis: &str, severity: Severity, scope: Scope) -> Mismatch {
    Mismatch {
        kind: Kind::OverQuantity,
        subject: Subject(subject.to_owned()),
        state: State::Confirmed,
        severity,
        scope,
        basis: Some(basis.into()),
        document: None,
        count: 1,
        codes: BTreeSet::new(),
        events: [by(1, 1)].into(),
        at: NOW,
        due: None,
    }
}

async fn what_speaks_is_found_by_basis_and_by_scope(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let scope = |basis: &str| Scope::Basis(basis.into());
    let member = Scope::Member("M".into());
    let judged = [
        found("live", "C1", Severity::Block, scope("C1")),
        found("settled", "C1", Severity::Hold, scope("C1")),
        found("only a warning", "C1", Severity::Warn, scope("C1")),
        found("another's", "C2", Severity::Block, scope("C2")),
        found("the member's", "C9", Severity::Hold, member.clone()),
    ];
    let scopes: BTreeSet<Scope> = judged.iter().map(|one| one.scope.clone()).collect();
    verdict::replace(&mut tx, &scopes, (JudgedBy::Rules, &judged), at(1), 1).await.unwrap();
    let sql =
        "update mismatch set state = 'resolved', resolved_by = 'li', resolved_reason = 'damage' where subject = $1";
    sqlx::query(sql).bind("settled").execute(&mut *tx).await.unwrap();
    let (kind, subject, of) = verdict::key(&judged[1]);
    let key = (&*kind, &*subject, &*of);
    step::add(&mut tx, key, "li", ("comment", "", "before"), (at(2), None)).await.unwrap();
    step::add(&mut tx, key, "li", ("resolve", "damage", "two cases fell"), (at(3), Some(2))).await.unwrap();

    let spoken = gate::speaking(&mut tx, &["C1".into()].into(), &[member, scope("C1")].into()).await.unwrap();
    let told: Vec<_> = spoken
        .iter()
        .map(|one| (one.mismatch.subject.0.as_str(), one.state, one.by.as_str(), one.reason.as_str(), &*one.comment))
        .collect();
    let expected = [
        ("live", State::Confirmed, "", "", ""),
        ("settled", State::Resolved, "li", "damage", "two cases fell"),
        ("the member's", State::Confirmed, "", "", ""),
    ];
    assert_eq!(told, expected, "each once, found by basis or scope");
    tx.rollback().await.unwrap();
}
