//! Which facts are effective: each event once, in order, without those that a void names.

use std::collections::{HashMap, HashSet};

use super::Fact;
use crate::event::Act;
use crate::ids::EventRef;
use crate::mismatch::Kind;

/// The effective facts, and the voids that have no effect.
pub(super) struct Effective<'a> {
    /// By (time, event).
    pub facts: Vec<&'a Fact>,
    /// Voids of a void, or of another member's event, each with the event it names.
    pub invalid_voids: Vec<(&'a Fact, &'a Fact)>,
    /// Voids with effect, each with the event it undid.
    pub valid_voids: Vec<(&'a Fact, &'a Fact)>,
}

pub(super) fn effective(mut facts: Vec<&Fact>) -> Effective<'_> {
    facts.sort_by_key(|fact| (fact.at, fact.by));
    facts.dedup_by_key(|fact| fact.by);
    let mut found = Effective { facts: Vec::new(), invalid_voids: Vec::new(), valid_voids: Vec::new() };
    let named: HashSet<EventRef> = facts.iter().filter_map(|fact| voids(fact)).collect();
    if !named.is_empty() {
        let by_ref: HashMap<EventRef, &Fact> =
            facts.iter().filter(|fact| named.contains(&fact.by)).map(|fact| (fact.by, *fact)).collect();
        let mut undone = HashSet::new();
        for void in &facts {
            // A void whose event has not come yet has no effect yet, and nothing is wrong with it.
            let Some(event) = voids(void).and_then(|named| by_ref.get(&named)) else { continue };
            if event.member == void.member && !matches!(event.act, Act::Void { .. }) {
                undone.insert(event.by);
                found.valid_voids.push((void, event));
            } else {
                found.invalid_voids.push((void, event));
            }
        }
        facts.retain(|fact| !undone.contains(&fact.by));
    }
    found.facts = facts;
    found
}

fn voids(fact: &Fact) -> Option<EventRef> {
    match fact.act {
        Act::Void { voids, .. } => Some(voids),
        _ => None,
    }
}

/// Scans set aside and not released, each with the kinds that spoke against it.
pub(super) fn set_aside<'a>(facts: &[&'a Fact]) -> HashMap<EventRef, &'a [Kind]> {
    let mut aside: HashMap<EventRef, &'a [Kind]> = HashMap::new();
    for fact in facts {
        if let Act::SetAside { scan_seq, kinds, .. } = &fact.act {
            aside.insert(EventRef { seq: *scan_seq, ..fact.by }, kinds.as_slice());
        }
    }
    if !aside.is_empty() {
        for fact in facts {
            if let Act::Released { scan_seq, .. } = &fact.act {
                aside.remove(&EventRef { seq: *scan_seq, ..fact.by });
            }
        }
    }
    aside
}
