//! What an event or a record may change in verdicts.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::{Act, Event};
use shared::ids::{BasisId, MemberId, OperatorId, PackId, TerminalId};
use shared::time::Timestamp;
use shared::trail::Fact;
use sqlx::AnyConnection;

use crate::labels;
use crate::store::labelled::{Labelled, scanned};
use crate::store::{self, StoreError, named};

/// How many voids of voids are followed.
const VOIDS_MAX: usize = 4;

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Bases whose events or references changed.
    pub bases: BTreeSet<BasisId>,
    /// Codes that were scanned, named or registered.
    pub codes: BTreeSet<PackageCode>,
    /// Members whose quota, relocations or reports changed.
    pub members: BTreeSet<MemberId>,
    /// Code packs that were put into use.
    pub packs: BTreeSet<PackId>,
    /// People who signed in or out, and on which day.
    pub operators: BTreeSet<(OperatorId, i64)>,
    /// Terminals whose conduct is to be looked at: gates that were asked, voids.
    pub terminals: BTreeSet<TerminalId>,
}

/// One event as far as it may touch something.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    act: &'a Act,
    scanned: Option<PackageCode>,
    terminal: TerminalId,
    operator: Option<&'a OperatorId>,
    at: Timestamp,
}

impl<'a> From<&'a Event> for Told<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            act: &event.act,
            scanned: scanned(&event.act),
            terminal: event.terminal,
            operator: event.operator.as_ref(),
            at: event.at,
        }
    }
}

impl<'a> From<&'a Fact> for Told<'a> {
    fn from(fact: &'a Fact) -> Self {
        Self {
            act: &fact.act,
            scanned: fact.code.clone(),
            terminal: fact.by.terminal,
            operator: fact.operator.as_ref(),
            at: fact.at,
        }
    }
}

impl<'a> From<&'a Labelled> for Told<'a> {
    fn from(event: &'a Labelled) -> Self {
        let (terminal, operator, at) = (event.terminal, event.operator.as_ref(), event.at);
        Self { act: &event.act, scanned: event.code().cloned(), terminal, operator, at }
    }
}

impl Touched {
    /// What an event may change: the basis that it names, the packages that it scans or names, what it says of packs and people.
    pub fn add_event<'a>(&mut self, told: impl Into<Told<'a>>) {
        let Told { act, scanned, terminal, operator, at } = told.into();
        self.bases.extend(act.reference().map(|(basis, _)| basis.clone()));
        self.codes.extend(scanned);
        self.codes.extend(act.named_texts().into_iter().filter_map(|text| labels::read(text).ok()));
        match act {
            Act::PackActivated { pack } => drop(self.packs.insert(pack.clone())),
            Act::SignedIn | Act::SignedOut | Act::OperatorChanged => {
                self.operators.extend(operator.map(|operator| (operator.clone(), named::day(at))));
            }
            Act::GateAsked { .. } | Act::Void { .. } => drop(self.terminals.insert(terminal)),
            _ => {}
        }
    }

    /// The same, and what the event takes back.
    pub(crate) async fn follow<'a>(
        &mut self,
        conn: &mut AnyConnection,
        told: impl Into<Told<'a>>,
    ) -> Result<(), StoreError> {
        let told = told.into();
        let mut voids = if let Act::Void { voids, .. } = told.act { Some(*voids) } else { None };
        self.add_event(told);
        for _ in 0..VOIDS_MAX {
            let Some(by) = voids.take() else { break };
            let Some(voided) = store::event::find(conn, by).await? else { break };
            self.add_event(&voided);
            if let Act::Void { voids: by, .. } = voided.act {
                voids = Some(by);
            }
        }
        Ok(())
    }

    /// The same in pieces that can be judged apart: each basis alone, and the rest.
    #[must_use]
    pub fn by_basis(mut self) -> Vec<Self> {
        let bases = std::mem::take(&mut self.bases);
        let each = bases.into_iter().map(|basis| Self { bases: [basis].into(), ..Self::default() });
        each.chain([self]).collect()
    }

    /// What either touched.
    pub fn add(&mut self, mut other: Self) {
        self.bases.append(&mut other.bases);
        self.codes.append(&mut other.codes);
        self.members.append(&mut other.members);
        self.packs.append(&mut other.packs);
        self.operators.append(&mut other.operators);
        self.terminals.append(&mut other.terminals);
    }
}
