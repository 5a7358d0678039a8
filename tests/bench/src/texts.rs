//! How texts are compared: as sets of distinct texts, byte by byte and folded.

use std::collections::BTreeSet;

/// What is known of a picture's codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// These texts are on it, as its makers wrote them.
    Texts(BTreeSet<String>),
    /// No code is on it: any text is wrong.
    Nothing,
    /// Nobody knows.
    Unknown,
    /// Two sources contradict each other.
    Disputed,
}

impl Truth {
    /// From a manifest's columns: its texts and its word for how they are known.
    ///
    /// `none` = no code, `unknown` or no texts = unknown, words with `!=` = disputed; any other word vouches for the texts.
    #[must_use]
    pub fn new(word: &str, texts: BTreeSet<String>) -> Self {
        match word.trim() {
            "none" => Self::Nothing,
            word if word.contains("!=") => Self::Disputed,
            "unknown" => Self::Unknown,
            _ if texts.is_empty() => Self::Unknown,
            _ => Self::Texts(texts),
        }
    }

    /// Whether a text that was read can be right or wrong by it.
    #[must_use]
    pub fn judges(&self) -> bool {
        matches!(self, Self::Texts(_) | Self::Nothing)
    }
}

/// One comparison of texts read with texts known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Every known text was read; never so on a picture without one.
    pub all_right: bool,
    /// At least one known text was read.
    pub any_right: bool,
    /// Texts that were read and are not on the picture, as they were read.
    pub wrong: Vec<String>,
}

/// Line ends as LF, no white space at the end: makers of collections cut them off what the symbol holds.
#[must_use]
pub fn fold(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned()
}

/// Judges with folded texts; `None` where nothing is known.
#[must_use]
pub fn judge(truth: &Truth, read: &[String]) -> Option<Judgement> {
    compare(truth, read, fold)
}

/// Judges byte by byte; `None` where nothing is known.
#[must_use]
pub fn judge_strictly(truth: &Truth, read: &[String]) -> Option<Judgement> {
    compare(truth, read, str::to_owned)
}

fn compare(truth: &Truth, read: &[String], form: fn(&str) -> String) -> Option<Judgement> {
    let known: BTreeSet<String> = match truth {
        Truth::Texts(texts) => texts.iter().map(|text| form(text)).collect(),
        Truth::Nothing => BTreeSet::new(),
        Truth::Unknown | Truth::Disputed => return None,
    };
    let formed: BTreeSet<String> = read.iter().map(|text| form(text)).collect();
    let distinct: BTreeSet<&String> = read.iter().collect();
    let mut wrong: Vec<String> = Vec::new();
    for text in distinct {
        // Two spellings of one wrong text are one wrong text.
        if !known.contains(&form(text)) && !wrong.iter().any(|other| form(other) == form(text)) {
            wrong.push(text.clone());
        }
    }
    Some(Judgement {
        all_right: !known.is_empty() && known.is_subset(&formed),
        any_right: !known.is_disjoint(&formed),
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(texts: &[&str]) -> Truth {
        Truth::new("set", texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn read(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn folding_forgives_line_ends_and_the_end() {
        assert_eq!(fold("a\r\nb\rc \t\r\n"), "a\nb\nc");
        assert_eq!(fold("  a b"), "  a b", "space within and before a text is part of it");
        let truth = known(&["one\ntwo"]);
        assert!(judge(&truth, &read(&["one\r\ntwo\r\n"])).unwrap().all_right);
        let strict = judge_strictly(&truth, &read(&["one\r\ntwo\r\n"])).unwrap();
        assert!(!strict.all_right && !strict.any_right && strict.wrong == ["one\r\ntwo\r\n"]);
    }

    #[test]
    fn sets_of_distinct_texts_are_compared() {
        let truth = known(&["A", "B"]);
        assert_eq!(
            judge(&truth, &read(&["B", "A", "A"])).unwrap(),
            Judgement { all_right: true, any_right: true, wrong: vec![] }
        );
        let partly = judge(&truth, &read(&["A", "C", "C", "C\n"])).unwrap();
        assert_eq!(partly, Judgement { all_right: false, any_right: true, wrong: vec!["C".to_owned()] });
        assert_eq!(judge(&truth, &[]).unwrap(), Judgement::default());
    }

    #[test]
    fn on_a_picture_without_codes_any_text_is_wrong() {
        let nothing = Truth::new("none", BTreeSet::new());
        let judged = judge(&nothing, &read(&["ghost"])).unwrap();
        assert_eq!(judged, Judgement { all_right: false, any_right: false, wrong: vec!["ghost".to_owned()] });
        assert!(!judge(&nothing, &[]).unwrap().all_right, "there is nothing to be right about");
    }

    #[test]
    fn what_nobody_knows_is_not_judged() {
        let texts = BTreeSet::from(["A".to_owned()]);
        for (word, truth) in [("unknown", Truth::Unknown), ("set!=agreed", Truth::Disputed)] {
            assert_eq!(Truth::new(word, texts.clone()), truth);
            assert!(!truth.judges() && judge(&truth, &read(&["A"])).is_none());
        }
        assert_eq!(Truth::new("set", BTreeSet::new()), Truth::Unknown);
        assert_eq!(Truth::new("agree", texts.clone()), Truth::Texts(texts));
    }
}
