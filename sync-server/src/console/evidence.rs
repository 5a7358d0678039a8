//! A mismatch with the events that it rests on, as a table.

use maud::{Markup, html};
use shared::chain::Hash;
use shared::ids::EventRef;
use shared::reference::References;

use super::named;
use super::words::Lang;
use crate::store::mismatch::{Evidence, StoredMismatch};
use crate::workflow::Stage;

/// One event of the evidence, with its terminal's name.
pub(super) struct EvidenceRow {
    pub(super) by: EventRef,
    pub(super) terminal: String,
    pub(super) evidence: Option<Evidence>,
    /// Whether who scanned, and its photo, are this reader's to see.
    pub(super) is_own: bool,
    /// Photos that the event names, and whether each is here.
    pub(super) photos: Vec<(Hash, bool)>,
}

/// A mismatch with its evidence.
pub(super) struct Row {
    pub(super) found: StoredMismatch,
    /// Where it is in the hands of people.
    pub(super) stage: Option<Stage>,
    pub(super) evidence: Vec<EvidenceRow>,
}

/// Events of the evidence that a table shows; the rest is counted.
pub(super) const EVENTS_SHOWN: usize = 12;

pub(super) fn events_table(lang: Lang, row: &Row, references: &References) -> Markup {
    let beyond = row.found.mismatch.events.len().saturating_sub(row.evidence.len());
    if row.evidence.is_empty() {
        return html! { p { (lang.pick("由清单与扫码合计得出，没有单个事件可列。", "It follows from sums of papers and scans: no single event shows it.")) } };
    }
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

fn photos(lang: Lang, photos: &[(Hash, bool)]) -> Markup {
    html! { @for (hash, is_here) in photos {
        br;
        @if *is_here { a href={ "/attachments/" (hash) } { (lang.pick("照片", "Photo")) } }
        @else { (lang.pick("照片传送中", "Photo on its way")) }
    } }
}

fn event_row(lang: Lang, row: &EvidenceRow, references: &References) -> Markup {
    let Some(evidence) = &row.evidence else {
        return html! { tr { td colspan="6" { (row.by) } } };
    };
    let event = &evidence.event;
    let what = event.act.movement().map(|(stage, movement)| (lang.stage(stage), movement));
    let site = references.sites.get(&event.site).map_or(event.site.as_str(), |site| site.name.as_str());
    html! { tr {
        td { @if let Some((stage, movement)) = what { (stage) " " (movement.document) } @else { "–" } (photos(lang, &row.photos)) }
        td { (row.terminal) " · " (event.seq) br; (site) }
        td { @if let Some(operator) = event.operator.as_ref().filter(|_| row.is_own) { (named::operator(operator, references)) } @else { "–" } }
        td.time { (event.at.to_minute()) }
        td.time { (evidence.received_at.to_minute()) }
        td.hash title=(evidence.hash) { (evidence.hash.get(..12).unwrap_or_default()) "…" }
    } }
}
