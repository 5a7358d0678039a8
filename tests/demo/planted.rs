//! What is planted: each kind that is judged end to end, with its subject and the state that it must end in.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use tests::world::{Labels, UNITS_PER_CASE, canonical};

/// A mismatch by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Slug of the catalogue.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// provisional, confirmed or closed.
    pub state: String,
}

/// The plan that `shifts` carries out.
pub fn planted(labels: &Labels) -> Result<Vec<Named>> {
    let case = |n: usize| canonical(&labels.cases[n]);
    let named = [
        // Outbound under FH-2031: seven of its eight cases, and five labels that do not belong there.
        ("malformed-code", format!("{:?}", labels.malformed), "confirmed"),
        ("unknown-code", canonical(&labels.unknown)?, "confirmed"),
        ("frozen-code", canonical(&labels.frozen)?, "confirmed"),
        ("product-not-on-basis", canonical(&labels.mint[0])?, "confirmed"),
        ("repeated-scan", "FH-2031".to_owned(), "confirmed"),
        ("short-quantity", "FH-2031/POD outbound".to_owned(), "confirmed"),
        // Outbound under FH-2032: a case that FH-2031 took already, and one too many.
        ("duplicate-movement", case(1)?, "confirmed"),
        ("over-quantity", "FH-2032/POD outbound".to_owned(), "confirmed"),
        // Inbound: one of the seven is not there, and FH-2044 arrives before its outbound scans do.
        ("missing-goods", case(6)?, "confirmed"),
        ("short-quantity", "FH-2031/POD inbound".to_owned(), "confirmed"),
        ("inbound-without-outbound", "FH-2044".to_owned(), "closed"),
        // Its cases came in a platform pack without a word of what is inside them.
        ("empty-parent", "FH-2044".to_owned(), "confirmed"),
        // Sort: one unit to two orders. Receipt: five of six.
        ("double-allocation", canonical(&labels.units[0])?, "confirmed"),
        ("receipt-differs", canonical(&labels.units[UNITS_PER_CASE - 1])?, "confirmed"),
    ];
    let mut named: Vec<Named> = named
        .into_iter()
        .map(|(kind, subject, state)| Named { kind: kind.to_owned(), subject, state: state.to_owned() })
        .collect();
    named.sort();
    Ok(named)
}
