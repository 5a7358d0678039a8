//! How much goes into a package: as many units as its product has at that level, and no more.

use std::collections::HashMap;

use shared::code::CodeKey;
use shared::ids::PackId;
use shared::reference::{CodeRecord, Level, References};
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
        let units = |pack: &PackId| {
            let pack = known.packs.get(pack)?;
            units(known, pack.product.as_str(), pack.level)
        };
        let sum = |packs: Vec<(PackId, u64)>| packs.iter().map(|(pack, codes)| units(pack).unwrap_or(1) * codes).sum();
        Ok(Self { inside: found.into_iter().map(|(parent, packs)| (parent, sum(packs))).collect() })
    }

    /// Puts a child in, or says why it does not fit. What is not known of a product is no limit.
    pub(super) fn put(
        &mut self,
        known: &References,
        (key, parent): (&CodeKey, &CodeRecord),
        child: &CodeRecord,
    ) -> Result<(), String> {
        let of = |record: &CodeRecord| {
            let pack = known.packs.get(&record.pack)?;
            units(known, record.product.as_str(), pack.level)
        };
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

fn units(known: &References, product: &str, level: Level) -> Option<u64> {
    let product = known.products.get(&product.into())?;
    product.levels.iter().find(|listed| listed.level == level).map(|listed| u64::from(listed.units))
}
