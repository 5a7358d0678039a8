//! The frame of every page: header, data line, language, and the shapes of severities.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use shared::mismatch::{Severity, Words};
use shared::time::Timestamp;

use super::words::Lang;
use crate::people::{Actor, Means, Right};

/// What every page says of the data and of who looks at it.
pub(crate) struct DataLine {
    pub(super) as_of: Timestamp,
    pub(super) behind: usize,
    pub(super) live: usize,
    pub(super) actor: Actor,
    /// What the reader's member is called; none for who sees all.
    pub(super) member: Option<String>,
}

/// The sections, each with the start of its addresses.
const SECTIONS: [(&str, Words, Right); 5] = [
    ("/", Words { zh: "不符", en: "Mismatches" }, Right::See),
    ("/registry", Words { zh: "登记信息", en: "Registry" }, Right::See),
    ("/terminals", Words { zh: "终端", en: "Terminals" }, Right::See),
    ("/members", Words { zh: "会员", en: "Members" }, Right::See),
    ("/audit", Words { zh: "操作日志", en: "Audit log" }, Right::Audit),
];

/// A whole page. `toggle` is the address of the same page in the other language.
pub(crate) fn page(lang: Lang, title: &str, data: &DataLine, toggle: &str, content: &Markup) -> Markup {
    let path = toggle.split('?').next().unwrap_or("/");
    let here = SECTIONS
        .iter()
        .rev()
        .find(|(start, ..)| path.replace("/import", "/registry").starts_with(start))
        .map(|(start, ..)| *start);
    let sections = SECTIONS.iter().filter(|(_, _, right)| data.actor.has(*right));
    document(
        lang,
        title,
        &html! {
            header {
                strong.mark { "Tallyman 理货员" }
                nav { @for (start, words, _) in sections {
                    a.here[here == Some(*start)] href={ (start) "?lang=" (lang.as_str()) } {
                        (lang.of(*words)) @if *start == "/" { " " span.number { (data.live) } }
                    }
                } }
                (person(lang, data))
                a.toggle href=(toggle) { (lang.pick("EN", "中文")) }
            }
            p.data {
                (lang.pick("数据截至 ", "Data as of ")) (data.as_of.to_minute()) " · "
                @if data.behind == 0 { (lang.pick("终端数据均在 24 小时内", "no terminal is behind")) }
                @else { (data.behind) (lang.pick(" 台终端超过 24 小时未上传", if data.behind == 1 { " terminal behind by over 24 h" } else { " terminals behind by over 24 h" })) }
            }
            main { (content) }
        },
    )
}

fn person(lang: Lang, data: &DataLine) -> Markup {
    let actor = &data.actor;
    html! { @if let Means::Session(_) = actor.means {
        span.person { a href={ "/password?lang=" (lang.as_str()) } { (actor.shown) }
            small { (lang.role(actor.role)) @if let Some(member) = &data.member { " · " (member) } } }
        form method="post" action="/sign-out" {
            input type="hidden" name="csrf" value=(actor.csrf());
            input type="hidden" name="lang" value=(lang.as_str());
            button.quiet type="submit" { (lang.pick("退出", "Sign out")) }
        }
    } }
}

/// The frame of any page, signed in or not.
pub(crate) fn document(lang: Lang, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.pick("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Tallyman" }
                link rel="stylesheet" href="/assets/console.css";
            }
            body { (body) }
        }
    }
}

/// The shape of a severity: told apart by form, not by colour alone.
pub(super) fn shape(severity: Severity) -> Markup {
    let drawing = match severity {
        Severity::Block => r#"<path d="M10 3h12l7 7v12l-7 7H10l-7-7V10z"/><path class="in" d="M9 16h14"/>"#,
        Severity::Hold => r#"<path d="M16 2l14 14-14 14L2 16z"/><path class="in" d="M11 11l10 10M21 11L11 21"/>"#,
        Severity::Warn => r#"<path d="M16 3l14 25H2z"/><path class="in" d="M16 12v8M16 23v2"/>"#,
        Severity::Info => r#"<circle cx="16" cy="16" r="13"/><path class="in" d="M16 14v9M16 8v2"/>"#,
    };
    html! {
        svg.shape.(severity.as_str()) viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" { (PreEscaped(drawing)) }
    }
}
