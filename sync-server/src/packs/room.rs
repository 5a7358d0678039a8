//! How much goes into a package: as many units as its product has at that level, and no more.

use std::collections::HashMap;

use shared::code::CodeKey;
use shared::ids::PackId;
use shared::reference::{CodeRecord, References};
use sqlx::AnyConnection;

use crate::store::{self, StoreError};

/// Units that are in some packages, as a list fills them.
pub(super) struct Room {
    inside: HashMap<Vec<u8>, u64>,
}

impl Room {
    /// What is in these packages before the list.
    pub(super) async fn of(
        conn: &mut AnyConnection,
        known: &References,
        parents: &[CodeKey],
    ) -> Result<Self, StoreError> {
        let found = store::code_bulk::inside(conn, parents).await?;
        let sum =
            |packs: Vec<(PackId, u64)>| packs.iter().map(|(pack, codes)| units(known, pack).unwrap_or(1) * codes).sum();
        Ok(Self { inside: found.into_iter().map(|(parent, packs)| (parent, sum(packs))).collect() })
    }

    /// Puts a child in, or says why it does not fit. What is not known of a product is no limit.
    pub(super) fn put(
        &mut self,
        known: &References,
        (key, parent): (&CodeKey, &CodeRecord),
        child: &CodeRecord,
    ) -> Result<(), String> {
        let of = |record: &CodeRecord| units(known, &record.pack);
        let inside = self.inside.entry(key.as_bytes().to_vec()).or_default();
        let (Some(room), more) = (of(parent), of(child).unwrap_or(1)) else { return Ok(()) };
        if *inside + more > room {
            return Err(format!(
                "the package is full: {room} units go into it, {inside} are in it on record and {more} more would be too many; \
                 take another parent, or mend the list"
            ));
        }
        *inside += more;
        Ok(())
    }
}

/// Units in one package of a pack, by what its product had when the pack was issued: as the rules count them.
fn units(known: &References, pack: &PackId) -> Option<u64> {
    let pack = known.packs.get(pack)?;
    let then = known.products.get(&pack.product)?.levels_at(pack.issued_at);
    then.iter().find(|listed| listed.level == pack.level).map(|listed| u64::from(listed.units))
}
