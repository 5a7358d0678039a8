//! `/audit`: what people did, newest first.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::page;
use super::pages::{data_line, respond};
use super::words::Lang;
use crate::audit::api::{AuditPage, page as acts};
use crate::http::state::AppState;
use crate::people::{Actor, Refusal, View};

/// What the page's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    lang: Lang,
    before: Option<u64>,
}

/// The page.
pub async fn log(
    State(state): State<AppState>,
    actor: Actor,
    Query(query): Query<LogQuery>,
) -> Result<Response, Refusal> {
    let shown = acts(&state, &actor, query.before).await?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let lang = query.lang;
    let toggle = format!("/audit?lang={}", lang.other().as_str());
    let title = lang.pick("操作日志", "Audit log");
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &table(lang, &shown))))
}

fn table(lang: Lang, shown: &AuditPage) -> Markup {
    html! {
        h1 { (lang.pick("操作日志", "Audit log")) }
        @if shown.acts.is_empty() { p.empty { (lang.pick("还没有人操作过。", "Nobody has done anything yet.")) } }
        @else { section.card { table.wide {
            thead { tr {
                th { "#" } th { (lang.pick("时间", "When")) } th { (lang.pick("谁", "Who")) } th { (lang.pick("操作", "Act")) }
                th { (lang.pick("对象", "On what")) } th { (lang.pick("原因", "Why")) } th { (lang.pick("来自", "From")) }
            } }
            tbody { @for act in &shown.acts { tr {
                td.num { (act.audit_no) } td.time { (act.at.to_minute()) }
                td { (act.who) br; small { (role(lang, &act.role)) @if let Some(member) = &act.member { " · " (member) } } }
                td { (lang.act(&act.act)) } td.wrap { (act.on_what) } td.wrap { (act.why) } td { (act.from_where) }
            } } }
        } } }
        @if let Some(next) = shown.next { p { a.act href={ "/audit?lang=" (lang.as_str()) "&before=" (next) } { (lang.pick("更早的", "Earlier")) } } }
    }
}

fn role(lang: Lang, word: &str) -> &'static str {
    match word {
        "system" => lang.pick("系统", "system"),
        other => lang.role(other.parse().ok()),
    }
}
