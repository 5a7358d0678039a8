//! What many batches touched, judged in parts: a judgement has everything under its bases in hand, and that must fit in memory however
//! many contracts wait.

use std::collections::BTreeSet;

use shared::ids::BasisId;
use sqlx::AnyConnection;

use super::Touched;
use crate::store::{StoreError, trail};

/// What was touched, by parts that are judged one after the other: none has the scans of more batches in hand, but where one piece needs
/// more. What shares bases stays together where it can.
pub(super) async fn parts(
    conn: &mut AnyConnection,
    touched: Vec<Touched>,
    batches_max: usize,
) -> Result<Vec<Touched>, StoreError> {
    if touched.len() < 2 {
        // Nothing to be parted: not worth a question.
        return Ok(touched);
    }
    let bases: BTreeSet<&BasisId> = touched.iter().flat_map(|one| &one.bases).collect();
    let batches = trail::batches(conn, bases).await?;
    let mut parts: Vec<Part> = Vec::new();
    for one in touched {
        let needs: BTreeSet<u64> = one.bases.iter().filter_map(|basis| batches.get(basis)).flatten().copied().collect();
        match parts.iter_mut().rev().find(|part| part.has_room(&needs, batches_max)) {
            Some(part) => part.add(one, needs),
            None => parts.push(Part { touched: one, batches: needs }),
        }
    }
    Ok(parts.into_iter().map(|part| part.touched).collect())
}

struct Part {
    touched: Touched,
    batches: BTreeSet<u64>,
}

impl Part {
    fn has_room(&self, needed: &BTreeSet<u64>, batches_max: usize) -> bool {
        let more = needed.difference(&self.batches).count();
        more == 0 || self.batches.len() + more <= batches_max
    }

    fn add(&mut self, touched: Touched, mut batches: BTreeSet<u64>) {
        self.touched.add(touched);
        self.batches.append(&mut batches);
    }
}
