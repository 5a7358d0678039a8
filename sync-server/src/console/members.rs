//! `/members`: the credit records.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use shared::ids::MemberId;

use super::layout::page;
use super::pages::{LangQuery, data_line, respond};
use super::words::Lang;
use crate::http::state::AppState;
use crate::people::{Actor, Refusal, View};
use crate::workflow::credit::{self, Credit};

/// Months shown, the newest.
const MONTHS: usize = 6;

/// The page.
pub async fn members(
    State(state): State<AppState>,
    actor: Actor,
    Query(query): Query<LangQuery>,
) -> Result<Response, Refusal> {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let records = credit::records(&mut conn, &view, &state.allowances, state.clock.now()).await?;
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let lang = query.lang;
    let toggle = format!("/members?lang={}", lang.other().as_str());
    let title = lang.pick("会员信用记录", "Members' credit records");
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &table(lang, &records, &view))))
}

fn table(lang: Lang, records: &BTreeMap<MemberId, Credit>, view: &View) -> Markup {
    html! {
        h1 { (lang.pick("会员信用记录", "Members' credit records")) }
        p { (lang.pick("每个会员参与的不符。“计入”的仍未解决，或已由人解决；按时解决的比例只算已到期的。补传自动关闭的另列，不计入。", "Mismatches where each member took part. Those that count still stand or were settled by a person; the share settled in time counts those whose time has come. What late data closed is a figure of its own: it is held against nobody and counts nowhere else.")) }
        @if records.is_empty() { p.empty { (lang.pick("还没有记录。", "There is no record yet.")) } }
        @else { section.card { table.wide {
            thead { tr {
                th { (lang.pick("会员", "Member")) } th.num { (lang.pick("计入", "Counted")) } th.num { (lang.pick("未解决", "Open")) }
                th.num { (lang.pick("按时解决", "In time")) } th.num { (lang.pick("补传关闭，不计", "Closed by late data, not counted")) }
                th { (lang.pick("严重程度", "Severity")) } th { (lang.pick("最多的类型", "Most frequent kinds")) } th { (lang.pick("按月", "By month")) }
            } }
            tbody { @for (member, record) in records { (row(lang, member, record, view)) } }
        } } }
    }
}

fn row(lang: Lang, member: &MemberId, record: &Credit, view: &View) -> Markup {
    let mut kinds: Vec<(&str, u64)> = record.by_kind.iter().map(|(slug, count)| (*slug, *count)).collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let title = |slug: &str| slug.parse::<shared::mismatch::Kind>().map_or("", |kind| lang.of(kind.info().title));
    html! { tr {
        td { strong { (view.references.member_name(member)) } br; a href={ "/?lang=" (lang.as_str()) "&member=" (super::list::encoded(member.as_str())) } { (member) } }
        td.num { (record.raised) } td.num { (record.standing) }
        td.num { @if let Some(percent) = record.in_time_percent() { (percent) " %" } @else { "–" } }
        td.num { (record.closed) }
        td { @for word in ["block", "hold", "warn", "info"] { @if let Some(count) = record.by_severity.get(word) {
            (severity(lang, word)) " × " (count) br;
        } } }
        td { @for (slug, count) in kinds.iter().take(5) { (title(slug)) " × " (count) br; } }
        td.time { @for (month, count) in record.by_month.iter().rev().take(MONTHS) { (month) " × " (count) br; } }
    } }
}

fn severity(lang: Lang, word: &str) -> &'static str {
    use shared::mismatch::Severity;
    let all = [Severity::Block, Severity::Hold, Severity::Warn, Severity::Info];
    all.into_iter().find(|severity| severity.as_str() == word).map_or("", |severity| lang.severity(severity))
}
