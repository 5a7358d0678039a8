mod walk;

use super::{append, check};
use crate::people::Actor;
use crate::testing::{NOW, Trade};

async fn written() -> Trade {
    let trade = Trade::empty().await;
    for number in 0..3 {
        let mut tx = trade.store.write().await.unwrap();
        append(&mut tx, &Actor::shell(), ("tried", &number.to_string(), "for a test"), NOW).await.unwrap();
        tx.commit().await.unwrap();
    }
    trade
}

#[tokio::test]
async fn a_whole_log_holds() {
    let trade = written().await;
    assert_eq!(check(&mut trade.store.read().await.unwrap()).await.unwrap(), (3, None));
}

#[tokio::test]
async fn any_change_of_the_log_is_found() {
    let changes = [
        ("update audit set why = 'another reason' where audit_no = 2", "act 2 is not what was written"),
        ("update audit set member = '' where audit_no = 2", "act 2 is not what was written"),
        ("update audit set who = who || role, role = '' where audit_no = 1", "act 1 is not what was written"),
        ("delete from audit where audit_no = 2", "act 2 is missing"),
        ("delete from audit where audit_no = 3", "3 acts were written, 2 are here"),
    ];
    for (sql, told) in changes {
        let trade = written().await;
        let mut tx = trade.store.write().await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let (_, fault) = check(&mut trade.store.read().await.unwrap()).await.unwrap();
        assert!(fault.as_deref().is_some_and(|fault| fault.contains(told)), "{sql}: {fault:?}");
    }
}
