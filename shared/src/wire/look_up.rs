//! `GET /v1/codes/{key}`: what the server knows of one code, as far as the asking terminal's member may see it.

use serde::{Deserialize, Serialize};

use super::SiteMismatch;
use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, MemberId, PackId, ProductId};
use crate::reference::Level;
use crate::rules::Standing;
use crate::time::Timestamp;

/// What is known of one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeAnswer {
    /// The server's clock when it answered.
    pub as_of: Timestamp,
    /// How the code stands.
    pub standing: Standing,
    /// Its product, by the registry, or by its GTIN where it is not registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<CodeProduct>,
    /// The pack it was issued in; only said to parties of the pack's contract and to whom the package was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackId>,
    /// What it is in now; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<PackageCode>,
    /// Where it was, oldest first: the member's own scans, and what was sent to it. Other members' movements are not shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<CodeStep>,
    /// Live verdicts on it under the member's own bases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<SiteMismatch>,
}

/// A product as a look-up says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeProduct {
    /// Its number.
    pub product: ProductId,
    /// Its name with specification.
    pub name: String,
    /// The level of the package.
    pub level: Level,
    /// Units (盒) in it.
    pub units: u32,
}

/// One step of a trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeStep {
    /// What happened.
    pub stage: Stage,
    /// Under which basis.
    pub basis: BasisId,
    /// With which document.
    pub document: DocumentId,
    /// Whose terminal scanned.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
    /// Whether its own label was scanned; otherwise that of a package that held it.
    pub is_scanned: bool,
    /// Whether it was set aside then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_set_aside: bool,
}
