//! Every function of `store/` on both databases: one body of each test, run with a file of `SQLite` and with a database of
//! `PostgreSQL`. `complete` finds a function that no test here calls.

#![expect(clippy::unwrap_used, reason = "a test")]

mod cache;
mod certificates;
mod codes;
mod complete;
mod digests;
mod distribution;
mod enrolment;
mod events;
mod evidence;
mod gates;
mod ledger;
mod migrations;
mod on;
mod opening;
mod plans;
mod references;
mod registers;
mod reread;
mod sample;
mod schema;
mod sealed;
mod served;
mod terminals;
mod tls;
mod trails;
mod verdicts;

/// Makes two tests of each function that takes a store.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let here = crate::on::sqlite().await;
                super::$name(&here.store).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let here = crate::on::postgres().await;
                super::$name(&here.store).await;
            })+
        }
    };
}
pub(crate) use on_both;
