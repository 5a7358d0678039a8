//! What a text that was read *is*, and so what it does: a badge, a paper, an enrolment, a package, or nothing known.
//!
//! | text | is |
//! |---|---|
//! | `TALLYMAN:BADGE/…`, or what the staff list knows as a badge | a badge, never a scan |
//! | `TALLYMAN:DOC/…`; `(400)`, `(401)`, `(402)` with a number; the bare number of a known document or basis | a document |
//! | `TALLYMAN:ENROL/…`, `TALLYMAN:GATE/…` | an enrolment, a driver's gate paper |
//! | what a grammar reads as a package's code | a package: a movement inside an open task, otherwise a look-up |
//!
//! Of GS1's keys (400) is the buyer's own order number, (401) the consignment (GINC) and (402) the shipment (GSIN): what labels
//! on pallets and freight papers of others carry. They count only where a known document or basis has that number.

use shared::code::PackageCode;
use shared::ids::{BasisId, DocumentId};
use shared::paper::{GatePaper, Paper, PaperError};
use shared::reference::References;

use super::opening::{Opening, Place};

/// GS1 keys whose value may be a document's or a basis's number.
const GS1_KEYS: [&str; 3] = ["400", "401", "402"];

/// What is going on where the text was read.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Whose terminal this is, and where.
    pub place: Place<'a>,
    /// The open task: its basis and document.
    pub task: Option<(&'a BasisId, &'a DocumentId)>,
    /// Whether packages count on the screen that shows: the scanning screens and the lists of an open task.
    pub counts: bool,
}

/// What a text does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A person wants to sign in, or to take over.
    Badge(String),
    /// A terminal is to be enrolled; it means something on that screen only.
    Enrolment(String),
    /// A document or basis: open its task.
    Open(DocumentRead),
    /// A document or basis of another task than the open one: ask whether to switch.
    Switch(DocumentRead),
    /// The document of the task that is open already.
    SameTask,
    /// A gate's paper: show what it says.
    Gate(Box<GatePaper>),
    /// A package moves, in the open task.
    Movement(PackageCode),
    /// A package outside a task, or on a screen where nothing counts: it is looked up, and the screen says so.
    LookUp(PackageCode),
    /// A paper of ours that cannot be used.
    Unusable(PaperError),
    /// Nothing known. Inside a task it is recorded as a label that cannot be understood, otherwise it does nothing.
    Unknown,
}

/// A document as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRead {
    /// Its number, or `none` for a basis alone.
    pub document: DocumentId,
    /// The basis, where the paper or what was pulled tells it.
    pub basis: Option<BasisId>,
    /// The task that it opens here; none where the stage is not known: the clerk chooses it, and what is scanned is recorded all
    /// the same.
    pub opening: Option<Opening>,
}

/// Decides. `is_badge` knows badges that others printed.
#[must_use]
pub fn route(text: &str, references: &References, is_badge: impl Fn(&str) -> bool, here: &Surroundings<'_>) -> Route {
    let text = text.trim();
    match Paper::read(text) {
        Some(Ok(Paper::Badge(badge))) => return Route::Badge(badge),
        Some(Ok(Paper::Enrolment(enrolment))) => return Route::Enrolment(enrolment),
        Some(Ok(Paper::Gate(gate))) => return Route::Gate(gate),
        Some(Ok(Paper::Document(paper))) => return to_task(references, here, paper.document, paper.basis),
        Some(Err(why)) => return Route::Unusable(why),
        None => {}
    }
    if is_badge(text) {
        return Route::Badge(text.to_owned());
    }
    // A package before a bare number: a code that happens to be a document's number as well would else never move.
    if let Ok(code) = references.grammars.parse(text) {
        let moves = here.task.is_some() && here.counts;
        return if moves { Route::Movement(code) } else { Route::LookUp(code) };
    }
    let number = gs1_number(text).unwrap_or(text);
    let (document, basis) = (DocumentId::from(number), BasisId::from(number));
    if references.documents.contains_key(&document) {
        to_task(references, here, document, None)
    } else if references.bases.contains_key(&basis) {
        to_task(references, here, DocumentId::none(), Some(basis))
    } else {
        Route::Unknown
    }
}

fn to_task(references: &References, here: &Surroundings<'_>, document: DocumentId, basis: Option<BasisId>) -> Route {
    // What was pulled knows better than a print-out.
    let basis = references.documents.get(&document).map(|known| known.basis.clone()).or(basis);
    if let Some((open_basis, open_document)) = here.task {
        let same_basis = basis.as_ref().is_none_or(|basis| basis == open_basis);
        if same_basis && (document == *open_document || document.is_none()) {
            return Route::SameTask;
        }
    }
    let opening = basis.as_ref().and_then(|basis| Opening::found(references, here.place, basis, &document));
    let read = DocumentRead { document, basis, opening };
    if here.task.is_some() { Route::Switch(read) } else { Route::Open(read) }
}

/// The number in a GS1 element string of one of the keys that documents have: `(401)…`, or `]C1401…` as scanners send it.
fn gs1_number(text: &str) -> Option<&str> {
    let value = GS1_KEYS.iter().find_map(|key| {
        let bracketed = text.strip_prefix('(').and_then(|rest| rest.strip_prefix(key)?.strip_prefix(')'));
        let announced = || ["]C1", "]d2", "]Q3", "]e0"].iter().find_map(|id| text.strip_prefix(id)?.strip_prefix(key));
        bracketed.or_else(announced)
    })?;
    let end = value.find(['\u{1d}', '(']).unwrap_or(value.len());
    Some(&value[..end]).filter(|number| !number.is_empty())
}
