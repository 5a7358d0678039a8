//! Sentences of what came from outside the window: how far fetching is, what a person settled.

use shared::code::PackageCode;
use shared::mismatch::Subject;
use shared::rules::Standing;

use super::{count, stage};
use crate::config::Language;
use crate::ui::view::{FetchingView, Pair};

/// Text 37 of `screens.md`: how much has come, what that means, and that work goes on.
#[must_use]
pub fn fetching(fetching: FetchingView) -> Pair {
    let records = count(fetching.records);
    match fetching.percent {
        Some(percent) => (
            format!("数据同步到 {percent}%。未到的部分判为待核。照常扫码。"),
            format!("Data {percent}% synced. The rest is judged provisional. Keep scanning."),
        ),
        None => (
            format!("数据同步中，已取 {records} 条。未到的部分判为待核。照常扫码。"),
            format!("Data is coming, {records} records so far. The rest is judged provisional. Keep scanning."),
        ),
    }
}

/// What a mismatch is about: a package by its end, a line by its goods' name with its stage in words, anything else as it is written.
#[must_use]
pub fn subject(subject: &Subject, name: impl Fn(&str) -> Option<String>) -> Pair {
    if let Ok(code) = subject.0.parse::<PackageCode>() {
        let shown = format!("…{}", code.tail());
        return (shown.clone(), shown);
    }
    let (line, of) = subject.staged();
    let line = subject.line(name).map_or_else(|| line.to_owned(), |(document, goods)| format!("{document} {goods}"));
    match of {
        Some(of) => (format!("{line} {}", stage(Language::Zh, of)), format!("{line} {}", stage(Language::En, of))),
        None => (line.clone(), line),
    }
}

/// How a code stands, as the server says.
#[must_use]
pub const fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Unregistered => ("服务器也没有登记此码", "Not registered on the server either"),
        Standing::Inactive => ("已登记，还未激活", "Registered, not put into use yet"),
        Standing::Live => ("已登记，可以流转", "Registered, may move"),
        Standing::Frozen => ("码包丢失/失窃，已冻结", "Its code pack is lost or stolen: frozen"),
        Standing::Cancelled => ("已注销", "Cancelled"),
        Standing::Ended => ("已销毁或已出口", "Destroyed, or gone abroad"),
    }
}

/// How a mismatch came about, as the server's word for it and what a person wrote, in words of the screen.
#[must_use]
pub fn settled_because(why: &str) -> Pair {
    let (word, comment) = why.split_once(": ").unwrap_or((why, ""));
    let Some((zh, en)) = cause(word) else { return (why.to_owned(), why.to_owned()) };
    if comment.is_empty() {
        return (zh.to_owned(), en.to_owned());
    }
    (format!("{zh}：{comment}"), format!("{en}: {comment}"))
}

/// The server's word for a cause, in both languages.
fn cause(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "operator-error" => ("操作失误", "slip of work"),
        "printer-error" => ("打印错误", "printing error"),
        "data-late" => ("数据迟到", "data came late"),
        "true-shortage" => ("确实少货", "true shortage"),
        "true-overage" => ("确实多货", "true surplus"),
        "damage" => ("货损", "damaged goods"),
        "suspected-counterfeit" => ("疑似假冒", "suspected counterfeit"),
        "system-fault" => ("系统故障", "system fault"),
        "other" => ("其他", "other"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use shared::code::check_digit;

    use super::*;

    fn both(words: (&str, &str)) -> Pair {
        (words.0.to_owned(), words.1.to_owned())
    }

    #[test]
    fn a_cause_is_told_in_words_with_what_was_written() {
        assert_eq!(
            settled_because("true-shortage: two cases are gone"),
            both(("确实少货：two cases are gone", "true shortage: two cases are gone"))
        );
        assert_eq!(settled_because("data-late"), both(("数据迟到", "data came late")));
        let newer = "a-word-of-a-later-server: why";
        assert_eq!(settled_because(newer), both((newer, newer)), "what is not known is told as it came");
    }

    #[test]
    fn a_subject_is_a_package_a_line_or_a_number() {
        let line = Subject("FH-2031/POD outbound".into());
        let name = |product: &str| (product == "POD").then(|| "plain 3%".to_owned());
        assert_eq!(subject(&line, name), both(("FH-2031 plain 3% 出库", "FH-2031 plain 3% Outbound")));
        let other = Subject("FH-2031/MINT outbound".into());
        assert_eq!(subject(&other, name), both(("FH-2031/MINT 出库", "FH-2031/MINT Outbound")), "not known here");
        let body = "1690123456789";
        let gtin = format!("{body}{}", check_digit::compute(body));
        let code = PackageCode::item(&gtin, "7K3M9QX2T4WD").unwrap();
        assert_eq!(subject(&Subject(code.to_string()), name), both(("…T4WD", "…T4WD")));
        assert_eq!(subject(&Subject("C1".into()), name), both(("C1", "C1")));
    }

    #[test]
    fn fetching_tells_percent_where_it_is_known() {
        let known = fetching(FetchingView { records: 12_400, percent: Some(62) });
        assert_eq!(known.0, "数据同步到 62%。未到的部分判为待核。照常扫码。");
        let unknown = fetching(FetchingView { records: 12_400, percent: None });
        assert!(unknown.1.starts_with("Data is coming, 12\u{202F}400 records"), "{}", unknown.1);
    }
}
