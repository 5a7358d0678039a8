//! A file's lines as words. Words are separated by blanks; double quotes hold blanks together; `#` begins a comment.

use crate::statement::ScenarioError;

/// One word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word, quotes removed.
    pub text: String,
    /// Its first column, from 1.
    pub column: usize,
    /// Whether it was written in quotes from its first character on.
    pub quoted: bool,
}

/// One line with at least one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its words.
    pub words: Vec<Word>,
}

/// Splits a file into lines of words; empty lines and comments are left out.
pub fn lines(text: &str) -> Result<Vec<Line>, ScenarioError> {
    let mut lines = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let number = place + 1;
        let words = words(line, number)?;
        if !words.is_empty() {
            lines.push(Line { number, words });
        }
    }
    Ok(lines)
}

fn words(line: &str, number: usize) -> Result<Vec<Word>, ScenarioError> {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<Word> = None;
    let mut in_quotes = false;
    for (place, character) in line.chars().enumerate() {
        let column = place + 1;
        match character {
            '"' => {
                in_quotes = !in_quotes;
                open.get_or_insert(Word { text: String::new(), column, quoted: true });
            }
            '#' if !in_quotes && open.is_none() => break,
            blank if blank.is_whitespace() && !in_quotes => words.extend(open.take()),
            other => open.get_or_insert(Word { text: String::new(), column, quoted: false }).text.push(other),
        }
    }
    if in_quotes {
        let column = open.map_or(1, |word| word.column);
        return Err(ScenarioError::new(number, column, "the quotes that begin here are never closed"));
    }
    words.extend(open);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_blanks_and_comments_end_lines() {
        let lines = lines("# all\n\nscan t1 \"raw # text\" reason=\"too late\" # why\n").unwrap();
        let words: Vec<(&str, usize, bool)> =
            lines[0].words.iter().map(|word| (word.text.as_str(), word.column, word.quoted)).collect();
        assert_eq!(lines[0].number, 3);
        assert_eq!(
            words,
            [("scan", 1, false), ("t1", 6, false), ("raw # text", 9, true), ("reason=too late", 22, false)]
        );
    }

    #[test]
    fn open_quotes_are_named() {
        assert_eq!(
            lines("at D1\nscan \"x").unwrap_err().to_string(),
            "line 2, column 6: the quotes that begin here are never closed"
        );
    }
}
