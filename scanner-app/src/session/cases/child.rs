//! Whether a package may go into a case that is being built: a pure answer from the registry and the associations known here.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::ids::ProductId;
use shared::reference::{CodeRecord, Level, References};
use shared::time::Timestamp;
use shared::trail::{History, Index};

use crate::session::said::Said;

/// How full a case is. Children are counted in packages of their own level: `43 / 50`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// Children in it.
    pub children: u64,
    /// Children that make it full; none while the product or its pack ratio is not known.
    pub of: Option<u64>,
    /// Units (盒) in it.
    pub units: u64,
}

impl Filling {
    /// Whether nothing more goes in.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.of.is_some_and(|of| self.children >= of)
    }

    /// `43 / 50`.
    #[must_use]
    pub fn words(&self) -> String {
        self.of.map_or_else(|| self.children.to_string(), |of| format!("{} / {of}", self.children))
    }
}

/// What a child's scan answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildAnswer {
    /// It is in, durably.
    Added(Filling),
    /// It was in already.
    Already(Filling),
    /// The label names no package.
    NotACode,
    /// It is the case itself, or no smaller than it.
    NotSmaller,
    /// The case is full.
    TooMany(Filling),
    /// It is another product than the case.
    WrongProduct {
        /// The child's product.
        found: ProductId,
        /// The case's.
        expected: ProductId,
    },
    /// It is of another batch than the rest, and the product wants one batch a case.
    WrongBatch {
        /// The child's batch.
        found: String,
        /// The others'.
        expected: String,
    },
    /// It is on record in another case.
    InAnotherCase(PackageCode),
}

impl ChildAnswer {
    /// What the clerk is told: what, why, what next.
    #[must_use]
    pub fn words(&self) -> Said {
        match self {
            Self::Added(filling) => Said::new(format!("已装 {}", filling.words()), format!("In: {}", filling.words())),
            Self::Already(filling) => Said::new(
                format!("重复 · 已在此箱，不计数 · {}", filling.words()),
                format!("Duplicate · already in this case, not counted · {}", filling.words()),
            ),
            Self::NotACode => Said::new(
                "不是包装码。换个角度再扫，或报无码。",
                "No package code. Scan it again, or report it unreadable.",
            ),
            Self::NotSmaller => Said::new(
                "这不是箱内包装。它和此箱同级或更大。扫里面的包装。",
                "This does not go inside. It is as large as the case. Scan what is inside.",
            ),
            Self::TooMany(filling) => Said::new(
                format!("箱已满 {}。多出的放一边。先完成装箱。", filling.words()),
                format!("The case is full, {}. Put this one aside. Finish the case first.", filling.words()),
            ),
            Self::WrongProduct { found, expected } => Said::new(
                format!("品规不符：此包是 {found}，箱是 {expected}。拿出来。"),
                format!("Other product: this is {found}, the case is {expected}. Take it out."),
            ),
            Self::WrongBatch { found, expected } => Said::new(
                format!("批次不符：此包是 {found}，箱内是 {expected}。一箱一批，拿出来。"),
                format!("Other batch: this is {found}, the case holds {expected}. One batch a case; take it out."),
            ),
            Self::InAnotherCase(parent) => Said::new(
                format!("此包记录在箱 …{} 里。先拆那箱，或确认后仍装入。", parent.tail()),
                format!(
                    "On record in case …{}. Open that case first, or confirm to put it here all the same.",
                    parent.tail()
                ),
            ),
        }
    }
}

/// How full a case with these children is.
#[must_use]
pub fn filling(references: &References, parent: &PackageCode, children: &BTreeSet<PackageCode>) -> Filling {
    let units_of = |code: &PackageCode| references.product_of(code).map(|(_, level)| u64::from(level.units.max(1)));
    let units = children.iter().fold(0_u64, |sum, child| sum.saturating_add(units_of(child).unwrap_or(1)));
    // What is inside is of one level; where a wrong one slipped in, the smallest counts finest.
    let of = units_of(parent).map(|ratio| {
        let child = children.iter().filter_map(units_of).min().unwrap_or_else(|| level_below(references, parent));
        ratio / child.max(1)
    });
    Filling { children: children.len() as u64, of, units }
}

/// Units in a package of the level below a case's: what usually goes into it.
fn level_below(references: &References, parent: &PackageCode) -> u64 {
    let Some((product, level)) = references.product_of(parent) else { return 1 };
    let below = product.levels.iter().filter(|listed| listed.level < level.level).max_by_key(|listed| listed.level);
    below.map_or(1, |listed| u64::from(listed.units.max(1)))
}

/// Judges one child before it is put in. `despite` says that the clerk confirmed one that is on record in another case.
#[must_use]
pub fn judge(
    references: &References,
    history: &History,
    (parent, children): (&PackageCode, &BTreeSet<PackageCode>),
    child: &PackageCode,
    (despite, now): (bool, Timestamp),
) -> ChildAnswer {
    let before = filling(references, parent, children);
    if children.contains(child) {
        return ChildAnswer::Already(before);
    }
    let level = |code: &PackageCode| references.product_of(code).map(|(_, level)| level.level);
    let is_smaller = match (level(child), level(parent)) {
        (Some(child), Some(parent)) => child < parent,
        // A logistic unit holds anything but another.
        (None, _) => !matches!(child, PackageCode::Logistic { .. }),
        (Some(_), None) => level(child) <= Some(Level::Case),
    };
    if child == parent || !is_smaller {
        return ChildAnswer::NotSmaller;
    }
    if let (Some((found, _)), Some((expected, _))) = (references.product_of(child), references.product_of(parent))
        && found.product != expected.product
    {
        return ChildAnswer::WrongProduct { found: found.product.clone(), expected: expected.product.clone() };
    }
    if let Some((found, expected)) = other_batch(references, children, child) {
        return ChildAnswer::WrongBatch { found, expected };
    }
    if before.is_full() {
        return ChildAnswer::TooMany(before);
    }
    if let Some(other) = holder(references, history, child, now).filter(|other| other != parent && !despite) {
        return ChildAnswer::InAnotherCase(other);
    }
    let mut with_it = children.clone();
    with_it.insert(child.clone());
    ChildAnswer::Added(filling(references, parent, &with_it))
}

fn other_batch(
    references: &References,
    children: &BTreeSet<PackageCode>,
    child: &PackageCode,
) -> Option<(String, String)> {
    let (product, _) = references.product_of(child)?;
    let batch = |code: &PackageCode| {
        let record: &CodeRecord = references.codes.get(code)?;
        references.packs.get(&record.pack)?.batch.clone()
    };
    let found = batch(child).filter(|_| !product.mixed_batches)?;
    let expected = children.iter().find_map(batch)?;
    (found != expected).then_some((found, expected))
}

/// The case that a package is in now, as far as known here.
fn holder(references: &References, history: &History, child: &PackageCode, now: Timestamp) -> Option<PackageCode> {
    let index = Index::new(history, references);
    if let Some(number) = index.number(child) {
        let token = index.package(number).tokens.iter().rev().find(|token| token.held_at(now));
        return token.map(|token| index.package(token.parent).code.clone());
    }
    references.codes.get(child).and_then(|record| record.parent.clone())
}
