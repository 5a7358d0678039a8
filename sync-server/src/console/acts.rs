//! `POST /cases/{id}/{act}`: what the forms of a mismatch's page do.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::time::Timestamp;

use super::list::{detail_address, encoded};
use super::words::Lang;
use crate::http::state::AppState;
use crate::people::{Actor, Refusal};
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
        Err(refused @ (Refusal::Bad(_) | Refusal::Conflict(_))) => {
            format!("{back}&failed={}", encoded(&told(lang, kind, &refused)))
        }
        Err(other) => return Err(other),
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// Why, in the reader's language: in Chinese what an act asks for, which is what can be wrong with it.
fn told(lang: Lang, kind: ActKind, refused: &Refusal) -> String {
    if lang == Lang::En {
        return refused.to_string();
    }
    let why = match (refused, kind) {
        (Refusal::Conflict(_), _) => "此不符已有变化，或现在的状态不能这样处理。请看最新内容再试。",
        (_, ActKind::Due) => "期限要晚于现在，自确认起最多 30 天（监管不限）；只供了解的不定期限。请另选一天。",
        (_, ActKind::Assign) => "只能指派给能处理此不符的人。请另选一位。",
        (_, ActKind::Resolve) => "解决要选原因，并用几个词写明查到什么，不超过 2000 字。",
        _ => "请用几个词写明查到什么，不超过 2000 字。",
    };
    why.to_owned()
}

async fn do_it(state: &AppState, actor: &Actor, kind: ActKind, id: &MismatchId, form: ActForm) -> Result<(), Refusal> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let at = given(&form.day).map(|day| {
        let wrong = |_| Refusal::Bad(format!("`{day}` is no day such as 2026-10-05; choose one"));
        format!("{day}T23:59:59+08:00").parse::<Timestamp>().map_err(wrong)
    });
    let reason = given(&form.reason)
        .map(|word| word.parse().map_err(|error: crate::workflow::stage::UnknownWord| Refusal::Bad(error.to_string())));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_was_done_is_said_in_the_readers_language() {
        let why = "the day must lie between now and 2026-12-22 19:56; choose another";
        let refused = Refusal::Bad(why.to_owned());
        assert_eq!(told(Lang::En, ActKind::Due, &refused), why);
        for kind in [ActKind::Due, ActKind::Assign, ActKind::Resolve, ActKind::Comment] {
            for refused in [Refusal::Bad(why.to_owned()), Refusal::Conflict(why.to_owned())] {
                let told = told(Lang::Zh, kind, &refused);
                assert!(!told.contains("day") && told.contains('。'), "{told}");
            }
        }
    }
}
