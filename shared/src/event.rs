//! Events (事件): what a terminal records. Immutable, serialised once at capture; the bytes that were hashed are the bytes that
//! travel and are kept.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chain::Hash;
use crate::ids::{BasisId, DocumentId, EpochId, EventRef, OperatorId, SiteId, TaskId, TerminalId};
use crate::mismatch::Kind;
use crate::time::Timestamp;

/// The four scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// 出库: a seller's goods leave against a contract.
    Outbound,
    /// 入库: a buyer takes a contract's goods in.
    Inbound,
    /// 分拣: a wholesaler sorts to a retail order.
    Sort,
    /// 收货确认: a retailer takes an order's goods in.
    Receipt,
}

impl Stage {
    /// All four, in the order goods pass them.
    pub const ALL: [Self; 4] = [Self::Outbound, Self::Inbound, Self::Sort, Self::Receipt];

    /// The word in JSON, on command lines and in subjects.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
            Self::Sort => "sort",
            Self::Receipt => "receipt",
        }
    }

    /// Whether the stage sends a leg (the seller's act) rather than ends one.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::Outbound | Self::Sort)
    }

    /// The other end of the leg: outbound and inbound, sort and receipt.
    #[must_use]
    pub const fn counterpart(self) -> Self {
        match self {
            Self::Outbound => Self::Inbound,
            Self::Inbound => Self::Outbound,
            Self::Sort => Self::Receipt,
            Self::Receipt => Self::Sort,
        }
    }
}

/// How a code came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// Read from a camera's frame.
    Camera,
    /// Sent by a keyboard-wedge scanner.
    Wedge,
    /// Typed.
    Manual,
    /// Read from a picture file.
    File,
}

/// What the decoder knows of the symbol; what it does not know is absent (silent).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelMetadata {
    /// QR version, 1 to 40.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u8>,
    /// Error-correction level: L, M, Q or H.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ec_level: Option<String>,
    /// numeric, alphanumeric, byte, kanji or mixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// A movement of one package: one of the four scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The task it belongs to.
    pub task: TaskId,
    /// The basis it was scanned under.
    pub basis: BasisId,
    /// The document it was scanned under, or `none`.
    pub document: DocumentId,
    /// The label's text as read.
    pub text: String,
    /// How it was read.
    pub how: Capture,
    /// The symbol, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelMetadata>,
    /// Number of the frame on this terminal: scans of one frame share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<u64>,
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
}

impl Act {
    /// The act of one scan.
    #[must_use]
    pub fn scan(stage: Stage, movement: Movement) -> Self {
        match stage {
            Stage::Outbound => Self::Outbound(movement),
            Stage::Inbound => Self::Inbound(movement),
            Stage::Sort => Self::Sort(movement),
            Stage::Receipt => Self::Receipt(movement),
        }
    }

    /// The scan, when this act is one.
    #[must_use]
    pub const fn movement(&self) -> Option<(Stage, &Movement)> {
        match self {
            Self::Outbound(movement) => Some((Stage::Outbound, movement)),
            Self::Inbound(movement) => Some((Stage::Inbound, movement)),
            Self::Sort(movement) => Some((Stage::Sort, movement)),
            Self::Receipt(movement) => Some((Stage::Receipt, movement)),
            _ => None,
        }
    }

    /// The basis and document that the act names.
    #[must_use]
    pub const fn reference(&self) -> Option<(&BasisId, &DocumentId)> {
        match self {
            Self::TaskOpened { basis, document, .. } | Self::TaskClosed { basis, document, .. } => {
                Some((basis, document))
            }
            _ => match self.movement() {
                Some((_, movement)) => Some((&movement.basis, &movement.document)),
                None => None,
            },
        }
    }
}

/// One event, as its body says it. The previous hash is not in it: the chain is beside the bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The terminal that made it.
    pub terminal: TerminalId,
    /// The epoch of its log.
    pub epoch: EpochId,
    /// Gap-free from 1.
    pub seq: u64,
    /// For people and exports (`UUIDv7`).
    pub event_id: Uuid,
    /// The terminal's wall time.
    pub at: Timestamp,
    /// Milliseconds since the device started.
    pub mono_ms: u64,
    /// Which start of the device.
    pub boot: Uuid,
    /// Who was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// Where.
    pub site: SiteId,
    /// Version of the app.
    pub app: String,
    /// Ledger position of the reference data that the terminal judged with.
    pub data_as_of: u64,
    /// What happened.
    #[serde(flatten)]
    pub act: Act,
}

impl Event {
    /// The event's identity.
    #[must_use]
    pub const fn by(&self) -> EventRef {
        EventRef { terminal: self.terminal, epoch: self.epoch, seq: self.seq }
    }

    /// The body: one line of JSON without a raw line feed. Serialise once, at capture; then keep the bytes.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads a body. Fields that this version does not know are ignored: wire versions only add.
    pub fn from_body(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}
