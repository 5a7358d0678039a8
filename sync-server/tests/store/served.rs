//! What is asked beside the store: photos, heartbeats, pulls, the check of the log, people, acts, cases, webhooks.

use shared::mismatch::{Kind, Mismatch, Scope as Judged, Severity, State, Subject};
use shared::reference::{Basis, BasisKind, Line, Pack};
use shared::wire::{ATTACHMENT_CHUNK_BYTES_MAX, Heartbeat, Record};
use sync_server::attachments::store::{self as photos, Chunk, Owner};
use sync_server::heartbeat;
use sync_server::people::session::{self, token_hash};
use sync_server::people::store::{self as people, Person, Token};
use sync_server::people::{Actor, Role, Scope, View};
use sync_server::pull::{Start, changes};
use sync_server::store::reference::SharedReferences;
use sync_server::store::{self, Store, verdict};
use sync_server::webhook::store::{self as webhooks, Webhook};
use sync_server::workflow::act::Act;
use sync_server::workflow::filter::{Asked, Filter};
use sync_server::workflow::take::{Asked as Acting, take};
use sync_server::workflow::{MismatchId, Reason, list};
use sync_server::{audit, verify};

use crate::sample::{NOW, at, code_record, enrol, hash, key, put, scan, terminal_id};

crate::on_both!(
    a_photo_comes_in_chunks_and_is_seen_by_who_brought_it,
    the_newest_heartbeat_of_each_terminal_is_kept,
    a_member_pulls_its_own_trade_page_by_page,
    an_untouched_log_verifies_and_a_changed_one_does_not,
    people_sign_in_with_sessions_and_tokens_that_end,
    lists_of_cases_go_on_where_they_ended,
    an_act_is_one_transaction_with_its_line,
    a_webhooks_messages_wait_in_order,
);

async fn a_photo_comes_in_chunks_and_is_seen_by_who_brought_it(store: &Store) {
    let mut tx = store.write().await.unwrap();
    enrol(&mut tx, 1).await;
    let body: Vec<u8> = (0..ATTACHMENT_CHUNK_BYTES_MAX + 100).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let (name, member) = (shared::chain::sha256(&[&body]), "M".into());
    let owner = Owner { terminal: terminal_id(1), member: &member };
    let length = body.len() as u64;
    assert!(!photos::is_held(&mut tx, name).await.unwrap());
    for (offset, some) in
        [(0, &body[..ATTACHMENT_CHUNK_BYTES_MAX]), (length - 100, &body[ATTACHMENT_CHUNK_BYTES_MAX..])]
    {
        let state = photos::state(&mut tx, owner, name).await.unwrap();
        assert_eq!((state.offset, state.complete), (offset, false));
        photos::put(&mut tx, owner, &Chunk { hash: name, offset, length, body: some }, NOW).await.unwrap();
    }
    let state = photos::state(&mut tx, owner, name).await.unwrap();
    assert_eq!((state.offset, state.complete), (length, true));
    assert_eq!(photos::find(&mut tx, name).await.unwrap().as_deref(), Some(&*body));
    assert!(photos::is_held(&mut tx, name).await.unwrap());
    assert!(photos::is_of(&mut tx, &member, name).await.unwrap());
    assert!(!photos::is_of(&mut tx, &"W".into(), name).await.unwrap());
    assert!(photos::reports_under(&mut tx, &["C1".into()].into()).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn the_newest_heartbeat_of_each_terminal_is_kept(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (n, pending_after, ms) in [(1, 5, 0), (2, 0, 1), (1, 0, 2)] {
        let said = Heartbeat { pending_after, last_effective_at: Some(NOW), data_as_of: 3 };
        heartbeat::keep(&mut tx, terminal_id(n), &said, at(ms)).await.unwrap();
    }
    let heard = heartbeat::all(&mut tx).await.unwrap();
    let kept = [1, 2].map(|n| (heard[&terminal_id(n)].received_at, heard[&terminal_id(n)].pending));
    assert_eq!(kept, [(at(2), 0), (at(1), 0)]);
    tx.rollback().await.unwrap();
}

async fn trade(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let lines = vec![Line::new("POD".into(), 6)];
    let basis = Basis::new("C1".into(), BasisKind::Contract, "M".into(), "W".into(), lines);
    let pack = Pack::new("P1".into(), "POD".into(), shared::reference::Level::Case, "C1".into(), NOW);
    for record in [Record::Basis(basis), Record::Pack(pack)] {
        let position = store::next_position(&mut tx).await.unwrap();
        store::reference::put(&mut tx, &record, position).await.unwrap();
    }
    let position = store::next_position(&mut tx).await.unwrap();
    for n in 0..3 {
        store::code::put(&mut tx, &code_record(n, "P1", None), position).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_member_pulls_its_own_trade_page_by_page(store: &Store) {
    trade(store).await;
    raise(store, &[found("A", Severity::Hold)], 1).await;
    let (mut conn, references) = (store.read().await.unwrap(), SharedReferences::default());
    for (member, expected) in [("M", 6), ("W", 6), ("X", 0)] {
        for in_pieces in [false, true] {
            let start = Start { in_pieces, ..Start::default() };
            let page = changes(&mut conn, &references, &member.into(), start, NOW).await.unwrap();
            assert_eq!((page.changes.len(), page.more), (expected, false), "{member}");
            let start = Start { ledger: Some(page.ledger_id), since: page.cursor, in_pieces, ..Start::default() };
            assert!(changes(&mut conn, &references, &member.into(), start, NOW).await.unwrap().changes.is_empty());
        }
    }
}

async fn an_untouched_log_verifies_and_a_changed_one_does_not(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for n in 0..3 {
        let on_what = n.to_string();
        audit::append(&mut tx, &Actor::shell(), ("tried", &on_what, "甲'\""), at(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let public = shared::chain::PublicKey::of(&key(9));
    let whole = verify::verify_log(&mut store.read().await.unwrap(), &public, &[]).await.unwrap();
    assert_eq!((whole.ok, whole.acts, whole.events), (true, 3, 0), "{whole:?}");
    let mut tx = store.write().await.unwrap();
    sqlx::query("update audit set why = 'another' where audit_no = 2").execute(&mut *tx).await.unwrap();
    // An event that no batch brought.
    put(&mut tx, 1, 1, scan("C1", 0)).await;
    tx.commit().await.unwrap();
    let broken = verify::verify_log(&mut store.read().await.unwrap(), &public, &[]).await.unwrap();
    assert!(!broken.ok && broken.first_fault.is_some(), "{broken:?}");
    let acts = audit::store::before(&mut store.read().await.unwrap(), &Scope::All, 3, 10).await.unwrap();
    assert_eq!(acts.iter().map(|act| act.audit_no).collect::<Vec<_>>(), [2, 1]);
    let own = audit::store::before(&mut store.read().await.unwrap(), &Scope::Member("M".into()), 9, 10).await.unwrap();
    assert!(own.is_empty(), "{own:?}");
}

fn person(name: &str, role: Role, member: Option<&str>) -> Person {
    Person {
        name: name.into(),
        shown: "李".into(),
        role,
        member: member.map(Into::into),
        password: None,
        made_at: NOW,
        disabled_at: None,
    }
}

async fn people_sign_in_with_sessions_and_tokens_that_end(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let li = person("li", Role::Supervisor, Some("W"));
    people::put(&mut tx, &li).await.unwrap();
    people::set_password(&mut tx, "li", "hashed", NOW).await.unwrap();
    assert_eq!(people::find(&mut tx, "li").await.unwrap().unwrap().password.as_deref(), Some("hashed"));
    let secret = [7; 32];
    session::open(&mut tx, "li", (&secret, None), NOW).await.unwrap();
    let expires_at = at(1_000);
    let token = Token { label: "t".into(), person: "li".into(), made_at: NOW, expires_at, revoked_at: None };
    people::put_token(&mut tx, token_hash(&secret), &token).await.unwrap();
    tx.commit().await.unwrap();
    let by_secret = async |ms| session::by_secret(store, &secret, at(ms)).await.unwrap().map(|person| person.name);
    assert_eq!(by_secret(session::IDLE_MS - 1).await.as_deref(), Some("li"));
    session::note_request(store, &secret, at(session::IDLE_MS - 1)).await.unwrap();
    assert_eq!(by_secret(session::IDLE_MS + 1).await.as_deref(), Some("li"), "its last request counts");
    let text = format!("{}{}", session::TOKEN_PREFIX, hex::encode(secret));
    let by_token = async |ms| session::by_token(store, &text, at(ms)).await.unwrap().is_some();
    assert!(by_token(999).await && !by_token(1_000).await);
    let mut tx = store.write().await.unwrap();
    assert!(people::revoke_token(&mut tx, "t", NOW).await.unwrap());
    people::end_access(&mut tx, "li", at(1)).await.unwrap();
    assert_eq!(people::list(&mut tx).await.unwrap().len(), 1);
    assert_eq!(people::tokens(&mut tx).await.unwrap()[0].revoked_at, Some(NOW), "the first end counts");
    assert!(people::is_anybody(&mut tx).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!by_token(1).await && by_secret(1).await.is_none());
}

fn found(subject: &str, severity: Severity) -> Mismatch {
    Mismatch {
        kind: Kind::MissingGoods,
        subject: Subject(subject.into()),
        state: State::Confirmed,
        severity,
        scope: Judged::Basis("C1".into()),
        basis: Some("C1".into()),
        document: None,
        count: 1,
        codes: [].into(),
        events: [crate::sample::by(1, 1)].into(),
        at: NOW,
        due: None,
    }
}

async fn raise(store: &Store, judged: &[Mismatch], ms: i64) {
    let mut tx = store.write().await.unwrap();
    let position = store::next_position(&mut tx).await.unwrap();
    let scopes = [Judged::Basis("C1".into())].into();
    verdict::replace(&mut tx, &scopes, (verdict::JudgedBy::Rules, judged), at(ms), position).await.unwrap();
    tx.commit().await.unwrap();
}

async fn lists_of_cases_go_on_where_they_ended(store: &Store) {
    trade(store).await;
    let mut all = vec![found("warn", Severity::Warn)];
    raise(store, &all, 1).await;
    all.push(found("old", Severity::Hold));
    raise(store, &all, 2).await;
    all.extend([found("new-b", Severity::Hold), found("new-a", Severity::Hold), found("block", Severity::Block)]);
    raise(store, &all, 3).await;
    let mut conn = store.read().await.unwrap();
    let filter = Filter::try_from(&Asked::default()).unwrap();
    for scope in [Scope::All, Scope::Member("W".into())] {
        let view = View::of(&mut conn, scope).await.unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = list::page(&mut conn, &view, &filter, (after.as_ref(), 2)).await.unwrap();
            seen.extend(page.cases.into_iter().map(|case| case.found.mismatch.subject.0));
            // As an address carries it.
            after = page.next.map(|place| place.to_string().parse().unwrap());
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["block", "new-a", "new-b", "old", "warn"]);
        assert_eq!(list::counts(&mut conn, &view, &filter).await.unwrap().total(), 5);
    }
    let stranger = View::of(&mut conn, Scope::Member("X".into())).await.unwrap();
    assert!(list::page(&mut conn, &stranger, &filter, (None, 9)).await.unwrap().cases.is_empty());
}

async fn an_act_is_one_transaction_with_its_line(store: &Store) {
    trade(store).await;
    let mismatch = found("A", Severity::Hold);
    raise(store, std::slice::from_ref(&mismatch), 1).await;
    let id = MismatchId::of(&mismatch);
    let buyer = person("li", Role::Supervisor, Some("W")).acts(sync_server::people::Means::Token, "here".into());
    let act = Act::Resolve { reason: Reason::TrueShortage };
    let acting = |comment| Acting { id: &id, act: &act, comment, seen: None };
    let stale = Acting { seen: Some("0-0"), ..acting("counted") };
    assert!(take(store, &buyer, &stale, at(2)).await.is_err());
    assert!(take(store, &buyer, &acting("a\0b"), at(2)).await.is_err());
    take(store, &buyer, &acting("counted"), at(2)).await.unwrap();
    let mut conn = store.read().await.unwrap();
    assert_eq!(store::step::list(&mut conn, id.key()).await.unwrap().len(), 1);
    assert_eq!(audit::store::head(&mut conn).await.unwrap().0, 1);
    let case = sync_server::workflow::store::find(&mut conn, &id).await.unwrap().unwrap();
    assert_eq!((case.found.state, case.resolved_at), (State::Resolved, Some(at(2))));
}

async fn a_webhooks_messages_wait_in_order(store: &Store) {
    let webhook = Webhook {
        webhook_id: "w1".into(),
        url: "https://erp.example/".into(),
        member: None,
        secret: hash("key").to_string(),
        made_at: NOW,
        position: 0,
        failing_since: None,
        disabled_at: None,
        last_error: None,
    };
    let mut tx = store.write().await.unwrap();
    webhooks::put(&mut tx, &webhook).await.unwrap();
    webhooks::queue(&mut tx, "w1", &["one".into(), "two".into()], 7).await.unwrap();
    webhooks::failed(&mut tx, "w1", (1, at(10)), "down", (at(5), false)).await.unwrap();
    let first = webhooks::first(&mut tx, "w1").await.unwrap().unwrap();
    assert_eq!((&*first.body, first.tries, first.next_at), ("one", 1, at(10)));
    let held = webhooks::find(&mut tx, "w1").await.unwrap().unwrap();
    assert_eq!((held.position, held.failing_since), (7, Some(at(5))));
    webhooks::taken(&mut tx, "w1", 1).await.unwrap();
    assert_eq!(webhooks::first(&mut tx, "w1").await.unwrap().unwrap().delivery_no, 2);
    assert_eq!(webhooks::waiting(&mut tx, "w1").await.unwrap(), 1);
    assert!(webhooks::enable(&mut tx, "w1").await.unwrap() && webhooks::remove(&mut tx, "w1").await.unwrap());
    assert!(webhooks::list(&mut tx).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
