//! Doing an act: the one way in for the console, the web API and the command line. The act, its step and its line in the audit log are
//! one transaction.

use shared::mismatch::Severity;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::act::{Act, ActKind};
use super::against::{may_set_due, may_settle};
use super::due::{Allowances, DUE_MAX_MS, escalates};
use super::id::MismatchId;
use super::stage::Stage;
use super::store::{self, Case, Change};
use crate::people::{self, Actor, Refusal, Role, View};
use crate::store::{self as ledger, Store, StoreError, step};
use crate::told::Told;
use crate::{audit, nul};

/// Characters of a comment, at most.
pub const COMMENT_CHARS_MAX: usize = 2_000;

/// Cases that one sweep escalates, at most; the next takes the rest.
const ESCALATED_AT_ONCE: usize = 500;

/// An act with what is said to it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Which mismatch.
    pub id: &'a MismatchId,
    /// What.
    pub act: &'a Act,
    /// What is said to it; needed for settling, opening again and commenting.
    pub comment: &'a str,
    /// The case's `version` that the actor saw, or several with commas; where it is another by now, nothing is done.
    pub seen: Option<&'a str>,
}

/// What changes with every step and every new evidence: who acts on an older one is told.
#[must_use]
pub fn version(case: &Case, last_step: u64) -> String {
    format!("{}-{last_step}", case.position)
}

/// Does it.
pub async fn take(store: &Store, actor: &Actor, asked: &Asked<'_>, now: Timestamp) -> Result<(), Refusal> {
    let comment = asked.comment.trim();
    let kind = asked.act.kind();
    if !actor.has(kind.right()) {
        return Err(Refusal::Role);
    }
    if comment.chars().count() > COMMENT_CHARS_MAX {
        return Err(Refusal::Bad(Told::new(
            format!("the comment is longer than {COMMENT_CHARS_MAX} characters; shorten it"),
            format!("备注超过 {COMMENT_CHARS_MAX} 字，请缩短。"),
        )));
    }
    if comment.contains('\0') || asked.act.detail().contains('\0') {
        return Err(Refusal::Bad(nul::told("what is said", "所写内容")));
    }
    if comment.is_empty() && matches!(kind, ActKind::Comment | ActKind::Resolve | ActKind::Reopen) {
        return Err(Refusal::Bad(Told::fixed(
            "say in a few words what was found; it is kept with the mismatch",
            "请用几个词写明查到什么，会与此不符一起保存。",
        )));
    }
    let mut tx = store.write().await?;
    let done = take_in(&mut tx, actor, &Asked { comment, ..*asked }, now).await;
    ledger::end(tx, done).await
}

async fn take_in(conn: &mut AnyConnection, actor: &Actor, asked: &Asked<'_>, now: Timestamp) -> Result<(), Refusal> {
    let kind = asked.act.kind();
    // First: it is what writers wait for each other at.
    let position = if kind.is_told() { Some(ledger::next_position(conn).await?) } else { None };
    let view = View::of(conn, actor.scope()).await?;
    let case = store::find(conn, asked.id).await?.filter(|case| view.sees(&case.found.mismatch));
    let case = case.ok_or(Refusal::NotFound)?;
    let last_step = step::list(conn, asked.id.key()).await?.last().map_or(0, |last| last.step_no);
    let version = version(&case, last_step);
    let is_it = |seen: &str| seen.split(',').any(|tag| tag.trim().trim_matches('"') == version);
    if asked.seen.is_some_and(|seen| !is_it(seen)) {
        return Err(changed());
    }
    let after = next_stage(&case, kind)?;
    if kind == ActKind::Resolve {
        may_settle(actor, &case, &view)?;
    }
    if kind == ActKind::Due {
        may_set_due(actor, &case, &view)?;
    }
    let change = Change { position, ..particulars(conn, actor, &case, asked.act, after, now).await? };
    if !store::change(conn, asked.id, &change).await? {
        return Err(changed());
    }
    match (asked.act, position) {
        (Act::Resolve { reason }, Some(position)) => {
            store::resolve(conn, asked.id, (*reason, &actor.name), now, position).await?;
        }
        (Act::Reopen, Some(position)) => store::reopen(conn, &case, now, position).await?,
        _ => {}
    }
    let detail = asked.act.detail();
    step::add(conn, asked.id.key(), &actor.name, (kind.as_str(), &detail, asked.comment), (now, position)).await?;
    let on_what = format!("{} {}", asked.id.kind, asked.id.subject);
    let why =
        [detail.as_str(), asked.comment].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    Ok(audit::append(conn, actor, (kind.as_str(), &on_what, &why), now).await?)
}

fn changed() -> Refusal {
    Refusal::Stale(Told::fixed(
        "the mismatch changed meanwhile; nothing was done. Look at it again",
        "此不符已有变化，没有处理。请看最新内容再试。",
    ))
}

fn next_stage(case: &Case, kind: ActKind) -> Result<Stage, Refusal> {
    let (state, from) = (case.found.state, case.stage);
    let after = kind.leads(state, from).ok_or_else(|| {
        let (kind, state) = (kind.as_str(), state.as_str());
        Refusal::Conflict(Told::new(
            format!("`{kind}` cannot be done to a mismatch that is {state} and {from}; look at it again"),
            format!("此不符现在的状态（{state}，{from}）不能这样处理（{kind}）。请看最新内容再试。"),
        ))
    })?;
    Ok(after)
}

async fn particulars(
    conn: &mut AnyConnection,
    actor: &Actor,
    case: &Case,
    act: &Act,
    stage: Stage,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let (mut assignee, mut respond_by) = (case.assignee.clone(), case.respond_by);
    match act {
        Act::Assign { to } => {
            may_have(conn, actor, case, to).await?;
            assignee = Some(to.clone());
        }
        Act::Start if assignee.is_none() && actor.role.is_some() => assignee = Some(actor.name.clone()),
        Act::Due { at } => {
            let latest = case.opened_at.plus_ms(DUE_MAX_MS);
            if *at <= now || (*at > latest && actor.role != Some(Role::Regulator)) {
                let latest = latest.to_minute();
                return Err(Refusal::Bad(Told::new(
                    format!("the day must lie between now and {latest}; choose another"),
                    format!("期限要晚于现在，不晚于 {latest}。请另选一天。"),
                )));
            }
            if case.found.mismatch.severity == Severity::Info {
                return Err(Refusal::Bad(Told::fixed(
                    "this only informs; there is nothing to settle by a day",
                    "此条只供了解，不定期限。",
                )));
            }
            respond_by = Some(*at);
        }
        _ => {}
    }
    Ok(Change { before: stage_stored(case), stage, assignee, respond_by, position: None })
}

/// A row of an earlier version says `open` beside its state.
fn stage_stored(case: &Case) -> Stage {
    case.found.workflow.parse().unwrap_or(case.stage)
}

/// A mismatch is given only to somebody who sees it, and by a member to its own people only. Whoever is not among them is not told of.
async fn may_have(conn: &mut AnyConnection, actor: &Actor, case: &Case, to: &str) -> Result<(), Refusal> {
    let nobody = || {
        Refusal::Bad(Told::new(
            format!("`{to}` is nobody who can take this on; choose somebody of your member"),
            format!("`{to}` 不是能处理此不符的人，请另选一位本单位的人。"),
        ))
    };
    let person = people::store::find(conn, to).await?.ok_or_else(nobody)?;
    if person.disabled_at.is_some() || (actor.role == Some(Role::Supervisor) && person.member != actor.member) {
        return Err(nobody());
    }
    let actor_of = person.acts(people::Means::Token, String::new());
    if !actor_of.has(people::Right::Comment) || !View::of(conn, actor_of.scope()).await?.sees(&case.found.mismatch) {
        return Err(nobody());
    }
    Ok(())
}

/// Hands what nobody settled in time to the regulator. Answers how many.
pub async fn escalate(store: &Store, allowances: &Allowances, now: Timestamp) -> Result<usize, StoreError> {
    let mut tx = store.write().await?;
    let mut escalated = 0;
    let late = store::may_escalate(&mut tx, allowances, now, ESCALATED_AT_ONCE).await?;
    let late: Vec<Case> = late.into_iter().filter(|case| escalates(case, allowances, now)).collect();
    let position = if late.is_empty() { None } else { Some(ledger::next_position(&mut tx).await?) };
    for case in late {
        let change = Change {
            before: stage_stored(&case),
            stage: Stage::Escalated,
            assignee: case.assignee.clone(),
            respond_by: case.respond_by,
            position,
        };
        if store::change(&mut tx, &case.id(), &change).await? {
            step::add(&mut tx, case.id().key(), "", ("escalated", "", ""), (now, position)).await?;
            escalated += 1;
        }
    }
    tx.commit().await?;
    Ok(escalated)
}
