//! What one contender did over all pictures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::row::{Row, SizeClass};
use crate::measure::{Spread, percent};
use crate::race::Fault;
use crate::texts::{Judgement, fold};

/// Pictures of a kind, and of how many the codes were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rate {
    /// Pictures with known codes.
    pub of: usize,
    /// All codes right.
    pub all_right: usize,
    /// At least one code right.
    pub any_right: usize,
    /// `all_right` in percent of `of`; null of none.
    pub all_right_percent: Option<f64>,
    /// `any_right` in percent of `of`; null of none.
    pub any_right_percent: Option<f64>,
}

impl Rate {
    fn of<'a>(judgements: impl Iterator<Item = &'a Judgement>) -> Self {
        let mut rate = Self::default();
        for judged in judgements {
            rate.of += 1;
            rate.all_right += usize::from(judged.all_right);
            rate.any_right += usize::from(judged.any_right);
        }
        rate.all_right_percent = percent(rate.all_right, rate.of);
        rate.any_right_percent = percent(rate.any_right, rate.of);
        rate
    }
}

/// The byte-by-byte comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Strict {
    /// Rates.
    #[serde(flatten)]
    pub rate: Rate,
    /// Texts that differ in any byte from all known ones.
    pub wrong_texts: usize,
}

/// A text that is not on its picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongText {
    /// The picture.
    pub file: String,
    /// What was read.
    pub text: String,
    /// Other contenders that read the same there: where several do, look whether the manifest is complete.
    pub also_read_by: Vec<String>,
}

/// What one contender did over all pictures.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// Its version and settings.
    pub settings: String,
    /// Rates by folded texts.
    #[serde(flatten)]
    pub rate: Rate,
    /// The same byte by byte.
    pub strict: Strict,
    /// Wrong texts, folded, on all pictures whose truth is known.
    pub wrong_texts: usize,
    /// Those of them on pictures without a code.
    pub wrong_texts_without_code: usize,
    /// Those of them that no other contender read there: what remains if manifests are incomplete.
    pub wrong_texts_alone: usize,
    /// Each of them.
    pub wrong: Vec<WrongText>,
    /// Rates by the manifest's sets.
    pub by_set: BTreeMap<String, Rate>,
    /// Rates by size class.
    pub by_size: BTreeMap<&'static str, Rate>,
    /// CPU time over all pictures, those of unknown truth included.
    pub cpu_ms: Option<Spread>,
    /// The same on the wall.
    pub wall_ms: Option<Spread>,
    /// CPU time by size class.
    pub cpu_ms_by_size: BTreeMap<&'static str, Option<Spread>>,
    /// Pictures on which it crashed.
    pub crashed: Vec<String>,
    /// Pictures on which the guard ended it; their time until then is in the times.
    pub timed_out: Vec<String>,
}

impl Tally {
    /// Counts contender `at` of `keys` over the rows.
    #[must_use]
    pub fn new(rows: &[Row], at: usize, keys: &[&str], settings: &str) -> Self {
        let rate = |keep: &dyn Fn(&Row) -> bool| {
            let kept = rows.iter().filter(|row| row.counts() && keep(row));
            Rate::of(kept.filter_map(|row| row.folded[at].as_ref()))
        };
        let mut by_set = BTreeMap::new();
        for row in rows.iter().filter(|row| row.counts()) {
            let set = &row.picture.set;
            by_set.entry(set.clone()).or_insert_with(|| rate(&|row| row.picture.set == *set));
        }
        let strict = rows.iter().filter(|row| row.counts()).filter_map(|row| row.strict[at].as_ref());
        let strict_wrong = rows.iter().filter_map(|row| row.strict[at].as_ref()).map(|judged| judged.wrong.len()).sum();
        let wrong: Vec<WrongText> = rows.iter().flat_map(|row| wrong(row, at, keys)).collect();
        let without_code = rows.iter().filter(|row| !row.counts()).filter_map(|row| row.folded[at].as_ref());
        let cpu = |keep: &dyn Fn(&Row) -> bool| {
            let kept = rows.iter().filter(|row| keep(row));
            Spread::of(&kept.map(|row| row.outcomes[at].cpu_ms).collect::<Vec<_>>())
        };
        let wall: Vec<f64> = rows.iter().map(|row| row.outcomes[at].wall_ms).collect();
        let fault = |fault: Fault| {
            let hit = rows.iter().filter(|row| row.outcomes[at].fault == Some(fault));
            hit.map(|row| row.picture.name.clone()).collect()
        };
        let class = |row: &Row| SizeClass::of(row.pixels);
        Self {
            settings: settings.to_owned(),
            rate: rate(&|_| true),
            strict: Strict { rate: Rate::of(strict), wrong_texts: strict_wrong },
            wrong_texts: wrong.len(),
            wrong_texts_without_code: without_code.map(|judged| judged.wrong.len()).sum(),
            wrong_texts_alone: wrong.iter().filter(|wrong| wrong.also_read_by.is_empty()).count(),
            wrong,
            by_set,
            by_size: SizeClass::ALL.map(|size| (size.key(), rate(&|row| class(row) == size))).into(),
            cpu_ms: cpu(&|_| true),
            wall_ms: Spread::of(&wall),
            cpu_ms_by_size: SizeClass::ALL.map(|size| (size.key(), cpu(&|row| class(row) == size))).into(),
            crashed: fault(Fault::Crashed),
            timed_out: fault(Fault::TimedOut),
        }
    }
}

fn wrong(row: &Row, at: usize, keys: &[&str]) -> Vec<WrongText> {
    let texts = row.folded[at].iter().flat_map(|judged| &judged.wrong);
    let also = |text: &str| {
        let others =
            row.outcomes.iter().enumerate().filter(|(other, outcome)| {
                *other != at && outcome.texts.iter().any(|theirs| fold(theirs) == fold(text))
            });
        others.map(|(other, _)| keys[other].to_owned()).collect()
    };
    texts
        .map(|text| WrongText { file: row.picture.name.clone(), text: text.clone(), also_read_by: also(text) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::Picture;
    use crate::race::Outcome;
    use crate::texts::Truth;

    fn row(truth: &str, known: &[&str], read: [&[&str]; 2], pixels: usize) -> Row {
        let truth = Truth::new(truth, known.iter().map(|text| (*text).to_owned()).collect());
        let picture = Picture { path: "p".into(), name: "p".to_owned(), set: "one".to_owned(), truth };
        let outcome = |texts: &[&str]| {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            Outcome { texts, cpu_ms: 2.0, wall_ms: 3.0, fault: None }
        };
        Row::new(picture, pixels, read.map(outcome).to_vec())
    }

    #[test]
    fn counts_only_what_is_known() {
        let rows = [
            row("set", &["A", "B"], [&["A", "B"], &["A"]], 100),
            row("set", &["A\n"], [&["A"], &["Z"]], 400_000),
            row("none", &[], [&[], &["ghost"]], 100),
            row("unknown", &[], [&["?"], &["?"]], 5_000_000),
            row("set!=agreed", &["A"], [&["Q"], &["Q"]], 100),
        ];
        let good = Tally::new(&rows, 0, &["good", "bad"], "");
        assert_eq!((good.rate.of, good.rate.all_right, good.rate.any_right, good.wrong_texts), (2, 2, 2, 0));
        assert_eq!((good.strict.rate.all_right, good.strict.wrong_texts), (1, 1));
        assert_eq!(good.cpu_ms.unwrap().count, 5);
        let bad = Tally::new(&rows, 1, &["good", "bad"], "");
        assert_eq!((bad.rate.all_right, bad.rate.any_right), (0, 1));
        assert_eq!((bad.wrong_texts, bad.wrong_texts_without_code, bad.wrong_texts_alone), (2, 1, 2));
        assert_eq!(bad.by_size["below_0.3_mp"].of, 1);
        assert_eq!(bad.by_size["from_3_mp"].all_right_percent, None);
        assert_eq!(bad.by_set["one"].any_right_percent, Some(50.0));
    }

    #[test]
    fn a_wrong_text_names_who_else_read_it() {
        let rows = [row("set", &["A"], [&["Z"], &["Z\r\n", "A"]], 100)];
        let tally = Tally::new(&rows, 0, &["first", "second"], "");
        assert_eq!(tally.wrong[0].also_read_by, ["second"]);
        assert_eq!((tally.wrong_texts, tally.wrong_texts_alone), (1, 0));
    }
}
