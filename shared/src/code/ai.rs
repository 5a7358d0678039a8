//! GS1 application identifiers, as far as reading a package's identity needs them: how long an identifier is, and how long its value
//! (GS1 General Specifications, sections 3.2 and 7.8.5).

/// How many digits an identifier has that begins with these two; none where GS1 lists none.
pub(super) fn identifier_len(first_two: &str) -> Option<usize> {
    let number: u8 = first_two.parse().ok()?;
    Some(match number {
        0..=4 | 10..=13 | 15..=17 | 20..=22 | 30 | 37 | 90..=99 => 2,
        23..=25 | 40..=42 | 71 => 3,
        31..=36 | 39 | 43 | 70 | 72 | 80..=82 => 4,
        _ => return None,
    })
}

/// How many characters the value has, for identifiers whose values have one length and need no separator after them.
pub(super) fn fixed_value_len(identifier: &str) -> Option<usize> {
    let number: u8 = identifier.get(..2)?.parse().ok()?;
    Some(match number {
        0 => 18,
        1..=3 => 14,
        4 => 16,
        11..=19 | 31..=36 => 6,
        20 => 2,
        41 => 13,
        _ => return None,
    })
}
