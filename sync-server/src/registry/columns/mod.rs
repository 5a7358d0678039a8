//! The tables of every set, in one place: names in both languages, what each column holds, what may be empty.

mod parties;
mod trade;
mod words;

use super::column::Column;
use super::set::Set;

/// The columns of a set, in the order of its files.
#[must_use]
pub const fn of(set: Set) -> &'static [Column] {
    match set {
        Set::Member => parties::MEMBER,
        Set::Site => parties::SITE,
        Set::Operator => parties::OPERATOR,
        Set::Carrier => parties::CARRIER,
        Set::Product => trade::PRODUCT,
        Set::Namespace => trade::NAMESPACE,
        Set::Basis => trade::BASIS,
        Set::Document => trade::DOCUMENT,
        Set::Quota => parties::QUOTA,
        Set::Application => trade::APPLICATION,
        Set::Relocation => parties::RELOCATION,
        Set::StockReport => parties::STOCK_REPORT,
    }
}
