//! What is remembered of packages: their families, their scans, and what names them. Packages are numbered, so that families are
//! followed by small numbers.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};
use shared::code::PackageCode;
use shared::ids::PackId;
use shared::reference::CodeRecord;

/// A package's number.
pub type PackageNo = u32;

/// All packages that were met.
#[derive(Debug)]
pub(super) struct Packages {
    numbers: HashMap<PackageCode, PackageNo>,
    all: Vec<Package>,
}

/// What is known of one package. Lists are complete once it `is_known`.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) code: PackageCode,
    pub(super) is_known: bool,
    /// Whether nothing stands about it, and nothing did when it was judged last.
    pub(super) is_clear: bool,
    /// The code pack that it was registered with.
    pub(super) pack: Option<PackId>,
    /// What it holds and what holds it, as registered; itself among them.
    pub(super) related: Vec<PackageNo>,
    /// Places of its scans, and of what names it without scanning it.
    pub(super) facts: Vec<u32>,
}

impl Default for Packages {
    fn default() -> Self {
        Self { numbers: HashMap::new(), all: Vec::new() }
    }
}

impl Packages {
    /// The number of a package, met before or not.
    pub(super) fn number(&mut self, code: &PackageCode) -> PackageNo {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        let number = PackageNo::try_from(self.all.len()).unwrap_or(PackageNo::MAX);
        self.numbers.insert(code.clone(), number);
        self.all.push(Package {
            code: code.clone(),
            is_known: false,
            is_clear: false,
            pack: None,
            related: Vec::new(),
            facts: Vec::new(),
        });
        number
    }

    /// The number of a package that was met before.
    pub(super) fn find(&self, code: &PackageCode) -> Option<PackageNo> {
        self.numbers.get(code).copied()
    }

    /// What is known of a package elsewhere: its kin by their codes, its events by their places here.
    pub(super) fn bring<'c>(
        &mut self,
        known: &Package,
        related: impl Iterator<Item = &'c PackageCode>,
        facts: impl Iterator<Item = u32>,
    ) {
        let related = related.map(|code| self.number(code)).collect();
        let number = self.number(&known.code);
        let (code, pack) = (known.code.clone(), known.pack.clone());
        let Package { is_known, is_clear, .. } = *known;
        self.all[number as usize] = Package { code, is_known, is_clear, pack, related, facts: facts.collect() };
    }

    /// Whether nothing stands about a package that was met before.
    pub(super) fn set_clear(&mut self, code: &PackageCode, is_clear: bool) {
        if let Some(number) = self.find(code) {
            self.all[number as usize].is_clear = is_clear;
        }
    }

    pub(super) fn get(&self, number: PackageNo) -> &Package {
        &self.all[number as usize]
    }

    /// Those of these that were not asked about yet, each once.
    pub(super) fn unknown(&self, numbers: &[PackageNo]) -> BTreeSet<PackageNo> {
        numbers.iter().copied().filter(|number| !self.get(*number).is_known).collect()
    }

    /// A record of packages themselves or of what was put into them, for those of them that are asked about now.
    pub(super) fn relate(&mut self, asked: &BTreeSet<PackageNo>, record: &CodeRecord) {
        let own = self.number(&record.code);
        let parent = record.parent.as_ref().map(|parent| self.number(parent));
        for number in parent.into_iter().chain([own]).filter(|number| asked.contains(number)) {
            let package = &mut self.all[number as usize];
            package.related.extend(parent.into_iter().chain([own]));
            if number == own {
                package.pack = Some(record.pack.clone());
            }
        }
    }

    /// Events at these places scan or name packages that are asked about now: their lists are complete with this.
    pub(super) fn know(&mut self, asked: &BTreeSet<PackageNo>, named: impl IntoIterator<Item = (PackageNo, u32)>) {
        for number in asked {
            self.all[*number as usize].is_known = true;
        }
        for (number, place) in named.into_iter().filter(|(number, _)| asked.contains(number)) {
            self.all[number as usize].facts.push(place);
        }
    }

    /// A new event scans or names packages.
    pub(super) fn follow(&mut self, named: &[PackageNo], place: u32) {
        for number in named {
            let package = &mut self.all[*number as usize];
            if package.is_known {
                package.facts.push(place);
            }
        }
    }
}
