use serde::{Deserialize, Serialize};

use super::basis::units_of;
use super::dated::{Earlier, said_at};
use super::{Level, Line};
use crate::ids::{BasisId, DocumentId, MemberId, ProductId};
use crate::time::Timestamp;

/// An element that every shipping document must have (logistics/2022 art. 30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// 发货方.
    Consignor,
    /// 收货方.
    Consignee,
    /// 货物名称.
    Goods,
    /// 规格.
    Specification,
    /// 数量.
    Quantity,
    /// 物流服务供应商.
    Carrier,
}

/// A shipping document (物流单证): dispatch note of a contract or delivery note of an order (logistics/2022 art. 30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Elements that the paper lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Element>,
    /// The paper does not go with the goods.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
}

impl ShippingDocument {
    /// Units of the product over all lines.
    #[must_use]
    pub fn units_of(&self, product: &ProductId) -> u64 {
        units_of(&self.lines, product)
    }

    /// Whether an element is missing: said so, or empty.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let parties = self.consignor.as_str().is_empty() || self.consignee.as_str().is_empty();
        let goods = self.lines.is_empty() || self.lines.iter().any(|line| line.units == 0);
        parties || goods || self.carrier.is_empty() || !self.lacks.is_empty()
    }
}

/// A logistics provider (物流服务供应商; logistics/2022 art. 9, 16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    /// Its name as documents write it.
    pub carrier: String,
    /// First moment after the validity of its papers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What its papers were before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<CarrierTerms>>,
}

/// A carrier's papers, as they were until an amendment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierTerms {
    /// First moment after their validity, as it was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Carrier {
    /// A carrier whose papers hold until a moment, or without end.
    #[must_use]
    pub const fn new(carrier: String, until: Option<Timestamp>) -> Self {
        Self { carrier, until, earlier: Vec::new() }
    }

    /// Whether its papers hold at a moment.
    #[must_use]
    pub fn is_valid(&self, when: Timestamp) -> bool {
        let until = said_at(&self.earlier, when).map_or(self.until, |then| then.until);
        until.is_none_or(|until| when < until)
    }
}
