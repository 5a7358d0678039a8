//! The frame of every page: header, data line, language, and the shapes of severities.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use shared::mismatch::Severity;
use shared::time::Timestamp;

use super::words::Lang;

/// What the data line says.
pub(super) struct DataLine {
    pub(super) as_of: Timestamp,
    pub(super) behind: usize,
    pub(super) live: usize,
}

/// A whole page. `toggle` is the address of the same page in the other language.
pub(super) fn page(lang: Lang, title: &str, data: &DataLine, toggle: &str, content: &Markup) -> Markup {
    let at_terminals = toggle.starts_with("/terminals");
    html! {
        (DOCTYPE)
        html lang=(lang.pick("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Tallyman" }
                link rel="stylesheet" href="/assets/console.css";
            }
            body {
                header {
                    strong.mark { "Tallyman 理货员" }
                    nav {
                        a.here[!at_terminals] href={ "/?lang=" (lang.as_str()) } { (lang.pick("不符", "Mismatches")) " " span.number { (data.live) } }
                        a.here[at_terminals] href={ "/terminals?lang=" (lang.as_str()) } { (lang.pick("终端", "Terminals")) }
                    }
                    a.toggle href=(toggle) { (lang.pick("EN", "中文")) }
                }
                p.data {
                    (lang.pick("数据截至 ", "Data as of ")) (data.as_of.to_minute()) " · "
                    @if data.behind == 0 { (lang.pick("终端数据均在 24 小时内", "no terminal is behind")) }
                    @else { (data.behind) (lang.pick(" 台终端超过 24 小时未上传", if data.behind == 1 { " terminal behind by over 24 h" } else { " terminals behind by over 24 h" })) }
                }
                main { (content) }
            }
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
