//! `POST /cases/{id}/{act}`: what the forms of a mismatch's page do.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::time::Timestamp;

use super::list::{detail_address, encoded};
use super::words::Lang;
use crate::http::state::AppState;
use crate::people::{Actor, Refusal};
use crate::told::Told;
use crate::workflow::MismatchId;
use crate::workflow::act::ActKind;
use crate::workflow::api::Particulars;
use crate::workflow::take::{Asked, take};

/// What a form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActForm {
    lang: Lang,
    version: String,
    comment: String,
    to: String,
    /// A day, `2026-10-05`: its end in Asia/Shanghai.
    day: String,
    reason: String,
}

/// Does an act and shows the mismatch again.
pub async fn act(
    state: AppState,
    actor: Actor,
    (kind, id): (ActKind, String),
    form: ActForm,
) -> Result<Response, Refusal> {
    let id: MismatchId = id.parse().map_err(|_| Refusal::NotFound)?;
    let lang = form.lang;
    let done = do_it(&state, &actor, kind, &id, form).await;
    let back = format!("{}&scope={}", detail_address(lang, &id.kind, &id.subject), encoded(&id.scope));
    let to = match done {
        Ok(()) => back,
        Err(refused @ (Refusal::Bad(_) | Refusal::Conflict(_) | Refusal::Stale(_))) => {
            format!("{back}&failed={}", encoded(refused.told().of(lang)))
        }
        Err(other) => return Err(other),
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

async fn do_it(state: &AppState, actor: &Actor, kind: ActKind, id: &MismatchId, form: ActForm) -> Result<(), Refusal> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let at = given(&form.day).map(|day| {
        let wrong = |_| {
            Refusal::Bad(Told::new(
                format!("`{day}` is no day such as 2026-10-05; choose one"),
                format!("`{day}` 不是像 2026-10-05 这样的日期，请另选一天。"),
            ))
        };
        format!("{day}T23:59:59+08:00").parse::<Timestamp>().map_err(wrong)
    });
    let reason = given(&form.reason)
        .map(|word| word.parse().map_err(|error: crate::workflow::stage::UnknownWord| Refusal::Bad(error.told())));
    let particulars = Particulars {
        comment: form.comment.clone(),
        to: given(&form.to),
        at: at.transpose()?,
        reason: reason.transpose()?,
    };
    let act = particulars.act(kind)?;
    let seen = Some(form.version.as_str()).filter(|seen| !seen.is_empty());
    take(&state.store, actor, &Asked { id, act: &act, comment: &form.comment, seen }, state.clock.now()).await
}
