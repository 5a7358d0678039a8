//! Who knows what when: the server, by what has reached it; a terminal, by its own log and its last contact.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use shared::event::{Act, Event};
use shared::mismatch::Mismatch;
use shared::reference::References;
use shared::rules::arrivals::{self, Arrivals, Fault, LogFault, Received};
use shared::rules::{Policy, judge_index, on_terminal};
use shared::time::Timestamp;
use shared::trail::clock::Anchors;
use shared::trail::{Fact, History, Index, manifests};

use crate::core::Cores;
use crate::heard::Heard;
use crate::plot::Plot;
use crate::reference::position;
use crate::statement::ScenarioError;
use crate::terminal::{Logged, Terminal};
use crate::trouble::Trouble;

/// The cast of a scenario and its references.
pub(crate) struct Cast<'p> {
    pub plot: &'p Plot,
    cores: Option<&'p dyn Cores>,
    pub terminals: Vec<Terminal>,
    pub troubles: BTreeMap<String, Trouble>,
    /// Devices that claim another's numbers: name → whose.
    pub twins: BTreeMap<String, String>,
    references: RefCell<BTreeMap<usize, Rc<References>>>,
}

impl<'p> Cast<'p> {
    pub(crate) fn new(plot: &'p Plot, cores: Option<&'p dyn Cores>) -> Result<Self, ScenarioError> {
        let (troubles, twins) = (BTreeMap::new(), BTreeMap::new());
        let references = RefCell::default();
        let mut cast = Self { plot, cores, terminals: Vec::new(), troubles, twins, references };
        plot.make_terminals()?.into_iter().for_each(|terminal| cast.enter(terminal));
        Ok(cast)
    }

    /// Adds a terminal, with a core where this run has them.
    pub(crate) fn enter(&mut self, mut terminal: Terminal) {
        match self.cores.map(|cores| cores.core(&terminal)) {
            Some(Ok(core)) => terminal.work_with(core),
            Some(Err(why)) => terminal.broken = Some(why),
            None => {}
        }
        self.terminals.push(terminal);
    }

    /// Delivers to a terminal's core what it has heard of at a moment.
    pub(crate) fn deliver(&mut self, name: &str, at: Timestamp) -> Result<(), ScenarioError> {
        let Some(place) = self.terminals.iter().position(|terminal| terminal.name == name && terminal.has_core())
        else {
            return Ok(());
        };
        let terminal = &self.terminals[place];
        let known = terminal.connection.known_at(at);
        let others = self.terminals.iter().filter(|other| other.name != name && !self.twins.contains_key(&other.name));
        let made_of = (self.statements_known(known), others.map(|other| self.held(other, known).len()).sum());
        let mut heard = terminal.heard.clone();
        if heard.position == 0 || heard.made_of != made_of {
            let references = self.references(known)?;
            let held = self.server_history(known);
            heard = Heard::new(terminal, (position(known), made_of), &references, self.policy(), &held);
        }
        self.terminals[place].hear(known, heard);
        Ok(())
    }

    fn statements_known(&self, known: Timestamp) -> usize {
        self.plot.references.iter().filter(|(from, _)| from.is_none_or(|from| from <= known)).count()
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.plot.policy
    }

    /// The references as known at a moment; built once for each set of known statements.
    pub(crate) fn references(&self, known: Timestamp) -> Result<Rc<References>, ScenarioError> {
        let key = self.statements_known(known);
        if let Some(found) = self.references.borrow().get(&key) {
            return Ok(found.clone());
        }
        let built = Rc::new(self.plot.references_at(known)?);
        self.references.borrow_mut().insert(key, built.clone());
        Ok(built)
    }

    /// What has reached the server by `now` and was taken in.
    pub(crate) fn server_history(&self, now: Timestamp) -> History {
        let mut history = History::default();
        for terminal in self.terminals.iter().filter(|terminal| !self.twins.contains_key(&terminal.name)) {
            let held = self.held(terminal, now);
            let anchors = Anchors::of(held.iter().map(|logged| &logged.event));
            let mut next = 1;
            for logged in &held {
                let fact = fact(&logged.event, terminal, &anchors);
                if logged.event.seq == next {
                    next += 1;
                    let reached = history.reached.entry(terminal.id).or_insert(fact.at);
                    *reached = fact.at.max(*reached);
                }
                history.facts.push(fact);
            }
        }
        history
    }

    fn held<'t>(&self, terminal: &'t Terminal, now: Timestamp) -> Vec<&'t Logged> {
        let trouble = self.troubles.get(&terminal.name).cloned().unwrap_or_default();
        let held = terminal.log.iter().filter(|logged| {
            let received = terminal.connection.received_at(logged.true_at);
            let here = received.is_some_and(|at| at <= now && trouble.takes_in(logged.event.seq, at));
            here && !logged.dropped
        });
        held.collect()
    }

    /// When things arrived, and what is wrong with logs.
    pub(crate) fn arrivals(&self, now: Timestamp) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for terminal in self.terminals.iter().filter(|terminal| !self.twins.contains_key(&terminal.name)) {
            let held = self.held(terminal, now);
            let anchors = Anchors::of(held.iter().map(|logged| &logged.event));
            for logged in &held {
                if let Some(received_at) = terminal.connection.received_at(logged.true_at) {
                    let at = anchors.moment(&logged.event).at;
                    arrivals.received.push(Received { by: logged.event.by(), at, received_at });
                }
            }
            arrivals.faults.extend(clock_faults(terminal, &held, &anchors));
            let trouble = self.troubles.get(&terminal.name).cloned().unwrap_or_default();
            arrivals.faults.extend(trouble.faults(terminal, now));
        }
        arrivals.confirmed_at = self.plot.unconfirmed.iter().cloned().collect();
        arrivals
    }

    /// The server's verdict at a moment, of what had reached it by then.
    pub(crate) fn server_verdict(&self, now: Timestamp) -> Result<Vec<Mismatch>, ScenarioError> {
        let references = self.references(now)?;
        let history = self.server_history(now);
        let index = Index::new(&history, &references);
        let mut judged = judge_index(&index, self.policy(), now);
        judged.extend(arrivals::judge(&self.arrivals(now), &index, &self.policy().limits, now));
        Ok(judged)
    }

    /// What a terminal has to judge by: its own log, and what was sent to its member as far as it heard.
    pub(crate) fn terminal_history(
        &self,
        name: &str,
        now: Timestamp,
    ) -> Result<(History, Rc<References>), ScenarioError> {
        let mut history = History::default();
        let Some(terminal) = self.terminals.iter().find(|terminal| terminal.name == name) else {
            return Ok((history, self.references(now)?));
        };
        let own: Vec<&Logged> = terminal.log.iter().filter(|logged| logged.true_at <= now).collect();
        let anchors = Anchors::of(own.iter().map(|logged| &logged.event));
        history.facts.extend(own.iter().map(|logged| fact(&logged.event, terminal, &anchors)));
        history.reached.insert(terminal.id, now);
        let known = terminal.connection.known_at(now);
        let references = self.references(known)?;
        if self.terminals.len() > 1 {
            let held = self.server_history(known);
            // What lines upload of codes comes with the registry; scans of others come as manifests only.
            let of_registry =
                held.facts.iter().filter(|fact| fact.by.terminal != terminal.id && is_of_registry(&fact.act));
            history.facts.extend(of_registry.cloned());
            let index = Index::new(&held, &references);
            for manifest in manifests(&index, |_, _| true) {
                let basis = references.bases.get(&manifest.basis);
                if basis.is_some_and(|basis| basis.buyer == terminal.member && basis.seller != terminal.member) {
                    history.add_manifest(&manifest);
                }
            }
        }
        Ok((history, references))
    }

    /// A terminal's verdict at a moment.
    pub(crate) fn terminal_verdict(&self, name: &str, now: Timestamp) -> Result<Vec<Mismatch>, ScenarioError> {
        let (history, references) = self.terminal_history(name, now)?;
        Ok(on_terminal(judge_index(&Index::new(&history, &references), self.policy(), now)))
    }
}

/// The fact that an event states, at the time that the log's anchors give it.
pub(crate) fn fact(event: &Event, terminal: &Terminal, anchors: &Anchors) -> Fact {
    Fact::at(event.clone(), terminal.member.clone(), anchors.moment(event))
}

fn is_of_registry(act: &Act) -> bool {
    matches!(act, Act::Associate { .. } | Act::Dissociate { .. } | Act::Relabel { .. } | Act::PackActivated { .. })
}

/// Clocks that are off or stepped back, as anchors and wall times tell.
fn clock_faults(terminal: &Terminal, held: &[&Logged], anchors: &Anchors) -> Vec<LogFault> {
    let mut faults = Vec::new();
    for anchor in anchors.as_slice() {
        let fault = Fault::Offset(anchor.offset_ms());
        faults.push(LogFault { terminal: terminal.id, fault, at: anchor.server, events: [].into(), more: 0 });
    }
    for pair in held.windows(2) {
        let [one, other] = pair else { continue };
        if other.event.boot == one.event.boot && other.event.at < one.event.at {
            let (fault, events) = (Fault::SteppedBack, [other.event.by()].into());
            faults.push(LogFault {
                terminal: terminal.id,
                fault,
                at: anchors.moment(&other.event).at,
                events,
                more: 0,
            });
        }
    }
    faults
}
