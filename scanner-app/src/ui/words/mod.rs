//! Every word of the window in both languages, side by side, so that none can lack its twin (`screens.md` 3).

use shared::event::{ReturnReason, Stage};
use shared::mismatch::{Kind, ScanResult, Severity, Words};
use shared::reference::Level;
use shared::time::Timestamp;

mod beside;

use super::Outcome;
use crate::config::Language;

pub use beside::{fetching, settled_because, standing, subject};

/// The word of a language.
#[must_use]
pub const fn pick(language: Language, zh: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

const fn of(language: Language, words: Words) -> &'static str {
    pick(language, words.zh, words.en)
}

/// How many reasons hold goods, in English: one is no plural.
#[must_use]
pub fn reasons(count: usize) -> String {
    counted(count as u64, "reason")
}

/// How many of something, in English: one is no plural.
#[must_use]
pub fn counted(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", count(number)) }
}

/// How many units, in English.
#[must_use]
pub fn units(number: u64) -> String {
    counted(number, "unit")
}

/// How many packages of a level, in English.
#[must_use]
pub fn packages(number: u64, of: Level) -> String {
    let word = if number == 1 { one_level(Language::En, of) } else { level(Language::En, of) };
    format!("{} {word}", count(number))
}

/// The word of a stage.
#[must_use]
pub const fn stage(language: Language, stage: Stage) -> &'static str {
    match stage {
        Stage::Outbound => pick(language, "出库", "Outbound"),
        Stage::Inbound => pick(language, "入库", "Inbound"),
        Stage::Sort => pick(language, "分拣", "Sort"),
        Stage::Receipt => pick(language, "收货确认", "Receipt"),
        Stage::TransferOut => pick(language, "调出", "Transfer out"),
        Stage::TransferIn => pick(language, "调入", "Transfer in"),
        Stage::ReturnOut => pick(language, "退出", "Return out"),
        Stage::ReturnIn => pick(language, "退入", "Return in"),
    }
}

/// Why goods go back.
#[must_use]
pub const fn return_reason(language: Language, reason: ReturnReason) -> &'static str {
    match reason {
        ReturnReason::Quality => pick(language, "质量", "Quality"),
        ReturnReason::Refused => pick(language, "拒收", "Refused"),
        ReturnReason::Undeliverable => pick(language, "无法投递", "Undeliverable"),
        ReturnReason::Other => pick(language, "其他", "Another reason"),
    }
}

/// The unit that the big figure counts in.
#[must_use]
pub const fn level(language: Language, level: Level) -> &'static str {
    match level {
        Level::Unit => pick(language, "盒", "units"),
        Level::Inner => pick(language, "条", "inners"),
        Level::Case => pick(language, "箱", "cases"),
    }
}

/// One package by its level.
#[must_use]
pub const fn one_level(language: Language, level: Level) -> &'static str {
    match level {
        Level::Unit => pick(language, "盒", "unit"),
        Level::Inner => pick(language, "条", "inner"),
        Level::Case => pick(language, "箱", "case"),
    }
}

/// The verdict in one word.
#[must_use]
pub const fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match outcome.result {
        ScanResult::Accepted if outcome.note => pick(language, "通过·有提示", "Accepted, note"),
        ScanResult::Accepted => pick(language, "通过", "Accepted"),
        ScanResult::Duplicate => pick(language, "重复", "Duplicate"),
        ScanResult::Wrong => pick(language, "不符", "Wrong"),
        ScanResult::Blocked => pick(language, "拦截", "Blocked"),
    }
}

/// The line beneath the verdict: what it is, which other document it concerns, and whether the package was answered before.
#[must_use]
pub fn detail(language: Language, outcome: Outcome, kinds: &[Kind], sent_with: Option<&str>) -> String {
    let Some(kind) = kinds.first() else { return String::new() };
    let info = kind.info();
    let what = of(language, if outcome.result == ScanResult::Duplicate { info.what } else { info.title });
    let on = sent_with.map(|other| format!("{} {other}", pick(language, "已在", "on")));
    // An answer that reads as the one before would be taken for none.
    let is_again = outcome.result != ScanResult::Duplicate && kinds[1..].contains(&Kind::RepeatedScan);
    let again = is_again.then(|| pick(language, "再扫", "again").to_owned());
    [Some(what.to_owned()), on, again].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The small lines beneath: what to do, and for a block what it rests on.
#[must_use]
pub fn advice(language: Language, outcome: Outcome, kinds: &[Kind]) -> String {
    let Some(kind) = kinds.first().filter(|_| outcome.result != ScanResult::Duplicate) else { return String::new() };
    let info = kind.info();
    if outcome.note {
        // A note asks nothing of whoever scans; its next step is for whoever reads it.
        return pick(language, "继续扫码，结束时再看", "Keep scanning; seen again at the close").to_owned();
    }
    let next = of(language, info.next);
    match info.articles.first().filter(|_| info.severity == Severity::Block) {
        Some(citation) if language == Language::Zh => format!("{next}\n依据：{}", citation.zh()),
        Some(citation) => format!("{next}\nRests on: {}", citation.en()),
        None => next.to_owned(),
    }
}

/// The name of what a box marks, for grave results only.
#[must_use]
pub fn box_word(language: Language, kind: Option<Kind>) -> &'static str {
    kind.filter(|kind| kind.info().severity >= Severity::Hold).map_or("", |kind| of(language, kind.info().title))
}

/// `1 204`: thousands by a narrow gap that no line breaks at, in both languages.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let spaced = digits.chars().enumerate().map(|(place, digit)| {
        let gap = place > 0 && (places - place).is_multiple_of(3);
        if gap { format!("\u{202F}{digit}") } else { digit.to_string() }
    });
    spaced.collect()
}

/// `128`, `1.2万` or `12k`: what waits, always short.
#[must_use]
pub fn pending(language: Language, waiting: u64) -> String {
    let shown = match (waiting, language) {
        (0..10_000, _) => count(waiting),
        (_, Language::Zh) => format!("{}.{}万", waiting / 10_000, waiting % 10_000 / 1_000),
        (_, Language::En) => format!("{}k", waiting / 1_000),
    };
    match language {
        Language::Zh => format!("待传 {shown}"),
        Language::En => format!("{shown} queued"),
    }
}

/// `同步 10:42`; of another day the day, `同步 10-03`.
#[must_use]
pub fn at(
    language: Language,
    zh: &'static str,
    en: &'static str,
    (time, now): (Option<Timestamp>, Timestamp),
) -> String {
    format!("{} {}", pick(language, zh, en), time.map_or_else(|| "–".to_owned(), |time| short_time(time, now)))
}

/// `10:42` of today, else `10-03`.
#[must_use]
pub fn short_time(time: Timestamp, now: Timestamp) -> String {
    let (then, today) = (time.to_minute(), now.to_minute());
    if then[..10] == today[..10] { time.to_clock() } else { then[5..10].to_owned() }
}

/// `10-04 14:02`, as rows show a time.
#[must_use]
pub fn row_time(time: Timestamp) -> String {
    time.to_minute()[5..].to_owned()
}

/// `37 / 40`, or `37` where nobody knows how many should come.
#[must_use]
pub fn figure(done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{} / {}", count(done), count(total)),
        None => count(done),
    }
}

/// What a result is called after it was taken back.
#[must_use]
pub const fn undone(language: Language) -> &'static str {
    pick(language, "已撤销", "Undone")
}

/// The name of a kind.
#[must_use]
pub const fn kind(language: Language, kind: Kind) -> &'static str {
    of(language, kind.info().title)
}

/// What happened, by a kind.
#[must_use]
pub const fn what(language: Language, kind: Kind) -> &'static str {
    of(language, kind.info().what)
}

/// What is to be done, by a kind.
#[must_use]
pub const fn next(language: Language, kind: Kind) -> &'static str {
    of(language, kind.info().next)
}

/// What a kind rests on; empty where it rests on our own counting.
#[must_use]
pub fn article(language: Language, kind: Kind) -> String {
    let words = |citation: &shared::citation::Citation| match language {
        Language::Zh => citation.zh(),
        Language::En => citation.en(),
    };
    kind.info().articles.first().map(words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_short_and_readable() {
        assert_eq!(count(1_204), "1\u{202F}204");
        assert_eq!(count(12), "12");
        assert_eq!(pending(Language::Zh, 12_345), "待传 1.2万");
        assert_eq!(pending(Language::En, 12_345), "12k queued");
        assert_eq!(pending(Language::En, 128), "128 queued");
    }

    #[test]
    fn a_block_names_its_article_and_what_to_do() {
        let blocked = Outcome { result: ScanResult::Blocked, note: false };
        assert_eq!(detail(Language::Zh, blocked, &[Kind::FrozenCode], None), "码包丢失/失窃");
        let advice = advice(Language::Zh, blocked, &[Kind::FrozenCode]);
        assert_eq!(advice, "移出货堆，放隔离区，通知主管\n依据：追溯细则 2022 第 22 条");
    }

    #[test]
    fn what_was_sent_twice_names_the_other_and_a_repeat_is_told_apart() {
        let kinds = [Kind::DuplicateMovement, Kind::RepeatedScan];
        let told = |kinds: &[Kind]| detail(Language::En, Outcome::WRONG, kinds, Some("FH-2031"));
        assert_eq!(told(&kinds[..1]), "Duplicate movement · on FH-2031");
        assert_eq!(told(&kinds), "Duplicate movement · on FH-2031 · again");
        let duplicate = detail(Language::En, Outcome::DUPLICATE, &kinds[1..], None);
        assert_eq!(duplicate, "Already in this task, not counted");
    }
}
