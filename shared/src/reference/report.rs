//! What is kept about members beside their trade: quotas, applications for codes, relocations and stock reports.

use serde::{Deserialize, Serialize};

use super::product::GoodsClass;
use crate::ids::{BasisId, MemberId, ProductId, SiteId};
use crate::time::Timestamp;

/// A year's quota (trading/2022-trial art. 17, trading/revised art. 18). Years are Asia/Shanghai.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Whose.
    pub member: MemberId,
    /// Of which goods.
    pub class: GoodsClass,
    /// Which year.
    pub year: i32,
    /// Units (盒).
    pub units: u64,
}

/// An application for codes (traceability/2022 art. 15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeApplication {
    /// Its number.
    pub application: String,
    /// Who applies.
    pub member: MemberId,
    /// For codes of which product.
    pub product: ProductId,
    /// How many units (盒) they cover.
    pub units: u64,
    /// Under which contract.
    pub basis: BasisId,
    /// When.
    pub at: Timestamp,
    /// When it was withdrawn, where it was: it uses nothing up and is not judged, as if it had never been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Why it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub withdrawn_why: String,
}

impl CodeApplication {
    /// An application that stands: its number and moment, who applies, for how many units of which product under which contract.
    #[must_use]
    pub fn new(
        (application, at): (String, Timestamp),
        member: MemberId,
        (product, units): (ProductId, u64),
        basis: BasisId,
    ) -> Self {
        Self { application, member, product, units, basis, at, withdrawn_at: None, withdrawn_why: String::new() }
    }
}

/// Export goods moved to another warehouse inside the country (logistics/2022 art. 21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relocation {
    /// Its number.
    pub relocation: String,
    /// Who moved them.
    pub member: MemberId,
    /// What.
    pub product: ProductId,
    /// From where.
    pub from: SiteId,
    /// To where.
    pub to: SiteId,
    /// When.
    pub at: Timestamp,
    /// Whether the administration where the warehouse lies was told.
    pub reported: bool,
}

/// A warehouse's monthly report of relocated stock (logistics/2022 art. 21): due when the month is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReport {
    /// Who must report.
    pub member: MemberId,
    /// Which month, `2026-10`.
    pub month: String,
    /// The first moment after the month.
    pub due: Timestamp,
    /// When it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
}
