//! The list: severity first, then what and where, then when; each row opens to its evidence.

use std::collections::BTreeMap;

use maud::{Markup, html};
use shared::mismatch::{Kind, Severity, Words};
use shared::reference::References;

use super::evidence::{Row, events_table};
use super::layout::shape;
use super::named;
use super::words::Lang;
use crate::workflow::Stage;
use crate::workflow::filter::Asked;
use crate::workflow::place::Place;

/// The filters in force, as the address says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) asked: Asked,
    /// Behind which case the page starts; empty: the first page.
    pub(super) after: String,
}

/// States to choose from, `live` first.
const STATES: [(&str, Words); 6] = [
    ("live", Words { zh: "未解决", en: "Open" }),
    ("confirmed", Words { zh: "已确认", en: "Confirmed" }),
    ("provisional", Words { zh: "待核", en: "Provisional" }),
    ("closed", Words { zh: "自动关闭", en: "Closed by late data" }),
    ("resolved", Words { zh: "已解决", en: "Resolved" }),
    ("all", Words { zh: "全部", en: "All" }),
];

impl Chosen {
    /// The list's address with these filters.
    pub(super) fn address(&self, lang: Lang) -> String {
        let after = if self.after.is_empty() { String::new() } else { format!("&after={}", encoded(&self.after)) };
        format!("/?lang={}{}{after}", lang.as_str(), self.query())
    }

    /// The filters as the last part of an address.
    pub(super) fn query(&self) -> String {
        let asked = &self.asked;
        let parts = [
            ("state", &asked.state),
            ("kind", &asked.kind),
            ("severity", &asked.severity),
            ("workflow", &asked.workflow),
            ("basis", &asked.basis),
            ("document", &asked.document),
            ("member", &asked.member),
            ("assignee", &asked.assignee),
        ];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        given.flat_map(|(name, value)| ["&", name, "=", &encoded(value)].map(str::to_owned)).collect()
    }

    fn with(&self, change: impl FnOnce(&mut Asked)) -> Self {
        let mut asked = self.asked.clone();
        change(&mut asked);
        Self { asked, after: String::new() }
    }
}

/// One page of the list.
pub(super) struct ListPage {
    pub(super) chosen: Chosen,
    /// Kinds under the other filters, each with how many.
    pub(super) kinds: BTreeMap<Kind, usize>,
    pub(super) rows: Vec<Row>,
    /// Where the next page starts, if there is one.
    pub(super) next: Option<Place>,
}

pub(super) fn list(lang: Lang, page: &ListPage, references: &References) -> Markup {
    html! {
        h1 { (lang.pick("不符", "Mismatches")) }
        (chips(lang, page))
        @if page.rows.is_empty() {
            p.empty {
                (lang.pick("没有不符。终端同步后，新的不符会出现在这里。", "No mismatches. New ones appear here as terminals sync. "))
                @if page.chosen != Chosen::default() {
                    a href={ "/?lang=" (lang.as_str()) } { (lang.pick("查看全部未解决", "Show all that are open")) }
                }
            }
        }
        @for row in &page.rows { (list_row(lang, row, references)) }
        p.below {
            @if let Some(next) = &page.next {
                a.act href=(Chosen { after: next.to_string(), ..page.chosen.clone() }.address(lang)) { (lang.pick("下一页", "Next page")) } " "
            }
            @if !page.rows.is_empty() {
                a.act href={ "/api/v1/mismatches.csv?format=csv" (page.chosen.query()) } { (lang.pick("导出 CSV", "Export as CSV")) }
            }
        }
    }
}

fn chips(lang: Lang, page: &ListPage) -> Markup {
    let chosen = &page.chosen;
    let asked = &chosen.asked;
    let link = |is_on: bool, to: &Chosen, words: &Markup| html! { a.on[is_on] href=(to.address(lang)) { (words) } };
    let state = if asked.state.is_empty() { "live" } else { asked.state.as_str() };
    let of_state = |word: &str| chosen.with(|asked| word.clone_into(&mut asked.state));
    let of_stage = |word: &str| chosen.with(|asked| word.clone_into(&mut asked.workflow));
    let of_severity = |word: &str| chosen.with(|asked| word.clone_into(&mut asked.severity));
    let of_kind = |word: &str| chosen.with(|asked| word.clone_into(&mut asked.kind));
    html! {
        nav.chips aria-label=(lang.pick("状态", "State")) { @for (word, words) in STATES {
            (link(word == state, &of_state(word), &html! { (lang.of(words)) }))
        } }
        details.more open[!asked.workflow.is_empty() || !asked.severity.is_empty() || !asked.kind.is_empty()] {
            summary { (lang.pick("更多筛选", "More filters")) }
            nav.chips aria-label=(lang.pick("严重程度", "Severity")) {
                (link(asked.severity.is_empty(), &of_severity(""), &html! { (lang.pick("不限严重程度", "Any severity")) }))
                @for severity in [Severity::Block, Severity::Hold, Severity::Warn, Severity::Info] {
                    (link(asked.severity == severity.as_str(), &of_severity(severity.as_str()), &html! { (lang.severity(severity)) }))
                }
            }
            nav.chips aria-label=(lang.pick("处理", "Stage")) {
                (link(asked.workflow.is_empty(), &of_stage(""), &html! { (lang.pick("不限处理阶段", "Any stage")) }))
                @for stage in Stage::ALL.iter().filter(|stage| **stage != Stage::Resolved) {
                    (link(asked.workflow == stage.as_str(), &of_stage(stage.as_str()), &html! { (lang.stage_of_work(*stage)) }))
                }
            }
            @if page.kinds.len() > 1 || !asked.kind.is_empty() {
                nav.chips.kinds aria-label=(lang.pick("类型", "Kind")) {
                    (link(asked.kind.is_empty(), &of_kind(""), &html! { (lang.pick("全部类型", "All kinds")) }))
                    @for (kind, count) in &page.kinds {
                        (link(asked.kind == kind.slug(), &of_kind(kind.slug()), &html! { (lang.of(kind.info().title)) " " (count) }))
                    }
                }
            }
        }
        (narrowed(lang, chosen))
    }
}

/// Filters that have no chips of their own, each with a way out of it.
fn narrowed(lang: Lang, chosen: &Chosen) -> Markup {
    let asked = &chosen.asked;
    let parts = [
        (lang.pick("会员", "member"), &asked.member, chosen.with(|asked| asked.member.clear())),
        (lang.pick("依据", "basis"), &asked.basis, chosen.with(|asked| asked.basis.clear())),
        (lang.pick("单证", "document"), &asked.document, chosen.with(|asked| asked.document.clear())),
        (lang.pick("负责人", "owner"), &asked.assignee, chosen.with(|asked| asked.assignee.clear())),
    ];
    html! { @for (words, value, without) in parts { @if !value.is_empty() {
        p.narrowed { (lang.pick("只看", "Only ")) (words) " " strong { (value) } " · " a href=(without.address(lang)) { (lang.pick("取消", "show all")) } }
    } } }
}

fn list_row(lang: Lang, row: &Row, references: &References) -> Markup {
    let mismatch = &row.found.mismatch;
    let info = mismatch.kind.info();
    html! {
        details.row.(mismatch.severity.as_str()) {
            summary {
                (shape(mismatch.severity))
                span.sev { (lang.severity(mismatch.severity)) }
                span.title { strong { (lang.of(info.title)) } small { (info.slug) } }
                span.subject { (subject(lang, row, references)) }
                span.state.(row.found.state.as_str()) { (lang.state(row.found.state))
                    @if let Some(stage) = row.stage.filter(|stage| !matches!(stage, Stage::Open | Stage::Resolved)) { br; small { (lang.stage_of_work(stage)) } } }
                span.when { (row.found.raised_at.to_minute()) }
            }
            div.evidence {
                dl {
                    dt { (lang.pick("怎么回事", "What happened")) } dd { (lang.of(info.what)) }
                    dt { (lang.pick("怎么办", "What to do")) } dd { (lang.of(info.next)) }
                    @if !info.articles.is_empty() { dt { (lang.pick("依据", "Rests on")) } dd { (lang.citations(mismatch, references.policy().rules)) } }
                    @if mismatch.severity < Severity::Hold && mismatch.count > 1 { dt { (lang.pick("次数", "Count")) } dd { (mismatch.count) } }
                    @if !mismatch.codes.is_empty() {
                        dt { (lang.pick("包件", "Packages")) }
                        dd.codes { @for code in mismatch.codes.iter().take(20) { (code) br; } @if mismatch.codes.len() > 20 { "…" } }
                    }
                }
                (events_table(lang, row, references))
                p { a.act href={ (detail_address(lang, info.slug, &mismatch.subject.0)) "&scope=" (encoded(&mismatch.scope.to_string())) } {
                    (lang.pick("处理、完整证据与追溯链", "Act on it, full evidence, trail"))
                } }
            }
        }
    }
}

fn subject(lang: Lang, row: &Row, references: &References) -> Markup {
    let mismatch = &row.found.mismatch;
    let party = mismatch.basis.as_ref().and_then(|basis| references.bases.get(basis));
    let document = mismatch.document.as_ref().filter(|document| !document.is_none());
    html! {
        (named::subject(lang, mismatch, references))
        @if let Some(goods) = named::goods(lang, mismatch, references) { br; small { (goods) } }
        @if let Some(difference) = named::difference(lang, mismatch) { br; strong { (difference) } }
        @if let Some(basis) = party {
            br; small {
                (references.member_name(&basis.seller)) " → " (references.member_name(&basis.buyer))
                @if let Some(document) = document { " · " (lang.pick("单证 ", "document ")) (document) }
            }
        }
    }
}

/// The address of one mismatch.
pub(super) fn detail_address(lang: Lang, kind: &str, subject: &str) -> String {
    format!("/mismatches/{}/{}?lang={}", encoded(kind), encoded(subject), lang.as_str())
}

/// A value inside an address.
pub(super) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
