//! What a clerk says of goods, packs and notices: damaged, unreadable, lost, stolen, refused, delayed, other goods than the code says;
//! set free, acknowledged.

use shared::chain::Hash;
use shared::event::{Act, Report, ReportKind};
use shared::ids::{BasisId, DocumentId, MemberId, PackId};
use shared::mismatch::Kind;
use shared::reference::References;

use super::shift::record_all_at_desk;
use super::{Identity, Session};
use crate::device::Device;
use crate::store::{Store, StoreError};

/// Packages that one report may stand for: more is a typing error.
pub const COUNT_MAX: u64 = 1_000;

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// What.
    pub what: ReportKind,
    /// The label's text, where one can be read.
    pub text: Option<String>,
    /// The code pack, where a whole pack was lost or stolen.
    pub pack: Option<PackId>,
    /// How many packages; each is an event of its own, as each is a package of its own. 1 where a label or a pack is named.
    pub count: u64,
    /// Photos that the store has kept; they stand on the first of the events.
    pub photos: Vec<Hash>,
}

/// Why something is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A count that cannot be meant.
    #[error("{0} packages cannot be reported at once; count from 1 to {COUNT_MAX}. Nothing was recorded")]
    Count(u64),
    /// One label is one package.
    #[error("a report of one label or one pack stands for one; leave the count at 1. Nothing was recorded")]
    OneOnly,
    /// A pack can be lost or stolen, nothing else.
    #[error(
        "only a loss or a theft is reported of a code pack; name the package's label instead. Nothing was recorded"
    )]
    PackKind,
    /// The scan is not one that was set aside in this task.
    #[error("scan {0} of this task is not set aside; nothing is to be released")]
    NotSetAside(u64),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reported {
    /// One package, by its label.
    #[must_use]
    pub fn of_label(what: ReportKind, text: &str) -> Self {
        Self { what, text: Some(text.to_owned()), pack: None, count: 1, photos: Vec::new() }
    }

    /// So many packages whose labels are not named.
    #[must_use]
    pub const fn counted(what: ReportKind, count: u64) -> Self {
        Self { what, text: None, pack: None, count, photos: Vec::new() }
    }

    /// A whole code pack that was lost or stolen.
    #[must_use]
    pub const fn of_pack(what: ReportKind, pack: PackId) -> Self {
        Self { what, text: None, pack: Some(pack), count: 1, photos: Vec::new() }
    }

    fn acts(&self, basis: &BasisId, document: &DocumentId) -> Result<Vec<Act>, ReportError> {
        self.check()?;
        let act = |place: u64| {
            Act::Report(Report {
                what: self.what,
                basis: basis.clone(),
                document: document.clone(),
                text: self.text.clone(),
                pack: self.pack.clone(),
                photos: if place == 0 { self.photos.clone() } else { Vec::new() },
            })
        };
        Ok((0..self.count).map(act).collect())
    }

    fn check(&self) -> Result<(), ReportError> {
        if self.count == 0 || self.count > COUNT_MAX {
            return Err(ReportError::Count(self.count));
        }
        if self.count > 1 && (self.text.is_some() || self.pack.is_some()) {
            return Err(ReportError::OneOnly);
        }
        if self.pack.is_some() && !matches!(self.what, ReportKind::Lost | ReportKind::Stolen) {
            return Err(ReportError::PackKind);
        }
        Ok(())
    }
}

impl Session {
    /// Records a report under the task's basis and document. Answers the number of its first event.
    pub fn report(&mut self, reported: &Reported) -> Result<u64, ReportError> {
        let acts = self.report_acts(reported)?;
        let seq = self.store.next_seq()?;
        self.record(acts, |_| Ok(()))?;
        Ok(seq)
    }

    pub(super) fn report_acts(&self, reported: &Reported) -> Result<Vec<Act>, ReportError> {
        reported.acts(&self.task.basis, &self.task.document)
    }

    /// Sets a package free that was set aside at its scan: it counts again, and is on the note.
    pub fn release(&mut self, scan_seq: u64) -> Result<(), ReportError> {
        if !self.is_set_aside(scan_seq)? {
            return Err(ReportError::NotSetAside(scan_seq));
        }
        self.record(vec![Act::Released { task: self.task.task.clone(), scan_seq }], |_| Ok(()))?;
        Ok(())
    }

    /// Records that an alarm, or the notes of the close, were seen.
    pub fn acknowledge(&mut self, kinds: Vec<Kind>) -> Result<(), StoreError> {
        if kinds.is_empty() { Ok(()) } else { self.record(vec![Act::Acknowledged { kinds }], |_| Ok(())) }
    }
}

/// Records a report while no task is open. A pack's report names the contract that it was issued for, where it is known here; goods
/// are reported without a basis or document.
pub fn report_at_desk(
    store: &mut Store,
    device: &dyn Device,
    identity: &Identity,
    reported: &Reported,
) -> Result<(), ReportError> {
    let pack = reported.pack.as_ref();
    let known =
        pack.map(|pack| store.pulled().map(|pulled| pulled.references.packs.get(pack).cloned())).transpose()?.flatten();
    let basis = known.map_or_else(|| BasisId::from(""), |pack| pack.basis);
    let acts = reported.acts(&basis, &DocumentId::none())?;
    Ok(record_all_at_desk(store, device, identity, acts)?)
}

/// The code packs that a member can report lost or stolen: those issued for contracts that it sells under, not reported yet. Newest
/// first.
#[must_use]
pub fn own_packs(references: &References, member: &MemberId) -> Vec<PackId> {
    let sold_by = |basis: &BasisId| references.bases.get(basis).is_some_and(|basis| basis.seller == *member);
    let mut packs: Vec<_> =
        references.packs.values().filter(|pack| pack.loss.is_none() && sold_by(&pack.basis)).collect();
    packs.sort_by_key(|pack| (std::cmp::Reverse(pack.issued_at), pack.pack.clone()));
    packs.into_iter().map(|pack| pack.pack.clone()).collect()
}
