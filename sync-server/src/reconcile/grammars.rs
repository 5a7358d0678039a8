//! Which label texts are codes is configured; the database remembers by what it was read. Another configuration is adopted where every
//! text that is stored stays the code that it was: what was no code before is found again, and judged again.

use std::collections::BTreeMap;

use shared::code::{GrammarConfig, GrammarError, Grammars};
use shared::time::Timestamp;
use shared::wire::Record;

use super::{Touched, references_changed};
use crate::store::reread::{Reread, RereadError, reread};
use crate::store::{self, Store, StoreError};

/// Why grammars are not adopted.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// Codes that are stored would be lost.
    #[error(
        "`[codes]` of the configuration cannot be adopted: {why}. Put back what read it; new patterns stand after the others and accept no \
         text that was a code. Until now the file said:\n{held}"
    )]
    Otherwise {
        /// Which text, and how.
        why: RereadError,
        /// What was adopted before, as the file has it.
        held: String,
    },
    /// A pattern that cannot be used.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the database is read by these grammars already.
pub async fn are_grammars_adopted(store: &Store, config: &GrammarConfig) -> Result<bool, StoreError> {
    Ok(store::reference::grammars(&mut *store.read().await?).await? == *config)
}

/// Makes the configured grammars those that everyone reads labels by: terminals pull them like any reference. This process reads by
/// them already, since it judges; no server may run meanwhile, which would read by the old ones. Answers how many texts are codes that were none.
pub async fn adopt_grammars(store: &Store, config: &GrammarConfig, now: Timestamp) -> Result<u64, AdoptError> {
    let mut tx = store.write_to_adopt().await?;
    let held = store::reference::grammars(&mut tx).await?;
    if held == *config {
        return Ok(0);
    }
    let told = as_file(&held);
    let (old, new) = (Grammars::try_from(held)?, Grammars::try_from(config.clone())?);
    // What an older program left unnamed is told by there being no name at all.
    store::named::catch_up(&mut tx).await?;
    let Reread { texts, codes } = reread(&mut tx, &old, &new).await.map_err(|why| match why {
        RereadError::Store(error) => error.into(),
        why @ RereadError::Otherwise { .. } => AdoptError::Otherwise { why, held: told },
    })?;
    let position = store::next_position(&mut tx).await?;
    store::reference::put(&mut tx, &Record::Grammars(config.clone()), position).await?;
    // Also where no text is a code that was none: a pattern's GTIN says of what product its codes are.
    let bases = store::event::bases_worked_on(&mut tx).await?;
    references_changed(&mut tx, &Touched { bases, codes, ..Touched::default() }, now, position).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(texts)
}

/// As the configuration's file has it, to be put back.
fn as_file(held: &GrammarConfig) -> String {
    let text = toml::to_string(&BTreeMap::from([("codes", held)]));
    text.unwrap_or_else(|_| format!("{held:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_adopted_is_told_as_the_file_takes_it() {
        let text = "[codes]\nupper_case_gtins = [\"06901234\"]\n\n[[codes.opaque]]\nnamespace = \"CTP\"\npattern = 'YC\\d{4}'\nupper_case = true\n";
        let codes: BTreeMap<String, GrammarConfig> = toml::from_str(text).unwrap();
        assert_eq!(as_file(&codes["codes"]), text);
    }
}
