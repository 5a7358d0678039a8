//! The invitation: where the server is, a token good for one asking, and the head of its CA's hash. As a QR and to be typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::base32;
use crate::chain::{Hash, sha256};
use crate::paper::{Encoded, PAPER_LEN_MAX, PREFIX, Parts};

/// Bytes of the token and of the head of the CA's hash: 80 bits each, more than anyone tries in the minutes that it holds.
pub const SECRET_BYTES: usize = 10;

/// Characters of the address of a server, at most.
const ADDRESS_LEN_MAX: usize = 120;

/// Says that somebody with the invitation asks; good for one asking. Never shown by `Debug`, kept by the server as a hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; SECRET_BYTES]);

impl Token {
    /// Wraps random bytes that the caller drew.
    #[must_use]
    pub const fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(random)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// What the server keeps of it: `SHA-256("tallyman/invite/1" ‖ token)`.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&[b"tallyman/invite/1", &self.0])
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(****)")
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base32::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = base32::decode(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| de::Error::custom("a token is 16 characters of base 32"))
    }
}

/// The first 80 bits of the SHA-256 of the server's CA certificate (DER).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaPin([u8; SECRET_BYTES]);

impl CaPin {
    /// The pin of a CA, from the SHA-256 of its certificate.
    #[must_use]
    pub fn of(ca: Hash) -> Self {
        let mut head = [0; SECRET_BYTES];
        head.copy_from_slice(&ca.as_bytes()[..SECRET_BYTES]);
        Self(head)
    }

    /// Whether the certificate of this SHA-256 is the one that is meant.
    #[must_use]
    pub fn is_of(self, ca: Hash) -> bool {
        Self::of(ca) == self
    }
}

/// The text is no address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no server address; write it like https://192.168.1.5:7443")]
pub struct AddressError(String);

/// Where a server listens for terminals: `https://HOST:PORT`, nothing after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port.
    fn short(&self) -> &str {
        self.0.trim_start_matches("https://")
    }

    /// The host alone, as a certificate names it.
    #[must_use]
    pub fn host(&self) -> &str {
        let short = self.short();
        let host = short.rsplit_once(':').map_or(short, |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }
}

impl FromStr for Address {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError(text.to_owned());
        let lower = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let short = lower.strip_prefix("https://").unwrap_or(&lower);
        let (host, port) = short.rsplit_once(':').ok_or_else(wrong)?;
        let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let right_host = match inner {
            Some(inner) => !inner.is_empty() && inner.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.')),
            None => !host.is_empty() && host.chars().all(name),
        };
        let right_port =
            port.parse::<u16>().is_ok_and(|port| port > 0) && port.bytes().all(|byte| byte.is_ascii_digit());
        if short.len() > ADDRESS_LEN_MAX || !right_host || !right_port {
            return Err(wrong());
        }
        Ok(Self(format!("https://{short}")))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Why a text is no invitation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// It does not look like one.
    #[error(
        "this is no invitation. Scan the QR of `sync-server terminals invite`, or type the server's address, a blank and the 32 characters"
    )]
    Form,
    /// The characters are not those of an invitation.
    #[error(
        "the invitation's code is not 32 of the characters 0-9 and A-Z without U; compare it with the screen, group by group"
    )]
    Code,
    /// The address cannot be read.
    #[error("the invitation's address cannot be read: {0}")]
    Address(#[from] AddressError),
}

/// What a supervisor hands to a new terminal: `TALLYMAN:ENROL/XXXX-…(8 groups)/AT/HOST:PORT`, several addresses joined by `+`. To be
/// typed as `HOST:PORT XXXX-XXXX-…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Where the server listens, the best first; at least one.
    pub addresses: Vec<Address>,
    /// Good for one asking.
    pub token: Token,
    /// The only CA that may answer.
    pub pin: CaPin,
}

impl Invitation {
    /// Reads a QR's text, or what was typed in its place.
    pub fn read(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim();
        if text.len() > PAPER_LEN_MAX {
            return Err(InvitationError::Form);
        }
        let upper = text.to_ascii_uppercase();
        let Some(rest) = upper.strip_prefix(PREFIX) else { return typed(text) };
        let rest = rest.strip_prefix("ENROL/").ok_or(InvitationError::Form)?;
        let parts = Parts::of(rest).map_err(|_| InvitationError::Form)?;
        let addresses = parts.get("AT").ok_or(InvitationError::Form)?;
        let addresses = addresses.split('+').map(str::parse).collect::<Result<Vec<_>, _>>()?;
        Self::of(addresses, parts.first().ok_or(InvitationError::Code)?)
    }

    /// The token and the pin as people type them: eight groups of four characters.
    #[must_use]
    pub fn code(&self) -> String {
        let text = base32::encode(&[self.token.0, self.pin.0].concat());
        let groups = text.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    fn of(addresses: Vec<Address>, code: &str) -> Result<Self, InvitationError> {
        let bytes = base32::decode(code).ok_or(InvitationError::Code)?;
        let (token, pin) = bytes.split_at_checked(SECRET_BYTES).ok_or(InvitationError::Code)?;
        let token = token.try_into().map_err(|_| InvitationError::Code)?;
        let pin = pin.try_into().map_err(|_| InvitationError::Code)?;
        Ok(Self { addresses, token: Token(token), pin: CaPin(pin) })
    }
}

fn typed(text: &str) -> Result<Invitation, InvitationError> {
    let (address, code) = text.split_once(char::is_whitespace).ok_or(InvitationError::Form)?;
    Invitation::of(vec![address.parse()?], code)
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses: Vec<String> =
            self.addresses.iter().map(|address| address.short().to_ascii_uppercase()).collect();
        write!(f, "{PREFIX}ENROL/{}/AT/{}", self.code(), Encoded(&addresses.join("+")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::paper::Paper;

    fn invitation() -> Invitation {
        Invitation {
            addresses: vec!["https://192.168.1.5:7443".parse().unwrap(), "tally.example:443".parse().unwrap()],
            token: Token::new([7; 10]),
            pin: CaPin::of(Hash::new([9; 32])),
        }
    }

    #[test]
    fn is_one_paper_of_qr_alphanumeric_characters() {
        let text = invitation().to_string();
        assert!(matches!(Paper::read(&text), Some(Ok(Paper::Enrolment(_)))), "{text}");
        assert!(
            text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "$%*+-./: ".contains(c)),
            "{text}"
        );
        assert!(text.len() < 120, "{} characters", text.len());
        assert_eq!(Invitation::read(&text), Ok(invitation()));
        assert_eq!(Invitation::read(&text.to_lowercase()), Ok(invitation()));
    }

    #[test]
    fn is_typed_with_one_address() {
        let typed = format!(" 192.168.1.5:7443  {} ", invitation().code().to_lowercase().replace('-', " "));
        let read = Invitation::read(&typed).unwrap();
        assert_eq!((read.token, read.pin), (invitation().token, invitation().pin));
        assert_eq!(read.addresses, invitation().addresses[..1]);
    }

    #[test]
    fn what_is_none_is_told() {
        let code = invitation().code();
        for (text, error) in [
            ("", InvitationError::Form),
            ("TALLYMAN:DOC/FH-1", InvitationError::Form),
            (&format!("TALLYMAN:ENROL/{code}"), InvitationError::Form),
            (&format!("host:1 {}", &code[5..]), InvitationError::Code),
            (&format!("host:1 U{}", &code[1..]), InvitationError::Code),
        ] {
            assert_eq!(Invitation::read(text), Err(error), "{text}");
        }
        assert!(matches!(Invitation::read(&format!("host {code}")), Err(InvitationError::Address(_))));
    }

    #[test]
    fn addresses_are_a_host_and_a_port() {
        for right in ["https://LOCALHOST:7443/", "[::1]:7443", "127.0.0.1:1"] {
            right.parse::<Address>().unwrap();
        }
        assert_eq!("https://[::1]:7443".parse::<Address>().unwrap().host(), "::1");
        for wrong in
            ["", "host", "host:", "host:0", "host:65536", "http://host:1", "host:1/path", "a b:1", ":1", "[]:1", "h:+1"]
        {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_token_is_never_shown() {
        assert!(!format!("{:?}", invitation()).contains('7'.to_string().repeat(2).as_str()));
        assert!(format!("{:?}", invitation().token).contains("****"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Invitation::read(&text);
            let _ = Invitation::read(&format!("TALLYMAN:ENROL/{text}"));
        }

        #[test]
        fn comes_back(token in any::<[u8; 10]>(), ca in any::<[u8; 32]>(), port in 1_u16..) {
            let address = format!("host-{port}.example:{port}").parse().unwrap();
            let made = Invitation { addresses: vec![address], token: Token::new(token), pin: CaPin::of(Hash::new(ca)) };
            prop_assert_eq!(Invitation::read(&made.to_string()).unwrap(), made);
        }
    }
}
