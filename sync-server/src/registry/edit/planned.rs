//! Changes that wait for their day: whether they still fit, and their coming into force.

use serde_json::{Map, Value};
use shared::time::Timestamp;

use super::Edit;
use crate::people::Actor;
use crate::registry::fault::Fault;
use crate::registry::outcome::EditError;
use crate::registry::set::Set;
use crate::registry::timeline::{Change, fold};
use crate::store::version::Version;
use crate::store::{self, Store};

impl Edit {
    /// Changes that were planned for days to come must still make a record that can be, on their day, over what is changed now.
    pub(super) fn check_planned(
        &self,
        set: Set,
        key: &str,
        (base, changes): (&Map<String, Value>, &[Change]),
        planned: &[&Version],
    ) -> Result<(), EditError> {
        for version in planned.iter().filter(|version| version.valid_from > self.now) {
            let conflict = |fault: Fault| {
                let (day, by) = (version.valid_from.to_minute(), version.by.as_str());
                let problem = format!(
                    "the change that {by} planned for {day} does not fit this one: {}; change that one first",
                    fault.problem
                );
                Fault { problem, ..fault }
            };
            match self.amended(set, key, fold(set, base, changes, version.valid_from)) {
                Err(EditError::Faults(faults)) => {
                    return Err(EditError::Faults(faults.into_iter().map(conflict).collect()));
                }
                done => drop(done?),
            }
        }
        Ok(())
    }
}

/// Amendments whose day has come enter into force, and what they touch is judged again. Answers how many records have one.
pub async fn enter_into_force(store: &Store, now: Timestamp) -> Result<usize, EditError> {
    if store::version::due(&mut *store.read().await?, now).await?.is_empty() {
        return Ok(0);
    }
    let mut tx = store.write().await?;
    let entered = async {
        let mut edit = Edit::begin(&mut tx, &Actor::server(), now).await?;
        let entered = edit.enter_into_force(&mut tx).await?;
        let on_what = format!("{entered} records");
        edit.finish(&mut tx, ("entered-into-force", &on_what, "their day has come")).await?;
        Ok(entered)
    }
    .await;
    store::end(tx, entered).await
}
