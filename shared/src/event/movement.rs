//! Movements: one scan of one package, how it was read, and reports about packages.

use serde::{Deserialize, Serialize};

use crate::chain::Hash;
use crate::ids::{BasisId, DocumentId, PackId, TaskId};
use crate::reference::Element;

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
    /// Not read: one tap confirmed a whole list (`domain.md`, one-tap receipt).
    Confirmed,
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
    /// Why the goods go back, in a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
}

/// Why goods go back. Only what was delivered and found wanting needs an approval (trading/2022-trial art. 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnReason {
    /// 质量.
    Quality,
    /// 拒收: never taken in.
    Refused,
    /// 无法投递: never taken in.
    Undeliverable,
    /// Another reason.
    Other,
}

impl ReturnReason {
    /// Whether the goods never became the buyer's: no approval is needed.
    #[must_use]
    pub const fn never_taken_in(self) -> bool {
        matches!(self, Self::Refused | Self::Undeliverable)
    }
}

/// What a person says of goods or papers, with photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// 丢失.
    Lost,
    /// 失窃.
    Stolen,
    /// 破损.
    Damaged,
    /// 销毁.
    Destroyed,
    /// 拒收.
    Refused,
    /// 延误 (force majeure).
    Delayed,
    /// 无码/破损.
    Unreadable,
    /// 货码不符.
    PhysicalDiffers,
}

/// A report (报告).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What is reported.
    pub what: ReportKind,
    /// The basis it concerns.
    pub basis: BasisId,
    /// The document it concerns, or `none`.
    pub document: DocumentId,
    /// The label's text, where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The code pack, where one was lost or stolen as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackId>,
    /// SHA-256 of each photo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Hash>,
}

/// What a person found of one field of the papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperMark {
    /// There, and equal to what is on record.
    Equal,
    /// There, and different.
    Differs,
    /// Not there.
    Missing,
}

/// One field of the papers (logistics/2022 art. 30), as a person found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperField {
    /// Which.
    pub element: Element,
    /// What was found.
    pub mark: PaperMark,
}
