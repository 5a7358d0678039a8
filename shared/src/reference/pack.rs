use serde::{Deserialize, Serialize};

use super::Level;
use crate::code::PackageCode;
use crate::ids::{BasisId, PackId, ProductId};
use crate::time::Timestamp;

/// Why a pack is frozen (traceability/2022 art. 22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackLoss {
    /// 丢失.
    Lost,
    /// 失窃.
    Stolen,
}

/// A code pack (码包): codes of one product and level, issued against a contract line (traceability/2022 art. 15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its number.
    pub pack: PackId,
    /// The product of all its codes.
    pub product: ProductId,
    /// The level of all its codes.
    pub level: Level,
    /// The contract whose line it was issued against.
    pub basis: BasisId,
    /// When the codes were issued or, for platform packs, imported.
    pub issued_at: Timestamp,
    /// Set while the pack is reported lost or stolen: how, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<(PackLoss, Timestamp)>,
    /// When a lost or stolen pack was released again: what moved in between stays wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
    /// Losses and thefts before that one, each with its release, oldest first: what moved in them stays wrong as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_losses: Vec<Loss>,
    /// Its codes must be put into use (`pack_activated`) or associated before they move.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inactive: bool,
    /// When it was put into use, where that was said in the registry and not by a terminal's event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Timestamp>,
    /// The production batch, where it is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
}

/// A loss or theft that ended: the pack was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Lost or stolen.
    pub how: PackLoss,
    /// Since when.
    pub at: Timestamp,
    /// When it was released.
    pub released_at: Timestamp,
}

impl Pack {
    /// A pack about which nothing unusual is on record.
    #[must_use]
    pub fn new(pack: PackId, product: ProductId, level: Level, basis: BasisId, issued_at: Timestamp) -> Self {
        Self {
            pack,
            product,
            level,
            basis,
            issued_at,
            loss: None,
            released_at: None,
            earlier_losses: Vec::new(),
            inactive: false,
            activated_at: None,
            batch: None,
        }
    }

    /// Whether it is reported lost or stolen, and was not found since.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        self.loss.is_some() && self.released_at.is_none()
    }

    /// When its codes were frozen: since when, and until when where it was released.
    pub fn freezes(&self) -> impl Iterator<Item = (Timestamp, Option<Timestamp>)> {
        let earlier = self.earlier_losses.iter().map(|loss| (loss.at, Some(loss.released_at)));
        earlier.chain(self.loss.map(|(_, at)| (at, self.released_at)))
    }
}

/// One registered code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The code.
    pub code: PackageCode,
    /// The pack it was issued in.
    pub pack: PackId,
    /// The pack's product.
    pub product: ProductId,
    /// The package it was put into on the production line, where the pack's file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<PackageCode>,
    /// When the registry learned that it was put into that package, where that was later than the issue of its pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_at: Option<Timestamp>,
    /// When the registry cancelled it (traceability/2022 art. 25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
}

impl CodeRecord {
    /// A live code.
    #[must_use]
    pub const fn new(code: PackageCode, pack: PackId, product: ProductId, parent: Option<PackageCode>) -> Self {
        Self { code, pack, product, parent, associated_at: None, cancelled_at: None }
    }
}
