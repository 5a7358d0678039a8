//! Whether what a core says of one scan is what the rules say of the terminal's whole history.

use std::collections::BTreeSet;

use shared::mismatch::{Kind, Mismatch, Severity, State};
use shared::rules::{Policy, verdict_on};
use shared::trail::Fact;

use crate::core::Answer;
use crate::names::Names;
use crate::outcome::Failed;
use crate::terminal::Terminal;

type Said = (Severity, Kind, String, State);

/// The difference between a core's verdict on a scan and the whole history's, in words; none where they agree.
pub(crate) fn difference(
    terminal: &Terminal,
    answer: &Answer,
    policy: &Policy,
    names: &Names,
    line: usize,
) -> Option<Failed> {
    let history = terminal.heard.whole_history(terminal, answer.seq);
    let own = |fact: &&Fact| fact.by.seq == answer.seq && fact.by.terminal == terminal.id;
    let Some(fact) = history.facts.iter().find(own) else {
        let expected = format!("scan {}#{} in the log, since it was answered", terminal.name, answer.seq);
        return Some(Failed { line, expected, got: "no such event".to_owned() });
    };
    let text = fact.act.movement().map(|(_, movement)| movement.text.as_str()).unwrap_or_default();
    let code = terminal.heard.references.grammars.parse(text).ok();
    let judged = terminal.heard.judge_whole(&history, policy);
    let rules = said(&verdict_on(fact, code.as_ref(), &judged));
    let core = said(&answer.verdict);
    if rules == core {
        return None;
    }
    let label = code.map_or_else(|| format!("{text:?}"), |code| names.call(&code.to_string()));
    let told = |said: &BTreeSet<Said>| {
        let words = said.iter().rev().map(|(severity, kind, subject, state)| {
            format!("{kind} {} {} {}", names.call(subject), severity.as_str(), state.as_str())
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let only = |one: &BTreeSet<Said>, other: &BTreeSet<Said>| {
        let only = one - other;
        if only.is_empty() { "nothing more".to_owned() } else { told(&only) }
    };
    let scan = format!("verdict of scan {}#{} {label}", terminal.name, answer.seq);
    Some(Failed {
        line,
        expected: format!(
            "{scan}: of the whole history [{}], and beyond the session's: {}",
            told(&rules),
            only(&rules, &core)
        ),
        got: format!("[{}], beyond the whole history's: {}", told(&core), only(&core, &rules)),
    })
}

fn said(verdict: &[Mismatch]) -> BTreeSet<Said> {
    let said = verdict.iter().map(|found| (found.severity, found.kind, found.subject.0.clone(), found.state));
    said.collect()
}
