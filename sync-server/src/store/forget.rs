//! Forgetting what was not asked for lately: what is kept answers its questions as completely as before.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use shared::code::PackageCode;
use shared::ids::BasisId;

use super::facts::Facts;
use super::memory::{Batch, Lists, Memory};
use super::packages::PackageNo;

/// Where a kept event was, and where it is.
type Moved = HashMap<u32, u32>;

impl Facts {
    /// Forgets everything but the events under these bases, the packages that they scan or name with their families, and what is about
    /// any of these. Begins a new search.
    pub fn keep_only(&mut self, bases: &BTreeSet<BasisId>) {
        let old = std::mem::take(self).memory;
        self.memory = old.only(bases);
    }

    /// How many events under a basis are remembered.
    #[must_use]
    pub fn remembered_under(&self, basis: &BasisId) -> usize {
        self.memory.of_basis.list(basis).map_or(0, <[u32]>::len)
    }

    /// Whether everything is known of a package.
    #[must_use]
    pub fn knows(&self, code: &PackageCode) -> bool {
        self.memory.packages.find(code).is_some_and(|number| self.memory.packages.get(number).is_known)
    }
}

impl Memory {
    fn only(self, bases: &BTreeSet<BasisId>) -> Self {
        let packages = self.families(&self.of_basis.places(bases));
        let kept = self.kept(bases, &packages);
        let mut new = Self { anchors: self.anchors, looked_up: self.looked_up, ..Self::default() };
        let mut moved = Moved::new();
        for place in kept {
            let held = &self.held[place as usize];
            let now = new.adopt(Arc::clone(&held.fact), held.told);
            new.held[now as usize].is_asked_about = held.is_asked_about;
            moved.insert(place, now);
        }
        for number in &packages {
            let package = self.packages.get(*number);
            let related = package.related.iter().map(|other| &self.packages.get(*other).code);
            let facts = package.facts.iter().filter_map(|place| moved.get(place)).copied();
            new.packages.bring(package, related, facts);
        }
        for basis in bases {
            copy(&self.of_basis, &mut new.of_basis, basis, &moved);
            copy(&self.tasks, &mut new.tasks, basis, &moved);
        }
        for (entry, batch) in &self.batches {
            let scans: Option<Vec<u32>> = batch.scans.iter().map(|place| moved.get(place).copied()).collect();
            if let Some(scans) = scans {
                new.batches.insert(*entry, Batch { first: batch.first, scans });
            }
        }
        new
    }

    /// The known packages that events scan or name, with everything that holds or fills them.
    fn families(&self, places: &[u32]) -> BTreeSet<PackageNo> {
        let mut packages = BTreeSet::new();
        let mut fresh: Vec<PackageNo> = places.iter().flat_map(|place| self.packages_at(*place)).copied().collect();
        while let Some(number) = fresh.pop() {
            let package = self.packages.get(number);
            if package.is_known && packages.insert(number) {
                fresh.extend(&package.related);
            }
        }
        packages
    }

    /// The events that are kept, in their order: those under the bases, all of the packages', and what is about any of them.
    fn kept(&self, bases: &BTreeSet<BasisId>, packages: &BTreeSet<PackageNo>) -> BTreeSet<u32> {
        let mut fresh = self.of_basis.places(bases);
        fresh.extend(self.tasks.places(bases));
        fresh.extend(packages.iter().flat_map(|number| &self.packages.get(*number).facts));
        let mut kept = BTreeSet::new();
        while let Some(place) = fresh.pop() {
            if kept.insert(place) {
                fresh.extend(self.about.get(&self.fact(place).by).into_iter().flatten());
            }
        }
        kept
    }
}

fn copy(from: &Lists<BasisId>, to: &mut Lists<BasisId>, basis: &BasisId, moved: &Moved) {
    if let Some(list) = from.list(basis) {
        let places = list.iter().filter_map(|place| moved.get(place)).copied();
        to.learn(&[basis], places.map(|place| (basis.clone(), place)));
    }
}
