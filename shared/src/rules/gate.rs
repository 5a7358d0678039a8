//! The gate (放行): whether a task's goods may leave. Logistics/2022 art. 23 forbids moving goods whose information is not uploaded or
//! disagrees, so three things must say the same: the basis, the document, the set that was scanned.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::event::{Act, Stage};
use crate::ids::{BasisId, DocumentId, EventRef, MemberId, ProductId};
use crate::mismatch::{About, Kind, Mismatch, Scope, Severity, Subject};
use crate::reference::{Basis, Limits, Line, References, ShippingDocument};
use crate::time::Timestamp;
use crate::trail::History;

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
    let basis = in_force(question, references);
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

/// What is known of the goods that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// Everything that was told of them.
    pub history: &'k History,
    /// What stands on their lines.
    pub tallies: &'k [Tally],
    /// Basis, document and policy.
    pub references: &'k References,
}

/// Decides where the document may be a note that a terminal of the asking `member` drafted from what was loaded.
#[must_use]
pub fn decide_among(
    question: &Question,
    member: &MemberId,
    judged: &[Mismatch],
    known: &Known<'_>,
    standing: Standing,
) -> Decision {
    let policy = known.references.policy;
    let mut about = References { policy, ..References::default() };
    let basis = known.references.bases.get(&question.basis);
    about.bases.extend(basis.map(|basis| (basis.basis.clone(), basis.clone())));
    let document = known.references.documents.get(&question.document).cloned();
    let document = document.or_else(|| drafted(known.history, member, &question.document));
    about.documents.extend(document.map(|document| (document.document.clone(), document)));
    decide(question, judged, known.tallies, &about, standing, &about.policy().limits)
}

/// Whether a mismatch holds this gate while nobody resolves it.
#[must_use]
pub fn is_held_by(found: &Mismatch, question: &Question, references: &References) -> bool {
    holds(found) && concerns(found, question, in_force(question, references).as_deref())
}

fn in_force<'r>(question: &Question, references: &'r References) -> Option<Cow<'r, Basis>> {
    references.bases.get(&question.basis).map(|basis| basis.version(question.at, u64::MAX))
}

/// The note of this number that a member's terminals drafted last and did not take back.
#[must_use]
pub fn drafted(history: &History, member: &MemberId, document: &DocumentId) -> Option<ShippingDocument> {
    let own = || history.facts.iter().filter(|fact| fact.member == *member);
    let voids = own().filter_map(|fact| match fact.act {
        Act::Void { voids, .. } => Some(voids),
        _ => None,
    });
    let voided: BTreeSet<EventRef> = voids.collect();
    let drafts = own().filter(|fact| !voided.contains(&fact.by)).filter_map(|fact| match &fact.act {
        Act::DocumentDrafted { note } if note.document == *document => Some(((fact.at, fact.by), note)),
        _ => None,
    });
    drafts.max_by_key(|(told, _)| *told).map(|(_, note)| (**note).clone())
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
