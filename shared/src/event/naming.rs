//! What every act has in common: its word, its scan, the basis and document it names.

use super::{Act, Movement, Stage};
use crate::chain::Hash;
use crate::ids::{BasisId, DocumentId};

impl Act {
    /// The act of one scan.
    #[must_use]
    pub fn scan(stage: Stage, movement: Movement) -> Self {
        match stage {
            Stage::Outbound => Self::Outbound(movement),
            Stage::Inbound => Self::Inbound(movement),
            Stage::Sort => Self::Sort(movement),
            Stage::Receipt => Self::Receipt(movement),
            Stage::TransferOut => Self::TransferOut(movement),
            Stage::TransferIn => Self::TransferIn(movement),
            Stage::ReturnOut => Self::ReturnOut(movement),
            Stage::ReturnIn => Self::ReturnIn(movement),
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
            Self::TransferOut(movement) => Some((Stage::TransferOut, movement)),
            Self::TransferIn(movement) => Some((Stage::TransferIn, movement)),
            Self::ReturnOut(movement) => Some((Stage::ReturnOut, movement)),
            Self::ReturnIn(movement) => Some((Stage::ReturnIn, movement)),
            _ => None,
        }
    }

    /// Whether it opens or closes a task.
    #[must_use]
    pub const fn is_of_task(&self) -> bool {
        matches!(self, Self::TaskOpened { .. } | Self::TaskClosed { .. })
    }

    /// The basis and document that the act names.
    #[must_use]
    pub const fn reference(&self) -> Option<(&BasisId, &DocumentId)> {
        match self {
            Self::TaskOpened { basis, document, .. }
            | Self::TaskClosed { basis, document, .. }
            | Self::CaseChecked { basis, document, .. }
            | Self::PapersChecked { basis, document, .. }
            | Self::ListConfirmed { basis, document, .. }
            | Self::GateAsked { basis, document, .. }
            | Self::Gate { basis, document, .. } => Some((basis, document)),
            Self::Report(report) => Some((&report.basis, &report.document)),
            Self::DocumentDrafted { note } => Some((&note.basis, &note.document)),
            _ => match self.movement() {
                Some((_, movement)) => Some((&movement.basis, &movement.document)),
                None => None,
            },
        }
    }

    /// Label texts of packages that the act names without scanning them: what was put into what, relabelled, checked, reported.
    #[must_use]
    pub fn named_texts(&self) -> Vec<&str> {
        match self {
            Self::Associate { parent, children, .. }
            | Self::Dissociate { parent, children, .. }
            | Self::CaseChecked { parent, children, .. } => {
                children.iter().chain([parent]).map(String::as_str).collect()
            }
            Self::Relabel { old, new } => vec![old, new],
            Self::Report(report) => report.text.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The photos that the act names, by SHA-256.
    #[must_use]
    pub fn photos(&self) -> &[Hash] {
        match self {
            Self::Report(report) => &report.photos,
            Self::PapersChecked { photos, .. } => photos,
            _ => &[],
        }
    }

    /// The word for the act in JSON and in stores.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::EpochStarted { .. } => "epoch_started",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::OperatorChanged => "operator_changed",
            Self::ClockAnchor { .. } => "clock_anchor",
            Self::TaskOpened { .. } => "task_opened",
            Self::TaskClosed { .. } => "task_closed",
            Self::Outbound(_) => "outbound",
            Self::Inbound(_) => "inbound",
            Self::Sort(_) => "sort",
            Self::Receipt(_) => "receipt",
            Self::TransferOut(_) => "transfer_out",
            Self::TransferIn(_) => "transfer_in",
            Self::ReturnOut(_) => "return_out",
            Self::ReturnIn(_) => "return_in",
            Self::SetAside { .. } => "set_aside",
            Self::Released { .. } => "released",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Void { .. } => "void",
            Self::PackActivated { .. } => "pack_activated",
            Self::Associate { .. } => "associate",
            Self::Dissociate { .. } => "dissociate",
            Self::CaseChecked { .. } => "case_checked",
            Self::Report(_) => "report",
            Self::Relabel { .. } => "relabel",
            Self::StockCount { .. } => "stock_count",
            Self::PapersChecked { .. } => "papers_checked",
            Self::DocumentDrafted { .. } => "document_drafted",
            Self::ListConfirmed { .. } => "list_confirmed",
            Self::GateAsked { .. } => "gate_asked",
            Self::Gate { .. } => "gate",
        }
    }
}
