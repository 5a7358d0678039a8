//! A record among those that are known, by its set and key.

use shared::reference::{GoodsClass, References};
use shared::wire::Record;

use super::set::Set;
use crate::people::View;

/// The record in force; none where there is none.
#[must_use]
pub fn find(known: &References, set: Set, key: &str) -> Option<Record> {
    match set {
        Set::Member => known.members.get(&key.into()).cloned().map(Record::Member),
        Set::Site => known.sites.get(&key.into()).cloned().map(Record::Site),
        Set::Operator => known.operators.get(&key.into()).cloned().map(Record::Operator),
        Set::Carrier => known.carriers.get(key).cloned().map(Record::Carrier),
        Set::Product => known.products.get(&key.into()).cloned().map(Record::Product),
        Set::Namespace => known.namespaces.get(key).cloned().map(Record::Namespace),
        Set::Basis => known.bases.get(&key.into()).cloned().map(Record::Basis),
        Set::Document => known.documents.get(&key.into()).cloned().map(Record::Document),
        Set::Application => known.applications.get(key).cloned().map(Record::Application),
        Set::Relocation => known.relocations.get(key).cloned().map(Record::Relocation),
        Set::Quota => {
            let mut parts = key.rsplitn(3, ' ');
            let (year, class, member) = (parts.next()?, parts.next()?, parts.next()?);
            let class: GoodsClass = serde_json::from_value(class.into()).ok()?;
            known.quotas.get(&(member.into(), class, year.parse().ok()?)).cloned().map(Record::Quota)
        }
        Set::StockReport => {
            let (member, month) = key.rsplit_once(' ')?;
            known.stock_reports.get(&(member.into(), month.to_owned())).cloned().map(Record::StockReport)
        }
    }
}

/// Every record of a set, by key.
#[must_use]
pub fn all(known: &References, set: Set) -> Vec<Record> {
    match set {
        Set::Member => known.members.values().cloned().map(Record::Member).collect(),
        Set::Site => known.sites.values().cloned().map(Record::Site).collect(),
        Set::Operator => known.operators.values().cloned().map(Record::Operator).collect(),
        Set::Carrier => known.carriers.values().cloned().map(Record::Carrier).collect(),
        Set::Product => known.products.values().cloned().map(Record::Product).collect(),
        Set::Namespace => known.namespaces.values().cloned().map(Record::Namespace).collect(),
        Set::Basis => known.bases.values().cloned().map(Record::Basis).collect(),
        Set::Document => known.documents.values().cloned().map(Record::Document).collect(),
        Set::Quota => known.quotas.values().cloned().map(Record::Quota).collect(),
        Set::Application => known.applications.values().cloned().map(Record::Application).collect(),
        Set::Relocation => known.relocations.values().cloned().map(Record::Relocation).collect(),
        Set::StockReport => known.stock_reports.values().cloned().map(Record::StockReport).collect(),
    }
}

/// Everything of the registry that a view shows.
#[must_use]
pub fn seen(view: &View) -> References {
    let mut seen = References::default();
    for record in Set::ALL.into_iter().flat_map(|set| all(&view.references, set)) {
        if view.sees_record(&record) {
            seen.insert(record);
        }
    }
    seen
}
