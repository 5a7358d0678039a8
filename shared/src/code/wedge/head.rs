//! First characters that a computer missed while it woke up.

use super::super::digital_link::after_scheme;

/// Symbology identifiers of element strings without their first character.
const BEHEADED_SYMBOLS: &[&str] = &["C1", "e0", "d2", "Q3", "J1"];

/// The text with its scheme, first bracket or symbology identifier again; none where none of them is missing. Host and scheme are
/// no part of a code, so a link that lost all before its host, or some of it, names the same package.
pub(super) fn restored(text: &str) -> Option<String> {
    if after_scheme(text).is_some() {
        return None;
    }
    if BEHEADED_SYMBOLS.iter().any(|symbol| text.starts_with(symbol)) {
        return Some(format!("]{text}"));
    }
    if ["01)", "00)"].iter().any(|bracket| text.starts_with(bracket)) {
        return Some(format!("({text}"));
    }
    let rest = match text.split_once("://") {
        Some((head, rest)) => {
            let ends = |scheme: &str| scheme.ends_with(&head.to_ascii_lowercase());
            (ends("https") || ends("http")).then_some(rest)?
        }
        None => text.trim_start_matches('/'),
    };
    let (host, path) = rest.split_once('/')?;
    let is_host = host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    // In the case of the rest: small letters may be a fault of their own.
    let scheme = if rest.bytes().any(|byte| byte.is_ascii_uppercase()) { "HTTPS" } else { "https" };
    (is_host && !path.is_empty()).then(|| format!("{scheme}://{rest}"))
}
