//! Base 32 in Crockford's alphabet: no letter can be taken for a digit, and what people type wrongly all the same is read right.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Eight characters for each five bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut five = [0_u8; 8];
        five[3..3 + chunk.len()].copy_from_slice(chunk);
        let number = u64::from_be_bytes(five);
        for place in (0..8).rev() {
            let digit = usize::try_from((number >> (place * 5)) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[digit]));
        }
    }
    text
}

/// The bytes of a text whose length is a multiple of eight once hyphens and blanks are gone; none where a character is of no
/// alphabet. `O` is read as 0, `I` and `L` as 1.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u64> =
        text.chars().filter(|c| *c != '-' && !c.is_whitespace()).map(digit).collect::<Option<_>>()?;
    if digits.len() % 8 != 0 {
        return None;
    }
    let five = |chunk: &[u64]| chunk.iter().fold(0, |number, digit| number << 5 | digit).to_be_bytes();
    Some(digits.chunks(8).flat_map(|chunk| five(chunk)[3..].to_vec()).collect())
}

fn digit(c: char) -> Option<u64> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == c)?;
    u64::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_the_known_values() {
        // From the alphabet by hand: 0xFFFFFFFFFF is eight times 31, 0x0000000001 ends in 1.
        assert_eq!(encode(&[0xFF; 5]), "ZZZZZZZZ");
        assert_eq!(encode(&[0, 0, 0, 0, 1]), "00000001");
        assert_eq!(decode("oooo-ooo l"), Some(vec![0, 0, 0, 0, 1]));
        assert_eq!(decode("UUUUUUUU"), None, "no U in the alphabet");
        assert_eq!(decode("0000000"), None, "a character is missing");
    }

    proptest! {
        #[test]
        fn comes_back_in_any_case_and_grouping(bytes in proptest::collection::vec(any::<[u8; 5]>(), 0..8)) {
            let bytes = bytes.concat();
            let text = encode(&bytes);
            let grouped = text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).to_lowercase());
            prop_assert_eq!(decode(&grouped.collect::<Vec<_>>().join("-")), Some(bytes));
        }
    }
}
