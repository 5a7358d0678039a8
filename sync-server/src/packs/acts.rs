//! What is done to a pack as a whole: put into use, lost, stolen, found, ended. Each act is noted with who and when.

use shared::code::CodeKey;
use shared::ids::PackId;
use shared::reference::{CodeRecord, Loss, Pack, PackLoss};
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::{PAGE, change, store_codes};
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::outcome::EditError;
use crate::store::pack::PackAct;
use crate::store::{self, Store, StoreError};

/// Something that is done to a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is put into use (traceability/2022 art. 18).
    Activate,
    /// It is lost or stolen since a moment: its codes are frozen, but for those in use before (art. 22).
    Lose(PackLoss, Timestamp),
    /// It was found: what moved while it was lost stays wrong.
    Release,
    /// All its codes are ended (art. 25).
    Cancel,
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Activate => "activated",
            Self::Lose(PackLoss::Lost, _) => "lost",
            Self::Lose(PackLoss::Stolen, _) => "stolen",
            Self::Release => "released",
            Self::Cancel => "cancelled",
        }
    }

    /// The word in the audit log.
    const fn deed(self) -> &'static str {
        match self {
            Self::Activate => "pack-activated",
            Self::Lose(PackLoss::Lost, _) => "pack-lost",
            Self::Lose(PackLoss::Stolen, _) => "pack-stolen",
            Self::Release => "pack-released",
            Self::Cancel => "pack-cancelled",
        }
    }
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No such pack.
    #[error("the pack {0} is not known; `sync-server codes list` shows those that are")]
    Unknown(PackId),
    /// It makes no sense for this pack.
    #[error("the pack {pack} {why}; nothing was changed")]
    Senseless {
        /// Which pack.
        pack: PackId,
        /// What speaks against it.
        why: &'static str,
    },
    /// The registry.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Does it, in a transaction of its own. Doing it twice changes nothing the second time.
pub async fn act(
    store: &Store,
    pack: &PackId,
    what: Act,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<(), ActError> {
    let mut tx = store.write().await?;
    let done = act_in(&mut tx, pack, what, (by, why), now).await;
    store::end(tx, done).await
}

/// The same in a transaction of somebody else.
pub(super) async fn act_in(
    conn: &mut AnyConnection,
    name: &PackId,
    what: Act,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<(), ActError> {
    let mut edit = Edit::begin(conn, by, now).await?;
    let pack = edit.known.packs.get(name).filter(|pack| edit.view().is_none_or(|view| view.keeps_pack(pack, now)));
    let pack = pack.cloned().ok_or_else(|| ActError::Unknown(name.clone()))?;
    let is_lost = pack.is_lost();
    let senseless = |why| Err(ActError::Senseless { pack: name.clone(), why });
    let changed = match what {
        Act::Activate if is_lost => return senseless("is reported lost; release it first"),
        Act::Activate if pack.activated_at.is_some() => return Ok(()),
        Act::Activate => Pack { activated_at: Some(now), ..pack },
        Act::Lose(_, at) if at > now => return senseless("cannot be lost in the future"),
        Act::Lose(how, at) if is_lost && pack.loss == Some((how, at)) => return Ok(()),
        Act::Lose(_, at) if !is_lost && pack.released_at.is_some_and(|released| at < released) => {
            return senseless("was found after that moment; say a later one");
        }
        Act::Lose(..) if store::pack::account(conn, &pack).await?.is_cancelled() => {
            return senseless("is cancelled: its codes are ended, whoever has them");
        }
        Act::Lose(how, at) => lost_again(pack, is_lost, (how, at)),
        Act::Release if pack.loss.is_none() => return senseless("is not reported lost"),
        Act::Release if !is_lost => return Ok(()),
        Act::Release => Pack { released_at: Some(now), ..pack },
        Act::Cancel => pack,
    };
    let codes = if what == Act::Cancel {
        match cancel_all(conn, &mut edit, name).await? {
            // It was ended before: nothing is noted twice.
            0 => return Ok(()),
            ended => ended,
        }
    } else {
        change(conn, &mut edit, changed).await?
    };
    let by = edit.by().to_owned();
    edit.finish(conn, (what.deed(), &format!("pack {name}"), why)).await?;
    let noted = PackAct { at: now, act: what.word().into(), codes, by, detail: why.into() };
    Ok(store::pack::note(conn, name, &noted).await?)
}

/// A report while the pack is lost mends the one before; after its release it is another loss, and the first one is kept.
fn lost_again(pack: Pack, is_lost: bool, (how, at): (PackLoss, Timestamp)) -> Pack {
    let mut earlier_losses = pack.earlier_losses;
    if let (false, Some((how, at)), Some(released_at)) = (is_lost, pack.loss, pack.released_at) {
        earlier_losses.push(Loss { how, at, released_at });
    }
    Pack { loss: Some((how, at)), released_at: None, earlier_losses, ..pack }
}

/// Ends every live code of a pack. Answers how many.
async fn cancel_all(conn: &mut AnyConnection, edit: &mut Edit, pack: &PackId) -> Result<u64, StoreError> {
    let (mut after, mut ended) = (None, 0);
    loop {
        let page = store::code_bulk::of_pack_after(conn, pack, after, PAGE).await?;
        let is_full = page.len() == PAGE;
        after = page.last().map(|record| CodeKey::of(&record.code));
        let live = page.into_iter().filter(|record| record.cancelled_at.is_none());
        let cancelled: Vec<(CodeKey, CodeRecord)> = live
            .map(|record| (CodeKey::of(&record.code), CodeRecord { cancelled_at: Some(edit.now()), ..record }))
            .collect();
        ended += cancelled.len() as u64;
        store_codes(conn, edit, cancelled).await?;
        if !is_full {
            return Ok(ended);
        }
    }
}
