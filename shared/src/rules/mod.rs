//! J(events, references, now): the same function on the terminal with what it knows and on the server with everything.
//!
//! For any order, split and repetition of the facts the answer is the same: rules are predicates over the set of facts.
//!
//! | to find | look in |
//! |---|---|
//! | one scan alone, against its basis, against members and products | `scan`, `terms`, `party`, `papers` |
//! | what the registry says of a code; how a code stands whoever scans it | `registry`, `standing` |
//! | what is inside what | `association` |
//! | legs: sent twice, never sent, never arrived, taken back, late | `sending`, `arrival`, `returns`, `transit` |
//! | quantities | `line`, `basis_line`, [`mod@tally`], `sums` |
//! | what is still to come | `awaited` |
//! | when time alone changes the answer | `due` |
//! | references alone | `price`, `member`; applications for codes: [`mod@application`] |
//! | how people work | `report`, `conduct` |
//! | what depends on when data arrived | [`arrivals`] |
//! | whether goods may leave | [`mod@gate`] |

pub mod application;
mod arrival;
pub mod arrivals;
mod association;
mod awaited;
mod basis_line;
mod conduct;
mod due;
pub mod gate;
mod line;
mod member;
mod papers;
mod party;
mod price;
mod progress;
mod registry;
mod report;
mod returns;
mod scan;
mod sending;
mod shown;
mod standing;
mod sums;
pub mod tally;
mod terms;
#[cfg(test)]
mod tests;
mod transit;
mod units;
mod verdict;

use crate::mismatch::Mismatch;
use crate::reference::References;
use crate::time::Timestamp;
use crate::trail::{History, Index, Sums};

pub use crate::reference::{Limits, Policy, Unpaid};
pub use awaited::{Awaited, awaited};
pub use due::next_due;
pub use progress::{Progress, progress, progress_of};
pub use shown::{on_terminal, verdict_on};
pub use standing::{Standing, standing};
pub use sums::sum_at;
pub use tally::{Tally, tallies};

/// All live mismatches, sorted; one for each (kind, subject, scope).
#[must_use]
pub fn judge(history: &History, references: &References, policy: &Policy, now: Timestamp) -> Vec<Mismatch> {
    judge_index(&Index::new(history, references), policy, now)
}

/// The same, of facts that are sorted out already.
#[must_use]
pub fn judge_index(index: &Index<'_>, policy: &Policy, now: Timestamp) -> Vec<Mismatch> {
    judged(index, policy, now).into_mismatches()
}

/// The mismatches, and what stands on every line: with these sums beside it, the next scan can be judged from a slice
/// (see [`crate::trail::beside`]).
#[must_use]
pub fn judge_and_sum(
    history: &History,
    references: &References,
    policy: &Policy,
    now: Timestamp,
) -> (Vec<Mismatch>, Sums) {
    let index = Index::new(history, references);
    let verdict = judged(&index, policy, now);
    let sums = sums::of(&verdict);
    (verdict.into_mismatches(), sums)
}

fn judged<'i>(index: &'i Index<'i>, policy: &Policy, now: Timestamp) -> verdict::Verdict<'i> {
    let mut verdict = verdict::Verdict::new(index, policy, now);
    scan::judge(&mut verdict);
    terms::judge(&mut verdict);
    registry::judge(&mut verdict);
    party::judge(&mut verdict);
    papers::judge(&mut verdict);
    association::judge(&mut verdict);
    sending::judge(&mut verdict);
    returns::judge(&mut verdict);
    arrival::judge(&mut verdict);
    transit::judge(&mut verdict);
    let shortfalls = line::judge(&mut verdict);
    basis_line::judge(&mut verdict, &shortfalls);
    price::judge(&mut verdict);
    member::judge(&mut verdict);
    report::judge(&mut verdict);
    conduct::judge(&mut verdict);
    verdict
}
