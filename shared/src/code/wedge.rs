//! What a keyboard-wedge scanner, or the computer it types into, did to a text: recognised and said, so that a clerk knows which
//! setting is wrong. Nothing is accepted here: whether a restored text may be used is the caller's to decide.
//!
//! A wedge types keys. So the text suffers what typing suffers: caps lock, an input method, another keyboard layout, keys that do
//! not exist (the separator GS), keys lost or typed twice.
//!
//! Not to be known: an own serial cut short is still a serial, and letters swapped where no symbol is (Y and Z in a bare serial)
//! leave a text that is read.

mod case;
mod head;
mod layout;
mod separator;
mod truncated;
mod words;

#[cfg(test)]
mod tests;

use super::lookalike::key_of;
use super::{CodeError, Grammars, PackageCode, TEXT_LEN_MAX, digital_link, hygiene};

pub use layout::Layout;

/// Bytes of the longest text that is looked at: two reads, all in full-width characters of three bytes.
const EXPLAINED_LEN_MAX: usize = TEXT_LEN_MAX * 3 * 2;

/// Digits of a GTIN-12, and more than a telephone number has.
const KEY_DIGITS_MIN: usize = 12;

/// How many faults, one upon the other, are undone: a doubled read in full-width characters is two.
const FAULTS_MAX: u8 = 2;

/// What happened to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WedgeFault {
    /// What happened last, where several things did.
    pub kind: WedgeFaultKind,
    /// The text as the label has it, where only one can be meant; the grammars read it.
    pub restored: Option<String>,
}

/// The kinds of what happens to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WedgeFaultKind {
    /// All letters are small: caps lock over an upper-case label, or a scanner that folds.
    LowerCase,
    /// Large letters are small and small ones large: caps lock.
    InvertedCase,
    /// A Chinese input method typed full-width characters or Chinese punctuation.
    FullWidth,
    /// A Chinese input method made Chinese characters of the letters.
    InputMethod,
    /// Scanner and computer disagree on the keyboard.
    Layout(Layout),
    /// The separator GS came as visible text, such as `<GS>` or `^]`.
    SeparatorShown,
    /// The separator GS was dropped, so that two elements run together.
    SeparatorLost,
    /// The text came twice.
    Doubled,
    /// The first characters were lost.
    HeadLost,
    /// The last characters were lost: the text is the beginning of a valid one.
    Truncated,
    /// Spaces or control characters before or after the text.
    Surplus,
}

/// Says what a wedge did to `text`; none where the text is read as it stands, or nothing known explains it.
///
/// A text that is read can have a fault too: an own link in small letters names another code, a shown separator hides in a serial.
/// So ask for every text that a wedge typed, before parsing it.
#[must_use]
pub fn explain(text: &str, grammars: &Grammars) -> Option<WedgeFault> {
    if text.is_empty() || text.len() > EXPLAINED_LEN_MAX {
        return None;
    }
    let wedge = Wedge { grammars };
    match wedge.undo(text, FAULTS_MAX) {
        Ok(fault) => fault,
        Err(_) => wedge.hopeless(trimmed(text).as_deref().unwrap_or(text)),
    }
}

/// The grammars that a restored text must satisfy.
struct Wedge<'g> {
    grammars: &'g Grammars,
}

impl Wedge<'_> {
    /// The fault of `text`, undoing up to so many; none where it is read and without one. Errors: why it is not read, where
    /// nothing that can be undone explains it.
    ///
    /// One fault explains better than two. Where as many faults lead to different codes, the text stays unrestored.
    fn undo(&self, text: &str, faults: u8) -> Result<Option<WedgeFault>, CodeError> {
        let parsed = self.grammars.parse(text);
        if matches!(parsed, Ok(PackageCode::Opaque { .. })) {
            return Ok(None);
        }
        let candidates = candidates(text, parsed.is_err());
        let found = (0..faults).find_map(|others| {
            let restored = candidates.iter().filter_map(|(kind, candidate)| {
                let restored = self.settle(candidate, others)?;
                let code = self.grammars.parse(&restored);
                is_telling(*kind, &code, &parsed).then_some((*kind, restored, code))
            });
            agreed(restored)
        });
        match (found, parsed) {
            (Some(fault), _) => Ok(Some(fault)),
            (None, Err(error)) => Err(error),
            (None, Ok(code)) => Ok(self.misread(text, &code)),
        }
    }

    /// The fault of a text that is read as it stands, but as another code than the label has.
    fn misread(&self, text: &str, code: &PackageCode) -> Option<WedgeFault> {
        if let Some(upper) = case::upper_case_own(text, code, self.grammars) {
            return Some(WedgeFault { kind: WedgeFaultKind::LowerCase, restored: Some(upper) });
        }
        let lost = WedgeFault { kind: WedgeFaultKind::SeparatorLost, restored: None };
        separator::is_swallowed(text, code).then_some(lost)
    }

    /// The text that `candidate` becomes when its own faults are undone; none where the grammars do not read it then.
    fn settle(&self, candidate: &str, faults: u8) -> Option<String> {
        match self.undo(candidate, faults) {
            // What cannot be undone any more must not pass as restored.
            Ok(None) if faults == 0 && (half(candidate).is_some() || separator::shown(candidate).is_some()) => None,
            Ok(None) => Some(candidate.to_owned()),
            Ok(Some(fault)) => fault.restored,
            Err(_) => None,
        }
    }

    /// What explains a text that cannot be restored.
    fn hopeless(&self, text: &str) -> Option<WedgeFault> {
        let is_link = |text: &str| digital_link::after_scheme(text).is_some();
        let becomes_link = |(_, candidate): &(Layout, String)| !is_link(text) && is_link(candidate);
        let keys = typed_keys(text);
        // A label may say something in Chinese without an input method: only the rest of a code tells of one.
        let was_code = is_link(keys.as_deref().unwrap_or(text)) || has_key_digits(keys.as_deref().unwrap_or(text));
        let kind = if was_code && text.chars().any(is_chinese) {
            WedgeFaultKind::InputMethod
        } else if was_code && keys.is_some() {
            WedgeFaultKind::FullWidth
        } else if let Some((layout, _)) = layout::candidates(text).find(becomes_link) {
            WedgeFaultKind::Layout(layout)
        } else if separator::is_lost(text, self.grammars) {
            WedgeFaultKind::SeparatorLost
        } else if truncated::is_beginning(text) {
            WedgeFaultKind::Truncated
        } else {
            return None;
        };
        Some(WedgeFault { kind, restored: None })
    }
}

/// Every text that `text` may have been before one fault, likelier faults first. Only two of them hide in a text that is read.
fn candidates(text: &str, unread: bool) -> Vec<(WedgeFaultKind, String)> {
    let hidden = [(WedgeFaultKind::Doubled, half(text)), (WedgeFaultKind::SeparatorShown, separator::shown(text))];
    let mut all: Vec<_> = hidden.into_iter().filter_map(|(kind, candidate)| Some((kind, candidate?))).collect();
    if unread {
        let before = [(WedgeFaultKind::Surplus, trimmed(text)), (WedgeFaultKind::FullWidth, typed_keys(text))];
        let after = [(case::kind(text), case::inverted(text)), (WedgeFaultKind::HeadLost, head::restored(text))];
        all.extend(before.into_iter().filter_map(|(kind, candidate)| Some((kind, candidate?))));
        all.extend(layout::candidates(text).map(|(layout, candidate)| (WedgeFaultKind::Layout(layout), candidate)));
        all.extend(after.into_iter().filter_map(|(kind, candidate)| Some((kind, candidate?))));
    }
    all
}

/// Whether a restored code tells more than the text did. A shown separator is part of a serial unless another code comes out
/// without it; and no check digit vouches for an opaque code in which letters were exchanged.
fn is_telling(
    kind: WedgeFaultKind,
    code: &Result<PackageCode, CodeError>,
    parsed: &Result<PackageCode, CodeError>,
) -> bool {
    match kind {
        WedgeFaultKind::SeparatorShown => code != parsed,
        WedgeFaultKind::Layout(_) => !matches!(code, Ok(PackageCode::Opaque { .. })),
        _ => true,
    }
}

/// The first of several explanations, restored if all lead to one code.
fn agreed<C: PartialEq>(mut all: impl Iterator<Item = (WedgeFaultKind, String, C)>) -> Option<WedgeFault> {
    let (kind, restored, code) = all.next()?;
    let restored = all.all(|(_, _, other)| other == code).then_some(restored);
    Some(WedgeFault { kind, restored })
}

/// One of two equal halves, with or without line ends or spaces between.
fn half(text: &str) -> Option<String> {
    (0..=2).find_map(|gap| {
        let rest = text.len().checked_sub(gap)?;
        if rest == 0 || !rest.is_multiple_of(2) {
            return None;
        }
        let (first, others) = text.split_at_checked(rest / 2)?;
        let (between, second) = others.split_at_checked(gap)?;
        let is_gap = between.chars().all(|c| c.is_ascii_whitespace());
        (is_gap && first == second).then(|| first.to_owned())
    })
}

/// The text without spaces and unseen characters around it; none where there are none.
fn trimmed(text: &str) -> Option<String> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || hygiene::is_unseen(c));
    (trimmed.len() < text.len() && !trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// The keys behind what a Chinese input method typed; none where it typed nothing. It types two marks for one key in two cases.
fn typed_keys(text: &str) -> Option<String> {
    if text.chars().all(|c| key_of(c).is_none()) {
        return None;
    }
    let single = text.replace("——", "—").replace("……", "…");
    Some(single.chars().map(|c| key_of(c).unwrap_or(c)).collect())
}

/// Whether as many digits stand together as the shortest key of a package has on a label.
fn has_key_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= KEY_DIGITS_MIN)
}

/// Chinese characters proper: what letters become, never what a key types alone.
const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}
