//! One mismatch: the law, the evidence with its hashes, the trail of its package.

use maud::{Markup, html};
use shared::reference::References;
use shared::trail::Scan;

use super::case_view::{CaseView, side};
use super::evidence::{Row, events_table};
use super::layout::shape;
use super::list::encoded;
use super::named;
use super::words::Lang;

pub(super) fn detail(
    lang: Lang,
    (row, shown): (&Row, &CaseView<'_>),
    trail: &[(&Scan<'_>, bool)],
    references: &References,
) -> Markup {
    let mismatch = &row.found.mismatch;
    let info = mismatch.kind.info();
    html! {
        div.head { (shape(mismatch.severity)) h1 { (lang.severity(mismatch.severity)) " · " (lang.of(info.title)) } span.state.(row.found.state.as_str()) { (lang.state(row.found.state)) } }
        p.subject { (named::subject(lang, mismatch, references)) " — " (lang.of(info.what)) }
        (about(lang, row, references))
        div.columns {
            div {
                section.card { h2 { (lang.pick("1 依据", "1 Law")) } p { @if info.articles.is_empty() { (lang.pick("仅用于计数", "For counting only")) } @else { (lang.citations(mismatch, references.policy().rules)) } } }
                h2 { (lang.pick("2 证据", "2 Evidence")) }
                section.card { (events_table(lang, row, references)) }
                @if !trail.is_empty() { h2.trail { (lang.pick("3 追溯链", "3 Trail")) } section.card.trail { (trail_table(lang, trail, references)) } }
            }
            section.card.todo {
                h2 { (lang.pick("4 怎么办", "4 What to do")) }
                p { (lang.of(info.next)) }
                p { (lang.pick("通知 ", "Tell ")) (lang.of(info.tell.words())) }
                (side(lang, shown))
                p { a.act href={ "/?lang=" (lang.as_str()) } { (lang.pick("回到列表", "Back to the list")) } }
            }
        }
    }
}

/// Between whom, and on which papers: each opens its record.
fn about(lang: Lang, row: &Row, references: &References) -> Markup {
    let mismatch = &row.found.mismatch;
    let basis = mismatch.basis.as_ref().and_then(|number| references.bases.get(number));
    let document = mismatch.document.as_ref().and_then(|number| references.documents.get(number));
    let link = |set: &str, key: &str| html! { a href={ "/registry/" (set) "/" (encoded(key)) "?lang=" (lang.as_str()) } { (key) } };
    html! {
        p.about {
            @if let Some(goods) = named::goods(lang, mismatch, references) { span { (goods) } }
            @if let Some(difference) = named::difference(lang, mismatch) { span { strong { (difference) } } }
            @if let Some(basis) = basis {
                span { (references.member_name(&basis.seller)) " → " (references.member_name(&basis.buyer)) }
                span { (lang.pick("依据 ", "basis ")) (link("basis", basis.basis.as_str())) }
            }
            @if let Some(document) = document { span { (lang.pick("单证 ", "document ")) (link("document", document.document.as_str())) } }
        }
    }
}

fn trail_table(lang: Lang, trail: &[(&Scan<'_>, bool)], references: &References) -> Markup {
    html! { table { tbody { @for (scan, is_own) in trail {
        tr {
            td.time { (scan.at.to_minute()) } td { (lang.stage(scan.stage)) } td { (references.member_name(scan.member)) }
            td { (scan.movement.document) }
            td { @if *is_own { "● " (lang.pick("已扫", "scanned")) } @else { "○ " (lang.pick("由箱推定", "inferred from its case")) }
                 @if scan.set_aside.is_some() { " · " (lang.pick("已隔离", "set aside")) } }
        }
    } } } }
}
