//! What stands against a basis, whatever task is open.

use shared::ids::{BasisId, MemberId};
use shared::mismatch::Mismatch;
use shared::time::Timestamp;

use super::judging::Knowledge;
use crate::store::{Store, StoreError};

/// All that is wrong under a basis at `now`, as far as this terminal knows: what it can decide, of its own log and of what it pulled.
/// A scan's verdict asks only around its package; this also asks for every package that consignors say they sent, and takes as long.
pub fn standing(
    store: &Store,
    member: &MemberId,
    basis: &BasisId,
    now: Timestamp,
) -> Result<Vec<Mismatch>, StoreError> {
    Knowledge::load(store, member)?.judge_all(store, basis, now)
}
