//! The catalogue of mismatches as a document, made from the rows in `shared`.

use std::fmt::Write;

use shared::citation::{Citation, Rulebook};
use shared::mismatch::{Kind, KindInfo, Severity};
use shared::time::Timestamp;

/// The whole document.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for kind in Kind::ALL {
        if let Some((zh, en)) = section(*kind) {
            let _ = write!(text, "\n## {en} / {zh}\n");
        }
        row(&mut text, kind.info());
    }
    text
}

const HEAD: &str = "\
# Mismatches / 不符目录

Generated from `shared/src/mismatch/catalogue` by `cargo run -p scenario --bin catalogue > docs/mismatches.md`; do not edit.

Severity: **block** 拦截 shuts the gate at outbound, sort and transfer and holds the package at arrival; **hold** 隔离 sets the package
aside; **warn** 提示 asks someone to acknowledge; **info** 信息 informs. A kind that waits for its counterpart warns while it is
provisional. Decided: **T** on the terminal, **T/S** provisionally there, **S** on the server, **arrival** by when data came.
Articles are those of the trial trading rules; from the day that the configuration names, the revised ones are cited in their place.
";

fn row(text: &mut String, info: &KindInfo) {
    let severity = info.severity.as_str();
    let (title, what, next, tell) = (info.title, info.what, info.next, info.tell.words());
    let _ = write!(
        text,
        "\n### `{}` {} / {}\n\n{} {} · {} · {} {}\n\n{}。 {}.\n\n{}。通知{}。 {}. Tell {}.\n",
        info.slug,
        title.zh,
        title.en,
        severity,
        severity_zh(info.severity),
        info.decided.as_str(),
        info.about.words().zh,
        info.about.words().en,
        what.zh,
        what.en,
        next.zh,
        tell.zh,
        next.en,
        tell.en,
    );
    let articles = info.articles.iter().map(|article| both(*article)).collect::<Vec<_>>().join("; ");
    let articles =
        if articles.is_empty() { "只为计数与秩序 / for counting and order only".to_owned() } else { articles };
    let _ = write!(text, "\n依据 / Rests on: {articles}\n");
}

/// An article of the trial rules, and the revised one that takes its place.
fn both(article: Citation) -> String {
    let revised = article.in_force(Rulebook::RevisedFrom(Timestamp::from_ms(0)), Timestamp::from_ms(0));
    if revised == article { article.to_string() } else { format!("{article} → {revised}") }
}

const fn severity_zh(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "信息",
        Severity::Warn => "提示",
        Severity::Hold => "隔离",
        Severity::Block => "拦截",
    }
}

/// The section that begins with a kind.
const fn section(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::MalformedCode => Some(("码与标签", "Code and label")),
        Kind::EmptyParent => Some(("关联", "Association")),
        Kind::NoBasis => Some(("合同、订单、计划", "Contract, order, quota")),
        Kind::MemberNotActive => Some(("主体、品规、地点、承运", "Party, product, place, carrier")),
        Kind::DocumentMissing => Some(("单证与货物", "Document and goods")),
        Kind::InboundWithoutOutbound => Some(("环节先后", "Sequence")),
        Kind::LateUpload => Some(("上传、时钟、终端、操作", "Upload, clock, terminal, conduct")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_the_code_says() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mismatches.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        let same = written == super::markdown();
        assert!(same, "docs/mismatches.md is old: cargo run -p scenario --bin catalogue > docs/mismatches.md");
    }
}
