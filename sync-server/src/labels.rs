//! How this process reads the texts of labels. Whatever reads an event from the database asks here, and the answer cannot change
//! while the process runs: it is said once at the start, after the database was made to agree (`reconcile::grammars`).

use std::sync::OnceLock;

use shared::code::{CodeError, Grammars, PackageCode};
use shared::reference::References;

static GRAMMARS: OnceLock<Grammars> = OnceLock::new();

/// Labels are read by these grammars from now on. Answers whether they are: only the first call decides.
#[must_use]
pub fn read_by(grammars: Grammars) -> bool {
    GRAMMARS.set(grammars).is_ok()
}

/// The package that a label's text names, by the grammars of this process: GS1's alone where nobody said more.
pub fn read(text: &str) -> Result<PackageCode, CodeError> {
    GRAMMARS.get().map_or_else(|| shared::code::parse(text), |grammars| grammars.parse(text))
}

/// References without a record, which read labels as this process does.
#[must_use]
pub fn references() -> References {
    References { grammars: GRAMMARS.get().cloned().unwrap_or_default(), ..References::default() }
}
