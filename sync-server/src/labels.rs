//! How this process reads the texts of labels. Whatever reads an event from the database asks here, and the answer cannot change
//! while the process runs: it is said once at the start, before anything is read (`reconcile::grammars`). Where another process has
//! adopted others since, this one writes nothing more (`Store::write`).

use std::sync::OnceLock;

use shared::code::{CodeError, GrammarConfig, GrammarError, Grammars, PackageCode};
use shared::reference::References;

static READ_BY: OnceLock<(GrammarConfig, Grammars)> = OnceLock::new();

/// Labels are read by these grammars from now on: only the first call decides. Errors: a pattern that cannot be used.
pub fn read_by(config: GrammarConfig) -> Result<(), GrammarError> {
    let grammars = Grammars::try_from(config.clone())?;
    let _ = READ_BY.set((config, grammars));
    Ok(())
}

/// By what labels are read; none where nobody said: by GS1's grammars alone.
#[must_use]
pub fn config() -> Option<&'static GrammarConfig> {
    READ_BY.get().map(|(config, _)| config)
}

/// The package that a label's text names.
pub fn read(text: &str) -> Result<PackageCode, CodeError> {
    READ_BY.get().map_or_else(|| shared::code::parse(text), |(_, grammars)| grammars.parse(text))
}

/// References without a record, which read labels as this process does.
#[must_use]
pub fn references() -> References {
    let grammars = READ_BY.get().map(|(_, grammars)| grammars.clone());
    References { grammars: grammars.unwrap_or_default(), ..References::default() }
}
