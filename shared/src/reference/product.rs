use serde::{Deserialize, Serialize};

use super::dated::{Dated, Earlier, at, said_at};
use crate::ids::{MemberId, ProductId};
use crate::time::Timestamp;

/// A packaging level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 盒: what a person buys.
    Unit,
    /// 条: several units.
    Inner,
    /// 箱: what a factory ships.
    Case,
}

/// One packaging level of a product, with a GTIN of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackLevel {
    /// Which level.
    pub level: Level,
    /// 14 digits.
    pub gtin: String,
    /// Units (盒) in one package of this level: the pack ratio.
    pub units: u32,
}

/// Whether our registry knows every code of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registry {
    /// Packs may still be on their way: a code that is missing is not yet registered.
    #[default]
    Open,
    /// Every issued code is here: a code that is missing was never issued (traceability/2022 art. 15).
    Complete,
}

/// 货类 (trading/2022-trial art. 2, 6). Only products for the domestic market carry codes (traceability/2022 art. 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GoodsClass {
    /// 烟叶.
    Leaf,
    /// 烟碱.
    Nicotine,
    /// 雾化物.
    Aerosol,
    /// 电子烟产品.
    #[default]
    Product,
}

impl GoodsClass {
    /// The word in JSON and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Nicotine => "nicotine",
            Self::Aerosol => "aerosol",
            Self::Product => "product",
        }
    }
}

/// Where goods are meant to be sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Market {
    /// 内销.
    #[default]
    Domestic,
    /// 出口: no codes, listing, price and region rules do not apply.
    Export,
    /// 进口: made abroad, sold here.
    Import,
}

/// Whether a product may be traded (trading/2022-trial art. 7, 12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listing {
    /// 上市: in the reviewed catalogue.
    #[default]
    Listed,
    /// Not in the catalogue.
    Unlisted,
    /// 停止交易.
    Suspended,
    /// 终止交易.
    Ended,
}

/// Which price (trading/2022-trial art. 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceKind {
    /// 出厂价: contracts.
    ExFactory,
    /// 批发价: orders.
    Wholesale,
    /// 建议零售价.
    SuggestedRetail,
}

/// A price in force from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Which price.
    pub kind: PriceKind,
    /// Fen (1/100 yuan) for one unit.
    pub fen: u64,
    /// From when it is in force.
    pub from: Timestamp,
    /// When the platform gave notice of it (trading/2022-trial art. 11); none for a product's first price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Timestamp>,
}

/// What amendments change of a product, as it was until one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductTerms {
    /// Its packaging levels: packs that were issued then are packed by them.
    pub levels: Vec<PackLevel>,
    /// Whether our registry knew all its codes.
    #[serde(default)]
    pub registry: Registry,
}

/// A product (品规).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its number.
    pub product: ProductId,
    /// Its name with specification.
    pub name: String,
    /// Who makes it.
    pub maker: MemberId,
    /// Its packaging levels.
    pub levels: Vec<PackLevel>,
    /// Whether our registry knows all its codes.
    #[serde(default)]
    pub registry: Registry,
    /// The number of its technical review (trading/2022-trial art. 7); empty = not on record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub review: String,
    /// Its goods class.
    #[serde(default, skip_serializing_if = "is_default")]
    pub class: GoodsClass,
    /// Where it is meant to be sold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub market: Market,
    /// Changes of its listing; listed before the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Dated<Listing>>,
    /// Its published prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Price>,
    /// Whether a case may hold several batches (by default one batch a case: traceability/2022 art. 25(4)).
    #[serde(default, skip_serializing_if = "is_default")]
    pub mixed_batches: bool,
    /// What it was before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<ProductTerms>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Product {
    /// A product of the domestic market, listed, with no price on record.
    #[must_use]
    pub fn new(product: ProductId, name: String, maker: MemberId, levels: Vec<PackLevel>) -> Self {
        Self {
            product,
            name,
            maker,
            levels,
            registry: Registry::default(),
            review: String::new(),
            class: GoodsClass::default(),
            market: Market::default(),
            listings: Vec::new(),
            prices: Vec::new(),
            mixed_batches: false,
            earlier: Vec::new(),
        }
    }

    /// Its packaging levels at a moment.
    #[must_use]
    pub fn levels_at(&self, when: Timestamp) -> &[PackLevel] {
        said_at(&self.earlier, when).map_or(&self.levels, |then| &then.levels)
    }

    /// Every level that it has or had, those of now last.
    pub fn every_level(&self) -> impl Iterator<Item = &PackLevel> {
        let mut earlier: Vec<_> = self.earlier.iter().collect();
        earlier.sort_by_key(|earlier| earlier.until);
        earlier.into_iter().flat_map(|earlier| &earlier.said.levels).chain(&self.levels)
    }

    /// The level that a GTIN stands for, or stood for last.
    #[must_use]
    pub fn level_of(&self, gtin: &str) -> Option<&PackLevel> {
        let now = self.levels.iter().find(|level| level.gtin == gtin);
        now.or_else(|| self.every_level().filter(|level| level.gtin == gtin).last())
    }

    /// Whether our registry knew all its codes at a moment.
    #[must_use]
    pub fn registry_at(&self, when: Timestamp) -> Registry {
        said_at(&self.earlier, when).map_or(self.registry, |then| then.registry)
    }

    /// Units in one package of a level; 1 where the level is not listed.
    #[must_use]
    pub fn units_in(&self, level: Level) -> u32 {
        self.levels.iter().find(|listed| listed.level == level).map_or(1, |listed| listed.units)
    }

    /// Its listing at a moment.
    #[must_use]
    pub fn listing(&self, when: Timestamp) -> Listing {
        at(&self.listings, when).map_or(Listing::Listed, |found| found.value)
    }

    /// The price of a kind in force at a moment, where one is on record.
    #[must_use]
    pub fn price(&self, kind: PriceKind, when: Timestamp) -> Option<&Price> {
        self.prices.iter().filter(|price| price.kind == kind && price.from <= when).max_by_key(|price| price.from)
    }
}
