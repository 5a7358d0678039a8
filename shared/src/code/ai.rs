//! GS1 application identifiers and the shape of their values (GS1 General Specifications, section 3.2 and figure 7.8.5-2;
//! for compressed links the same table, component by component: GS1 Digital Link URI compression, table F).

use std::fmt;

use super::ai_table::TABLE;
use super::charset;
use super::error::{CodeError, Field};

/// An application identifier: two to four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ai {
    number: u16,
    digits: u8,
}

impl Ai {
    /// (00) SSCC.
    pub const SSCC: Self = Self { number: 0, digits: 2 };
    /// (01) GTIN.
    pub const GTIN: Self = Self { number: 1, digits: 2 };
    /// (10) batch or lot.
    pub const LOT: Self = Self { number: 10, digits: 2 };
    /// (21) serial.
    pub const SERIAL: Self = Self { number: 21, digits: 2 };
    /// (22) consumer product variant.
    pub const VARIANT: Self = Self { number: 22, digits: 2 };
    /// (235) third-party controlled extension of a serialised GTIN.
    pub const EXTENSION: Self = Self { number: 235, digits: 3 };
}

/// The digits, without brackets.
impl fmt::Display for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.digits))
    }
}

/// One component of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// So many digits.
    Digits(u8),
    /// Up to so many digits.
    DigitsTo(u8),
    /// So many characters.
    Chars(u8),
    /// Up to so many characters.
    CharsTo(u8),
}

use Part::{Chars, CharsTo, Digits, DigitsTo};

impl Ai {
    /// The identifier that `text` begins with, and what follows it; none for digits that GS1 has not given out.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        (2..=4).find_map(|digits| {
            let (head, rest) = text.split_at_checked(digits)?;
            if !head.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let ai = Self { number: head.parse().ok()?, digits: u8::try_from(digits).ok()? };
            ai.parts().map(|_| (ai, rest))
        })
    }

    /// The components of its value, in order; none for digits that GS1 has not given out.
    pub(super) fn parts(self) -> Option<&'static [Part]> {
        // Measures end in the number of decimal places, 0 to 5.
        if self.digits == 4 && (3100..=3699).contains(&self.number) && self.number % 10 > 5 {
            return None;
        }
        let holds = |row: &&super::ai_table::Row| row.2 == self.digits && (row.0..=row.1).contains(&self.number);
        TABLE.iter().find(holds).map(|row| row.3)
    }

    /// How many digits identifiers have that begin with these two; none where no identifier does.
    pub(super) fn digits_after(first_two: u16) -> Option<u8> {
        let begins = |row: &&super::ai_table::Row| {
            let scale = 10_u16.pow(u32::from(row.2).saturating_sub(2));
            (row.0 / scale..=row.1 / scale).contains(&first_two)
        };
        TABLE.iter().find(begins).map(|row| row.2)
    }

    /// An identifier from its number and count of digits; none where GS1 has not given it out.
    pub(super) fn new(number: u16, digits: u8) -> Option<Self> {
        let ai = Self { number, digits };
        ai.parts().map(|_| ai)
    }

    /// Whether no separator is needed after its value: the list of predefined lengths, which goes by the first two digits.
    pub(super) const fn is_predefined(self) -> bool {
        let first_two = match self.digits {
            4 => self.number / 100,
            3 => self.number / 10,
            _ => self.number,
        };
        matches!(first_two, 0..=4 | 11..=20 | 31..=36 | 41)
    }

    /// Whether its value is a date, YYMMDD.
    pub(super) const fn is_date(self) -> bool {
        self.digits == 2 && matches!(self.number, 11..=17)
    }

    /// The least and the most characters of its value. No value is empty.
    pub(super) fn lengths(self) -> (usize, usize) {
        let parts = self.parts().unwrap_or_default();
        let fixed = |part: &Part| match part {
            Digits(n) | Chars(n) => usize::from(*n),
            DigitsTo(_) | CharsTo(_) => 0,
        };
        let most = |part: &Part| match part {
            Digits(n) | Chars(n) | DigitsTo(n) | CharsTo(n) => usize::from(*n),
        };
        (parts.iter().map(fixed).sum::<usize>().max(1), parts.iter().map(most).sum())
    }

    /// Whether `value` has the length and the characters that the table asks for. Check digits are not looked at here.
    pub(super) fn check(self, value: &str) -> Result<(), CodeError> {
        let field = Field::of(self);
        let (min, max) = self.lengths();
        let len = value.chars().count();
        if len < min || len > max {
            return Err(CodeError::Length { field, len, min, max });
        }
        let mut place = 0;
        let mut chars = value.chars();
        for part in self.parts().unwrap_or_default() {
            let (n, digits) = match *part {
                Digits(n) | DigitsTo(n) => (n, true),
                Chars(n) | CharsTo(n) => (n, false),
            };
            for found in chars.by_ref().take(usize::from(n)) {
                place += 1;
                // `#` is in no set 82, but in set 39, which (8010) has.
                let allowed = if digits { found.is_ascii_digit() } else { found == '#' || charset::is_set_82(found) };
                if !allowed {
                    return Err(CodeError::Character { field, found, position: place });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ai(text: &str) -> Ai {
        let (ai, rest) = Ai::read(text).unwrap();
        assert_eq!(rest, "");
        ai
    }

    #[test]
    fn reads_identifiers_of_every_length() {
        for text in ["00", "01", "21", "99", "235", "414", "717", "3100", "3575", "3929", "7003", "8020", "8200"] {
            assert_eq!(ai(text).to_string(), text);
        }
        for text in
            ["", "0", "05", "14", "19", "23", "236", "3106", "3180", "3380", "3944", "8000", "9", "x1", "2x", "１０"]
        {
            assert_eq!(Ai::read(text), None, "{text}");
        }
        assert_eq!(Ai::read("10LOT"), Some((Ai::LOT, "LOT")));
    }

    #[test]
    fn two_digits_say_how_many_follow() {
        assert_eq!(Ai::digits_after(1), Some(2));
        assert_eq!(Ai::digits_after(23), Some(3));
        assert_eq!(Ai::digits_after(31), Some(4));
        assert_eq!(Ai::digits_after(5), None);
        for row in TABLE {
            let first_two = row.0 / 10_u16.pow(u32::from(row.2) - 2);
            assert_eq!(
                Ai::digits_after(first_two),
                Some(row.2),
                "{first_two}: no identifier is the beginning of another"
            );
        }
    }

    #[test]
    fn lengths_are_those_of_the_general_specifications() {
        // Figure 7.8.5-2, element strings with predefined length: the identifier and its value together.
        for (text, both) in
            [("00", 20), ("01", 16), ("02", 16), ("11", 8), ("17", 8), ("20", 4), ("3103", 10), ("414", 16)]
        {
            assert!(ai(text).is_predefined());
            assert_eq!(ai(text).lengths(), (both - text.len(), both - text.len()), "{text}");
        }
        for (text, lengths) in [("10", (1, 20)), ("21", (1, 20)), ("37", (1, 8)), ("253", (13, 30)), ("422", (3, 3))] {
            assert!(!ai(text).is_predefined());
            assert_eq!(ai(text).lengths(), lengths, "{text}");
        }
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(ai("17").check("271231"), Ok(()));
        let field = Field::Other(ai("17"));
        assert_eq!(ai("17").check("27123"), Err(CodeError::Length { field, len: 5, min: 6, max: 6 }));
        assert_eq!(ai("17").check("27I231"), Err(CodeError::Character { field, found: 'I', position: 3 }));
        assert_eq!(ai("421").check("156518000"), Ok(()));
        assert_eq!(ai("8010").check("ABC#1"), Ok(()));
        let field = Field::Other(Ai::LOT);
        assert_eq!(Ai::LOT.check("a b"), Err(CodeError::Character { field, found: ' ', position: 2 }));
    }
}
