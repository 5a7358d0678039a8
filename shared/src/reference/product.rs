use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, ProductId};

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
#[serde(deny_unknown_fields)]
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

/// A product (品规).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
}

impl Product {
    /// The level that a GTIN stands for.
    #[must_use]
    pub fn level_of(&self, gtin: &str) -> Option<&PackLevel> {
        self.levels.iter().find(|level| level.gtin == gtin)
    }

    /// Units in one package of a level; 1 where the level is not listed.
    #[must_use]
    pub fn units_in(&self, level: Level) -> u32 {
        self.levels.iter().find(|listed| listed.level == level).map_or(1, |listed| listed.units)
    }
}
