use serde::{Deserialize, Serialize};

use super::basis::units_of;
use super::{Level, Line};
use crate::ids::{BasisId, DocumentId, MemberId, ProductId};

/// A shipping document (物流单证): dispatch note of a contract or delivery note of an order (logistics/2022 art. 30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingDocument {
    /// Its number.
    pub document: DocumentId,
    /// The one basis it executes.
    pub basis: BasisId,
    /// Who sends.
    pub consignor: MemberId,
    /// Who receives.
    pub consignee: MemberId,
    /// What and how much.
    pub lines: Vec<Line>,
    /// Who carries.
    pub carrier: String,
    /// The level that the big figure counts in.
    pub packing_level: Level,
}

impl ShippingDocument {
    /// Units of the product over all lines.
    #[must_use]
    pub fn units_of(&self, product: &ProductId) -> u64 {
        units_of(&self.lines, product)
    }
}
