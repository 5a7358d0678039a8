//! What the server answers to a terminal that asks whether goods may leave (`domain.md`, the gate): decided in the transaction that took
//! the question in, after the rules were asked, by the function that terminals ask too.
//!
//! Nothing is kept of an answer. A terminal whose gate stays shut offers the event that asked once more, and is answered as things
//! stand then.

use std::collections::BTreeSet;

use shared::event::{Act, Event, GateState};
use shared::ids::{BasisId, TerminalId};
use shared::mismatch::{Mismatch, Scope, State};
use shared::reference::References;
use shared::rules::gate::{Decision, Known as KnownOfGoods, Question, Standing, decide_among, is_held_by};
use shared::rules::tallies;
use shared::trail::Fact;
use shared::wire::{GateAnswer, Settled};
use sqlx::AnyConnection;

use super::world::World;
use super::{Known, Touched};
use crate::store::{self, StoreError, gate::Spoken};

/// The questions among the events of one terminal's batch.
pub fn questions<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<&'e Event> {
    events.into_iter().filter(|event| matches!(event.act, Act::GateAsked { .. })).collect()
}

/// Answers questions that are stored, all of one terminal, by what `known` judged in this transaction, at `position`.
pub async fn answer(
    conn: &mut AnyConnection,
    known: &mut Known,
    asked: &[&Event],
    position: u64,
) -> Result<Vec<GateAnswer>, StoreError> {
    let Some(terminal) = asked.first().map(|event| event.terminal) else { return Ok(Vec::new()) };
    let bases: BTreeSet<BasisId> =
        asked.iter().filter_map(|event| event.act.reference()).map(|(basis, _)| basis.clone()).collect();
    let remembered = known.again();
    let scopes = beside(&bases, terminal, remembered.0);
    let touched = Touched { bases: bases.clone(), ..Touched::default() };
    let world = World::load(conn, remembered, &touched).await?;
    let history = world.history();
    let spoken = store::gate::speaking(conn, &bases, &scopes).await?;
    let answers = known.among(&world.packs, &world.named_bases(), &world.named_documents(), |references| {
        let tallies = tallies(&history, references);
        let goods = KnownOfGoods { history: &history, tallies: &tallies, references };
        let facts = asked.iter().filter_map(|event| history.facts.iter().find(|fact| fact.by == event.by()));
        facts.filter_map(|fact| decided(fact, &spoken, &goods, position)).collect()
    });
    Ok(answers)
}

/// What is answered while the rules are not asked: they are heard first.
#[must_use]
pub fn put_off(asked: &[&Event], position: u64) -> Vec<GateAnswer> {
    let waits = |event: &&Event| GateAnswer {
        seq: event.seq,
        state: GateState::Waiting,
        reasons: Vec::new(),
        settled: Vec::new(),
        position,
    };
    asked.iter().map(waits).collect()
}

/// What may hold goods beside what is about their basis: what is said of the seller and of the terminal that asks.
fn beside(bases: &BTreeSet<BasisId>, terminal: TerminalId, references: &References) -> BTreeSet<Scope> {
    let sellers = bases.iter().filter_map(|basis| references.bases.get(basis)).map(|basis| basis.seller.clone());
    sellers.map(Scope::Member).chain([Scope::Terminal(terminal)]).collect()
}

fn decided(fact: &Fact, spoken: &[Spoken], goods: &KnownOfGoods<'_>, position: u64) -> Option<GateAnswer> {
    let Act::GateAsked { stage, basis, document, references_at, .. } = &fact.act else { return None };
    let question = Question { basis: basis.clone(), document: document.clone(), stage: *stage, at: fact.at };
    let live: Vec<Mismatch> = spoken.iter().filter(|one| one.state.is_live()).map(|one| one.mismatch.clone()).collect();
    let settled = spoken
        .iter()
        .filter(|one| one.state == State::Resolved && is_held_by(&one.mismatch, &question, goods.references))
        .map(settled)
        .collect();
    // The chain has no gap up to the question, and it is answered after its batch was written: all of it is stored.
    let standing = Standing { stored: true, is_server: true, references_at: *references_at };
    let (state, reasons) = match decide_among(&question, &fact.member, &live, goods, standing) {
        Decision::Held { reasons } => (GateState::Held, reasons.into_iter().collect()),
        Decision::Waiting { .. } => (GateState::Waiting, Vec::new()),
        Decision::Cleared { .. } => (GateState::Cleared, Vec::new()),
    };
    Some(GateAnswer { seq: fact.by.seq, state, reasons, settled, position })
}

fn settled(one: &Spoken) -> Settled {
    let why = [one.reason.as_str(), one.comment.as_str()].into_iter().filter(|part| !part.is_empty());
    Settled {
        kind: one.mismatch.kind,
        subject: one.mismatch.subject.clone(),
        by: one.by.clone(),
        why: why.collect::<Vec<_>>().join(": "),
    }
}
