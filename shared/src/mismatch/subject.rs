//! What a mismatch is about, as it is written.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::Stage;

/// What a mismatch is about: a code, a line (`N1/POD inbound`), a document or basis, or a quoted text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub String);

impl Subject {
    /// What stands before the stage at its end, and the stage: `N1/POD` and `inbound`. All of it where it ends with none.
    #[must_use]
    pub fn staged(&self) -> (&str, Option<Stage>) {
        let staged = self.0.rsplit_once(' ').and_then(|(rest, word)| {
            let stage = Stage::EVERY.into_iter().find(|stage| stage.as_str() == word)?;
            Some((rest, Some(stage)))
        });
        staged.unwrap_or((&self.0, None))
    }

    /// Document or basis, and product, of the line that it names: `N1` and what `product` makes of `POD`. Numbers of both may hold a
    /// slash, so that only who knows the products knows where the one ends and the other begins. None where it names no line of a
    /// known product.
    pub fn line<T>(&self, product: impl Fn(&str) -> Option<T>) -> Option<(&str, T)> {
        let (line, _) = self.staged();
        line.match_indices('/').find_map(|(at, _)| Some((&line[..at], product(&line[at + 1..])?)))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(number: &str) -> Option<u8> {
        ["POD", "A/B"].iter().position(|known| *known == number).map(|at| u8::try_from(at).unwrap())
    }

    #[test]
    fn a_line_is_of_a_document_or_a_basis_with_or_without_a_stage() {
        let subject = |text: &str| Subject(text.into());
        assert_eq!(subject("N1/POD inbound").staged(), ("N1/POD", Some(Stage::Inbound)));
        assert_eq!(subject("N1/POD inbound").line(product), Some(("N1", 0)));
        assert_eq!(subject("C1/POD").line(product), Some(("C1", 0)));
        assert_eq!(subject("C/1/POD").line(product), Some(("C/1", 0)));
        assert_eq!(subject("C1/A/B return_out").line(product), Some(("C1", 1)));
    }

    #[test]
    fn anything_else_is_no_line() {
        for text in
            ["N1", "01/16901234567899/21/4GXQ", "\"two words\"", "N1/NONE outbound", "N1/POD upside", "N1/XPOD", ""]
        {
            let subject = Subject(text.into());
            assert_eq!(subject.line(product), None, "{text}");
        }
        assert_eq!(Subject("N1/POD upside".into()).staged(), ("N1/POD upside", None));
    }
}
