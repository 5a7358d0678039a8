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
#[serde(deny_unknown_fields)]
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
}

/// One registered code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
}
