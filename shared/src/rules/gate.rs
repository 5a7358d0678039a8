//! The gate (放行): whether a task's goods may leave. Logistics/2022 art. 23 forbids moving goods whose information is not uploaded or
//! disagrees, so three things must say the same: the basis, the document, the set that was scanned.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::mismatch::{About, Kind, Mismatch, Scope, Severity, Subject};
use crate::reference::Limits;
use crate::reference::{Basis, Line, References};
use crate::time::Timestamp;

/// What is asked: may the goods of this stage of this document leave?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Under which basis.
    pub basis: BasisId,
    /// With which document, or `none`.
    pub document: DocumentId,
    /// Which stage.
    pub stage: Stage,
    /// When.
    pub at: Timestamp,
}

/// What the one who decides knows of uploads and of the age of its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The server decides, with every event and the document stored (and accepted by the platform where one is configured).
    pub stored: bool,
    /// Whether it is the server who decides.
    pub is_server: bool,
    /// When the references were last brought up to date.
    pub references_at: Option<Timestamp>,
}

/// Why goods are held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// A live block, or a hold on a line, document or basis.
    Mismatch {
        /// Which kind.
        kind: Kind,
        /// About what.
        subject: Subject,
    },
    /// Nobody knows the basis.
    NoBasis,
    /// There is no document, and the stage needs one.
    NoDocument,
    /// The document says more of a product than its basis, or names one that the basis has not.
    DocumentBeyondBasis {
        /// Which product.
        product: ProductId,
        /// Units on the document.
        document_units: u64,
        /// Units on the basis.
        basis_units: u64,
    },
    /// The set that was scanned is not what the document says.
    SetDiffers {
        /// Which product.
        product: ProductId,
        /// Units on the document.
        document_units: u64,
        /// Units scanned.
        scanned_units: u64,
    },
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Scans or the document are not confirmed by the server.
    Upload,
    /// The reference data is older than the limit.
    FreshData,
}

/// Who cleared the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClearedBy {
    /// The server, with everything stored.
    Server,
    /// The terminal alone, by policy, with the data it had.
    Terminal,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Decision {
    /// 暂不放行.
    Held {
        /// Why.
        reasons: BTreeSet<Reason>,
    },
    /// 待上传: asked again by itself after every sync.
    Waiting {
        /// For what.
        waits: BTreeSet<Wait>,
    },
    /// 准予放行.
    Cleared {
        /// By whom.
        by: ClearedBy,
    },
}

impl Decision {
    /// The word in JSON and scenarios.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Waiting { .. } => "waiting",
            Self::Cleared { .. } => "cleared",
        }
    }
}

/// Decides. `judged` are the live mismatches as the decider knows them, without those that a supervisor resolved.
#[must_use]
pub fn decide(
    question: &Question,
    judged: &[Mismatch],
    tallies: &[Tally],
    references: &References,
    standing: Standing,
    limits: &Limits,
) -> Decision {
    let basis = references.bases.get(&question.basis).map(|basis| basis.version(question.at, u64::MAX));
    let mut reasons: BTreeSet<Reason> = judged
        .iter()
        .filter(|found| holds(found) && concerns(found, question, basis.as_deref()))
        .map(|found| Reason::Mismatch { kind: found.kind, subject: found.subject.clone() })
        .collect();
    match &basis {
        Some(basis) => reasons.extend(three_way(question, basis, tallies, references)),
        None => reasons.extend([Reason::NoBasis]),
    }
    if !reasons.is_empty() {
        return Decision::Held { reasons };
    }
    let stale = standing
        .references_at
        .is_some_and(|known| question.at.as_ms().saturating_sub(known.as_ms()) > limits.stale_block_ms);
    let waits: BTreeSet<Wait> = [(!standing.stored, Wait::Upload), (stale, Wait::FreshData)]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, wait)| wait)
        .collect();
    match (waits.is_empty(), standing.is_server) {
        (true, true) => Decision::Cleared { by: ClearedBy::Server },
        (_, false) if limits.clear_offline && !stale => Decision::Cleared { by: ClearedBy::Terminal },
        _ => Decision::Waiting { waits },
    }
}

/// Every block holds the gate; of the holds those that are about no single package (`settled.md` 12).
fn holds(found: &Mismatch) -> bool {
    // Upload and the age of data are waited for, and asked again by themselves.
    if matches!(found.kind, Kind::DocumentNotUploaded | Kind::StaleData) {
        return false;
    }
    let of_package = matches!(found.kind.info().about, About::Code | About::Text);
    found.severity == Severity::Block || (found.severity == Severity::Hold && !of_package)
}

fn concerns(found: &Mismatch, question: &Question, basis: Option<&Basis>) -> bool {
    match &found.scope {
        Scope::Member(member) => basis.is_some_and(|basis| basis.seller == *member),
        Scope::Terminal(_) => true,
        Scope::Code(_) | Scope::Basis(_) => {
            let here = found.basis.as_ref() == Some(&question.basis);
            let whole = found.document.as_ref().is_none_or(DocumentId::is_none);
            here && (whole || found.document.as_ref() == Some(&question.document))
        }
    }
}

/// Basis against document, document against what was scanned.
fn three_way(question: &Question, basis: &Basis, tallies: &[Tally], references: &References) -> Vec<Reason> {
    let document = references.documents.get(&question.document);
    if document.is_none() && question.stage != Stage::Sort {
        return vec![Reason::NoDocument];
    }
    let said = units(document.map_or(&basis.lines, |document| &document.lines));
    let agreed = units(&basis.lines);
    let here = tallies.iter().filter(|tally| {
        tally.basis == question.basis && tally.document == question.document && tally.stage == question.stage
    });
    let scanned: BTreeMap<&ProductId, u64> = here.map(|tally| (&tally.product, tally.units)).collect();
    let of = |all: &BTreeMap<&ProductId, u64>, product: &ProductId| all.get(product).copied().unwrap_or(0);
    let products: BTreeSet<&ProductId> = said.keys().chain(scanned.keys()).copied().collect();
    let mut reasons = Vec::new();
    for product in products {
        let (document_units, basis_units, scanned_units) =
            (of(&said, product), of(&agreed, product), of(&scanned, product));
        if document_units > basis_units {
            reasons.push(Reason::DocumentBeyondBasis { product: product.clone(), document_units, basis_units });
        }
        if scanned_units != document_units {
            reasons.push(Reason::SetDiffers { product: product.clone(), document_units, scanned_units });
        }
    }
    reasons
}

fn units(lines: &[Line]) -> BTreeMap<&ProductId, u64> {
    let mut units: BTreeMap<&ProductId, u64> = BTreeMap::new();
    for line in lines {
        let sum = units.entry(&line.product).or_default();
        *sum = sum.saturating_add(line.units);
    }
    units
}
