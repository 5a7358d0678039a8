//! The backends `sqlite` and `postgres`: what a scenario's terminals record reaches a real ledger as signed batches, references are
//! stored as they become known, and what the file expects of the server is looked for among the ledger's mismatches.
//!
//! Every play also gives a digest of all that the ledger holds at its end: both databases must give the same.

mod ledger;
mod way;

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::outcome::{Failed, Outcome};
use ledger::Ledger;

/// Plays a scenario's text on a ledger in a file.
#[must_use]
pub fn on_sqlite(text: &str) -> Outcome {
    thread_local!(static FILE: RefCell<Option<Ledger>> = const { RefCell::new(None) });
    FILE.with_borrow_mut(|kept| play(text, kept, Ledger::in_a_file))
}

/// Plays a scenario's text on a ledger in a database of `PostgreSQL`.
#[must_use]
pub fn on_postgres(text: &str) -> Outcome {
    thread_local!(static DATABASE: RefCell<Option<Ledger>> = const { RefCell::new(None) });
    DATABASE.with_borrow_mut(|kept| play(text, kept, Ledger::in_a_database))
}

/// Plays a scenario's text on both; the outcome tells where they differ, and nothing else.
#[must_use]
pub fn on_both(text: &str) -> Outcome {
    let (file, database) = (on_sqlite(text), on_postgres(text));
    let mut outcome = Outcome { error: file.error.clone().or(database.error.clone()), ..Outcome::default() };
    let mut differs = |what: &str, one: String, other: String| {
        if one != other {
            outcome.failed.push(Failed { line: 1, expected: format!("{what} as on SQLite: {one}"), got: other });
        }
    };
    for table in file.digests.keys().chain(database.digests.keys()).collect::<BTreeSet<_>>() {
        let of = |outcome: &Outcome| outcome.digests.get(table).cloned().unwrap_or_default();
        differs(table, of(&file), of(&database));
    }
    let told = |outcome: &Outcome| format!("{:?} {:?} {:?}", outcome.missing, outcome.unexpected, outcome.error);
    differs("what was found", told(&file), told(&database));
    outcome.ok = outcome.failed.is_empty() && outcome.error.is_none();
    outcome.digests = database.digests;
    outcome
}

/// A ledger is made once for each thread, and emptied before each play.
fn play(text: &str, kept: &mut Option<Ledger>, make: fn() -> Result<Ledger, String>) -> Outcome {
    let made = kept.take().map_or_else(make, Ok);
    match made.and_then(|ledger| Ok((way::play(text, &ledger)?, ledger))) {
        Ok((outcome, ledger)) => {
            *kept = Some(ledger);
            outcome
        }
        Err(why) => Outcome { error: Some(why), ..Outcome::default() },
    }
}
