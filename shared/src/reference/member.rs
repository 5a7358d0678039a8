use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, SiteId};

/// What a member may be (`domain.md`, member).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Grows or deals in leaf.
    LeafDealer,
    /// Makes nicotine.
    NicotineMaker,
    /// Makes aerosol.
    AerosolMaker,
    /// Makes products.
    Maker,
    /// Makes products for a brand holder (代加工).
    ContractMaker,
    /// Holds a brand.
    Brand,
    /// Imports.
    Importer,
    /// Buys from makers, sells to retailers of its region.
    Wholesaler,
    /// Sells to people.
    Retailer,
}

/// An enterprise (会员).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its code.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// A registered place of a member (物流节点; logistics/2022 art. 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its code.
    pub site: SiteId,
    /// Whose it is.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Administrative region code; regions compare by prefix.
    #[serde(default)]
    pub region: String,
}
