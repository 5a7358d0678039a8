//! What this terminal knows, put before the same rules that the server asks.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::Act;
use shared::ids::{BasisId, EventRef, MemberId};
use shared::mismatch::Mismatch;
use shared::rules::{judge, on_terminal, verdict_on};
use shared::time::Timestamp;
use shared::trail::{Fact, History};

use crate::store::{Pulled, Store, StoreError};

/// Its own log as facts, and what was pulled.
pub(super) struct Knowledge {
    pub(super) facts: Vec<Fact>,
    pub(super) pulled: Pulled,
    /// Ledger position of what was pulled.
    pub(super) position: u64,
}

impl Knowledge {
    pub(super) fn load(store: &Store, member: &MemberId) -> Result<Self, StoreError> {
        let facts = store.events()?.into_iter().map(|event| Fact::of(event, member.clone())).collect();
        Ok(Self { facts, pulled: store.pulled()?, position: store.cursor()?.1 })
    }

    /// Adds a fact and answers what rests on it.
    pub(super) fn judge(&mut self, fact: &Fact, now: Timestamp) -> Vec<Mismatch> {
        let code = fact.act.movement().and_then(|(_, movement)| shared::code::parse(&movement.text).ok());
        self.facts.push(fact.clone());
        let Some((basis, _)) = fact.act.reference() else { return Vec::new() };
        let history = self.history(basis, code.as_ref());
        let judged = self.judged(&history, now);
        verdict_on(fact, code.as_ref(), &judged)
    }

    /// All that is wrong under a basis, as far as this terminal knows.
    pub(super) fn judge_all(&self, basis: &BasisId, now: Timestamp) -> Vec<Mismatch> {
        self.judged(&self.history(basis, None), now)
    }

    fn judged(&self, history: &History, now: Timestamp) -> Vec<Mismatch> {
        let references = &self.pulled.references;
        on_terminal(judge(history, references, &references.policy(), now))
    }

    /// The facts that bear on a basis and on a code's family: those under the basis, and the family's wherever they are.
    pub(super) fn history(&self, basis: &BasisId, code: Option<&PackageCode>) -> History {
        let family = code.map(|code| self.family(code)).unwrap_or_default();
        let of_family = |act: &Act| {
            let movement = act.movement();
            movement
                .and_then(|(_, movement)| shared::code::parse(&movement.text).ok())
                .is_some_and(|code| family.contains(&code))
        };
        let bears = |fact: &&Fact| match fact.act.reference() {
            Some((of, _)) => of == basis || of_family(&fact.act),
            // What is said of packages without naming a basis: who was set aside and freed, what is inside what.
            None => matches!(
                fact.act,
                Act::Void { .. }
                    | Act::SetAside { .. }
                    | Act::Released { .. }
                    | Act::Associate { .. }
                    | Act::Dissociate { .. }
                    | Act::Relabel { .. }
            ),
        };
        let mut history = History { facts: self.facts.iter().filter(bears).cloned().collect(), ..History::default() };
        for fact in &self.facts {
            let reached = history.reached.entry(fact.by.terminal).or_insert(fact.at);
            *reached = fact.at.max(*reached);
        }
        for manifest in &self.pulled.manifests {
            let here = manifest.basis == *basis || manifest.sent.iter().any(|(code, _, _)| family.contains(code));
            if here {
                history.add_manifest(manifest);
            }
        }
        history
    }

    /// Events that a void of ours names.
    pub(super) fn voided(&self) -> BTreeSet<EventRef> {
        let voids = self.facts.iter().filter_map(|fact| match fact.act {
            Act::Void { voids, .. } => Some(voids),
            _ => None,
        });
        voids.collect()
    }

    fn family(&self, code: &PackageCode) -> BTreeSet<PackageCode> {
        let references = &self.pulled.references;
        let mut family = BTreeSet::from([code.clone()]);
        let mut top = code;
        while let Some(parent) = references.codes.get(top).and_then(|record| record.parent.as_ref()) {
            if !family.insert(parent.clone()) {
                break;
            }
            top = parent;
        }
        let mut open = vec![top];
        while let Some(package) = open.pop() {
            for child in references.children.get(package).into_iter().flatten() {
                if family.insert(child.clone()) || child == code {
                    open.push(child);
                }
            }
        }
        family
    }
}
