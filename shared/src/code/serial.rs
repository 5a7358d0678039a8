//! Serials that our own server issues: 12 characters of Crockford's base 32, 20 bits of pack tag and 40 random bits.
//!
//! The tag comes first so that the codes of one pack lie together in every store; 40 random bits keep the chance to guess a
//! live code of a pack of 10^6 below 10^-6.

/// Digits and letters without I, L, O and U (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of an issued serial.
pub const SERIAL_LEN: usize = 12;

const TAG_BITS: u32 = 20;
const RANDOM_BITS: u32 = 40;

/// The serial for a pack's tag (the low 20 bits count) and a random draw (the low 40 bits count).
#[must_use]
pub fn format_serial(tag: u32, random: u64) -> String {
    let tag = u64::from(tag) & ((1 << TAG_BITS) - 1);
    let value = (tag << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1));
    (0..SERIAL_LEN)
        .rev()
        .map(|place| char::from(ALPHABET[usize::try_from((value >> (place * 5)) & 31).unwrap_or(0)]))
        .collect()
}

/// The pack tag that an issued serial carries; none for serials of another make.
#[must_use]
pub fn serial_tag(serial: &str) -> Option<u32> {
    if serial.len() != SERIAL_LEN {
        return None;
    }
    let mut value: u64 = 0;
    for byte in serial.bytes() {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        value = (value << 5) | u64::try_from(digit).ok()?;
    }
    u32::try_from(value >> RANDOM_BITS).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_its_tag() {
        let serial = format_serial(0xA_BCDE, 0x12_3456_789A);
        assert_eq!(serial.len(), SERIAL_LEN);
        assert_eq!(serial_tag(&serial), Some(0xA_BCDE));
        assert_eq!(serial_tag("IIIIIIIIIIII"), None);
        assert_eq!(serial_tag("SHORT"), None);
    }
}
