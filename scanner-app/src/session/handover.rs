//! The place where a task was left, and whose scans count.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::trail::Index;

use super::Session;
use super::note::Side;
use crate::store::StoreError;

/// Packages that count on the task's document and stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Scanned on this terminal.
    pub own: u64,
    /// By every terminal of this member, as far as known here; a package that two have scanned counts once.
    pub all: u64,
}

impl Session {
    /// Keeps where the clerk was in this task (which list, which mode, an alarm not yet acknowledged) under a name of the
    /// caller's, so that it comes back after a kill. None forgets it.
    pub fn keep_place<T: Serialize>(&mut self, name: &str, place: Option<&T>) -> Result<(), StoreError> {
        self.store.remember(&self.task.task, &format!("place/{name}"), place)
    }

    /// What was kept under a name.
    pub fn place<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        self.store.remembered(&self.task.task, &format!("place/{name}"))
    }

    /// Who counted how much. Terminals on one document are a union: the same package on two is one.
    pub fn counts(&mut self) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for Side { basis, document, stage } in self.sides()? {
            let history = self.history_of(&basis)?;
            let index = Index::new(&history, self.references());
            let scans = index.key(&basis, &document, stage).into_iter().flat_map(|side| index.scans_at(side));
            for scan in scans.filter(|scan| scan.counts() && scan.code.is_ok()) {
                counts.all += 1;
                counts.own += u64::from(scan.by.terminal == self.store.terminal());
            }
        }
        Ok(counts)
    }
}
