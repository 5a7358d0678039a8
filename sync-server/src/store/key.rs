//! Texts that are keys of an index.

use std::borrow::Cow;

use shared::chain::sha256;

/// Bytes of a text that are kept as they are. `PostgreSQL` takes 2,700 into an index, and a key may have three texts.
const KEPT_BYTES: usize = 700;

/// The key of a text of any length: itself, or where it is long its beginning and its SHA-256. A label may hold 4,000 characters of
/// nonsense, and what is told of it must have a row.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= KEPT_BYTES {
        return Cow::Borrowed(text);
    }
    let start = &text[..text.floor_char_boundary(KEPT_BYTES - 80)];
    Cow::Owned(format!("{start}… {}", sha256(&[text.as_bytes()])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_have_short_keys_that_differ() {
        assert_eq!(bounded("N1"), "N1");
        let (one, other) = ("码".repeat(2_000), format!("{}x", "码".repeat(2_000)));
        assert!(bounded(&one).len() <= KEPT_BYTES && bounded(&other).len() <= KEPT_BYTES);
        assert!(bounded(&one).starts_with("码码") && bounded(&one) != bounded(&other));
    }
}
