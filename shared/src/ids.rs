//! Identities as newtypes, so that a basis number can never stand where a document number is meant. Those that people write are short:
//! up to 23 bytes lie in the value itself, and a copy of a longer one shares its text.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smol_str::SmolStr;
use uuid::Uuid;

/// Reads a value from its text where it lies, without a copy of the text.
pub(crate) fn from_text<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
{
    struct Text<T>(std::marker::PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(de::Error::custom)
        }
    }

    deserializer.deserialize_str(Text(std::marker::PhantomData))
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// The identity as people write it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
        impl FromStr for $name {
            type Err = std::convert::Infallible;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(text.into())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
    };
}

text_id!(
    /// A member's code: an enterprise admitted to trade.
    MemberId
);
text_id!(
    /// A registered place of a member (物流节点).
    SiteId
);
text_id!(
    /// The staff number of a person who signs in on a terminal.
    OperatorId
);
text_id!(
    /// A product (品规); its packaging levels have a GTIN each.
    ProductId
);
text_id!(
    /// The number of a contract, order, transfer note or return approval (依据).
    BasisId
);
text_id!(
    /// The number of a shipping document, or `none` (see [`DocumentId::none`]).
    DocumentId
);
text_id!(
    /// A code pack (码包).
    PackId
);
text_id!(
    /// A task: one stage of one basis and document worked on one terminal; unique within its terminal.
    TaskId
);

impl DocumentId {
    /// The document of a scan made without a note; legal at sort, inbound and receipt.
    #[must_use]
    pub fn none() -> Self {
        Self(SmolStr::new_static("none"))
    }

    /// Whether this is the word for "no note".
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0 == "none"
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that the caller drew; nothing here draws one.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 16 raw bytes that go into hashes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
    };
}

uuid_id!(
    /// An enrolled device of a site, with a key of its own.
    TerminalId
);
uuid_id!(
    /// One life of a terminal's log: a random UUID minted when the log starts or is restored.
    EpochId
);

/// An event's identity, everywhere: voids name it, keys in SQL are made of it (`sync.md`, identity).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventRef {
    /// The terminal that made the event.
    pub terminal: TerminalId,
    /// The epoch of that terminal's log.
    pub epoch: EpochId,
    /// The event's number in the epoch: gap-free from 1, never reused.
    pub seq: u64,
}

impl fmt::Display for EventRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.terminal, self.epoch, self.seq)
    }
}

/// The text is not `terminal/epoch/number`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` names no event: it should be terminal/epoch/number")]
pub struct EventRefError(String);

impl std::str::FromStr for EventRef {
    type Err = EventRefError;
    fn from_str(text: &str) -> Result<Self, EventRefError> {
        let read = || {
            let mut parts = text.split('/');
            let by = Self {
                terminal: parts.next()?.parse().ok()?,
                epoch: parts.next()?.parse().ok()?,
                seq: parts.next()?.parse().ok()?,
            };
            parts.next().is_none().then_some(by)
        };
        read().ok_or_else(|| EventRefError(text.to_owned()))
    }
}
