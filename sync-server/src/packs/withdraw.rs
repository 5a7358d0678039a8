//! Withdrawing an application that was made by mistake. It stays on record with who withdrew it and why; to the rules and to the line it
//! is as if it had never been made. What codes were issued for cannot be taken back.

use shared::ids::PackId;
use shared::reference::{CodeApplication, References};
use shared::rules::application::granted;
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use super::apply::{Answer, judge};
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::registry::outcome::{EditError, Why};
use crate::registry::set::Set;
use crate::store::{self, Store, StoreError};

/// Withdraws an application, in a transaction of its own. Doing it twice changes nothing the second time.
pub async fn withdraw(
    store: &Store,
    number: &str,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<Answer, EditError> {
    let mut tx = store.write().await?;
    let done = withdraw_in(&mut tx, number, (by, why), now).await;
    store::end(tx, done).await
}

async fn withdraw_in(
    conn: &mut AnyConnection,
    number: &str,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<Answer, EditError> {
    let why = why.trim();
    if why.is_empty() {
        return Err(fault("why", "", "it says nothing; say in a few words why the application is withdrawn".into()));
    }
    let mut edit = Edit::begin(conn, by, now).await?;
    let missing = || EditError::Missing { set: Set::Application, key: number.to_owned() };
    let Some(Record::Application(application)) = edit.look(Set::Application, number)? else { return Err(missing()) };
    if application.withdrawn_at.is_some() {
        return Ok(judge(&edit.known, &application));
    }
    let withdrawn = CodeApplication { withdrawn_at: Some(now), withdrawn_why: why.to_owned(), ..application.clone() };
    if let Some(issued) = used(conn, &edit.known, (&application, &withdrawn), now).await? {
        let problem = format!(
            "codes for {issued} units were issued on this line since, and no other application covers them; cancel them first, or let it stand"
        );
        return Err(fault("application", number, problem));
    }
    let body = Set::body(&Record::Application(withdrawn.clone())).map_err(StoreError::from)?;
    let record = edit.record(Set::Application, body).map_err(EditError::Faults)?;
    edit.put_allowed(conn, record, Why::Entry).await?;
    let answer = judge(&edit.known, &withdrawn);
    edit.finish(conn, ("application-withdrawn", number, why)).await?;
    Ok(answer)
}

fn fault(field: &str, value: &str, problem: String) -> EditError {
    EditError::Faults(vec![Fault::new(field, value, problem)])
}

/// Units for which live codes were issued since on the application's line, where they are more than what else was granted on it.
async fn used(
    conn: &mut AnyConnection,
    known: &References,
    (application, withdrawn): (&CodeApplication, &CodeApplication),
    now: Timestamp,
) -> Result<Option<u64>, StoreError> {
    let (contract, product) = (&application.basis, &application.product);
    if !judge(known, application).granted {
        return Ok(None);
    }
    let mut without = known.clone();
    without.applications.insert(withdrawn.application.clone(), withdrawn.clone());
    let covered = granted(&without, contract, product, now);
    let of_line = known.packs.values().filter(|pack| pack.basis == *contract && pack.product == *product);
    let levels = known.products.get(product).map(|product| product.levels.clone()).unwrap_or_default();
    for level in levels {
        let packs: Vec<_> = of_line.clone().filter(|pack| pack.level == level.level).collect();
        if packs.iter().all(|pack| pack.issued_at < application.at) {
            continue;
        }
        let names: Vec<PackId> = packs.iter().map(|pack| pack.pack.clone()).collect();
        let accounts = store::pack::glances(conn, &names).await?;
        let live: u64 = accounts.values().map(|account| account.issued - account.cancelled).sum();
        let issued = live.saturating_mul(u64::from(level.units.max(1)));
        if issued > covered {
            return Ok(Some(issued));
        }
    }
    Ok(None)
}
