//! `/audit`: what people did, newest first.

use std::collections::BTreeMap;

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
use crate::people::{self, Actor, Refusal, SHELL, View};

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
    let people = people::store::list(&mut conn).await?;
    let names = Names {
        people: people.into_iter().map(|person| (person.name, person.shown)).collect(),
        members: view.references.members.values().map(|row| (row.member.to_string(), row.name.clone())).collect(),
        terminals: view.terminals.iter().map(|row| (row.terminal.to_string(), row.name.clone())).collect(),
    };
    let lang = query.lang;
    let toggle = format!("/audit?lang={}", lang.other().as_str());
    let title = lang.pick("操作日志", "Audit log");
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &table(lang, &shown, &names))))
}

/// What is filed under a name or a number, as people call it.
struct Names {
    people: BTreeMap<String, String>,
    members: BTreeMap<String, String>,
    terminals: BTreeMap<String, String>,
}

impl Names {
    fn who(&self, lang: Lang, who: &str) -> String {
        let shell = lang.pick("命令行", "command line");
        match who.strip_prefix(SHELL) {
            Some(user) => format!("{shell} ({user})"),
            None if who == "shell" => shell.to_owned(),
            None => self.people.get(who).map_or(who, String::as_str).to_owned(),
        }
    }

    /// A terminal by its name, and everything else as it is kept.
    fn on_what(&self, lang: Lang, on_what: &str) -> String {
        let terminal = on_what.strip_prefix("terminal ").and_then(|number| self.terminals.get(number));
        terminal.map_or_else(|| on_what.to_owned(), |name| format!("{} {name}", lang.pick("终端", "terminal")))
    }
}

fn table(lang: Lang, shown: &AuditPage, names: &Names) -> Markup {
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
                td.time { (names.who(lang, &act.who)) br; small { (role(lang, &act.role)) @if let Some(member) = &act.member { " · " (names.members.get(member).unwrap_or(member)) } } }
                td.time { (lang.act(&act.act)) } td.wrap title=(act.on_what) { (names.on_what(lang, &act.on_what)) } td.wrap { (act.why) } td { @if act.from_where == "shell" { "–" } @else { (act.from_where) } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read_with_names() {
        let number = "01a2031d-4280-7701-87ce-f59c15f4f5c6";
        let names = Names {
            people: [("li.mei".to_owned(), "李梅".to_owned())].into(),
            members: BTreeMap::new(),
            terminals: [(number.to_owned(), "gate 1".to_owned())].into(),
        };
        assert_eq!(names.who(Lang::Zh, "li.mei"), "李梅");
        assert_eq!(names.who(Lang::Zh, "shell"), "命令行");
        assert_eq!(names.who(Lang::En, "shell:anna"), "command line (anna)");
        assert_eq!(names.who(Lang::En, "gone"), "gone");
        assert_eq!(names.on_what(Lang::En, &format!("terminal {number}")), "terminal gate 1");
        assert_eq!(names.on_what(Lang::En, "pack P-1"), "pack P-1");
    }
}
