//! Who was signed in where: one person at two sites at once is judged from the sign-ins of the days of the scans, by the terminals'
//! own clocks.

use std::collections::{BTreeMap, BTreeSet};

use shared::code::PackageCode;
use shared::event::Act;
use shared::ids::{EventRef, OperatorId, SiteId, TerminalId};
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::world::distinct;
use crate::store::named::{self, Name, day};
use crate::store::{StoreError, facts::Facts, lookup};

/// Loads the sign-ins around the scans found so far.
pub(super) async fn of_scans(conn: &mut AnyConnection, facts: &mut Facts) -> Result<(), StoreError> {
    let scans = facts.found().filter(|fact| fact.act.movement().is_some());
    let days = distinct(scans.filter_map(|fact| Some((fact.operator.as_ref()?, day(fact.at)))));
    let days = days.into_iter().map(|(operator, day)| (operator.clone(), day)).collect();
    sign_ins(conn, &days, facts).await
}

/// Loads the sign-ins of these people around these days, and those of everybody at the same terminals.
async fn sign_ins(
    conn: &mut AnyConnection,
    operators: &BTreeSet<(OperatorId, i64)>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let names =
        operators.iter().flat_map(|(operator, day)| around(*day).map(|day| Name::Operator(operator, day).key()));
    let signed = named::of(conn, &names.collect(), facts).await?;
    let found = facts.by_event();
    let places: BTreeSet<(TerminalId, i64)> =
        signed.iter().filter_map(|by| found.get(by)).map(|fact| (fact.by.terminal, day(fact.at))).collect();
    // Who signs in next at such a terminal ends the session there.
    let names = places.iter().flat_map(|(of, day)| around(*day).map(|day| Name::Terminal(*of, day).key())).collect();
    named::of(conn, &names, facts).await.map(drop)
}

fn around(day: i64) -> impl Iterator<Item = i64> {
    [day.saturating_sub(1), day, day.saturating_add(1)].into_iter()
}

/// One session, as far as its own terminal's log tells.
struct Session {
    from: EventRef,
    before_seq: u64,
    site: SiteId,
    at: (Timestamp, Timestamp),
}

/// Packages that these people scanned while they were signed in at another site too.
pub(super) async fn scanned_elsewhere(
    conn: &mut AnyConnection,
    operators: &BTreeSet<(OperatorId, i64)>,
    facts: &mut Facts,
) -> Result<BTreeSet<PackageCode>, StoreError> {
    if operators.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut found = Facts::default();
    sign_ins(conn, operators, &mut found).await?;
    let mut scanned = BTreeSet::new();
    for sessions in sessions(&found).values().filter(|sessions| are_apart(sessions)) {
        for session in sessions {
            let (by, last) = (session.from, session.before_seq.saturating_sub(1));
            let mut run = Facts::default();
            lookup::of_run(conn, (by.terminal, by.epoch), (by.seq, last), &mut run).await?;
            scanned.extend(run.found().filter_map(|fact| fact.code.clone()));
        }
    }
    facts.adopt(&found);
    Ok(scanned)
}

/// The sessions of each person: from a sign-in to the next sign-in or sign-out on that terminal.
fn sessions(facts: &Facts) -> BTreeMap<OperatorId, Vec<Session>> {
    let mut sessions: BTreeMap<OperatorId, Vec<Session>> = BTreeMap::new();
    let found = facts.by_event();
    for fact in found.values().filter(|fact| !matches!(fact.act, Act::SignedOut)) {
        let Some(operator) = &fact.operator else { continue };
        let log = EventRef { seq: fact.by.seq + 1, ..fact.by }..=EventRef { seq: u64::MAX, ..fact.by };
        let next = found.range(log).next().map(|(_, next)| next);
        sessions.entry(operator.clone()).or_default().push(Session {
            from: fact.by,
            before_seq: next.map_or(u64::MAX, |next| next.by.seq),
            site: fact.site.clone(),
            at: (fact.at, next.map_or(Timestamp::from_ms(i64::MAX), |next| next.at)),
        });
    }
    sessions
}

/// Whether a person was signed in at two sites at one time.
fn are_apart(sessions: &[Session]) -> bool {
    let apart =
        |one: &Session, other: &Session| one.site != other.site && one.at.0 < other.at.1 && other.at.0 < one.at.1;
    sessions.iter().enumerate().any(|(place, one)| sessions[place + 1..].iter().any(|other| apart(one, other)))
}
