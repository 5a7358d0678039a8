//! One mismatch: the law, the evidence with its hashes, the trail of its package.

use maud::{Markup, html};
use shared::ids::EventRef;
use shared::reference::References;
use shared::trail::Scan;

use super::layout::shape;
use super::list::Row;
use super::words::Lang;
use crate::store::mismatch::Evidence;

/// Events of the evidence that a table shows; the rest is counted.
pub(super) const EVENTS_SHOWN: usize = 12;

/// One event of the evidence, with its terminal's name.
pub(super) struct EvidenceRow {
    pub(super) by: EventRef,
    pub(super) terminal: String,
    pub(super) evidence: Option<Evidence>,
}

pub(super) fn events_table(lang: Lang, row: &Row, references: &References) -> Markup {
    let beyond = row.found.mismatch.events.len().saturating_sub(row.evidence.len());
    html! {
        table {
            thead { tr {
                th { (lang.pick("事件", "Event")) } th { (lang.pick("终端 · 序号", "Terminal · number")) }
                th { (lang.pick("操作员", "Operator")) } th { (lang.pick("终端时间", "Terminal time")) }
                th { (lang.pick("服务器收到", "Server received")) } th { (lang.pick("哈希", "Hash")) }
            } }
            tbody { @for row in &row.evidence { (event_row(lang, row, references)) } }
        }
        @if beyond > 0 { p { "+" (beyond) (lang.pick(" 条", " more")) } }
    }
}

fn event_row(lang: Lang, row: &EvidenceRow, references: &References) -> Markup {
    let Some(evidence) = &row.evidence else {
        return html! { tr { td colspan="6" { (row.by) } } };
    };
    let event = &evidence.event;
    let what = event.act.movement().map(|(stage, movement)| (lang.stage(stage), movement));
    let site = references.sites.get(&event.site).map_or(event.site.as_str(), |site| site.name.as_str());
    html! { tr {
        td { @if let Some((stage, movement)) = what { (stage) " " (movement.document) } @else { "–" } }
        td { (row.terminal) " · " (event.seq) br; (site) }
        td { @if let Some(operator) = &event.operator { (operator) } @else { "–" } }
        td.time { (event.at.to_minute()) }
        td.time { (evidence.received_at.to_minute()) }
        td.hash title=(evidence.hash) { (evidence.hash.get(..12).unwrap_or_default()) "…" }
    } }
}

pub(super) fn detail(lang: Lang, row: &Row, trail: &[&Scan<'_>], references: &References) -> Markup {
    let mismatch = &row.found.mismatch;
    let info = mismatch.kind.info();
    html! {
        div.head { (shape(mismatch.severity)) h1 { (lang.severity(mismatch.severity)) " · " (lang.of(info.title)) } span.state.(row.found.state.as_str()) { (lang.state(row.found.state)) } }
        p.subject { (mismatch.subject) " — " (lang.of(info.what)) }
        div.columns {
            div {
                section.card { h2 { (lang.pick("1 依据", "1 Law")) } p { @if info.citations.is_empty() { (lang.pick("仅用于计数", "For counting only")) } @else { (lang.citations(mismatch.kind)) } } }
                h2 { (lang.pick("2 证据", "2 Evidence")) }
                section.card { (events_table(lang, row, references)) }
                @if !trail.is_empty() { h2 { (lang.pick("3 追溯链", "3 Trail")) } section.card { (trail_table(lang, row, trail, references)) } }
            }
            section.card {
                h2 { (lang.pick("4 怎么办", "4 What to do")) }
                p { (lang.of(info.next)) }
                p { (lang.pick("首次发现 ", "First raised ")) (row.found.raised_at.to_minute()) br;
                    (lang.pick("最近变化 ", "Last changed ")) (row.found.changed_at.to_minute()) }
                p { a.act href={ "/?lang=" (lang.as_str()) } { (lang.pick("回到列表", "Back to the list")) } }
            }
        }
    }
}

fn trail_table(lang: Lang, row: &Row, trail: &[&Scan<'_>], references: &References) -> Markup {
    html! { table { tbody { @for scan in trail {
        tr {
            td.time { (scan.at.to_minute()) } td { (lang.stage(scan.stage)) } td { (references.member_name(scan.member)) }
            td { (scan.movement.document) }
            td { @if scan.code.as_ref().is_ok_and(|code| row.found.mismatch.codes.contains(code)) { "(o) " (lang.pick("已扫", "scanned")) } @else { "( ) " (lang.pick("由箱推定", "inferred from its case")) }
                 @if scan.set_aside.is_some() { " · " (lang.pick("已隔离", "set aside")) } }
        }
    } } } }
}
