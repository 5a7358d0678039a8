//! Cases that a filter asks for and a view shows. The database narrows them down by what it knows; the view decides on each.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::ids::MemberId;
use shared::mismatch::Kind;
use sqlx::{AnyConnection, Row};

use super::filter::Filter;
use super::place::Place;
use super::store::{Case, read};
use crate::people::{Scope, View};
use crate::store::{StoreError, from_i64, to_i64};

/// Rows fetched at once.
const FETCHED: usize = 200;

/// The narrowing: a little wider than a member's view where nobody knows the basis.
macro_rules! narrowed {
    ($before:literal, $after:literal) => {
        narrowed!($before, "state", "kind", "workflow", $after)
    };
    ($before:literal, $state:literal, $kind:literal, $workflow:literal, $after:literal) => {
        concat!(
            $before,
            " from mismatch where ",
            $state,
            " in (select value from json_each($1)) and severity in (select value from json_each($2)) and ",
            $kind,
            " in (select value from json_each($3)) and ",
            $workflow,
            " in (select value from json_each($4)) and ($5 = '' or basis = $5) \
             and ($6 = '' or document = $6) and ($7 = '' or assignee = $7) \
             and ($8 = 1 or basis in (select value from json_each($9)) or scope in (select value from json_each($10)) \
             or basis is null or not exists (select 1 from reference r where r.reference_set = 'basis' \
             and r.record_key = mismatch.basis)) ",
            $after
        )
    };
}

/// The parameters of the narrowing, in order.
struct Narrowing([String; 7], i64, [String; 2]);

impl Narrowing {
    fn new(view: &View, filter: &Filter) -> Result<Self, StoreError> {
        let member = view.member().map(|member| format!("member {member}"));
        let terminals = view.own_terminals().iter().map(|terminal| format!("terminal {terminal}"));
        let scopes: Vec<String> = member.into_iter().chain(terminals).collect();
        let words = |words: Vec<&str>| serde_json::to_string(&words);
        Ok(Self(
            [
                words(filter.states.iter().map(|state| state.as_str()).collect())?,
                words(filter.severities.iter().map(|severity| severity.as_str()).collect())?,
                words(filter.kinds.iter().map(|kind| kind.slug()).collect())?,
                words(filter.stages.iter().map(|stage| stage.as_str()).collect())?,
                filter.basis.clone(),
                filter.document.clone(),
                filter.assignee.clone(),
            ],
            i64::from(*view.scope() == Scope::All),
            [serde_json::to_string(view.bases())?, serde_json::to_string(&scopes)?],
        ))
    }

    fn query(&self, sql: &'static str) -> sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments> {
        let Self(words, is_all, sets) = self;
        let query = words.iter().fold(sqlx::query(sql), |query, word| query.bind(word.as_str()));
        sets.iter().fold(query.bind(*is_all), |query, set| query.bind(set.as_str()))
    }
}

/// A view narrowed to one member's trade, where the filter names one.
pub struct Narrow<'a> {
    view: &'a View,
    member: Option<View>,
}

impl<'a> Narrow<'a> {
    /// What of the view the filter asks for.
    pub async fn new(conn: &mut AnyConnection, view: &'a View, filter: &Filter) -> Result<Self, StoreError> {
        let member = match filter.member.as_str() {
            "" => None,
            code => Some(View::of(conn, Scope::Member(MemberId::from(code))).await?),
        };
        Ok(Self { view, member })
    }

    fn shows(&self, case: &Case) -> bool {
        let mismatch = &case.found.mismatch;
        self.view.sees(mismatch) && self.member.as_ref().is_none_or(|member| member.sees(mismatch))
    }

    /// Whose view the database narrows by: the smaller one.
    fn smallest(&self) -> &View {
        match (&self.member, self.view.scope()) {
            (Some(member), Scope::All) => member,
            _ => self.view,
        }
    }
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Gravest first, then newest.
    pub cases: Vec<Case>,
    /// After which case the next page starts, if there is one.
    pub next: Option<Place>,
}

/// The rows behind a place, in the order of the index `mismatch_in_order`. `SQLite` uses an index on a plain column instead, and sorts what
/// it finds; what makes a column no plain one for it is nothing to `PostgreSQL`.
pub const PAGE: &str = narrowed!(
    "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
     resolved_by, resolved_at, position",
    "case when 1 = 1 then state end",
    "case when 1 = 1 then kind end",
    "case when 1 = 1 then workflow end",
    "and (case severity when 'block' then 0 when 'hold' then 1 when 'warn' then 2 else 3 end, \
     -raised_at, kind, subject, scope) > ($11, $12, $13, $14, $15) \
     order by case severity when 'block' then 0 when 'hold' then 1 when 'warn' then 2 else 3 end, \
     -raised_at, kind, subject, scope limit $16"
);

/// So many cases after a place; the first ones where there is none.
pub async fn page(
    conn: &mut AnyConnection,
    view: &View,
    filter: &Filter,
    (after, limit): (Option<&Place>, usize),
) -> Result<Page, StoreError> {
    let narrow = Narrow::new(conn, view, filter).await?;
    let parameters = Narrowing::new(narrow.smallest(), filter)?;
    let (mut cases, mut at): (Vec<Case>, Place) = (Vec::new(), after.cloned().unwrap_or_else(Place::before_all));
    loop {
        let query = at.bind(parameters.query(PAGE)).bind(to_i64(FETCHED as u64));
        let rows = query.fetch_all(&mut *conn).await?;
        for row in &rows {
            let case = read(row)?;
            if cases.len() == limit {
                return Ok(Page { next: cases.last().map(Place::of), cases });
            }
            at = Place::of(&case);
            if narrow.shows(&case) {
                cases.push(case);
            }
        }
        if rows.len() < FETCHED {
            return Ok(Page { cases, next: None });
        }
    }
}

/// How many there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts(pub BTreeMap<Kind, usize>);

impl Counts {
    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// How many cases of each kind a filter asks for.
pub async fn counts(conn: &mut AnyConnection, view: &View, filter: &Filter) -> Result<Counts, StoreError> {
    let narrow = Narrow::new(conn, view, filter).await?;
    let parameters = Narrowing::new(narrow.smallest(), filter)?;
    let mut counts = Counts::default();
    if narrow.member.is_none() && *view.scope() == Scope::All {
        let sql = narrowed!("select kind, count(*) as cases", "group by kind");
        for row in parameters.query(sql).fetch_all(conn).await? {
            let kind: String = row.try_get("kind")?;
            let kind = kind.parse().map_err(|_| StoreError::Corrupt("a mismatch is of no known kind"))?;
            let cases = usize::try_from(from_i64(row.try_get("cases")?)).unwrap_or(usize::MAX);
            counts.0.insert(kind, cases);
        }
        return Ok(counts);
    }
    let sql = narrowed!(
        "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
         resolved_by, resolved_at, position",
        ""
    );
    for row in parameters.query(sql).fetch_all(conn).await? {
        let case = read(&row)?;
        if narrow.shows(&case) {
            *counts.0.entry(case.found.mismatch.kind).or_default() += 1;
        }
    }
    Ok(counts)
}
