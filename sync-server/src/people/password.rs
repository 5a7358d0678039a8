//! Passwords: argon2id (RFC 9106) in PHC text. The cost is the OWASP password storage cheat sheet's (19 MiB, two passes, one lane).

use std::sync::OnceLock;

use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding};
use shared::chain::sha256;

/// Characters of the shortest password.
pub const CHARS_MIN: usize = 12;

/// Bytes of the longest.
pub const BYTES_MAX: usize = 256;

/// Bytes of the random salt.
pub const SALT_LEN: usize = 16;

const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const OUTPUT_LEN: usize = 32;

/// The password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFormError {
    /// Too short.
    #[error(
        "a password has at least {CHARS_MIN} characters; a few words in a row are easy to keep in mind. Choose another"
    )]
    Short,
    /// Too long.
    #[error("a password has at most {BYTES_MAX} bytes; choose a shorter one")]
    Long,
    /// What anybody tries first.
    #[error("this password is one character repeated, or the sign-in name; choose another")]
    Guessable,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is the password.
    Right,
    /// It is not, or there is none.
    Wrong,
}

/// Whether a new password of this person may be taken.
pub fn choose<'a>(name: &str, text: &'a str) -> Result<&'a str, PasswordFormError> {
    if text.chars().count() < CHARS_MIN {
        return Err(PasswordFormError::Short);
    }
    if text.len() > BYTES_MAX {
        return Err(PasswordFormError::Long);
    }
    let mut chars = text.chars();
    let first = chars.next();
    if chars.all(|next| Some(next) == first) || text.eq_ignore_ascii_case(name) {
        return Err(PasswordFormError::Guessable);
    }
    Ok(text)
}

/// What is stored of a password.
#[must_use]
pub fn hash(text: &str, salt: &[u8; SALT_LEN]) -> String {
    let output = compute(text, salt, (MEMORY_KIB, PASSES));
    let (salt, output) = (Base64Unpadded::encode_string(salt), Base64Unpadded::encode_string(&output));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${output}")
}

/// Checks a password. Without a stored one the same work is done, so that nobody learns by the clock who is known here.
#[must_use]
pub fn check(typed: &str, stored: Option<&str>) -> Checked {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    let nobodys = || NOBODYS.get_or_init(|| hash("nobody has this password", &[0; SALT_LEN])).as_str();
    let known = stored.and_then(parse);
    let Some((cost, salt, expected)) = known.as_ref().map_or_else(|| parse(nobodys()), |found| Some(found.clone()))
    else {
        return Checked::Wrong;
    };
    let cut = typed.get(..BYTES_MAX).unwrap_or(typed);
    // Of hashes, so that the time it takes tells nothing of what is stored.
    let is_same = sha256(&[&compute(cut, &salt, cost)]) == sha256(&[&expected]);
    if is_same && known.is_some() && typed.len() <= BYTES_MAX { Checked::Right } else { Checked::Wrong }
}

type Parsed = ((u32, u32), Vec<u8>, Vec<u8>);

fn parse(stored: &str) -> Option<Parsed> {
    let rest = stored.strip_prefix("$argon2id$v=19$")?;
    let mut parts = rest.split('$');
    let (cost, salt, output) = (parts.next()?, parts.next()?, parts.next()?);
    let mut numbers = cost.split(',');
    let mut number = |name: &str| numbers.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let (memory, passes, lanes) = (number("m=")?, number("t=")?, number("p=")?);
    let fits = (8..=256 * 1_024).contains(&memory) && (1..=16).contains(&passes) && lanes == 1;
    let (salt, output) = (Base64Unpadded::decode_vec(salt).ok()?, Base64Unpadded::decode_vec(output).ok()?);
    (fits && salt.len() >= 8 && output.len() == OUTPUT_LEN).then_some(((memory, passes), salt, output))
}

fn compute(text: &str, salt: &[u8], (memory_kib, passes): (u32, u32)) -> [u8; OUTPUT_LEN] {
    let params = Params::new(memory_kib, passes, 1, Some(OUTPUT_LEN))
        .expect("constants and `parse` keep within argon2's limits");
    let mut output = [0; OUTPUT_LEN];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(text.as_bytes(), salt, &mut output).expect("the lengths are within argon2's limits");
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_opens() {
        let stored = hash("correct horse battery", &[7; SALT_LEN]);
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(check("correct horse battery", Some(&stored)), Checked::Right);
        assert_eq!(check("correct horse batterz", Some(&stored)), Checked::Wrong);
        assert_eq!(check("", Some(&stored)), Checked::Wrong);
        assert_eq!(check("nobody has this password", None), Checked::Wrong);
        assert_eq!(check("nobody has this password", Some("damaged")), Checked::Wrong);
    }

    #[test]
    fn new_passwords_are_long_and_not_the_first_guess() {
        assert_eq!(choose("li", "short"), Err(PasswordFormError::Short));
        assert_eq!(choose("li", &"a".repeat(300)), Err(PasswordFormError::Long));
        assert_eq!(choose("li", "aaaaaaaaaaaaaa"), Err(PasswordFormError::Guessable));
        assert_eq!(choose("longlonglonglong", "LongLongLongLong"), Err(PasswordFormError::Guessable));
        assert_eq!(choose("li", "三个词连在一起就很好记了吧"), Ok("三个词连在一起就很好记了吧"));
    }
}
