//! The credit record (信用记录) of each member: what was raised where it took part, by kind, severity and month, and how it was settled.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::ids::MemberId;
use shared::mismatch::{Scope as Judged, State};
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::due::{Allowances, respond_by};
use super::filter::{Asked, Filter};
use super::list;
use super::store::Case;
use crate::people::{Scope, View};
use crate::store::{self, StoreError};

/// Cases that one record reads at once.
const READ: usize = 1_000;

/// One member's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// All that were raised, and still stand or were settled by a person.
    pub raised: u64,
    /// Of them, those that stand.
    pub standing: u64,
    /// Settled before their time ran out.
    pub in_time: u64,
    /// Settled later, or not settled and out of time.
    pub out_of_time: u64,
    /// Ended by data that came late: held against nobody.
    pub closed: u64,
    /// Raised, by severity.
    pub by_severity: BTreeMap<&'static str, u64>,
    /// Raised, by kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Raised, by month in Asia/Shanghai.
    pub by_month: BTreeMap<String, u64>,
}

impl Credit {
    /// Per cent of those whose time has come that were settled in time; none where no time has come yet.
    #[must_use]
    pub const fn in_time_percent(&self) -> Option<u64> {
        match (self.in_time * 100).checked_div(self.in_time + self.out_of_time) {
            Some(percent) => Some(percent),
            None => None,
        }
    }

    fn count(&mut self, case: &Case, allowances: &Allowances, now: Timestamp) {
        if case.found.state == State::Closed {
            self.closed += 1;
            return;
        }
        let mismatch = &case.found.mismatch;
        self.raised += 1;
        self.standing += u64::from(case.found.state.is_live());
        *self.by_severity.entry(mismatch.severity.as_str()).or_default() += 1;
        *self.by_kind.entry(mismatch.kind.slug()).or_default() += 1;
        let month = case.found.raised_at.to_minute().chars().take(7).collect();
        *self.by_month.entry(month).or_default() += 1;
        match (respond_by(case, allowances), case.resolved_at) {
            (Some(end), Some(at)) if at <= end => self.in_time += 1,
            (Some(_), Some(_)) => self.out_of_time += 1,
            (Some(end), None) if end <= now && case.found.state == State::Confirmed => self.out_of_time += 1,
            _ => {}
        }
    }
}

/// The records of all members in the view.
pub async fn records(
    conn: &mut AnyConnection,
    view: &View,
    allowances: &Allowances,
    now: Timestamp,
) -> Result<BTreeMap<MemberId, Credit>, StoreError> {
    let everyones = store::terminal::list(conn).await?;
    let of_terminal: BTreeMap<_, _> = everyones.iter().map(|terminal| (terminal.terminal, &terminal.member)).collect();
    let all = Filter::try_from(&Asked { state: "all".into(), ..Asked::default() });
    let all = all.map_err(|_| StoreError::Corrupt("`all` is a state to ask for"))?;
    let mut records: BTreeMap<MemberId, Credit> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = list::page(conn, view, &all, (after.as_ref(), READ)).await?;
        for case in &page.cases {
            for member in took_part(case, view, &of_terminal) {
                records.entry(member).or_default().count(case, allowances, now);
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if let Scope::Member(own) = view.scope() {
        records.retain(|member, _| member == own);
        records.entry(own.clone()).or_default();
    }
    Ok(records)
}

/// Whose record a case is on: of whose terminals' events it rests on; where it rests on none, of the parties of that time.
fn took_part(
    case: &Case,
    view: &View,
    of_terminal: &BTreeMap<shared::ids::TerminalId, &MemberId>,
) -> BTreeSet<MemberId> {
    let mismatch = &case.found.mismatch;
    if let Judged::Member(member) = &mismatch.scope {
        return BTreeSet::from([member.clone()]);
    }
    let acted = mismatch.events.iter().filter_map(|by| of_terminal.get(&by.terminal));
    let acted: BTreeSet<MemberId> = acted.map(|member| (*member).clone()).collect();
    if !acted.is_empty() {
        return acted;
    }
    let basis = mismatch.basis.as_ref().and_then(|basis| view.references.bases.get(basis));
    let parties =
        basis.map(|basis| basis.parties().into_iter().filter(|member| basis.is_party_at(member, mismatch.at)));
    parties.into_iter().flatten().cloned().collect()
}
