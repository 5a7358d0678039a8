//! Packs as a list shows them: where each stands, and the account of one.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::ids::PackId;
use shared::reference::{Pack, PackLoss};
use sqlx::AnyConnection;

use crate::store::pack::{Account, PackAct};
use crate::store::{self, StoreError};

/// Where a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its codes are there, none is in use, and it must be put into use first.
    Issued,
    /// Its codes may move.
    Active,
    /// It is reported lost: codes not in use before are frozen.
    Lost,
    /// It is reported stolen: likewise.
    Stolen,
    /// All its codes were ended.
    Cancelled,
    /// Nothing of it is left.
    UsedUp,
}

/// Where a pack stands, given its account.
#[must_use]
pub const fn state(pack: &Pack, account: &Account) -> State {
    if account.is_cancelled() {
        return State::Cancelled;
    }
    match pack.loss {
        Some((PackLoss::Stolen, _)) if pack.is_lost() => State::Stolen,
        Some((PackLoss::Lost, _)) if pack.is_lost() => State::Lost,
        _ if account.left == 0 && account.issued > 0 => State::UsedUp,
        _ if pack.inactive && pack.activated_at.is_none() && account.used == 0 => State::Issued,
        _ => State::Active,
    }
}

/// A pack with its account and what was done to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    /// The pack.
    #[serde(flatten)]
    pub pack: Pack,
    /// Where it stands.
    pub state: State,
    /// Where its codes are.
    pub account: Account,
    /// What was done to it, the first first.
    pub acts: Vec<PackAct>,
}

/// Where packs stand, by number. A glance at all of them tells; where a voided scan could make a difference, the pack's own account does.
pub async fn states<'p>(
    conn: &mut AnyConnection,
    packs: impl IntoIterator<Item = &'p Pack>,
) -> Result<BTreeMap<PackId, State>, StoreError> {
    let packs: Vec<&Pack> = packs.into_iter().collect();
    let names: Vec<PackId> = packs.iter().map(|pack| pack.pack.clone()).collect();
    let glances = store::pack::glances(conn, &names).await?;
    let mut states = BTreeMap::new();
    for pack in packs {
        let glance = glances.get(&pack.pack).copied().unwrap_or_default();
        let seen = state(pack, &glance);
        let waits = pack.inactive && pack.activated_at.is_none();
        let is_unsure = seen == State::UsedUp || (seen == State::Active && waits);
        let stands = if is_unsure { state(pack, &store::pack::account(conn, pack).await?) } else { seen };
        states.insert(pack.pack.clone(), stands);
    }
    Ok(states)
}

/// All that is known of a pack; none where it is not.
pub async fn detail(conn: &mut AnyConnection, name: &PackId) -> Result<Option<Detail>, StoreError> {
    let known = store::reference::load_all(conn).await?;
    let Some(pack) = known.packs.get(name).cloned() else { return Ok(None) };
    let account = store::pack::account(conn, &pack).await?;
    let acts = store::pack::acts(conn, name).await?;
    Ok(Some(Detail { state: state(&pack, &account), pack, account, acts }))
}
