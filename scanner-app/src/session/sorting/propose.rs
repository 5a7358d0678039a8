//! Where a package goes: a pure proposal over the orders that are still open.
//!
//! A package goes whole to the order that is due first among those that can take it whole: opening a case costs more than serving
//! the next order first. Only where none can take it whole is it split, then strictly by due time: one order is filled before the
//! next, and what nobody ordered stays in stock.

use std::collections::BTreeMap;

use shared::ids::{BasisId, DocumentId, MemberId, ProductId};
use shared::time::Timestamp;

/// An order of a sort's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    /// Its number.
    pub basis: BasisId,
    /// Its delivery note, or `none`.
    pub document: DocumentId,
    /// Whose it is.
    pub retailer: MemberId,
    /// Where its packages are put: a number from 1, fixed for the task.
    pub slot: u32,
    /// By when it is to be delivered, where that is agreed.
    pub due: Option<Timestamp>,
    /// Units (盒) of each product that it says.
    pub said: BTreeMap<ProductId, u64>,
    /// Units (盒) of each product that are still to come; never more than it says.
    pub left: BTreeMap<ProductId, u64>,
}

impl OpenOrder {
    /// Units of a product still to come.
    #[must_use]
    pub fn left_of(&self, product: &ProductId) -> u64 {
        self.left.get(product).copied().unwrap_or(0)
    }

    /// Whether nothing is to come any more.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.left.values().all(|units| *units == 0)
    }
}

/// What is proposed for a package. Orders are named by their place in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Put it there, whole.
    To(usize),
    /// No open order takes it whole: open the case, and put so many units to each order.
    OpenCase {
        /// (order, units), in the order of filling.
        shares: Vec<(usize, u64)>,
        /// Units that nobody ordered.
        left_over_units: u64,
    },
    /// Orders of the list name the product, and all have what they ordered.
    Filled,
    /// No order of the list names the product.
    NotOrdered,
}

/// Proposes for a package of `units` of a product. `passed_over` are orders that the clerk does not want it to go to (换格口).
#[must_use]
pub fn propose(orders: &[OpenOrder], product: &ProductId, units: u64, passed_over: &[usize]) -> Proposal {
    let mut open: Vec<usize> =
        (0..orders.len()).filter(|place| orders[*place].left_of(product) > 0 && !passed_over.contains(place)).collect();
    open.sort_by_key(|place| urgency(&orders[*place]));
    if let Some(place) = open.iter().find(|place| orders[**place].left_of(product) >= units) {
        return Proposal::To(*place);
    }
    if open.is_empty() {
        let named = orders.iter().any(|order| order.said.contains_key(product));
        return if named { Proposal::Filled } else { Proposal::NotOrdered };
    }
    let mut left_over_units = units;
    let mut shares = Vec::new();
    for place in open {
        let share = orders[place].left_of(product).min(left_over_units);
        if share > 0 {
            shares.push((place, share));
            left_over_units -= share;
        }
    }
    Proposal::OpenCase { shares, left_over_units }
}

/// Oldest due first, those without a time last, equal ones by number: never by chance.
fn urgency(order: &OpenOrder) -> (bool, Option<Timestamp>, &BasisId, &DocumentId) {
    (order.due.is_none(), order.due, &order.basis, &order.document)
}
