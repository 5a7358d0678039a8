//! Terminals, to be read: they are enrolled, not entered.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::people::{Actor, View};
use crate::store::terminal::Terminal;
use crate::told::Told;

fn shown(terminal: &Terminal) -> Value {
    json!({
        "terminal": terminal.terminal, "name": terminal.name, "member": terminal.member, "site": terminal.site,
        "revoked_at": terminal.revoked_at, "reached_at": terminal.reached_at,
    })
}

pub(super) async fn list(State(state): State<AppState>, actor: Actor) -> Result<Json<Value>, Problem> {
    let all = View::of(&mut *state.store.read().await?, actor.scope()).await?.terminals;
    let records: Vec<Value> = all.iter().map(shown).collect();
    Ok(Json(json!({ "set": "terminal", "total": records.len(), "records": records, "next": null })))
}

pub(super) async fn one(
    State(state): State<AppState>,
    actor: Actor,
    Path(terminal): Path<String>,
) -> Result<Json<Value>, Problem> {
    let all = View::of(&mut *state.store.read().await?, actor.scope()).await?.terminals;
    let found = all.iter().find(|one| one.terminal.to_string() == terminal);
    let missing = || {
        Problem::missing(Told::new(
            format!("there is no terminal `{terminal}`; `/terminals` lists those that are enrolled"),
            format!("没有终端 `{terminal}`；`/terminals` 列出已登记的终端。"),
        ))
    };
    Ok(Json(shown(found.ok_or_else(missing)?)))
}
