//! The lines of the task's document: what is due, what counts, product by product.

use std::collections::BTreeMap;

use shared::ids::ProductId;
use shared::rules::{awaited, tallies};

use super::Session;
use crate::store::StoreError;

/// One product of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedLine {
    /// Which.
    pub product: ProductId,
    /// Its name with specification; the number where it is not known here.
    pub name: String,
    /// Units (盒) that the document says, or its basis where there is no document.
    pub due_units: u64,
    /// Units that count.
    pub counted_units: u64,
    /// Packages still to come, of those that the sender's list names; none where that list is not known here.
    pub due_packages: Option<u64>,
    /// Units in them.
    pub coming_units: u64,
}

impl Session {
    /// The lines of the task's document, in the order of their products.
    pub fn lines(&mut self) -> Result<Vec<OrderedLine>, StoreError> {
        let task = self.task.clone();
        let now = self.device.now();
        let history = self.history_of(&task.basis)?;
        let references = self.references();
        let document = references.documents.get(&task.document).map(|document| document.lines.clone());
        let basis = || references.bases.get(&task.basis).map(|basis| basis.version(now, u64::MAX).lines.clone());
        let mut due: BTreeMap<ProductId, u64> = BTreeMap::new();
        for line in document.or_else(basis).into_iter().flatten() {
            let units = due.entry(line.product).or_default();
            *units = units.saturating_add(line.units);
        }
        let counted = tallies(&history, references);
        let list = awaited(&history, references, &task.basis, &task.document, task.stage);
        // Packages that come, and the units in them.
        let coming = |product: &ProductId| {
            list.as_ref().map(|list| {
                let levels = list.iter().filter_map(|awaited| references.product_of(&awaited.code));
                let of = levels.filter(|(found, _)| found.product == *product);
                of.fold((0_u64, 0_u64), |(packages, units), (_, level)| (packages + 1, units + u64::from(level.units)))
            })
        };
        let here = |product: &ProductId| {
            let of = counted.iter().filter(|tally| {
                (&tally.basis, &tally.document, tally.stage) == (&task.basis, &task.document, task.stage)
                    && tally.product == *product
            });
            of.fold(0_u64, |sum, tally| sum.saturating_add(tally.units))
        };
        let line = |(product, due_units): (ProductId, u64)| OrderedLine {
            coming_units: coming(&product).map_or(0, |(_, units)| units),
            name: references.products.get(&product).map_or_else(|| product.to_string(), |found| found.name.clone()),
            counted_units: here(&product),
            due_packages: coming(&product).map(|(packages, _)| packages),
            due_units,
            product,
        };
        Ok(due.into_iter().map(line).collect())
    }
}
