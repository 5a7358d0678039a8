//! The list: severity first, then what and where, then when; each row opens to its evidence.

use std::collections::BTreeMap;

use maud::{Markup, html};
use shared::mismatch::{Kind, Severity, State};
use shared::reference::References;

use super::evidence::{Row, events_table};
use super::layout::shape;
use super::words::Lang;

/// Which mismatches are shown; kept in the address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Provisional and confirmed.
    #[default]
    Live,
    /// Confirmed only.
    Confirmed,
    /// Provisional only.
    Provisional,
    /// Closed by late data.
    Closed,
    /// Everything.
    All,
}

impl Filter {
    const ALL: [Self; 5] = [Self::Live, Self::Confirmed, Self::Provisional, Self::Closed, Self::All];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Confirmed => "confirmed",
            Self::Provisional => "provisional",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }

    const fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Live => lang.pick("未解决", "Open"),
            Self::Confirmed => lang.pick("已确认", "Confirmed"),
            Self::Provisional => lang.pick("待核", "Provisional"),
            Self::Closed => lang.pick("自动关闭", "Closed by late data"),
            Self::All => lang.pick("全部", "All"),
        }
    }

    pub(super) const fn shows(self, state: State) -> bool {
        match self {
            Self::Live => state.is_live(),
            Self::Confirmed => matches!(state, State::Confirmed),
            Self::Provisional => matches!(state, State::Provisional),
            Self::Closed => matches!(state, State::Closed),
            Self::All => true,
        }
    }
}

/// The filters in force, as the address says them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) show: Filter,
    pub(super) kind: Option<Kind>,
}

impl Chosen {
    /// The list's address with these filters.
    pub(super) fn address(self, lang: Lang) -> String {
        let kind = self.kind.map(|kind| format!("&kind={}", kind.slug())).unwrap_or_default();
        format!("/?lang={}&show={}{kind}", lang.as_str(), self.show.as_str())
    }
}

/// One page of the list.
pub(super) struct ListPage {
    pub(super) chosen: Chosen,
    /// Kinds in the chosen states, each with how many.
    pub(super) kinds: BTreeMap<Kind, usize>,
    pub(super) rows: Vec<Row>,
    /// How many more there are than rows.
    pub(super) beyond: usize,
}

pub(super) fn list(lang: Lang, page: &ListPage, references: &References) -> Markup {
    html! {
        h1 { (lang.pick("不符", "Mismatches")) }
        (chips(lang, page))
        @if page.rows.is_empty() {
            p.empty {
                (lang.pick("没有不符。终端同步后，新的不符会出现在这里。", "No mismatches. New ones appear here as terminals sync. "))
                @if page.chosen != (Chosen { show: Filter::Live, kind: None }) {
                    a href={ "/?lang=" (lang.as_str()) } { (lang.pick("查看全部未解决", "Show all that are open")) }
                }
            }
        }
        @for row in &page.rows { (list_row(lang, row, references)) }
        @if page.beyond > 0 {
            p.empty { (lang.pick("另有 ", "")) (page.beyond) (lang.pick(" 条，请按类型筛选。", " more: choose a kind above.")) }
        }
    }
}

fn chips(lang: Lang, page: &ListPage) -> Markup {
    let chosen = page.chosen;
    let of_kind = |kind| Chosen { kind, ..chosen }.address(lang);
    html! {
        nav.chips aria-label=(lang.pick("状态", "State")) {
            @for show in Filter::ALL {
                a.on[show == chosen.show] href=(Chosen { show, ..chosen }.address(lang)) { (show.word(lang)) }
            }
        }
        @if page.kinds.len() > 1 || chosen.kind.is_some() {
            nav.chips.kinds aria-label=(lang.pick("类型", "Kind")) {
                a.on[chosen.kind.is_none()] href=(of_kind(None)) { (lang.pick("全部类型", "All kinds")) }
                @for (kind, count) in &page.kinds {
                    a.on[chosen.kind == Some(*kind)] href=(of_kind(Some(*kind))) { (lang.of(kind.info().title)) " " (count) }
                }
            }
        }
    }
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
                span.state.(row.found.state.as_str()) { (lang.state(row.found.state)) }
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
                p { a.act href=(detail_address(lang, info.slug, &mismatch.subject.0)) {
                    (lang.pick("完整证据与追溯链", "Full evidence and trail"))
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
        (mismatch.subject)
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
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
