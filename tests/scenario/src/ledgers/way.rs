//! The way of a scenario to a ledger: at each moment what became known, what arrived, and what the file expects.

use std::collections::{BTreeMap, BTreeSet};

use shared::mismatch::{Kind, Mismatch, State};
use shared::time::Timestamp;

use super::ledger::{Ledger, words};
use crate::check::{Check, ExpectedState};
use crate::happening::Story;
use crate::heard::{Known, known_records};
use crate::outcome::{Outcome, matches, subject, told_expected, told_found};
use crate::plot::Plot;
use crate::terminal::Terminal;
use crate::trouble::Trouble;

pub(super) fn play(text: &str, ledger: &Ledger) -> Result<Outcome, String> {
    let plot = Plot::read(text).map_err(words)?;
    let mut story = Story::new(&plot, None).map_err(words)?;
    story.tell().map_err(words)?;
    let mut way = Way {
        story: &story,
        ledger,
        known: Known::new(),
        sent: BTreeMap::new(),
        happened: BTreeSet::new(),
        outcome: Outcome::default(),
    };
    let moments = story.moments();
    let start = moments.first().copied().unwrap_or_default();
    ledger.empty(story.cast.policy(), start)?;
    // A device that claims another's numbers is not enrolled: what it does to the ledger is what `tests/promises` tries.
    for terminal in story.cast.terminals.iter().filter(|terminal| !story.cast.twins.contains_key(&terminal.name)) {
        ledger.enrol(terminal)?;
    }
    for moment in moments {
        way.pass(moment)?;
        for check in plot.checks.iter().filter(|check| check.at == moment) {
            way.check(check)?;
        }
    }
    let mut outcome = way.outcome;
    outcome.ok = outcome.missing.is_empty() && outcome.unexpected.is_empty();
    outcome.digests = ledger.digests()?;
    Ok(outcome)
}

struct Way<'s> {
    story: &'s Story<'s>,
    ledger: &'s Ledger,
    known: Known,
    /// Numbers that were sent, by terminal.
    sent: BTreeMap<String, BTreeSet<u64>>,
    /// What happened once under a terminal's name.
    happened: BTreeSet<(String, &'static str)>,
    outcome: Outcome,
}

impl Way<'_> {
    /// What becomes known at a moment, then what arrives.
    fn pass(&mut self, now: Timestamp) -> Result<(), String> {
        let records = known_records(&*self.story.cast.references(now).map_err(words)?);
        let fresh: Vec<_> = records
            .iter()
            .filter(|(key, record)| self.known.get(*key) != Some(*record))
            .map(|(_, record)| record.clone())
            .collect();
        if !fresh.is_empty() {
            self.ledger.learn(&fresh, now)?;
            self.known = records;
        }
        for terminal in &self.story.cast.terminals {
            if self.story.cast.twins.contains_key(&terminal.name) {
                continue;
            }
            let revoked = self.story.cast.troubles.get(&terminal.name).and_then(|trouble| trouble.revoked_at);
            if let Some(at) = revoked.filter(|at| *at <= now) {
                self.ledger.revoke(terminal.id, at)?;
            }
            let tampered_from = self.trouble(terminal).tampered_from.unwrap_or(u64::MAX);
            for run in self.arrived(terminal, now) {
                let (whole, changed) = run.into_iter().partition(|seq| *seq < tampered_from);
                self.ledger.send(terminal, &whole, now)?;
                self.ledger.send_changed(terminal, &changed, now)?;
            }
            self.strange(terminal, now)?;
        }
        Ok(())
    }

    fn trouble(&self, terminal: &Terminal) -> Trouble {
        self.story.cast.troubles.get(&terminal.name).cloned().unwrap_or_default()
    }

    /// What others do under a terminal's name, and what a person does about it; each once.
    fn strange(&mut self, terminal: &Terminal, now: Timestamp) -> Result<(), String> {
        let trouble = self.trouble(terminal);
        let sent = self.sent.get(&terminal.name).cloned().unwrap_or_default();
        let mut first_time = |what: &'static str, at: Option<Timestamp>| {
            at.is_some_and(|at| at <= now) && self.happened.insert((terminal.name.clone(), what))
        };
        if first_time("fork", trouble.forked_at)
            && let Some(last) = sent.last()
        {
            self.ledger.send_from_copy(terminal, *last, now)?;
        }
        if first_time("replay", trouble.replayed_at) {
            self.ledger.send_as_another(terminal, &sent, now)?;
        }
        if first_time("admit", trouble.admitted_at) {
            self.ledger.admit(terminal.id, now)?;
        }
        Ok(())
    }

    /// The runs of numbers of a terminal that arrived by now and were not sent yet.
    fn arrived(&mut self, terminal: &Terminal, now: Timestamp) -> Vec<BTreeSet<u64>> {
        let sent = self.sent.entry(terminal.name.clone()).or_default();
        let mut runs: Vec<BTreeSet<u64>> = Vec::new();
        for logged in terminal.log.iter().filter(|logged| !logged.dropped) {
            let here = terminal.connection.received_at(logged.true_at).is_some_and(|at| at <= now);
            if here && sent.insert(logged.event.seq) {
                match runs.last_mut().filter(|run| run.last() == Some(&(logged.event.seq - 1))) {
                    Some(run) => drop(run.insert(logged.event.seq)),
                    None => runs.push([logged.event.seq].into()),
                }
            }
        }
        runs
    }

    /// Holds what the ledger says against what the file expects of the server.
    fn check(&mut self, check: &Check) -> Result<(), String> {
        let by_then = self.story.resolved.iter().filter(|(when, _, _)| *when <= check.at);
        let resolved: BTreeSet<(Kind, String)> = by_then.map(|(_, kind, subject)| (*kind, subject.clone())).collect();
        let held = self.ledger.mismatches(check.at)?;
        let is_resolved = |found: &Mismatch| resolved.contains(&(found.kind, found.subject.0.clone()));
        let live: Vec<&Mismatch> = held.iter().filter(|found| found.state.is_live() && !is_resolved(found)).collect();
        let names = &self.story.cast.plot.names;
        let mut met = BTreeSet::new();
        for expect in check.expects.iter().filter(|expect| expect.terminal.is_none()) {
            let wanted = subject(names, expect);
            let closed = |found: &&Mismatch| {
                found.state == State::Closed && found.kind == expect.kind && found.subject.0 == wanted
            };
            let found = match expect.state {
                ExpectedState::Resolved => resolved.contains(&(expect.kind, wanted.clone())),
                ExpectedState::Closed => held.iter().find(closed).is_some(),
                _ => live.iter().any(|found| matches(found, expect, &wanted)),
            };
            met.insert((expect.kind, wanted));
            if !found {
                self.outcome.missing.push(told_expected(expect, check.at));
            }
        }
        if check.exhaustive && !check.at_least {
            let strange = live.iter().filter(|found| !met.contains(&(found.kind, found.subject.0.clone())));
            self.outcome.unexpected.extend(strange.map(|found| told_found(found, names, check.at, check.line)));
        }
        Ok(())
    }
}
