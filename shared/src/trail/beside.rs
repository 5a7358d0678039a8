//! A slice of a history: the facts around one new scan, and sums over all others.
//!
//! What speaks against a scan rests on the trails of its own package and of the packages around it, and, of everything else under
//! its basis, on sums alone: how much stands on each line, how fast was aimed, how many codes were typed. With these beside it, a
//! verdict costs the same after ten scans and after ten thousand.

use std::collections::BTreeMap;

use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, EventRef, OperatorId, ProductId};
use crate::time::Timestamp;

/// One (basis, document, stage), by ids.
pub type Place = (BasisId, DocumentId, Stage);

/// Units (盒) of one product at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineSum {
    /// Those that count.
    pub counted: u64,
    /// Those among them whose own label was scanned; the others are inferred from their case.
    pub verified: u64,
    /// Those tried: what counts, and what was set aside just for being too much.
    pub attempted: u64,
    /// Those tried that their own document does not exclude.
    pub within: u64,
}

/// What was scanned at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceSum {
    /// By product.
    pub lines: BTreeMap<ProductId, LineSum>,
    /// Packages that count.
    pub packages: u64,
    /// Packages set aside.
    pub set_aside: u64,
}

/// Sums of a history, or of what is left out of a slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// By place.
    pub places: BTreeMap<Place, PlaceSum>,
    /// Whether some line has too much: which scans are too much then depends on the order of all, and no slice will do.
    pub is_over: bool,
    /// By basis and operator: codes typed, and all.
    pub typed: BTreeMap<(BasisId, Option<OperatorId>), (u64, u64)>,
}

/// One aim of the scanner: the labels of one picture, or one label where no picture is told.
pub type Aim = (Option<u64>, Timestamp);

/// What stands beside the facts of a slice.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The newest scan: the one that is asked about. All that is left out came before it.
    pub focus: Option<EventRef>,
    /// Sums over what is left out; nothing of it is too much.
    pub sums: Sums,
    /// The aims before the newest scan on its terminal, by time.
    pub aims: Vec<Aim>,
}

impl LineSum {
    /// Adds or takes away what `of` says.
    #[must_use]
    fn with(self, other: Self, of: fn(u64, u64) -> u64) -> Self {
        Self {
            counted: of(self.counted, other.counted),
            verified: of(self.verified, other.verified),
            attempted: of(self.attempted, other.attempted),
            within: of(self.within, other.within),
        }
    }
}

impl PlaceSum {
    /// Adds what other packages of the same place sum up to.
    pub fn add(&mut self, other: &Self) {
        self.combine(other, u64::saturating_add);
    }

    fn combine(&mut self, other: &Self, of: fn(u64, u64) -> u64) {
        self.packages = of(self.packages, other.packages);
        self.set_aside = of(self.set_aside, other.set_aside);
        for (product, line) in &other.lines {
            let before = self.lines.entry(product.clone()).or_default();
            *before = before.with(*line, of);
        }
    }
}

impl Sums {
    /// Adds what other facts sum up to.
    pub fn add(&mut self, other: &Self) {
        self.combine(other, u64::saturating_add);
        self.is_over |= other.is_over;
    }

    /// Takes away what some of the facts sum up to.
    pub fn take_away(&mut self, part: &Self) {
        self.combine(part, u64::saturating_sub);
    }

    /// What stands on a line.
    #[must_use]
    pub fn line(&self, place: &Place, product: &ProductId) -> LineSum {
        self.places.get(place).and_then(|sum| sum.lines.get(product)).copied().unwrap_or_default()
    }

    /// What stands on the lines of a product under a basis in a stage, over all its documents.
    pub fn lines_of<'s>(
        &'s self,
        basis: &'s BasisId,
        stage: Stage,
        product: &'s ProductId,
    ) -> impl Iterator<Item = LineSum> + use<'s> {
        let here = self.places.iter().filter(move |((of, _, at), _)| of == basis && *at == stage);
        here.filter_map(move |(_, sum)| sum.lines.get(product).copied())
    }

    fn combine(&mut self, other: &Self, of: fn(u64, u64) -> u64) {
        for (place, sum) in &other.places {
            self.places.entry(place.clone()).or_default().combine(sum, of);
        }
        for (who, (typed, all)) in &other.typed {
            let own = self.typed.entry(who.clone()).or_default();
            *own = (of(own.0, *typed), of(own.1, *all));
        }
    }
}
