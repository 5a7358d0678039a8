//! The PIN, and what can tell it from a wrong one.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64Unpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{CredentialError, PinCost, SealedElsewhere, SealingKey};

/// Digits of the shortest PIN.
pub const PIN_DIGITS_MIN: usize = 6;

/// Digits of the longest.
pub const PIN_DIGITS_MAX: usize = 12;

/// Bytes of a verifier's random salt.
pub const SALT_LEN: usize = 16;

/// Bytes that argon2id gives.
pub(super) const OUTPUT_LEN: usize = 32;

const PURPOSE: &str = "pin";
const OPEN: &str = "argon2id";
const SEALED: &str = "argon2id-sealed";

/// The text is no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinFormError {
    /// Too short, too long or not digits only.
    #[error("a PIN has 6 to 12 digits and nothing else; type it again")]
    Form,
    /// Everybody's first guess.
    #[error("this PIN is among the first that anybody tries (one digit repeated, or digits in a row); choose another")]
    Guessable,
}

/// A PIN as it was typed. It is never shown, not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// A PIN of the right form.
    pub fn new(text: &str) -> Result<Self, PinFormError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&text.len());
        if digits && fits { Ok(Self(text.to_owned())) } else { Err(PinFormError::Form) }
    }

    /// A PIN that somebody chooses: also not one of the obvious.
    pub fn choose(text: &str) -> Result<Self, PinFormError> {
        let pin = Self::new(text)?;
        let steps = |step: u8| {
            let next = |pair: &[u8]| (pair[0] - b'0' + step) % 10 == pair[1] - b'0';
            pin.0.as_bytes().windows(2).all(next)
        };
        if steps(0) || steps(1) || steps(9) { Err(PinFormError::Guessable) } else { Ok(pin) }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(hidden)")
    }
}

/// What tells a right PIN: argon2id in the PHC form `$argon2id$v=19$m=KIB,t=PASSES,p=1$SALT$OUTPUT`, or on a terminal
/// `$argon2id-sealed$v=19$…$SALT$KEY.SEAL`, whose last part is an HMAC of the output.
#[derive(Clone, PartialEq, Eq)]
pub struct PinVerifier {
    cost: PinCost,
    salt: [u8; SALT_LEN],
    sealed_by: Option<[u8; 4]>,
    mark: [u8; OUTPUT_LEN],
}

impl PinVerifier {
    /// The verifier of a PIN with a fresh random salt.
    #[must_use]
    pub fn of(pin: &Pin, cost: PinCost, salt: [u8; SALT_LEN]) -> Self {
        Self { cost, salt, sealed_by: None, mark: output(pin, cost, &salt) }
    }

    /// One that no PIN matches and whose check costs as much as another's: for numbers that nobody has.
    #[must_use]
    pub fn of_nobody(key: &SealingKey, cost: PinCost) -> Self {
        // All zero: nobody can find what has this HMAC.
        Self { cost, salt: [0; SALT_LEN], sealed_by: Some(key.id()), mark: [0; OUTPUT_LEN] }
    }

    /// What one check costs.
    #[must_use]
    pub const fn cost(&self) -> PinCost {
        self.cost
    }

    /// The form that a terminal keeps; one that is sealed already stays as it is.
    #[must_use]
    pub fn sealed(self, key: &SealingKey) -> Self {
        match self.sealed_by {
            Some(_) => self,
            None => Self { sealed_by: Some(key.id()), mark: key.seal(PURPOSE, &self.mark), ..self },
        }
    }

    /// Whether this is the PIN; the comparison takes constant time. Fails where the verifier was sealed with another key.
    pub fn is_of(&self, pin: &Pin, key: &SealingKey) -> Result<bool, SealedElsewhere> {
        let kept = self.clone().sealed(key);
        if kept.sealed_by != Some(key.id()) {
            return Err(SealedElsewhere);
        }
        Ok(key.holds(PURPOSE, &output(pin, self.cost, &self.salt), &kept.mark))
    }

    /// Names this verifier without telling it: another PIN, or the same one set again, has another name.
    #[must_use]
    pub fn name(&self) -> String {
        hex::encode(&crate::chain::sha256(&[b"tallyman/pin-name/1", &self.salt]).as_bytes()[..8])
    }
}

fn output(pin: &Pin, cost: PinCost, salt: &[u8]) -> [u8; OUTPUT_LEN] {
    let mut output = [0; OUTPUT_LEN];
    let done = cost.argon2().hash_password_into(pin.0.as_bytes(), salt, &mut output);
    done.expect("a PIN of at most 12 digits, a salt of 16 bytes and 32 bytes of output are within argon2's limits");
    output
}

impl fmt::Display for PinVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let salt = Base64Unpadded::encode_string(&self.salt);
        let mark = Base64Unpadded::encode_string(&self.mark);
        match self.sealed_by {
            None => write!(f, "${OPEN}$v=19${}${salt}${mark}", self.cost),
            Some(key) => write!(f, "${SEALED}$v=19${}${salt}${}.{mark}", self.cost, hex::encode(key)),
        }
    }
}

impl fmt::Debug for PinVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinVerifier(hidden)")
    }
}

impl FromStr for PinVerifier {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || CredentialError { what: "a PIN verifier is not `$argon2id$v=19$m=KIB,t=PASSES,p=1$SALT$OUTPUT`" };
        let words: Vec<&str> = text.split('$').collect();
        let ["", scheme, "v=19", cost, salt, mark] = words[..] else { return Err(wrong()) };
        let (sealed_by, mark) = match (scheme, mark.split_once('.')) {
            (OPEN, None) => (None, mark),
            (SEALED, Some((key, mark))) => {
                let mut id = [0; 4];
                hex::decode_to_slice(key, &mut id).map_err(|_| wrong())?;
                (Some(id), mark)
            }
            _ => return Err(wrong()),
        };
        Ok(Self {
            cost: cost.parse()?,
            salt: bytes(salt).ok_or_else(wrong)?,
            sealed_by,
            mark: bytes(mark).ok_or_else(wrong)?,
        })
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    Base64Unpadded::decode_vec(text).ok()?.try_into().ok()
}

impl Serialize for PinVerifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PinVerifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
