//! Takes out of a log line what must not leave the terminal: whole codes, keys, hashes, verifiers, badges.

use std::collections::HashSet;

use shared::code::Grammars;

/// Characters of the shortest run that is taken for a code or a key whatever it looks like.
const LONG: usize = 16;

/// Characters of the shortest run that is compared with codes on record.
const SHORT: usize = 4;

/// Characters of a code that stay, as on every screen.
const TAIL: usize = 4;

/// The runs of a line: what stands between blanks, quotes and commas.
fn runs(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| letter.is_whitespace() || "\"'`,;<>[]{}|".contains(letter)).filter(|run| !run.is_empty())
}

/// The runs of lines that might be codes on record: to be looked up before the lines are scrubbed.
#[must_use]
pub(super) fn suspects(lines: &[String]) -> HashSet<String> {
    let runs = lines.iter().flat_map(|line| runs(line));
    runs.filter(|run| run.len() >= SHORT).map(|run| bare(run).to_owned()).collect()
}

/// What is a code.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// The suspects that are codes on record.
    pub(super) on_record: HashSet<String>,
    /// By what labels are read.
    pub(super) grammars: Grammars,
}

impl Codes {
    fn contain(&self, run: &str) -> bool {
        self.on_record.contains(run) || self.grammars.parse(run).is_ok()
    }
}

/// A line without secrets, and without `codes` where those may not be told.
#[must_use]
pub(super) fn scrubbed(line: &str, codes: Option<&Codes>) -> String {
    let mut text = line.to_owned();
    for run in runs(line) {
        let bare = bare(run);
        let is_code = codes.is_some_and(|codes| codes.contain(bare));
        // A text that is told because codes are told must still be no secret: a configured pattern might accept one.
        let told = codes.is_none() && shared::code::parse(bare).is_ok();
        if is_code || (is_secret(bare) && !told) {
            text = text.replace(bare, &hidden(bare));
        }
    }
    text
}

/// Without the full stop or colon of a sentence.
fn bare(run: &str) -> &str {
    run.trim_end_matches(['.', ':', '!', '?', '。'])
}

fn hidden(run: &str) -> String {
    let letters: Vec<char> = run.chars().filter(|letter| letter.is_alphanumeric()).collect();
    // A short text would be told by its tail.
    let tail: String =
        if letters.len() >= 2 * TAIL { letters[letters.len() - TAIL..].iter().collect() } else { String::new() };
    format!("…{tail}")
}

/// Long runs with digits, but for identities, times and file names, which help and hide nothing.
fn is_secret(run: &str) -> bool {
    if run.contains('$') || run.to_ascii_uppercase().starts_with(shared::credential::BADGE_PREFIX) {
        return true;
    }
    let long = run.len() >= LONG && run.bytes().any(|byte| byte.is_ascii_digit());
    long && !is_uuid(run) && run.parse::<shared::time::Timestamp>().is_err() && !is_file(run)
}

fn is_uuid(run: &str) -> bool {
    run.len() == 36 && run.parse::<uuid::Uuid>().is_ok()
}

/// A path whose every part is short.
fn is_file(run: &str) -> bool {
    run.contains('/') && !run.contains("//") && run.split('/').all(|part| part.len() < LONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    fn all_hidden(line: &str) -> String {
        let pattern = r#"{"opaque": [{"namespace": "CTP", "pattern": "YC-[0-9]{4}"}]}"#;
        let codes = Codes { on_record: ["OPAQ-7".to_owned()].into(), grammars: serde_json::from_str(pattern).unwrap() };
        scrubbed(line, Some(&codes))
    }

    #[test]
    fn codes_keep_their_tail_only() {
        assert_eq!(all_hidden(&format!("not read: `{CODE}`.")), "not read: `…T4WD`.");
        assert_eq!(all_hidden("scanned (01)16901234567899(21)7K3M9QX2T4WD twice"), "scanned …T4WD twice");
        assert_eq!(all_hidden("scanned OPAQ-7: held"), "scanned …: held");
        assert_eq!(
            all_hidden("not on record: YC-0042, YC-1"),
            "not on record: …, YC-1",
            "a configured pattern says so"
        );
        assert_eq!(scrubbed(&format!("not read: `{CODE}`."), None), format!("not read: `{CODE}`."));
    }

    #[test]
    fn secrets_are_hidden_even_where_codes_are_told() {
        for secret in [
            "$argon2id$v=19$m=8,t=1,p=1$BQUFBQUFBQUFBQUFBQUFBQ$+7dvhBaltSsmo5smchrghIXk0dvpPWz3j84XRE3nidI",
            "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            "TALLYMAN-BADGE/00112233445566778899AABBCCDDEEFF",
            "https://user:secret9876543210@server:7443",
            "MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEB",
        ] {
            for line in [scrubbed(&format!("key={secret} end"), None), all_hidden(&format!("a \"{secret}\" b"))] {
                let kept = secret.split(['$', ':', '/', ',', '=']).filter(|part| part.len() > 8);
                for part in kept {
                    assert!(!line.contains(part), "{line}");
                }
            }
        }
    }

    #[test]
    fn what_helps_stays() {
        for line in [
            "2026-10-04T06:02:03.500000Z  WARN scanner_app::sync: the server is busy",
            "terminal 6f3b2c1e-0d4a-4f5b-8e6c-7a8b9c0d1e2f, seq 1204, 26 h old",
            "camera /dev/video0 lost: no such device (os error 19)",
        ] {
            assert_eq!(all_hidden(line), line);
        }
    }
}
