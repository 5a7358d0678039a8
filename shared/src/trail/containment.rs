//! Packages inside packages: what a parent's movement says of its children, and when a child left.
//!
//! Clerks cut cases open without telling anyone: a child's own movement under a basis or document that its parent did not take
//! implies its dissociation from then on (`domain.md`, containment).

use std::collections::BTreeSet;

use super::{Index, Scan};
use crate::code::PackageCode;
use crate::time::Timestamp;

/// Levels of nesting followed upwards; a registry that nests deeper is wrong, or a loop.
const NESTING_MAX: usize = 4;

impl<'a> Index<'a> {
    /// The scans that count for a code: its own, and those of the packages that held it then. Repeats are left out.
    #[must_use]
    pub fn trail(&self, code: &PackageCode) -> Vec<&Scan<'a>> {
        let mut trail = self.trail_within(code, NESTING_MAX);
        trail.sort_by_key(|scan| (scan.at, scan.by));
        trail
    }

    /// When a code left its registered parent, as far as its own scans tell.
    #[must_use]
    pub fn left_parent_at(&self, code: &PackageCode) -> Option<Timestamp> {
        let parent = self.parent(code)?;
        self.left_at(code, &self.trail_within(parent, NESTING_MAX - 1))
    }

    /// Units (盒) in a package at a time: those of the children still inside, or its pack ratio where none is registered.
    #[must_use]
    pub fn units_at(&self, code: &PackageCode, at: Timestamp) -> u64 {
        self.units_within(code, at, NESTING_MAX)
    }

    /// The registered parent of a code.
    #[must_use]
    pub fn parent(&self, code: &PackageCode) -> Option<&'a PackageCode> {
        self.references.codes.get(code)?.parent.as_ref()
    }

    /// The codes registered inside a package.
    pub fn children(&self, code: &PackageCode) -> impl Iterator<Item = &'a PackageCode> + use<'a> {
        self.references.children.get(code).into_iter().flatten()
    }

    fn trail_within(&self, code: &PackageCode, nesting: usize) -> Vec<&Scan<'a>> {
        let mut trail: Vec<&Scan<'a>> = self.own_scans(code).filter(|scan| !scan.repeat).collect();
        let Some(parent) = self.parent(code).filter(|_| nesting > 0) else { return trail };
        let parents = self.trail_within(parent, nesting - 1);
        let left_at = self.left_at(code, &parents);
        let own: BTreeSet<_> = trail.iter().map(|scan| (scan.stage, scan.reference())).collect();
        let inherited = parents
            .into_iter()
            .filter(|scan| left_at.is_none_or(|left| scan.at < left))
            .filter(|scan| !own.contains(&(scan.stage, scan.reference())));
        let inherited: Vec<_> = inherited.collect();
        trail.extend(inherited);
        trail
    }

    fn left_at(&self, code: &PackageCode, parents: &[&Scan<'a>]) -> Option<Timestamp> {
        let taken: BTreeSet<_> = parents.iter().map(|scan| scan.reference()).collect();
        let apart = self.own_scans(code).filter(|scan| scan.counts() && !taken.contains(&scan.reference()));
        apart.map(|scan| scan.at).min()
    }

    fn units_within(&self, code: &PackageCode, at: Timestamp, nesting: usize) -> u64 {
        let children = self.references.children.get(code).filter(|_| nesting > 0);
        let Some(children) = children else {
            return self.references.product_of(code).map_or(1, |(_, level)| u64::from(level.units));
        };
        let inside = children.iter().filter(|child| self.left_parent_at(child).is_none_or(|left| at < left));
        inside.map(|child| self.units_within(child, at, nesting - 1)).sum()
    }
}
