//! Asking the gate, and overriding it.

use shared::chain::sha256;
use shared::event::{Act, GateState, Override};
use shared::mismatch::Mismatch;
use shared::rules::gate::{Decision, Question, Reason, Standing, decide};
use shared::rules::tallies;
use shared::time::Timestamp;

use super::{Story, scan, stage};
use crate::outcome::Failed;
use crate::statement::{ScenarioError, Statement};

/// `gate t1 outbound document=N1 @D1 08:31 -> cleared`.
pub(super) fn ask(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let stage = stage(said, said.word(1, "a stage")?)?;
    let (basis, document, _) = scan::reference(story, said, &name, stage)?;
    let terminal = story.terminal(said, &name)?;
    let (online, references_at) = (terminal.connection.is_online(at), terminal.connection.known_at(at));
    let asked = Act::GateAsked {
        stage,
        basis: basis.clone(),
        document: document.clone(),
        digest: sha256(&[document.as_str().as_bytes()]),
        references_at: Some(references_at),
    };
    terminal.record(at, asked);
    let question = Question { basis: basis.clone(), document: document.clone(), stage, at };
    let decision = decision(story, &name, &question, online, references_at)?;
    let state = match &decision {
        Decision::Held { .. } => GateState::Held,
        Decision::Waiting { .. } => GateState::Waiting,
        Decision::Cleared { .. } => GateState::Cleared,
    };
    let reasons = match &decision {
        Decision::Held { reasons } => reasons
            .iter()
            .filter_map(|reason| match reason {
                Reason::Mismatch { kind, .. } => Some(*kind),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    story.terminal(said, &name)?.record(at, Act::Gate { stage, basis, document, state, reasons, overridden: None });
    if let Some(expected) = said.arrow.as_ref().filter(|word| word.text != decision.as_str()) {
        if !matches!(expected.text.as_str(), "held" | "waiting" | "cleared") {
            let why = format!("`{}` is no state of the gate: held, waiting or cleared", expected.text);
            return Err(ScenarioError::new(said.line, expected.column, why));
        }
        let got = serde_json::to_string(&decision).unwrap_or_else(|_| decision.as_str().to_owned());
        story.failed.push(Failed { line: said.line, expected: format!("gate {}", expected.text), got });
    }
    Ok(())
}

/// The server decides in its push reply; a terminal without network by what it knows.
fn decision(
    story: &Story<'_>,
    name: &str,
    question: &Question,
    online: bool,
    references_at: Timestamp,
) -> Result<Decision, ScenarioError> {
    let limits = &story.cast.policy().limits;
    let at = question.at;
    let (judged, history, references) = if online {
        (story.cast.server_verdict(at)?, story.cast.server_history(at), story.cast.references(at)?)
    } else {
        let (history, references) = story.cast.terminal_history(name, at)?;
        (story.cast.terminal_verdict(name, at)?, history, references)
    };
    let resolved = |found: &Mismatch| {
        story
            .resolved
            .iter()
            .any(|(when, kind, subject)| *when <= at && *kind == found.kind && *subject == found.subject.0)
    };
    let judged: Vec<Mismatch> = judged.into_iter().filter(|found| !resolved(found)).collect();
    let unconfirmed = story
        .cast
        .plot
        .unconfirmed
        .iter()
        .any(|(document, when)| *document == question.document && when.is_none_or(|when| when > at));
    let log = story.cast.terminals.iter().find(|terminal| terminal.name == name).map(|terminal| &terminal.log);
    let gap = log.is_some_and(|log| log.iter().any(|logged| logged.dropped));
    let standing =
        Standing { stored: online && !unconfirmed && !gap, is_server: online, references_at: Some(references_at) };
    Ok(decide(
        question,
        &judged,
        &tallies(&history, &references),
        &with_drafts(&history, references.as_ref()),
        standing,
        limits,
    ))
}

/// The references with the notes that terminals drafted.
fn with_drafts(
    history: &shared::trail::History,
    references: &shared::reference::References,
) -> shared::reference::References {
    let mut references = references.clone();
    for fact in &history.facts {
        if let Act::DocumentDrafted { note } = &fact.act {
            references.documents.entry(note.document.clone()).or_insert_with(|| (**note).clone());
        }
    }
    references
}

/// `override t1 gate by=sup reason="…" @…`.
pub(super) fn overrule(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let _ = said.has("gate", 0);
    let stage_word = said.plain().nth(2).map(|word| word.text.clone());
    let terminal = story.terminal(said, &name)?;
    let last = terminal.log.iter().rev().find_map(|logged| match &logged.event.act {
        Act::GateAsked { stage, basis, document, .. }
        | Act::TaskClosed { stage, basis, document, .. }
        | Act::TaskOpened { stage, basis, document, .. } => Some((*stage, basis.clone(), document.clone())),
        _ => None,
    });
    let stage_said = stage_word.map(|word| stage(said, &word)).transpose()?;
    let (stage, basis, document) = match said.option(&["document", "basis"]) {
        Some(_) => {
            let (basis, document) = scan::named_reference(story, said)?;
            let stage = stage_said.or(last.map(|(stage, _, _)| stage)).unwrap_or(shared::event::Stage::Outbound);
            (stage, basis, document)
        }
        None => {
            last.ok_or_else(|| said.wrong(&name, format!("`{name}` has no task whose gate could be overridden")))?
        }
    };
    let by = said.option(&["by"]).ok_or_else(|| said.wrong(&name, "`override` lacks by=SUPERVISOR"))?;
    let reason = said.option(&["reason"]).unwrap_or_default().to_owned();
    let overridden = Some(Override { by: by.into(), reason });
    let gate = Act::Gate { stage, basis, document, state: GateState::Cleared, reasons: Vec::new(), overridden };
    story.terminal(said, &name)?.record(at, gate);
    Ok(())
}
