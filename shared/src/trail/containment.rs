//! Packages inside packages: what a parent's movement says of its children, and when a child left.
//!
//! An observed-remove set: each association is a token that holds until a dissociation names it. Clerks cut cases open without
//! telling anyone: a child's own movement under a basis or document that its parent did not take implies its dissociation from
//! then on (`domain.md`, containment).

use std::collections::HashSet;

use super::package::{CodeNo, Scan, Token};
use super::{Fact, Index};
use crate::code::PackageCode;
use crate::event::Act;
use crate::ids::EventRef;
use crate::time::Timestamp;

/// Levels of nesting followed upwards; a registry that nests deeper is wrong, or a loop.
const NESTING_MAX: usize = 4;

/// Before everything: the registry's associations hold from the beginning.
const BEGINNING: Timestamp = Timestamp::from_ms(i64::MIN);

impl<'a> Index<'a> {
    /// The scans that count for a code: its own, and those of the packages that held it then. Repeats are left out.
    #[must_use]
    pub fn trail(&self, code: &PackageCode) -> Vec<&Scan<'a>> {
        self.number(code).map(|number| self.trail_of(number).collect()).unwrap_or_default()
    }

    /// The same, by number; in order.
    pub fn trail_of(&self, code: CodeNo) -> impl Iterator<Item = &Scan<'a>> + Clone + use<'_, 'a> {
        self.places(code, NESTING_MAX).iter().map(|place| &self.scans[*place as usize])
    }

    /// When a package left the parent of a token, as far as records and its own scans tell.
    #[must_use]
    pub fn left_at(&self, code: CodeNo, token: &Token) -> Option<Timestamp> {
        self.left_within(code, token, NESTING_MAX)
    }

    /// The packages that are inside another at a moment.
    pub fn inside_at(&self, parent: CodeNo, at: Timestamp) -> impl Iterator<Item = CodeNo> + use<'_, 'a> {
        let children = self.package(parent).children.iter().copied();
        children.filter(move |child| self.is_inside(*child, parent, at))
    }

    /// Whether a package was inside another at a moment.
    #[must_use]
    pub fn is_inside(&self, child: CodeNo, parent: CodeNo, at: Timestamp) -> bool {
        let tokens = self.package(child).tokens.iter().filter(|token| token.parent == parent && token.from <= at);
        tokens.into_iter().any(|token| self.left_at(child, token).is_none_or(|left| at < left))
    }

    /// Units (盒) in a package at a moment: those of the children still inside, or its pack ratio where none was ever put in.
    #[must_use]
    pub fn units_at(&self, code: CodeNo, at: Timestamp) -> u64 {
        self.units_within(code, at, NESTING_MAX)
    }

    fn units_within(&self, code: CodeNo, at: Timestamp, nesting: usize) -> u64 {
        let package = self.package(code);
        if package.children.is_empty() || nesting == 0 {
            let ratio = package.product.map_or(1, |(_, level)| u64::from(level.units));
            return package.remainder_units.unwrap_or(ratio);
        }
        let inside = self.inside_at(code, at);
        inside.fold(0, |sum: u64, child| sum.saturating_add(self.units_within(child, at, nesting - 1)))
    }

    fn places(&self, code: CodeNo, nesting: usize) -> &[u32] {
        let Some(memo) = self.trails.get(code.place()) else { return &[] };
        // A loop in the registry would come back here while the trail is being made: nesting ends before that.
        if nesting == 0 {
            return memo.get().map_or(&[], |trail| trail);
        }
        if memo.get().is_none() {
            let trail = self.make_trail(code, nesting);
            // Whoever was first wrote the same.
            let _ = memo.set(trail.into_boxed_slice());
        }
        memo.get().map_or(&[], |trail| trail)
    }

    fn make_trail(&self, code: CodeNo, nesting: usize) -> Vec<u32> {
        let package = self.package(code);
        let own = package.own.iter().copied().filter(|place| !self.scans[*place as usize].repeat);
        let mut trail: Vec<u32> = own.collect();
        if package.tokens.is_empty() && package.replaces.is_none() {
            return trail;
        }
        let own_count = trail.len();
        for token in &package.tokens {
            let left = self.left_within(code, token, nesting);
            for place in self.places(token.parent, nesting - 1) {
                let scan = &self.scans[*place as usize];
                let own = &trail[..own_count];
                let said = own.iter().map(|own| &self.scans[*own as usize]);
                let own_says = said.into_iter().any(|own| own.stage == scan.stage && own.leg() == scan.leg());
                if counts_inside(token, left, scan) && !own_says {
                    trail.push(*place);
                }
            }
        }
        if let Some((old, at)) = package.replaces {
            trail.extend(self.places(old, nesting - 1).iter().filter(|place| self.scans[**place as usize].at <= at));
        }
        // Scans are numbered by (time, event): sorting the numbers sorts the trail.
        trail.sort_unstable();
        trail.dedup();
        trail
    }

    fn left_within(&self, code: CodeNo, token: &Token, nesting: usize) -> Option<Timestamp> {
        let mut own = self.own_scans(code).filter(|scan| scan.counts() && scan.at >= token.from).peekable();
        if own.peek().is_none() || nesting == 0 {
            return token.until;
        }
        let parents = self.places(token.parent, nesting - 1);
        let with_parent =
            |scan: &&Scan<'_>| parents.iter().any(|place| self.scans[*place as usize].leg() == scan.leg());
        let apart = own.find(|scan| !with_parent(scan)).map(|scan| scan.at);
        token.until.into_iter().chain(apart).min()
    }

    pub(super) fn collect_containment(&mut self) {
        let others = std::mem::take(&mut self.others);
        for fact in &others {
            self.associate(fact);
        }
        self.registry_families();
        for fact in &others {
            self.dissociate(fact);
        }
        self.others = others;
    }

    /// Interns families as the registry has them: parents of what is named, and everything inside those.
    fn registry_families(&mut self) {
        let references = self.references;
        let mut place = 0;
        while place < self.packages.len() {
            let child = CodeNo::new(place);
            let record = self.packages[place].record;
            if let Some(parent) = record.and_then(|record| record.parent.as_ref()) {
                let parent = self.code_no(parent);
                self.add_token(child, Token { parent, from: BEGINNING, until: None, by: None });
            }
            for inside in references.children.get(&self.packages[place].code).into_iter().flatten() {
                self.code_no(inside);
            }
            place += 1;
        }
    }

    fn add_token(&mut self, child: CodeNo, token: Token) {
        if child == token.parent {
            return;
        }
        let tokens = &mut self.packages[child.place()].tokens;
        let known = tokens.iter().any(|held| held.parent == token.parent);
        tokens.push(token);
        if !known {
            self.packages[token.parent.place()].children.push(child);
        }
    }

    fn associate(&mut self, fact: &'a Fact) {
        match &fact.act {
            Act::Associate { parent, children, remainder_units } => {
                let Ok(parent) = self.text(parent) else { return };
                let package = &mut self.packages[parent.place()];
                package.remainder_units = package.remainder_units.max(*remainder_units);
                for child in children {
                    if let Ok(child) = self.text(child) {
                        self.add_token(child, Token { parent, from: fact.at, until: None, by: Some(fact.by) });
                    }
                }
            }
            Act::CaseChecked { parent, children, .. } => {
                for text in children.iter().chain([parent]) {
                    let _ = self.text(text);
                }
            }
            Act::Report(report) => self.note(report.text.as_deref()),
            Act::Relabel { old, new } => {
                if let (Ok(old), Ok(new)) = (self.text(old), self.text(new)) {
                    let ended = &mut self.packages[old.place()].replaced_at;
                    *ended = Some(ended.map_or(fact.at, |before| before.min(fact.at)));
                    self.packages[new.place()].replaces.get_or_insert((old, fact.at));
                }
            }
            _ => {}
        }
    }

    /// Gives a code that a report names its number, where it has none yet.
    fn note(&mut self, text: Option<&'a str>) {
        if let Some(text) = text {
            let _ = self.text(text);
        }
    }

    fn dissociate(&mut self, fact: &'a Fact) {
        let Act::Dissociate { parent, children, ends } = &fact.act else { return };
        let Ok(parent) = self.text(parent) else { return };
        let ends: HashSet<EventRef> = ends.iter().copied().collect();
        let named: Vec<CodeNo> = children.iter().filter_map(|child| self.text(child).ok()).collect();
        let taken_out = if children.is_empty() { self.packages[parent.place()].children.clone() } else { named };
        for child in taken_out {
            for token in self.packages[child.place()].tokens.iter_mut().filter(|token| token.parent == parent) {
                let ended =
                    if ends.is_empty() { token.from <= fact.at } else { token.by.is_some_and(|by| ends.contains(&by)) };
                if ended {
                    token.until = Some(token.until.map_or(fact.at, |until| until.min(fact.at)));
                }
            }
        }
    }
}

/// Whether a parent's scan counts for a child inside. A time that is unsure counts as inside.
fn counts_inside(token: &Token, left: Option<Timestamp>, scan: &Scan<'_>) -> bool {
    let (earliest, latest) = scan.bounds();
    token.from <= latest && left.is_none_or(|left| earliest < left)
}
