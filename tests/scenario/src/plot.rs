//! A whole scenario as written: names, references, what happens, what must be found.

use shared::citation::Rulebook;
use shared::ids::DocumentId;
use shared::reference::{Level, References};
use shared::rules::{Policy, Unpaid};
use shared::time::Timestamp;

use crate::calendar::{Calendar, duration_ms};
use crate::check::Check;
use crate::names::Names;
use crate::statement::{ScenarioError, Statement};
use crate::terminal::Terminal;
use crate::{check, happening, reference, words};

/// A scenario.
#[derive(Debug)]
pub struct Plot {
    pub(crate) names: Names,
    pub(crate) policy: Policy,
    pub(crate) references: Vec<(Option<Timestamp>, Statement)>,
    pub(crate) happenings: Vec<(Timestamp, Statement)>,
    pub(crate) checks: Vec<Check>,
    /// Terminals as declared, and lines of makers, which upload associations.
    pub(crate) terminals: Vec<Statement>,
    /// Documents that the server confirms late or never.
    pub(crate) unconfirmed: Vec<(DocumentId, Option<Timestamp>)>,
    pub(crate) places: Vec<(String, String)>,
}

impl Plot {
    /// Reads a file. Errors name line and column.
    pub fn read(text: &str) -> Result<Self, ScenarioError> {
        let mut calendar = Calendar::default();
        let mut plot = Self {
            names: Names::default(),
            policy: Policy::new(Rulebook::Trial),
            references: Vec::new(),
            happenings: Vec::new(),
            checks: Vec::new(),
            terminals: Vec::new(),
            unconfirmed: Vec::new(),
            places: Vec::new(),
        };
        let mut last = None;
        for line in words::lines(text)? {
            if let Some(day) = day1(&line) {
                calendar.set_day1(&day.0).map_err(|why| ScenarioError::new(line.number, day.1, why))?;
                continue;
            }
            let said = Statement::read(&line, &mut calendar)?;
            plot.take(said, &mut last)?;
        }
        plot.happenings.sort_by_key(|(at, _)| *at);
        // Every statement about references is read once now, so that a mistake in it is found whatever is played.
        plot.references_at(Timestamp::from_ms(i64::MAX))?;
        Ok(plot)
    }

    fn take(&mut self, said: Statement, last: &mut Option<Timestamp>) -> Result<(), ScenarioError> {
        match said.verb.as_str() {
            "policy" => self.read_policy(&said)?,
            "rules" => {
                let from = said.time(&["revised-from"])?;
                self.policy.rules = from.map_or(Rulebook::Trial, Rulebook::RevisedFrom);
            }
            "terminal" => {
                let (name, member) = (said.word(0, "a name")?.to_owned(), said.word(1, "a member")?.to_owned());
                let site = said.word(2, "a site")?.to_owned();
                self.places.push((member.clone(), site.clone()));
                self.names.terminals.insert(name, (member, site));
                self.terminals.push(said);
                return Ok(());
            }
            "at" | "expect" | "expect-at-least" | "nothing" | "tally" => return check::take(&mut self.checks, &said),
            verb if reference::is_reference(verb) => {
                self.name(&said)?;
                self.references.push((reference::known_from(&said)?, said));
                return Ok(());
            }
            verb if happening::is_of_line(verb) => {
                // Lines work before the first scan unless they say when.
                self.happenings.push((said.at.unwrap_or(said.start()), said));
                return Ok(());
            }
            verb if happening::is_happening(verb) => {
                // A statement without a time follows the one before it.
                let at = said.at.or(last.map(|last: Timestamp| last.plus_ms(5_000))).unwrap_or(said.start());
                *last = Some(at);
                self.happenings.push((at, said));
                return Ok(());
            }
            other => return Err(ScenarioError::new(said.line, 1, format!("`{other}` is no verb of the language"))),
        }
        said.all_used()
    }

    /// Names that a reference statement declares.
    fn name(&mut self, said: &Statement) -> Result<(), ScenarioError> {
        match said.verb.as_str() {
            "product" => {
                let unit: u32 = said.option(&["unit", "units"]).map_or(Ok(1), |text| said.number(text))?;
                let mut ratios = vec![(Level::Unit, unit)];
                for (word, level, usual) in [("inner", Level::Inner, 10), ("case", Level::Case, 60)] {
                    let units: u32 = said.option(&[word]).map_or(Ok(usual), |text| said.number(text))?;
                    ratios.push((level, units));
                }
                self.names.add_product(said.word(0, "a name")?, &ratios);
            }
            "pack" => {
                let (name, pack) = reference::pack_name(said)?;
                self.names.packs.insert(name, pack);
            }
            "document" => {
                if let Some(uploaded) = said.option(&["uploaded"]) {
                    let at = if uploaded == "no" { None } else { Some(said.moment(uploaded)?) };
                    self.unconfirmed.push((said.word(0, "a number")?.into(), at));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_policy(&mut self, said: &Statement) -> Result<(), ScenarioError> {
        let limits = &mut self.policy.limits;
        let set = |names: &[&str], value: &mut i64| -> Result<(), ScenarioError> {
            if let Some(ms) = said.duration(names)? {
                *value = ms;
            }
            Ok(())
        };
        set(&["grace"], &mut limits.grace_ms)?;
        set(&["late"], &mut limits.late_ms)?;
        set(&["skew"], &mut limits.skew_ms)?;
        set(&["undo"], &mut limits.undo_ms)?;
        set(&["travel"], &mut limits.travel_ms)?;
        // Time for one aim, or aims in a second: 600ms or 2/s.
        match said.option(&["pace"]).and_then(|text| text.strip_suffix("/s")) {
            Some(aims) => limits.pace_ms = 1_000 / said.number::<i64>(aims)?.max(1),
            None => set(&["pace"], &mut limits.pace_ms)?,
        }
        set(&["stale-warn", "fresh", "freshness", "data-age"], &mut limits.stale_warn_ms)?;
        set(&["stale", "stale-block"], &mut limits.stale_block_ms)?;
        limits.transit_ms = said.duration(&["transit"])?.or(limits.transit_ms);
        limits.stale_warn_ms = limits.stale_warn_ms.min(limits.stale_block_ms);
        if let Some(text) = said.option(&["manual-rate"]) {
            limits.manual_percent = percent(said, text)?;
        }
        match said.option(&["unpaid"]) {
            None => {}
            Some("warn") => limits.unpaid = Unpaid::Warn,
            Some("block") => limits.unpaid = Unpaid::Block,
            Some(other) => return Err(said.wrong(other, format!("`{other}`: unpaid is warn or block"))),
        }
        if let Some(value) = said.option(&["clear_offline", "clear-offline"]) {
            limits.clear_offline = matches!(value, "yes" | "on");
        }
        if let Some(value) = said.option(&["override"]) {
            limits.may_override = matches!(value, "yes" | "on");
        }
        Ok(())
    }

    /// The references as known at a moment.
    pub(crate) fn references_at(&self, known: Timestamp) -> Result<References, ScenarioError> {
        reference::build(&self.references, &self.places, &self.names, known)
    }

    /// The terminals, before anything happens.
    pub(crate) fn make_terminals(&self) -> Result<Vec<Terminal>, ScenarioError> {
        let mut terminals = Vec::new();
        for said in &self.terminals {
            let (name, member) = (said.word(0, "a name")?, said.word(1, "a member")?);
            let mut terminal = Terminal::new(name, member, said.word(2, "a site")?);
            if let Some(clock) = said.option(&["clock"]) {
                terminal.offset_ms = duration_ms(clock).map_err(|why| said.wrong(clock, why))?;
            }
            terminal.operator = said.option(&["operator"]).map(Into::into);
            said.all_used()?;
            terminals.push(terminal);
        }
        Ok(terminals)
    }
}

/// `20%`, `20` or `0.2`.
fn percent(said: &Statement, text: &str) -> Result<u64, ScenarioError> {
    if let Some(fraction) = text.strip_prefix("0.") {
        let digits = format!("{fraction:0<2}");
        return said.number(digits.get(..2).unwrap_or(&digits));
    }
    said.number(text.trim_end_matches('%'))
}

/// `start 2026-03-01`, or `day1=2026-03-01`.
fn day1(line: &words::Line) -> Option<(String, usize)> {
    let first = line.words.first()?;
    if let Some(date) = first.text.strip_prefix("day1=") {
        return Some((date.to_owned(), first.column));
    }
    let date = line.words.get(1).filter(|_| first.text == "start")?;
    Some((date.text.trim_start_matches("day1=").to_owned(), date.column))
}
