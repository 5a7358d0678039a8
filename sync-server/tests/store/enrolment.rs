//! Invitations, askings, acts of people.

use shared::chain::PublicKey;
use sync_server::store::Store;
use sync_server::store::identity::{self, Asked, IdentityAct, NewInvitation, Stage};

use crate::sample::{NOW, at, hash, key, terminal_id};

crate::on_both!(an_invitation_is_used_once_and_decided_once, acts_are_told_in_order);

fn asked(n: u8, ms: i64) -> Asked {
    Asked {
        terminal: terminal_id(n),
        public_key: PublicKey::of(&key(n)),
        app: "test".into(),
        check_code: "1234-5678".parse().unwrap(),
        at: at(ms),
    }
}

async fn an_invitation_is_used_once_and_decided_once(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (name, device) in [("one", None), ("two", Some(terminal_id(2)))] {
        let new =
            NewInvitation { member: "M".into(), site: "S".into(), name: name.into(), device, expires_at: at(600_000) };
        identity::invite(&mut tx, hash(name), &new, NOW).await.unwrap();
    }
    let fresh = identity::find(&mut tx, hash("two")).await.unwrap().unwrap();
    assert_eq!(
        (fresh.stage, fresh.invitation.device, fresh.asked.is_none()),
        (Stage::Invited, Some(terminal_id(2)), true)
    );
    assert!(!identity::decide(&mut tx, hash("one"), Stage::Approved, "console", NOW).await.unwrap(), "nobody asked");
    identity::ask(&mut tx, hash("one"), &asked(1, 20)).await.unwrap();
    identity::ask(&mut tx, hash("one"), &asked(3, 30)).await.unwrap();
    identity::ask(&mut tx, hash("two"), &asked(2, 10)).await.unwrap();
    let pending = identity::pending(&mut tx, at(0)).await.unwrap();
    let who: Vec<_> = pending.iter().map(|one| one.asked.as_ref().unwrap().terminal).collect();
    assert_eq!(who, [terminal_id(2), terminal_id(1)], "the oldest first; the second asking came too late");
    assert_eq!(identity::pending(&mut tx, at(15)).await.unwrap().len(), 1);
    assert!(identity::decide(&mut tx, hash("one"), Stage::Approved, "console", NOW).await.unwrap());
    assert!(!identity::decide(&mut tx, hash("one"), Stage::Refused, "console", NOW).await.unwrap());
    let decided = identity::find(&mut tx, hash("one")).await.unwrap().unwrap();
    assert_eq!((decided.stage, decided.asked.unwrap().check_code.to_string()), (Stage::Approved, "1234-5678".into()));
    assert!(identity::find(&mut tx, hash("none")).await.unwrap().is_none());
    tx.rollback().await.unwrap();
}

async fn acts_are_told_in_order(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (act, terminal) in [("invited", None), ("revoked", Some(terminal_id(1)))] {
        identity::note_act(&mut tx, &IdentityAct { act, terminal, by: "shell", detail: "因".into() }, NOW)
            .await
            .unwrap();
    }
    let acts = identity::acts(&mut tx).await.unwrap();
    let told: Vec<_> =
        acts.iter().map(|(at, act, terminal, by, why)| (*at, &**act, terminal.is_some(), &**by, &**why)).collect();
    assert_eq!(told, [(NOW, "invited", false, "shell", "因"), (NOW, "revoked", true, "shell", "因")]);
    tx.rollback().await.unwrap();
}
