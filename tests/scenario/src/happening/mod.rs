//! Statements about what happens, told in the order of time: each becomes events in a terminal's log.

use std::collections::BTreeMap;

use shared::event::{Act, Close, Report, ReportKind, Stage, VoidReason};
use shared::ids::{BasisId, DocumentId, EventRef};
use shared::mismatch::{Kind, Mismatch};
use shared::time::Timestamp;

use crate::check::Check;
use crate::core::Cores;
use crate::knowledge::Cast;
use crate::names::{Names, terminal_id};
use crate::outcome::Failed;
use crate::plot::Plot;
use crate::statement::{ScenarioError, Statement};
use crate::terminal::Terminal;

mod gate;
mod line;
mod papers;
mod scan;
mod trouble;

const VERBS: &[&str] = &[
    "associate",
    "dissociate",
    "activate",
    "remainder",
    "mix",
    "relabel",
    "scan",
    "close",
    "confirm",
    "void",
    "report",
    "papers",
    "offline",
    "online",
    "pull",
    "gate",
    "override",
    "signin",
    "signout",
    "open",
    "check",
    "revoke",
    "fork",
    "replay",
    "tamper",
    "gap",
    "drop",
    "admit",
    "clock",
    "reboot",
    "backup",
    "restore",
    "resolve",
];

/// Whether a statement speaks of what production lines upload.
pub(crate) fn is_of_line(verb: &str) -> bool {
    matches!(verb, "associate" | "dissociate" | "activate" | "remainder" | "mix" | "relabel")
}

/// Whether a statement speaks of what happens.
pub(crate) fn is_happening(verb: &str) -> bool {
    VERBS.contains(&verb)
}

/// A scenario as it unfolds.
pub(crate) struct Story<'p> {
    pub cast: Cast<'p>,
    /// Gates that decided otherwise than expected, and verdicts of cores that the rules do not bear out.
    pub failed: Vec<Failed>,
    /// How many verdicts of cores were compared.
    pub compared: usize,
    /// What cores found wrong when it was asked: by the line of the check, and the terminal.
    answers: BTreeMap<(usize, String), Vec<Mismatch>>,
    /// What supervisors resolved: when, kind, subject.
    pub resolved: Vec<(Timestamp, Kind, String)>,
    /// Children that are really in a case, in place of as many that its association names.
    mixed: BTreeMap<String, Vec<String>>,
    /// Cases that a terminal has open for a check.
    open_checks: BTreeMap<String, String>,
}

impl<'p> Story<'p> {
    pub(crate) fn new(plot: &'p Plot, cores: Option<&'p dyn Cores>) -> Result<Self, ScenarioError> {
        let mut story = Self {
            cast: Cast::new(plot, cores)?,
            failed: Vec::new(),
            compared: 0,
            answers: BTreeMap::new(),
            resolved: Vec::new(),
            mixed: BTreeMap::new(),
            open_checks: BTreeMap::new(),
        };
        for (at, said) in &plot.happenings {
            story.prepare(*at, said)?;
        }
        Ok(story)
    }

    /// What must be known before the first event: networks, twins, mixed cases.
    fn prepare(&mut self, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
        match said.verb.as_str() {
            "offline" | "online" => {
                let online = said.verb == "online";
                self.terminal(said, said.word(0, "a terminal")?)?.connection.change(at, online);
            }
            "pull" => self.terminal(said, said.word(0, "a terminal")?)?.connection.pull(at),
            "fork" => {
                if let Some(twin) = said.option(&["twin"]) {
                    let name = said.word(0, "a terminal")?.to_owned();
                    let of = self.terminal(said, &name)?;
                    let (member, site) = (of.member.to_string(), of.site.to_string());
                    let mut copy = Terminal::new(twin, &member, &site);
                    copy.id = terminal_id(&name);
                    if !self.cast.terminals.iter().any(|terminal| terminal.name == twin) {
                        self.cast.enter(copy);
                    }
                    self.cast.twins.insert(twin.to_owned(), name);
                }
            }
            "mix" => {
                let with = said.option(&["with"]).ok_or_else(|| said.wrong("mix", "`mix` lacks with=CODES"))?;
                let with = Names::range(with).map_err(|why| said.wrong(with, why))?;
                self.mixed.insert(said.word(0, "a case")?.to_owned(), with);
            }
            _ => {}
        }
        Ok(())
    }

    /// Lets everything happen, in order.
    pub(crate) fn tell(&mut self) -> Result<(), ScenarioError> {
        let plot = self.cast.plot;
        let mut asked: Vec<&Check> = plot.checks.iter().collect();
        asked.sort_by_key(|check| std::cmp::Reverse(check.at));
        for (at, said) in &plot.happenings {
            while let Some(check) = asked.pop_if(|check| check.at < *at) {
                self.ask_cores(check)?;
            }
            self.happen(*at, said)?;
            said.all_used()?;
        }
        asked.into_iter().rev().try_for_each(|check| self.ask_cores(check))?;
        self.cast.terminals.iter_mut().for_each(Terminal::verify);
        Ok(())
    }

    /// Cores answer of the present only: they are asked when a check's time has come.
    fn ask_cores(&mut self, check: &Check) -> Result<(), ScenarioError> {
        for name in check.expects.iter().filter_map(|expect| expect.terminal.clone()) {
            self.cast.deliver(&name, check.at)?;
            let terminal = self.cast.terminals.iter_mut().find(|terminal| terminal.name == name && terminal.has_core());
            if let Some(terminal) = terminal {
                self.answers.insert((check.line, name), terminal.standing(check.at));
            }
        }
        Ok(())
    }

    /// A terminal's verdict at the time of a check: its core's, or where it has none the rules'.
    pub(crate) fn terminal_verdict(&self, name: &str, check: &Check) -> Result<Vec<Mismatch>, ScenarioError> {
        match self.answers.get(&(check.line, name.to_owned())) {
            Some(answer) => Ok(answer.clone()),
            None => self.cast.terminal_verdict(name, check.at),
        }
    }

    /// Why a terminal's core could not go on.
    pub(crate) fn broken(&self) -> Option<String> {
        self.cast
            .terminals
            .iter()
            .find_map(|terminal| Some(format!("{}: {}", terminal.name, terminal.broken.as_ref()?)))
    }

    /// Moments at which the server may have come to know something.
    pub(crate) fn moments(&self) -> Vec<Timestamp> {
        let logs = self.cast.terminals.iter().flat_map(|terminal| {
            terminal.log.iter().filter_map(|logged| terminal.connection.received_at(logged.true_at))
        });
        let known = self.cast.plot.references.iter().filter_map(|(from, _)| *from);
        let checks = self.cast.plot.checks.iter().map(|check| check.at);
        let mut moments: Vec<Timestamp> = logs.chain(known).chain(checks).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    pub(crate) fn terminal(&mut self, said: &Statement, name: &str) -> Result<&mut Terminal, ScenarioError> {
        let found = self.cast.terminals.iter_mut().find(|terminal| terminal.name == name);
        found.ok_or_else(|| said.wrong(name, format!("there is no terminal `{name}`")))
    }

    fn is_terminal(&self, name: &str) -> bool {
        self.cast.terminals.iter().any(|terminal| terminal.name == name)
    }

    fn happen(&mut self, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
        match said.verb.as_str() {
            verb if is_of_line(verb) => line::happen(self, at, said),
            "scan" => scan::scan(self, at, said),
            "confirm" => scan::confirm(self, at, said),
            "open" | "check" => scan::check(self, at, said),
            "gate" => gate::ask(self, at, said),
            "override" => gate::overrule(self, at, said),
            "close" => close(self, at, said),
            "void" => void(self, at, said),
            "report" => report(self, at, said),
            "papers" => papers::check(self, at, said),
            "signin" | "signout" => sign(self, at, said),
            "resolve" => resolve(self, at, said),
            "online" => {
                self.terminal(said, said.word(0, "a terminal")?)?.anchor(at);
                Ok(())
            }
            "offline" | "pull" | "backup" | "restore" => {
                // The server's backup loses nothing: terminals offer again what it forgot (`sync.md`).
                let _ = (said.has("server", 1), said.word(0, "a terminal, or the server")?);
                Ok(())
            }
            _ => trouble::happen(self, at, said),
        }
    }
}

/// `close t1 outbound document=N1 final @…`.
fn close(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?;
    let stage = stage(said, said.word(1, "a stage")?)?;
    let (basis, document, reserved) = scan::reference(story, said, name, stage)?;
    let close = if said.has("partial", 1) { Close::Partial } else { Close::Final };
    let _ = said.has("final", 1);
    let carrier = said.option(&["carrier"]).map(str::to_owned);
    story.open_checks.remove(name);
    if reserved && close == Close::Final {
        scan::draft(story, at, said, name, (stage, &basis, &document))?;
    }
    story.cast.deliver(name, at)?;
    let terminal = story.terminal(said, name)?;
    let key = (stage, basis, document);
    terminal.task(at, &key, reserved);
    let counted = terminal.log.iter().filter(|logged| logged.event.act.movement().is_some()).count() as u64;
    terminal.close(at, &key, close, counted, carrier);
    Ok(())
}

/// A stage by its word.
fn stage(said: &Statement, word: &str) -> Result<Stage, ScenarioError> {
    word.parse().map_err(|error: shared::event::UnknownStage| said.wrong(word, error.to_string()))
}

/// `void t1 last`, `void t1 P2.1 outbound`, `void t2 NAME`.
fn void(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let what = said.word(1, "what to undo: last, a code, or a name given with as=")?.to_owned();
    let stage = said.plain().nth(2).map(|word| stage(said, &word.text)).transpose()?;
    let code = story.cast.plot.names.code(&what);
    let named = story.cast.terminals.iter().find_map(|terminal| terminal.named.get(&what).copied());
    let references = story.cast.references(at)?;
    let operator = said.option(&["operator"]).map(Into::into);
    let called = said.option(&["as"]).map(str::to_owned);
    let terminal = story.terminal(said, &name)?;
    let voided: Vec<EventRef> = terminal
        .log
        .iter()
        .filter_map(|logged| match logged.event.act {
            Act::Void { voids, .. } => Some(voids),
            _ => None,
        })
        .collect();
    let own = terminal.log.iter().rev().filter(|logged| !voided.contains(&logged.event.by()));
    let found = own.filter_map(|logged| {
        let (at_stage, movement) = logged.event.act.movement()?;
        let is_it = what == "last" || (code.is_some() && references.grammars.parse(&movement.text).ok() == code);
        (is_it && stage.is_none_or(|stage| stage == at_stage)).then(|| logged.event.by())
    });
    let found = named.or_else(|| found.into_iter().next());
    let voids = found.ok_or_else(|| said.wrong(&what, format!("`{name}` has no scan `{what}` to undo")))?;
    let before = terminal.operator.clone();
    if operator.is_some() {
        terminal.operator = operator;
    }
    let by = terminal.undo(at, voids);
    let by = by.unwrap_or_else(|| terminal.record(at, Act::Void { voids, reason: VoidReason::IncorrectData }));
    terminal.operator = before;
    if let Some(called) = called {
        terminal.named.insert(called, by);
    }
    Ok(())
}

/// `report t1 P1.7 damaged document=N1 @…`.
fn report(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let words: Vec<String> = said.plain().skip(1).map(|word| word.text.clone()).collect();
    let (codes, what) = match words.as_slice() {
        [what] => (vec![None], what),
        [codes, what] => {
            (Names::range(codes).map_err(|why| said.wrong(codes, why))?.into_iter().map(Some).collect(), what)
        }
        _ => {
            return Err(
                said.wrong("report", "`report` takes a terminal, a code where there is one, and what is reported")
            );
        }
    };
    let kind = report_kind(said, what)?;
    let _ = said.option(&["photo"]);
    let reference = match said.option(&["document", "basis"]) {
        Some(_) => scan::named_reference(story, said)?,
        None => last_reference(story, said, &name)?,
    };
    for code in codes {
        let text = code.map(|code| scan::label_text(story, said, &code)).transpose()?;
        let (basis, document) = reference.clone();
        story
            .terminal(said, &name)?
            .record(at, Act::Report(Report { what: kind, basis, document, text, pack: None, photos: Vec::new() }));
    }
    Ok(())
}

fn report_kind(said: &Statement, what: &str) -> Result<ReportKind, ScenarioError> {
    Ok(match what {
        "lost" => ReportKind::Lost,
        "stolen" => ReportKind::Stolen,
        "damaged" => ReportKind::Damaged,
        "destroyed" => ReportKind::Destroyed,
        "refused" => ReportKind::Refused,
        "delayed" => ReportKind::Delayed,
        "unreadable" => ReportKind::Unreadable,
        "physical-differs" => ReportKind::PhysicalDiffers,
        other => return Err(said.wrong(other, format!("`{other}` is nothing that is reported"))),
    })
}

/// What the terminal worked on last; `none` where it did nothing yet.
fn last_reference(story: &mut Story<'_>, said: &Statement, name: &str) -> Result<(BasisId, DocumentId), ScenarioError> {
    let terminal = story.terminal(said, name)?;
    let last = terminal.log.iter().rev().find_map(|logged| logged.event.act.reference());
    Ok(last.map_or_else(|| ("none".into(), DocumentId::none()), |(basis, document)| (basis.clone(), document.clone())))
}

/// `signin t2 Z @…`, `signout t2 @…`.
fn sign(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?;
    let operator = if said.verb == "signin" { Some(said.word(1, "an operator")?.into()) } else { None };
    let terminal = story.terminal(said, name)?;
    if let Some(operator) = operator {
        let changed = terminal.operator.is_some();
        terminal.operator = Some(operator);
        terminal.record(at, if changed { Act::OperatorChanged } else { Act::SignedIn });
    } else {
        terminal.record(at, Act::SignedOut);
        terminal.operator = None;
    }
    Ok(())
}

/// `resolve missing-goods P1.7 reason=… by=… @…`.
fn resolve(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let kind = said.word(0, "a kind of mismatch")?;
    let kind: Kind =
        kind.parse().map_err(|error: shared::mismatch::UnknownKind| said.wrong(kind, error.to_string()))?;
    let words: Vec<String> = said.plain().skip(1).map(|word| word.text.clone()).collect();
    let _ = (said.option(&["by"]), said.option(&["reason"]));
    let subject = words.join(" ");
    let names = &story.cast.plot.names;
    let terminal = names.terminals.contains_key(&subject).then(|| terminal_id(&subject).to_string());
    let subject = names.code(&subject).map(|code| code.to_string()).or(terminal).unwrap_or(subject);
    story.resolved.push((at, kind, subject));
    Ok(())
}
