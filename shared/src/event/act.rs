//! Acts: what an event says happened.

use serde::{Deserialize, Serialize};

use super::Stage;
use super::{Movement, PaperField, Report};
use crate::chain::Hash;
use crate::ids::{BasisId, DocumentId, EpochId, EventRef, OperatorId, PackId, ProductId, TaskId};
use crate::mismatch::Kind;
use crate::reference::ShippingDocument;
use crate::time::Timestamp;

/// What the gate answered, as an event (`domain.md`, the gate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// 暂不放行.
    Held,
    /// 待上传.
    Waiting,
    /// 准予放行.
    Cleared,
}

/// Who overrode the gate, and why (logistics/2022 art. 23; always reviewed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The named supervisor.
    pub by: OperatorId,
    /// The reason, in the person's words.
    pub reason: String,
}

/// How a task is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Close {
    /// 部分结束: goes on later, nothing is short.
    Partial,
    /// 最终结束: the (document, stage) is done.
    Final,
}

/// Why a scan is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoidReason {
    /// It never happened.
    DidNotOccur,
    /// It happened, but was recorded wrongly.
    IncorrectData,
}

/// The end of the epoch before, named by the first event of the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousEpoch {
    /// Which epoch.
    pub epoch: EpochId,
    /// Its last number.
    pub last_seq: u64,
    /// The chain's value there.
    pub hash: Hash,
    /// The last number that was acknowledged.
    pub acknowledged_seq: u64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// The first event of every epoch.
    EpochStarted {
        /// The epoch before, when there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<PreviousEpoch>,
    },
    /// An operator signed in.
    SignedIn,
    /// An operator signed out.
    SignedOut,
    /// A task was opened.
    TaskOpened {
        /// Its identity on this terminal.
        task: TaskId,
        /// Which scan.
        stage: Stage,
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// The note's number was reserved by this terminal: the note itself is drafted at the close.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reserved: bool,
    },
    /// A task was closed.
    TaskClosed {
        /// Which.
        task: TaskId,
        /// Which scan.
        stage: Stage,
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// Partial or final.
        close: Close,
        /// Packages counted by this terminal.
        counted: u64,
        /// Who takes the goods away, where it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
    },
    /// 出库.
    Outbound(Movement),
    /// 入库.
    Inbound(Movement),
    /// 分拣.
    Sort(Movement),
    /// 收货确认.
    Receipt(Movement),
    /// A package was taken out of the flow by a hold or a block, in the same commit as its scan.
    SetAside {
        /// The task of the scan.
        task: TaskId,
        /// The scan, by its number in this epoch.
        scan_seq: u64,
        /// What spoke against it.
        kinds: Vec<Kind>,
    },
    /// That event did not happen or was wrong.
    Void {
        /// Which event.
        voids: EventRef,
        /// Why.
        reason: VoidReason,
    },
    /// 调出.
    TransferOut(Movement),
    /// 调入.
    TransferIn(Movement),
    /// 退出.
    ReturnOut(Movement),
    /// 退入.
    ReturnIn(Movement),
    /// Another operator goes on (交班).
    OperatorChanged,
    /// What the server's clock said at a contact (`domain.md`, time).
    ClockAnchor {
        /// The server's time.
        server_time: Timestamp,
        /// How long the question took, in milliseconds.
        round_trip_ms: u64,
    },
    /// A code pack was put into use.
    PackActivated {
        /// Which.
        pack: PackId,
    },
    /// 关联: children were put into a parent.
    Associate {
        /// The parent's label text.
        parent: String,
        /// The children's.
        children: Vec<String>,
        /// Units in it, where it is a remainder case (尾箱).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remainder_units: Option<u64>,
    },
    /// 拆箱: children were taken out of a parent.
    Dissociate {
        /// The parent's label text.
        parent: String,
        /// The children's; empty = all that are in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        children: Vec<String>,
        /// The associations it ends, where known; empty = those not later than this event.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ends: Vec<EventRef>,
    },
    /// 开箱核对: a person opened a case and scanned what is inside.
    CaseChecked {
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// The case's label text.
        parent: String,
        /// Each label text found inside.
        children: Vec<String>,
    },
    /// What a person says of goods or papers.
    Report(Report),
    /// 换码: an old code ended, a new one takes its place.
    Relabel {
        /// The old label's text.
        old: String,
        /// The new one's.
        new: String,
    },
    /// 盘点: what the site holds.
    StockCount {
        /// Of which product.
        product: ProductId,
        /// Units (盒).
        units: u64,
    },
    /// A package that was set aside is free again.
    Released {
        /// The task of the scan.
        task: TaskId,
        /// The scan, by its number in this epoch.
        scan_seq: u64,
    },
    /// An alarm or a list of notes was acknowledged.
    Acknowledged {
        /// What was shown.
        kinds: Vec<Kind>,
    },
    /// 单证核对: a person compared the papers with the goods, field by field (logistics/2022 art. 30).
    PapersChecked {
        /// Which scan.
        stage: Stage,
        /// Against what.
        basis: BasisId,
        /// Whose papers.
        document: DocumentId,
        /// What was found of each field.
        fields: Vec<PaperField>,
        /// SHA-256 of each photo.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<Hash>,
    },
    /// The note that was made from what was loaded.
    DocumentDrafted {
        /// The note.
        note: Box<ShippingDocument>,
    },
    /// One tap confirmed a whole list: each package of it follows as a movement of its own, `confirmed`, not scanned.
    ListConfirmed {
        /// The task.
        task: TaskId,
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// SHA-256 over the codes of the list, sorted.
        digest: Hash,
        /// Packages on the list: the events with the next numbers, as many as this.
        count: u64,
    },
    /// The gate was asked.
    GateAsked {
        /// Which scan.
        stage: Stage,
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// SHA-256 over the codes that are loaded, sorted.
        digest: Hash,
        /// When the references were last brought up to date, by the server's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        references_at: Option<Timestamp>,
    },
    /// What the gate answered, or who overrode it.
    Gate {
        /// Which scan.
        stage: Stage,
        /// Against what.
        basis: BasisId,
        /// With which note.
        document: DocumentId,
        /// The decision.
        state: GateState,
        /// What spoke against clearing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<Kind>,
        /// Who overrode a held gate, and why; off by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overridden: Option<Override>,
    },
}
