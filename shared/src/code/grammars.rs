//! Which texts are codes: GS1's grammars always, opaque patterns as configured (`domain.md`, Codes).

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::element_string::Symbology;
use super::error::CodeError;
use super::hygiene::{self, Contents};
use super::{PackageCode, check_digit, digital_link, element_string};

/// Bytes that one compiled pattern may take.
const PATTERN_SIZE_MAX: usize = 1 << 20;

/// The configured grammars. The default has no opaque pattern and folds no serial.
///
/// In a configuration file:
///
/// ```toml
/// upper_case_gtins = ["0690123", "1690123"]
///
/// [[opaque]]
/// namespace = "CTP"
/// pattern = "[0-9A-Z]{32}"
/// upper_case = true
/// gtin = "06901234567892"
/// ```
///
/// A text that declares itself (a link, brackets, a GS1 symbology identifier, a canonical form) is judged by that grammar: a link
/// with a wrong check digit is wrong, whatever a pattern would accept. A link without a GS1 key and every other text goes to the
/// patterns, in their order; what none accepts is tried as an element string without brackets. Control characters and characters
/// that only look like ASCII are refused before any grammar looks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "GrammarConfig")]
pub struct Grammars {
    opaque: Vec<Pattern>,
    upper_case_gtins: Vec<String>,
}

/// [`Grammars`] as a file has them, and as terminals pull them: a field that a later server adds stops no page, and whoever reads a
/// file refuses what nobody knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GrammarConfig {
    /// Beginnings of GTIN-14 whose serials are folded to upper case; (21) is case-sensitive otherwise.
    pub upper_case_gtins: Vec<String>,
    /// Patterns of opaque codes, the first that accepts a text first.
    pub opaque: Vec<OpaqueConfig>,
}

/// One pattern of opaque codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpaqueConfig {
    /// What keeps its codes apart from those of other patterns: 1 to 32 of `A-Z 0-9 - _ .`. Patterns may share one.
    pub namespace: String,
    /// A regular expression over bytes that the whole text must match; `\d`, `\w` and the like are ASCII.
    pub pattern: String,
    /// Whether a text is folded to upper case before it is matched and kept.
    #[serde(default)]
    pub upper_case: bool,
    /// The GTIN-14 of the product that all its codes are of, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
}

/// Why a configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// No regular expression, or too large a one.
    #[error("the pattern of the namespace `{namespace}` is no regular expression: {why}")]
    Pattern {
        /// Whose pattern.
        namespace: String,
        /// What the compiler of patterns says.
        why: String,
    },
    /// A namespace that canonical forms cannot hold.
    #[error("`{0}` is no namespace: 1 to 32 of A-Z, 0-9, `-`, `_` and `.` are")]
    Namespace(String),
    /// A GTIN that is none.
    #[error("the GTIN of the namespace `{namespace}` is wrong: {why}")]
    Gtin {
        /// Whose GTIN.
        namespace: String,
        /// What is wrong.
        why: CodeError,
    },
    /// The beginning of no GTIN.
    #[error("`{0}` begins no GTIN: 1 to 14 digits do")]
    UpperCaseGtin(String),
}

#[derive(Clone, Debug)]
struct Pattern {
    namespace: String,
    regex: Regex,
    upper_case: bool,
    gtin: Option<String>,
}

impl TryFrom<OpaqueConfig> for Pattern {
    type Error = GrammarError;

    fn try_from(config: OpaqueConfig) -> Result<Self, GrammarError> {
        let OpaqueConfig { namespace, pattern, upper_case, gtin } = config;
        if !super::is_namespace(&namespace) {
            return Err(GrammarError::Namespace(namespace));
        }
        if let Some(why) = gtin.as_ref().and_then(|gtin| check_digit::verify(gtin, 14).err()) {
            return Err(GrammarError::Gtin { namespace, why });
        }
        // Alone first: `a)|(b` would else slip out of the anchors. Bytes without Unicode: what a pattern accepts must not
        // depend on which tables of the crate another crate of the same build asks for.
        let compile = |pattern: &str| {
            RegexBuilder::new(pattern)
                .unicode(false)
                .size_limit(PATTERN_SIZE_MAX)
                .build()
                .map_err(|error| GrammarError::Pattern { namespace: namespace.clone(), why: error.to_string() })
        };
        if turns_unicode_on(&pattern) {
            let why = "the flag `u` is not to be had: write the characters out".to_owned();
            return Err(GrammarError::Pattern { namespace, why });
        }
        compile(&pattern)?;
        let regex = compile(&format!(r"\A(?:{pattern})\z"))?;
        Ok(Self { namespace, regex, upper_case, gtin })
    }
}

/// Whether a pattern has a group of flags with `u` on, such as `(?iu)` or `(?u:`.
fn turns_unicode_on(pattern: &str) -> bool {
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        let flags = match c {
            '\\' => {
                rest.next();
                continue;
            }
            '(' => rest.as_str().strip_prefix('?').unwrap_or_default(),
            _ => continue,
        };
        if flags.chars().take_while(char::is_ascii_alphabetic).any(|flag| flag == 'u') {
            return true;
        }
    }
    false
}

impl Pattern {
    /// The code, where this pattern accepts the text.
    fn accept(&self, text: &str) -> Option<PackageCode> {
        let folds = self.upper_case && text.bytes().any(|byte| byte.is_ascii_lowercase());
        let folded = folds.then(|| text.to_ascii_uppercase());
        let text = folded.as_deref().unwrap_or(text);
        self.regex.is_match(text.as_bytes()).then(|| PackageCode::opaque(&self.namespace, text).ok())?
    }
}

impl TryFrom<GrammarConfig> for Grammars {
    type Error = GrammarError;

    fn try_from(config: GrammarConfig) -> Result<Self, GrammarError> {
        let begins_gtin =
            |digits: &String| (1..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(wrong) = config.upper_case_gtins.iter().find(|digits| !begins_gtin(digits)) {
            return Err(GrammarError::UpperCaseGtin(wrong.clone()));
        }
        let opaque = config.opaque.into_iter().map(Pattern::try_from).collect::<Result<_, _>>()?;
        Ok(Self { opaque, upper_case_gtins: config.upper_case_gtins })
    }
}

impl Grammars {
    /// No opaque pattern, no folding: what [`super::parse`] uses.
    pub(super) const DEFAULT: Self = Self { opaque: Vec::new(), upper_case_gtins: Vec::new() };

    /// Reads the text of a label. Errors: why the grammar that the text belongs to refuses it; [`CodeError::NotACode`] where it
    /// belongs to none.
    pub fn parse(&self, text: &str) -> Result<PackageCode, CodeError> {
        let contents = hygiene::inspect(text)?;
        let (body, form) = match element_string::symbology(text) {
            Symbology::Gs1(body) => (body, Some(Form::Elements)),
            Symbology::Plain(body) => (body, Form::of(body)),
        };
        let offset = text.len() - body.len();
        let refused = match form.map(|form| self.declared(form, body, offset, &contents)) {
            Some(Err(error)) if form != Some(Form::Elements) && names_nothing(&error) => Some(error),
            Some(declared) => return declared.map(|code| self.folded(code)),
            None => None,
        };
        if contents.separator.is_none()
            && let Some(code) = self.opaque.iter().find_map(|pattern| pattern.accept(body))
        {
            return Ok(code);
        }
        contents.ascii()?;
        match refused {
            Some(error) => Err(error),
            None => bare(body, offset).map(|code| self.folded(code)),
        }
    }

    /// The GTIN of a code: an item's own, or what the configuration says of an opaque one.
    #[must_use]
    pub fn gtin_of<'a>(&'a self, code: &'a PackageCode) -> Option<&'a str> {
        let PackageCode::Opaque { namespace, text } = code else { return code.gtin() };
        let accepts = |pattern: &&Pattern| *pattern.namespace == **namespace && pattern.regex.is_match(text.as_bytes());
        self.opaque.iter().find(accepts)?.gtin.as_deref()
    }

    /// Reads a text by the grammar that its beginning names. `offset` characters stand before `body`.
    fn declared(&self, form: Form, body: &str, offset: usize, contents: &Contents) -> Result<PackageCode, CodeError> {
        if form != Form::Elements {
            contents.without_separator()?;
        }
        contents.ascii()?;
        match form {
            Form::Link => digital_link::read(body),
            Form::Brackets => element_string::bracketed(body, offset),
            Form::Elements => element_string::raw(body, offset),
            Form::Canonical => body.parse(),
            Form::CanonicalOpaque => self.canonical_opaque(body),
        }
    }

    /// The canonical form of an opaque code, if its pattern would have made it: no label may name a namespace by itself.
    fn canonical_opaque(&self, text: &str) -> Result<PackageCode, CodeError> {
        let code: PackageCode = text.parse()?;
        let PackageCode::Opaque { namespace, text } = &code else { return Err(CodeError::NotACode) };
        // The first pattern that accepts the label's text would have made it.
        let made = self.opaque.iter().find_map(|pattern| pattern.accept(text));
        if made.as_ref() == Some(&code) { Ok(code) } else { Err(CodeError::NotConfigured(namespace.to_string())) }
    }

    fn folded(&self, mut code: PackageCode) -> PackageCode {
        if let PackageCode::Item { gtin, serial } = &mut code
            && self.upper_case_gtins.iter().any(|begin| gtin.starts_with(begin.as_str()))
        {
            serial.make_ascii_uppercase();
        }
        code
    }
}

/// The grammar that a text says it belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Link,
    Brackets,
    Elements,
    Canonical,
    CanonicalOpaque,
}

impl Form {
    /// By the beginning of the text; none where it says nothing.
    fn of(text: &str) -> Option<Self> {
        if digital_link::after_scheme(text).is_some() {
            Some(Self::Link)
        } else if text.starts_with('(') {
            Some(Self::Brackets)
        } else if ["01/", "00/"].iter().any(|key| text.starts_with(key)) {
            Some(Self::Canonical)
        } else if text.starts_with("text/") {
            Some(Self::CanonicalOpaque)
        } else {
            None
        }
    }
}

/// Whether a text that declared itself turned out to name no GS1 key, so that it is free for a pattern.
const fn names_nothing(error: &CodeError) -> bool {
    matches!(error, CodeError::NoPackage | CodeError::NotALink | CodeError::NotACode | CodeError::NotAscii { .. })
}

/// An element string that neither brackets nor a symbology identifier announce; any other text is no code.
fn bare(body: &str, offset: usize) -> Result<PackageCode, CodeError> {
    match element_string::raw(body, offset) {
        Err(CodeError::UnknownAi { position, .. }) if position == offset + 1 => Err(CodeError::NotACode),
        other => other,
    }
}
