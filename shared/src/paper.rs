//! Papers: the texts of the QR codes that are no package's: a badge, a shipping document, an enrolment, a cleared gate.
//!
//! ```text
//! TALLYMAN:DOC/FH-2031/BASIS/C1/UNITS/2000
//! TALLYMAN:BADGE/…          TALLYMAN:ENROL/…          TALLYMAN:GATE/FH-2031/BASIS/C1/STAGE/OUTBOUND/…
//! ```
//! Only characters of QR's alphanumeric mode are in them, so a symbol stays small: what is none of `A-Z 0-9 $ * + - . :` is written
//! as `%` and two upper-case hex digits for each byte of UTF-8. After the first value come pairs of a key and a value in any
//! order; keys that a reader does not know are passed over, so later versions may add some.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::chain::{Hash, PublicKey, Signature, sign};
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, TerminalId};
use crate::time::Timestamp;

/// How every paper of ours begins.
pub const PREFIX: &str = "TALLYMAN:";

/// Bytes of the longest paper that is read at all: the alphanumeric capacity of a QR code of version 20 with correction M.
pub const PAPER_LEN_MAX: usize = 970;

/// What is signed on a gate's paper begins with this, so that no other signature of the key fits.
const GATE_DOMAIN: &[u8] = b"tallyman/gate-paper/1";

/// A paper, by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A person's badge: the whole text is the secret, who it belongs to is looked up.
    Badge(String),
    /// A one-time enrolment: the whole text, for the enrolment to read.
    Enrolment(String),
    /// A shipping document, or a basis that has none yet.
    Document(DocumentPaper),
    /// A gate that was cleared.
    Gate(Box<GatePaper>),
}

/// What the QR code on a shipping document says: enough to open the task where the document was not pulled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPaper {
    /// The document's number, or `none` for a basis alone.
    pub document: DocumentId,
    /// The basis that it executes.
    pub basis: Option<BasisId>,
    /// Units (盒) over all lines.
    pub units: Option<u64>,
    /// SHA-256 over the codes that were loaded, sorted, where a terminal drafted the document from them.
    pub digest: Option<Hash>,
}

/// What a driver shows and a guard checks: these goods, with this document, may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatePaper {
    /// The document.
    pub document: DocumentId,
    /// The basis.
    pub basis: BasisId,
    /// The stage that was cleared.
    pub stage: Stage,
    /// Packages loaded, as they were scanned.
    pub packages: u64,
    /// Units (盒) loaded.
    pub units: u64,
    /// SHA-256 over the codes that are loaded, sorted.
    pub digest: Hash,
    /// When it was cleared.
    pub at: Timestamp,
    /// Ledger position of the server that cleared it; none where the terminal did by policy.
    pub position: Option<u64>,
    /// Age of the data that it was cleared on.
    pub data_as_of: Option<Timestamp>,
    /// Whose terminal shows it.
    pub terminal: TerminalId,
    /// The terminal's signature over everything else on the paper.
    pub signature: Option<Signature>,
}

/// Why a text that begins as a paper of ours is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// Longer than any paper.
    #[error("the code is longer than any paper of ours; scan the paper again")]
    TooLong,
    /// The word after the prefix names no kind of paper.
    #[error("the paper is of a kind that this version does not know; update the app")]
    Kind,
    /// A part is missing or cannot be read.
    #[error("the paper's {0} is missing or cannot be read; print the paper again")]
    Part(&'static str),
}

impl Paper {
    /// Reads a text. None where it is no paper of ours at all.
    #[must_use]
    pub fn read(text: &str) -> Option<Result<Self, PaperError>> {
        let body = text.trim().strip_prefix(PREFIX)?;
        Some(read(text.trim(), body))
    }
}

fn read(text: &str, body: &str) -> Result<Paper, PaperError> {
    if text.len() > PAPER_LEN_MAX {
        return Err(PaperError::TooLong);
    }
    let (kind, rest) = body.split_once('/').ok_or(PaperError::Kind)?;
    match kind {
        "BADGE" if !rest.is_empty() => Ok(Paper::Badge(text.to_owned())),
        "ENROL" if !rest.is_empty() => Ok(Paper::Enrolment(text.to_owned())),
        "DOC" => document(&Parts::of(rest)?).map(Paper::Document),
        "GATE" => gate(&Parts::of(rest)?).map(|gate| Paper::Gate(Box::new(gate))),
        _ => Err(PaperError::Kind),
    }
}

fn document(parts: &Parts) -> Result<DocumentPaper, PaperError> {
    let basis: Option<BasisId> = parts.get("BASIS").map(BasisId::from);
    if parts.first.is_none() && basis.is_none() {
        return Err(PaperError::Part("number"));
    }
    Ok(DocumentPaper {
        document: parts.first.as_deref().map_or_else(DocumentId::none, DocumentId::from),
        basis,
        units: parts.parsed("UNITS", "quantity")?,
        digest: parts.get("DIGEST").map(|hex| hash(hex).ok_or(PaperError::Part("digest"))).transpose()?,
    })
}

fn gate(parts: &Parts) -> Result<GatePaper, PaperError> {
    let needed = |key, name| parts.get(key).ok_or(PaperError::Part(name));
    let stage = needed("STAGE", "stage")?.to_ascii_lowercase().replace('-', "_");
    Ok(GatePaper {
        document: parts.first.as_deref().map(DocumentId::from).ok_or(PaperError::Part("number"))?,
        basis: needed("BASIS", "contract or order")?.into(),
        stage: stage.parse().map_err(|_| PaperError::Part("stage"))?,
        packages: parts.parsed("PACKAGES", "count of packages")?.ok_or(PaperError::Part("count of packages"))?,
        units: parts.parsed("UNITS", "quantity")?.ok_or(PaperError::Part("quantity"))?,
        digest: hash(needed("DIGEST", "digest")?).ok_or(PaperError::Part("digest"))?,
        at: parts.parsed("AT", "time")?.ok_or(PaperError::Part("time"))?,
        position: parts.parsed("POSITION", "position")?,
        data_as_of: parts.parsed("DATA", "age of data")?,
        terminal: parts.parsed("TERMINAL", "terminal")?.ok_or(PaperError::Part("terminal"))?,
        signature: parts
            .get("SIG")
            .map(|hex| bytes(hex).map(Signature::new))
            .map_or(Ok(None), |read| read.map(Some).ok_or(PaperError::Part("signature")))?,
    })
}

impl GatePaper {
    /// The same paper, signed by the terminal that shows it.
    #[must_use]
    pub fn signed(mut self, key: &ring::signature::Ed25519KeyPair) -> Self {
        self.signature = None;
        self.signature = Some(sign(key, &[GATE_DOMAIN, self.to_string().as_bytes()]));
        self
    }

    /// Whether the terminal of this key signed just this paper.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey) -> bool {
        let Some(signature) = &self.signature else { return false };
        let bare = Self { signature: None, ..self.clone() };
        key.verifies(&[GATE_DOMAIN, bare.to_string().as_bytes()], signature)
    }
}

impl fmt::Display for DocumentPaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = if self.document.is_none() { "" } else { self.document.as_str() };
        write!(f, "{PREFIX}DOC/{}", Encoded(number))?;
        pair(f, "BASIS", self.basis.as_ref())?;
        pair(f, "UNITS", self.units)?;
        pair(f, "DIGEST", self.digest)
    }
}

impl fmt::Display for GatePaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}GATE/{}", Encoded(self.document.as_str()))?;
        pair(f, "BASIS", Some(&self.basis))?;
        pair(f, "STAGE", Some(self.stage.as_str().replace('_', "-").to_ascii_uppercase()))?;
        pair(f, "PACKAGES", Some(self.packages))?;
        pair(f, "UNITS", Some(self.units))?;
        pair(f, "DIGEST", Some(self.digest))?;
        pair(f, "AT", Some(self.at))?;
        pair(f, "POSITION", self.position)?;
        pair(f, "DATA", self.data_as_of)?;
        pair(f, "TERMINAL", Some(self.terminal.to_string().to_ascii_uppercase()))?;
        pair(f, "SIG", self.signature.map(|signature| hex::encode_upper(signature.as_bytes())))
    }
}

/// Hex digests are told by their key; they are written in upper case like everything else.
fn pair(f: &mut fmt::Formatter<'_>, key: &str, value: Option<impl fmt::Display>) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    let text = value.to_string();
    let text = if key == "DIGEST" { text.to_ascii_uppercase() } else { text };
    write!(f, "/{key}/{}", Encoded(&text))
}

fn hash(hex: &str) -> Option<Hash> {
    bytes(hex).map(Hash::new)
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    hex::decode(hex).ok()?.try_into().ok()
}

/// A value as it stands in a paper.
pub(crate) struct Encoded<'a>(pub(crate) &'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'A'..=b'Z' | b'0'..=b'9' | b'$' | b'*' | b'+' | b'-' | b'.' | b':' => f.write_char(byte.into())?,
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control))
}

/// The first value and the pairs after it.
pub(crate) struct Parts {
    first: Option<String>,
    pairs: BTreeMap<String, String>,
}

impl Parts {
    pub(crate) fn of(rest: &str) -> Result<Self, PaperError> {
        let mut words = rest.split('/').map(|word| decoded(word).ok_or(PaperError::Part("text")));
        let first = words.next().transpose()?.filter(|text| !text.is_empty());
        let mut pairs = BTreeMap::new();
        while let Some(key) = words.next().transpose()? {
            let value = words.next().ok_or(PaperError::Part("text"))??;
            pairs.entry(key).or_insert(value);
        }
        Ok(Self { first, pairs })
    }

    /// The first value.
    pub(crate) fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.get(key).map(String::as_str)
    }

    fn parsed<T: std::str::FromStr>(&self, key: &str, name: &'static str) -> Result<Option<T>, PaperError> {
        self.get(key).map(|text| text.parse().map_err(|_| PaperError::Part(name))).transpose()
    }
}

#[cfg(test)]
mod tests;
