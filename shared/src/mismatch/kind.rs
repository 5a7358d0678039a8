//! The kinds of mismatch, by their rows in the catalogue.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::catalogue::{association, basis, code, conduct, document, party, sequence};
use super::info::KindInfo;

macro_rules! kinds {
    ($($name:ident = $section:ident :: $row:ident,)*) => {
        /// A kind of mismatch: one row of the catalogue. [`Kind::info`] says what it means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant's meaning is its row in the catalogue, in both languages")]
        pub enum Kind {
            $($name,)*
        }

        impl Kind {
            /// Every kind, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What people are told of it.
            #[must_use]
            pub const fn info(self) -> &'static KindInfo {
                match self {
                    $(Self::$name => &$section::$row,)*
                }
            }
        }
    };
}

kinds! {
    MalformedCode = code::MALFORMED_CODE,
    NonconformingLabel = code::NONCONFORMING_LABEL,
    UnreadableLabel = code::UNREADABLE_LABEL,
    UnknownCode = code::UNKNOWN_CODE,
    UnregisteredCode = code::UNREGISTERED_CODE,
    InactiveCode = code::INACTIVE_CODE,
    CancelledCode = code::CANCELLED_CODE,
    FrozenCode = code::FROZEN_CODE,
    RepeatedScan = code::REPEATED_SCAN,
    DuplicateMovement = code::DUPLICATE_MOVEMENT,
    ClonedCode = code::CLONED_CODE,
    DoubleAllocation = code::DOUBLE_ALLOCATION,
    ManualEntry = code::MANUAL_ENTRY,
    EmptyParent = association::EMPTY_PARENT,
    PackCount = association::PACK_COUNT,
    SeveralParents = association::SEVERAL_PARENTS,
    WrongParent = association::WRONG_PARENT,
    ParentAndChild = association::PARENT_AND_CHILD,
    OpenedParent = association::OPENED_PARENT,
    MixedParent = association::MIXED_PARENT,
    NoBasis = basis::NO_BASIS,
    BasisNotInForce = basis::BASIS_NOT_IN_FORCE,
    BasisChanged = basis::BASIS_CHANGED,
    ForbiddenPairing = basis::FORBIDDEN_PAIRING,
    WrongParty = basis::WRONG_PARTY,
    ProductNotOnBasis = basis::PRODUCT_NOT_ON_BASIS,
    OverQuantity = basis::OVER_QUANTITY,
    ShortQuantity = basis::SHORT_QUANTITY,
    DocumentsExceedBasis = basis::DOCUMENTS_EXCEED_BASIS,
    QuotaNearing = basis::QUOTA_NEARING,
    QuotaExceeded = basis::QUOTA_EXCEEDED,
    PriceDiffers = basis::PRICE_DIFFERS,
    PriceChangeUnannounced = basis::PRICE_CHANGE_UNANNOUNCED,
    UnpaidOrder = basis::UNPAID_ORDER,
    ApplicationRefused = basis::APPLICATION_REFUSED,
    MemberNotActive = party::MEMBER_NOT_ACTIVE,
    LicenceInvalid = party::LICENCE_INVALID,
    ProductNotListed = party::PRODUCT_NOT_LISTED,
    ProductSuspended = party::PRODUCT_SUSPENDED,
    PhysicalDiffers = party::PHYSICAL_DIFFERS,
    UnregisteredSite = party::UNREGISTERED_SITE,
    CrossRegion = party::CROSS_REGION,
    CarrierInvalid = party::CARRIER_INVALID,
    DocumentMissing = document::DOCUMENT_MISSING,
    DocumentIncomplete = document::DOCUMENT_INCOMPLETE,
    DocumentNotUploaded = document::DOCUMENT_NOT_UPLOADED,
    DocumentDiffers = document::DOCUMENT_DIFFERS,
    UnannouncedGoods = document::UNANNOUNCED_GOODS,
    MissingGoods = document::MISSING_GOODS,
    DamagedGoods = document::DAMAGED_GOODS,
    InboundWithoutOutbound = sequence::INBOUND_WITHOUT_OUTBOUND,
    SortWithoutInbound = sequence::SORT_WITHOUT_INBOUND,
    ReceiptWithoutSort = sequence::RECEIPT_WITHOUT_SORT,
    WrongDestination = sequence::WRONG_DESTINATION,
    OverdueInTransit = sequence::OVERDUE_IN_TRANSIT,
    ReceiptDiffers = sequence::RECEIPT_DIFFERS,
    MovementAfterEnd = sequence::MOVEMENT_AFTER_END,
    InvalidReturn = sequence::INVALID_RETURN,
    InvalidVoid = sequence::INVALID_VOID,
    ExportDiverted = sequence::EXPORT_DIVERTED,
    FilingMissing = sequence::FILING_MISSING,
    CustomsPapersMissing = sequence::CUSTOMS_PAPERS_MISSING,
    RelocationUnreported = sequence::RELOCATION_UNREPORTED,
    StockReportDue = sequence::STOCK_REPORT_DUE,
    LateUpload = conduct::LATE_UPLOAD,
    SequenceGap = conduct::SEQUENCE_GAP,
    BrokenChain = conduct::BROKEN_CHAIN,
    ForkedTerminal = conduct::FORKED_TERMINAL,
    StaleData = conduct::STALE_DATA,
    ClockSkew = conduct::CLOCK_SKEW,
    UnauthorisedOperator = conduct::UNAUTHORISED_OPERATOR,
    RevokedTerminal = conduct::REVOKED_TERMINAL,
    ImplausiblePace = conduct::IMPLAUSIBLE_PACE,
    LateUndo = conduct::LATE_UNDO,
    GateOverridden = conduct::GATE_OVERRIDDEN,
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.info().slug
    }

    /// Whether the kind waits for a counterpart: it warns while provisional and holds once confirmed.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::InboundWithoutOutbound | Self::SortWithoutInbound | Self::ReceiptWithoutSort)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// The text is no kind's slug.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a kind of mismatch")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_said_in_both_languages_and_slugs_are_unique() {
        assert_eq!(Kind::ALL.len(), 75, "the catalogue has 75 kinds");
        let mut slugs = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let info = kind.info();
            assert!(slugs.insert(info.slug), "{} twice", info.slug);
            assert_eq!(info.slug.parse::<Kind>().unwrap(), *kind);
            for words in [info.title, info.what, info.next, info.tell.words(), info.about.words()] {
                assert!(words.zh.chars().any(|c| c > '\u{4e00}'), "{}: no Chinese in {}", info.slug, words.zh);
                assert!(words.en.is_ascii() && !words.en.is_empty(), "{}: {}", info.slug, words.en);
            }
            let ours = [Kind::RepeatedScan, Kind::InvalidVoid, Kind::LateUndo, Kind::ClockSkew].contains(kind);
            assert!(!info.articles.is_empty() || ours, "{} cites nothing", info.slug);
        }
    }
}
