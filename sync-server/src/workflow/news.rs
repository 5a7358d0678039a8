//! What happened since a ledger position, for listeners and webhooks: what was judged, and what people, or the server for them, did.

use serde::Serialize;
use sqlx::AnyConnection;

use super::due::Allowances;
use super::export::CaseJson;
use super::store::{self, Case};
use crate::people::View;
use crate::store::StoreError;
use crate::store::step::{self, Step};

/// One thing that happened: the mismatch as it is now, with what was done to it.
#[derive(Debug, Serialize)]
pub struct NewsJson<'a> {
    /// The mismatch, as in the list.
    #[serde(flatten)]
    case: CaseJson<'a>,
    /// `judged`, or the step: `assign`, `due`, `escalated`, `resolve`, `reopen`, `reopened`, `start`, `wait`.
    what: &'a str,
    /// Who did it; none: the server.
    who: Option<&'a str>,
    /// Whom it was given to, until when, or the reason.
    detail: Option<&'a str>,
}

/// A mismatch that changed, and the steps that are new.
#[derive(Debug)]
pub struct Changed {
    case: Case,
    steps: Vec<Step>,
    is_judged: bool,
}

/// What happened after a position, as far as a view sees it.
#[derive(Debug)]
pub struct News {
    /// Everything up to here is in it.
    pub position: u64,
    /// The mismatches, oldest change first.
    pub changed: Vec<Changed>,
}

impl Changed {
    /// Ledger position of its last change.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.case.position
    }

    /// Each thing that happened to it, oldest first.
    #[must_use]
    pub fn events(&self, allowances: &Allowances) -> Vec<NewsJson<'_>> {
        let said = |text: &'static str| NewsJson {
            case: CaseJson::new(&self.case, allowances),
            what: text,
            who: None,
            detail: None,
        };
        let steps = self.steps.iter().map(|step| NewsJson {
            case: CaseJson::new(&self.case, allowances),
            what: &step.step,
            who: Some(step.who.as_str()).filter(|who| !who.is_empty()),
            detail: Some(step.detail.as_str()).filter(|detail| !detail.is_empty()),
        });
        steps.chain(self.is_judged.then(|| said("judged"))).collect()
    }
}

/// What happened after a position: about so many mismatches, and always all of a position; none where nothing did.
pub async fn since(
    conn: &mut AnyConnection,
    view: &View,
    position: u64,
    limit: usize,
) -> Result<Option<News>, StoreError> {
    let cases = store::since(conn, position, limit).await?;
    let Some(last) = cases.last().map(|case| case.position) else { return Ok(None) };
    let mut changed = Vec::new();
    for case in cases.into_iter().filter(|case| view.sees(&case.found.mismatch)) {
        let steps = step::since(conn, case.id().key(), position).await?;
        // The last change was a step, or else a judgement.
        let is_judged = steps.last().is_none_or(|(at, _)| *at < case.position);
        changed.push(Changed { case, steps: steps.into_iter().map(|(_, step)| step).collect(), is_judged });
    }
    Ok(Some(News { position: last, changed }))
}
