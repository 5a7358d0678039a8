//! What one check of a PIN costs.

use std::fmt;
use std::str::FromStr;

use super::CredentialError;

/// Memory that a record may ask a terminal for, in KiB: 256 MiB, so that no record can bring a handheld down.
const MEMORY_KIB_MAX: u32 = 256 * 1024;

/// Passes that a record may ask for.
const PASSES_MAX: u32 = 16;

/// Cost of one argon2id (RFC 9106) in version 0x13 with one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinCost {
    memory_kib: u32,
    passes: u32,
}

impl PinCost {
    /// 19 MiB and two passes, one lane: the OWASP cheat sheet's configuration for a core without much memory to spare (RFC 9106's
    /// second choice, 64 MiB and four lanes, supposes four idle cores). No cost makes up for six digits: a million PINs are tried
    /// in hours. What protects them is the seal and the lock; this slows whoever copied the server's list.
    /// `docs/terminal.md` holds the times measured.
    pub const STANDARD: Self = Self { memory_kib: 19 * 1024, passes: 2 };

    /// The least that argon2 computes; for tests only, since it protects nothing.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };

    pub(super) fn argon2(self) -> argon2::Argon2<'static> {
        let params = argon2::Params::new(self.memory_kib, self.passes, 1, Some(super::pin::OUTPUT_LEN))
            .expect("both constructors keep within argon2's own limits");
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
    }
}

impl fmt::Display for PinCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p=1", self.memory_kib, self.passes)
    }
}

impl FromStr for PinCost {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |what| CredentialError { what };
        let mut words = text.split(',');
        let mut number = |name: &str| -> Option<u32> { words.next()?.strip_prefix(name)?.parse().ok() };
        let (memory_kib, passes, lanes) = (number("m="), number("t="), number("p="));
        let (Some(memory_kib), Some(passes), Some(1)) = (memory_kib, passes, lanes) else {
            return Err(wrong("a PIN verifier's cost is not `m=KIB,t=PASSES,p=1`"));
        };
        if words.next().is_some() {
            return Err(wrong("a PIN verifier's cost has more than `m=KIB,t=PASSES,p=1`"));
        }
        if !(8..=MEMORY_KIB_MAX).contains(&memory_kib) || !(1..=PASSES_MAX).contains(&passes) {
            return Err(wrong("a PIN verifier's cost is beyond 8 KiB to 256 MiB and 1 to 16 passes"));
        }
        Ok(Self { memory_kib, passes })
    }
}
