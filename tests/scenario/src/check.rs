//! `at`, `expect`, `nothing`, `tally`: what must be found at a moment.

use shared::event::Stage;
use shared::mismatch::Kind;
use shared::time::Timestamp;

use crate::statement::{ScenarioError, Statement};

/// What must be found at one moment.
#[derive(Debug, Default)]
pub(crate) struct Check {
    pub at: Timestamp,
    pub line: usize,
    pub expects: Vec<Expect>,
    pub tallies: Vec<ExpectedTally>,
    /// Other mismatches are allowed.
    pub at_least: bool,
    /// Something is expected of the server, so everything else of it is a fault.
    pub exhaustive: bool,
}

/// How sure an expected mismatch must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpectedState {
    Live,
    Provisional,
    Confirmed,
    Closed,
    Resolved,
}

impl ExpectedState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Provisional => "provisional",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Resolved => "resolved",
        }
    }
}

/// One expected mismatch.
#[derive(Debug)]
pub(crate) struct Expect {
    pub line: usize,
    /// Whose verdict; none = the server's.
    pub terminal: Option<String>,
    pub kind: Kind,
    /// As written.
    pub subject: String,
    /// The subject is a text in quotes.
    pub quoted: bool,
    pub state: ExpectedState,
}

/// `tally C1/POD outbound 120`.
#[derive(Debug)]
pub(crate) struct ExpectedTally {
    pub line: usize,
    /// A document or basis.
    pub of: String,
    pub product: String,
    pub stage: Stage,
    pub units: u64,
    pub verified_units: Option<u64>,
}

pub(crate) fn take(checks: &mut Vec<Check>, said: &Statement) -> Result<(), ScenarioError> {
    if said.verb == "at" {
        let at = said.at.ok_or_else(|| ScenarioError::new(said.line, 1, "`at` lacks a time"))?;
        checks.push(Check { at, line: said.line, ..Check::default() });
        return said.all_used();
    }
    let verb = said.verb.clone();
    let before = checks.last_mut();
    let check = before.ok_or_else(|| ScenarioError::new(said.line, 1, format!("`{verb}` stands before any `at`")))?;
    match verb.as_str() {
        "nothing" => check.exhaustive = true,
        "tally" => check.tallies.push(tally(said)?),
        "expect-at-least" if said.plain().next().is_none() => check.at_least = true,
        _ => {
            check.at_least |= verb == "expect-at-least";
            let expect = expect(said)?;
            check.exhaustive |= expect.terminal.is_none();
            check.expects.push(expect);
        }
    }
    said.all_used()
}

fn expect(said: &Statement) -> Result<Expect, ScenarioError> {
    let words: Vec<_> = said.plain().cloned().collect();
    let mut rest = words.as_slice();
    let first = said.word(0, "a kind of mismatch")?;
    let terminal = (first.parse::<Kind>().is_err() && words.len() > 2).then(|| first.to_owned());
    if terminal.is_some() {
        rest = &rest[1..];
    }
    let kind = rest.first().map_or("", |word| word.text.as_str());
    let kind: Kind =
        kind.parse().map_err(|error: shared::mismatch::UnknownKind| said.wrong(kind, error.to_string()))?;
    let subject = rest.get(1).ok_or_else(|| ScenarioError::new(said.line, 1, "`expect` lacks a subject"))?;
    let mut parts = vec![subject.text.clone()];
    let mut state = ExpectedState::Live;
    for word in &rest[2..] {
        state = match word.text.as_str() {
            "live" => ExpectedState::Live,
            "provisional" => ExpectedState::Provisional,
            "confirmed" => ExpectedState::Confirmed,
            "closed" => ExpectedState::Closed,
            "resolved" => ExpectedState::Resolved,
            stage if stage.parse::<Stage>().is_ok() => {
                parts.push(stage.to_owned());
                continue;
            }
            other => {
                let why =
                    format!("`{other}` is neither a stage nor a state: provisional, confirmed, closed or resolved");
                return Err(ScenarioError::new(said.line, word.column, why));
            }
        };
    }
    Ok(Expect { line: said.line, terminal, kind, subject: parts.join(" "), quoted: subject.quoted, state })
}

fn tally(said: &Statement) -> Result<ExpectedTally, ScenarioError> {
    let line = said.word(0, "a line such as C1/POD")?;
    let (of, product) =
        line.split_once('/').ok_or_else(|| said.wrong(line, format!("`{line}` is no line: write it like C1/POD")))?;
    let stage = said.word(1, "a stage")?;
    let stage = stage.parse().map_err(|error: shared::event::UnknownStage| said.wrong(stage, error.to_string()))?;
    let units = said.number(said.word(2, "a number of units")?)?;
    let verified_units = said.option(&["verified"]).map(|text| said.number(text)).transpose()?;
    Ok(ExpectedTally { line: said.line, of: of.to_owned(), product: product.to_owned(), stage, units, verified_units })
}
