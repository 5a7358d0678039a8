//! Applying for codes, and taking an application back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use shared::reference::CodeApplication;

use super::read;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::packs::{apply, withdraw};
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::store;

pub(super) async fn applied(
    State(state): State<AppState>,
    actor: Actor,
    body: Bytes,
) -> Result<Json<apply::Answer>, Problem> {
    let application: CodeApplication = read(&body)?;
    let mut tx = state.store.write().await?;
    let done = async {
        let mut edit = Edit::begin(&mut tx, &actor, state.clock.now()).await?;
        let answer = apply::apply(&mut tx, &mut edit, application).await?;
        edit.finish(&mut tx, apply::deed(&answer)).await?;
        Ok::<_, Problem>(answer)
    }
    .await;
    store::end(tx, done).await.map(Json)
}

/// Why an application is withdrawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawing {
    why: String,
}

pub(super) async fn withdrawn(
    State(state): State<AppState>,
    actor: Actor,
    Path(application): Path<String>,
    body: Bytes,
) -> Result<Json<apply::Answer>, Problem> {
    let Withdrawing { why } = read(&body)?;
    let now = state.clock.now();
    Ok(Json(withdraw::withdraw(&state.store, &application, (&actor, &why), now).await?))
}
