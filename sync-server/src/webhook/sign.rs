//! The signature of a message.

use ring::hmac;

/// The header that carries it: `t=SECONDS,v1=HEX`.
pub const SIGNATURE: &str = "tallyman-signature";

/// HMAC-SHA-256 (RFC 2104) over `SECONDS.BODY` with the webhook's secret. The receiver computes the same and refuses times that are
/// minutes old.
#[must_use]
pub fn signature(secret: &[u8], at_s: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{at_s}.{body}").as_bytes());
    format!("t={at_s},v1={}", hex::encode(tag))
}
