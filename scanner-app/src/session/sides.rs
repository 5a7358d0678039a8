//! What a task works on: one (basis, document, stage), or in a sort one for each order of its list (`settled.md` 10). Whatever is said of
//! the whole task is said of all of them.

use std::collections::BTreeSet;

use shared::ids::BasisId;
use shared::rules::Progress;
use shared::trail::Fact;

use super::Session;
use super::note::Side;
use crate::store::StoreError;

impl Session {
    /// The sides that the task works on, its own first.
    pub(super) fn sides(&self) -> Result<Vec<Side>, StoreError> {
        let own = Side { basis: self.task.basis.clone(), document: self.task.document.clone(), stage: self.task.stage };
        let mut sides = vec![own];
        for (basis, document) in self.listed_orders()? {
            let side = Side { basis, document, stage: self.task.stage };
            if !sides.contains(&side) {
                sides.push(side);
            }
        }
        Ok(sides)
    }

    /// This terminal's own facts of the present epoch under the bases of the task that no void takes back.
    pub(super) fn own_facts_of_task(&self) -> Result<Vec<Fact>, StoreError> {
        let bases: BTreeSet<BasisId> = self.sides()?.into_iter().map(|side| side.basis).collect();
        let mut facts = Vec::new();
        for basis in &bases {
            facts.extend(self.own_facts(basis)?);
        }
        Ok(facts)
    }

    /// How far the task is, over all of its sides. What is expected is known where it is known of each.
    pub fn progress(&mut self) -> Result<Progress, StoreError> {
        let now = self.device.now();
        let mut whole = Progress { packages_expected: Some(0), ..Progress::default() };
        for Side { basis, document, stage } in self.sides()? {
            let of_side = self.knowledge.progress(&self.store, &(basis, document, stage), now)?;
            whole = Progress {
                packages_counted: whole.packages_counted + of_side.packages_counted,
                packages_expected: whole.packages_expected.zip(of_side.packages_expected).map(|(sum, more)| sum + more),
                units_counted: whole.units_counted + of_side.units_counted,
                units_scanned: whole.units_scanned + of_side.units_scanned,
                units_expected: whole.units_expected + of_side.units_expected,
                set_aside: whole.set_aside + of_side.set_aside,
            };
        }
        Ok(whole)
    }
}
