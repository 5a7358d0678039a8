//! Plays one scenario: lets everything happen, then compares what the server would say with what the file expects.

use std::collections::BTreeSet;

use shared::ids::{BasisId, DocumentId};
use shared::mismatch::{Kind, Mismatch};
use shared::rules::tallies;
use shared::time::Timestamp;

use crate::check::{Check, Expect, ExpectedState, ExpectedTally};
use crate::core::Cores;
use crate::happening::Story;
use crate::outcome::{Failed, Outcome, live, matches, subject, told_expected, told_found};
use crate::plot::Plot;
use crate::statement::ScenarioError;

/// Plays a scenario's text on terminals with these cores, or without any.
pub(crate) fn play(text: &str, cores: Option<&dyn Cores>) -> Outcome {
    let mut outcome = Outcome::default();
    match run(text, cores, &mut outcome) {
        Ok(()) => {
            let as_said = outcome.missing.is_empty() && outcome.unexpected.is_empty() && outcome.failed.is_empty();
            outcome.ok = as_said && outcome.error.is_none();
        }
        Err(error) => outcome.error = Some(error.to_string()),
    }
    outcome
}

fn run(text: &str, cores: Option<&dyn Cores>, outcome: &mut Outcome) -> Result<(), ScenarioError> {
    let plot = Plot::read(text)?;
    if plot.checks.is_empty() {
        return Err(ScenarioError::new(1, 1, "the scenario expects nothing: it has no `at`"));
    }
    let mut story = Story::new(&plot, cores)?;
    story.tell()?;
    outcome.error = story.broken();
    outcome.failed.append(&mut story.failed);
    outcome.verdicts_compared = story.compared;
    for check in &plot.checks {
        judge_check(&plot, &story, check, outcome)?;
    }
    Ok(())
}

/// The live mismatches of the server at a moment, without those that a supervisor resolved by then; and those.
fn settle(story: &Story<'_>, judged: Vec<Mismatch>, at: Timestamp) -> (Vec<Mismatch>, BTreeSet<(Kind, String)>) {
    let by_then = story.resolved.iter().filter(|(when, _, _)| *when <= at);
    let resolved: BTreeSet<(Kind, String)> = by_then.map(|(_, kind, subject)| (*kind, subject.clone())).collect();
    let live = judged.into_iter().filter(|found| !resolved.contains(&(found.kind, found.subject.0.clone())));
    (live.collect(), resolved)
}

fn judge_check(plot: &Plot, story: &Story<'_>, check: &Check, outcome: &mut Outcome) -> Result<(), ScenarioError> {
    let (judged, resolved) = settle(story, story.cast.server_verdict(check.at)?, check.at);
    let mut met = BTreeSet::new();
    for expect in &check.expects {
        let wanted = subject(&plot.names, expect);
        let found = match (&expect.terminal, expect.state) {
            (Some(name), _) => story.terminal_verdict(name, check)?.iter().any(|found| matches(found, expect, &wanted)),
            (None, ExpectedState::Resolved) => resolved.contains(&(expect.kind, wanted.clone())),
            (None, ExpectedState::Closed) => is_closed(story, &judged, expect, &wanted, check.at)?,
            (None, _) => judged.iter().any(|found| matches(found, expect, &wanted)),
        };
        if expect.terminal.is_none() {
            met.insert((expect.kind, wanted));
        }
        if !found {
            outcome.missing.push(told_expected(expect, check.at));
        }
    }
    if check.exhaustive && !check.at_least {
        let unexpected = judged.iter().filter(|found| !met.contains(&(found.kind, found.subject.0.clone())));
        outcome.unexpected.extend(unexpected.map(|found| told_found(found, &plot.names, check.at, check.line)));
    }
    for tally in &check.tallies {
        judge_tally(story, tally, check.at, outcome)?;
    }
    Ok(())
}

/// Closed by late data: not live now, and live at some moment before at which something had arrived.
fn is_closed(
    story: &Story<'_>,
    now_live: &[Mismatch],
    expect: &Expect,
    wanted: &str,
    at: Timestamp,
) -> Result<bool, ScenarioError> {
    let key = (expect.kind, wanted.to_owned());
    if live(now_live).contains(&key) {
        return Ok(false);
    }
    for moment in story.moments().into_iter().filter(|moment| *moment < at) {
        if live(&story.cast.server_verdict(moment)?).contains(&key) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn judge_tally(
    story: &Story<'_>,
    expected: &ExpectedTally,
    at: Timestamp,
    outcome: &mut Outcome,
) -> Result<(), ScenarioError> {
    let references = story.cast.references(at)?;
    let history = story.cast.server_history(at);
    let all = tallies(&history, &references);
    let of_basis = references.bases.contains_key(&BasisId::from(expected.of.as_str()));
    let here = all.iter().filter(|tally| {
        let of = if of_basis {
            tally.basis == BasisId::from(expected.of.as_str())
        } else {
            tally.document == DocumentId::from(expected.of.as_str())
        };
        of && tally.product.as_str() == expected.product && tally.stage == expected.stage
    });
    let (units, verified) =
        here.fold((0, 0), |(units, verified), tally| (units + tally.units, verified + tally.verified_units));
    let wrong = units != expected.units || expected.verified_units.is_some_and(|wanted| wanted != verified);
    if wrong {
        let wanted = expected
            .verified_units
            .map_or_else(|| expected.units.to_string(), |own| format!("{} ({own} verified)", expected.units));
        let got = format!("{units} ({verified} verified)");
        outcome.failed.push(Failed { line: expected.line, expected: format!("tally {wanted}"), got });
    }
    Ok(())
}
