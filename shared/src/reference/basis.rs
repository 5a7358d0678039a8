use serde::{Deserialize, Serialize};

use crate::ids::{BasisId, MemberId, ProductId};

/// Which kind of agreement a basis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasisKind {
    /// 交易合同, seller to buyer.
    Contract,
    /// 零售订单, wholesaler to retailer; a contract in the rules' sense.
    Order,
}

/// One line: a product and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which product.
    pub product: ProductId,
    /// How many units (盒).
    pub units: u64,
}

/// A contract or an order (依据; trading/2022-trial art. 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Its number.
    pub basis: BasisId,
    /// Contract or order.
    pub kind: BasisKind,
    /// Who sells and sends.
    pub seller: MemberId,
    /// Who buys and receives.
    pub buyer: MemberId,
    /// What and how much.
    pub lines: Vec<Line>,
}

impl Basis {
    /// Whether a line names the product.
    #[must_use]
    pub fn has(&self, product: &ProductId) -> bool {
        self.lines.iter().any(|line| line.product == *product)
    }

    /// Units of the product over all lines.
    #[must_use]
    pub fn units_of(&self, product: &ProductId) -> u64 {
        units_of(&self.lines, product)
    }
}

/// Units of a product over `lines`.
pub(super) fn units_of(lines: &[Line], product: &ProductId) -> u64 {
    lines.iter().filter(|line| line.product == *product).map(|line| line.units).sum()
}
