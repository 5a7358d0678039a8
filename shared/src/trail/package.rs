//! Numbers that stand for ids within one judgement, and what is known of each package and scan.

use crate::code::PackageCode;
use crate::event::{Capture, Movement, Stage};
use crate::ids::{BasisId, DocumentId, EventRef, MemberId, OperatorId, SiteId};
use crate::mismatch::Kind;
use crate::reference::{CodeRecord, Level, Member, Pack, PackLevel, Product};
use crate::time::Timestamp;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) u32);

        impl $name {
            pub(super) fn new(place: usize) -> Self {
                // A history of four thousand million packages does not fit in memory: the cast cannot wrap.
                Self(u32::try_from(place).unwrap_or(u32::MAX))
            }

            pub(super) const fn place(self) -> usize {
                self.0 as usize
            }
        }
    };
}

number!(
    /// A package code within one [`super::Index`].
    CodeNo
);
number!(
    /// A basis within one [`super::Index`].
    BasisNo
);
number!(
    /// A document within one [`super::Index`].
    DocumentNo
);

/// That a package was put into another: an association (关联) that holds until it is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Into which.
    pub parent: CodeNo,
    /// From when; the registry's own hold from the beginning.
    pub from: Timestamp,
    /// Until when, where it was taken out on record.
    pub until: Option<Timestamp>,
    /// The event that says so; none for the registry's.
    pub by: Option<EventRef>,
}

impl Token {
    /// Whether it held at a moment, as far as records say.
    #[must_use]
    pub fn held_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// What is known of one package.
#[derive(Debug)]
pub struct Package<'a> {
    /// Its code.
    pub code: PackageCode,
    /// Its registration.
    pub record: Option<&'a CodeRecord>,
    /// The pack it was issued in.
    pub pack: Option<&'a Pack>,
    /// Its product and level, by registry or GTIN.
    pub product: Option<(&'a Product, &'a PackLevel)>,
    /// What it was put into, by time.
    pub tokens: Vec<Token>,
    /// What was ever put into it.
    pub children: Vec<CodeNo>,
    /// Units in it, where it is marked a remainder case.
    pub remainder_units: Option<u64>,
    /// The package whose label it replaced, and when.
    pub replaces: Option<(CodeNo, Timestamp)>,
    /// When another label took its place.
    pub replaced_at: Option<Timestamp>,
    pub(super) own: Vec<u32>,
}

impl Package<'_> {
    /// Whether packages can be inside it.
    #[must_use]
    pub fn is_parent_level(&self) -> bool {
        match self.product {
            Some((_, level)) => level.level != Level::Unit,
            None => matches!(self.code, PackageCode::Logistic { .. }),
        }
    }
}

/// A label's text names no package; the grammars say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// One effective scan: a movement that no void names.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    /// Its place among all scans of the index.
    pub place: u32,
    /// Which event.
    pub by: EventRef,
    /// Whose terminal scanned.
    pub member: &'a MemberId,
    /// What is known of that member.
    pub member_record: Option<&'a Member>,
    /// At which site.
    pub site: &'a SiteId,
    /// Who was signed in.
    pub operator: Option<&'a OperatorId>,
    /// When.
    pub at: Timestamp,
    /// Where the time is unsure: earliest and latest.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Ledger position of the references that the terminal judged with.
    pub data_as_of: u64,
    /// What the scan says.
    pub stage: Stage,
    /// What the event says.
    pub movement: &'a Movement,
    /// How it was read.
    pub how: Capture,
    /// Number of the frame on its terminal.
    pub frame: Option<u64>,
    /// The package, where the text names one.
    pub code: Result<CodeNo, Malformed>,
    /// The basis.
    pub basis: BasisNo,
    /// The document.
    pub document: DocumentNo,
    /// What the terminal set the package aside for, where it did and has not released it.
    pub set_aside: Option<&'a [Kind]>,
    /// Whether an earlier scan says the same (code, stage, basis, document).
    pub repeat: bool,
}

impl Scan<'_> {
    /// The leg's basis and document.
    #[must_use]
    pub const fn reference(&self) -> (&BasisId, &DocumentId) {
        (&self.movement.basis, &self.movement.document)
    }

    /// The leg.
    #[must_use]
    pub const fn leg(&self) -> (BasisNo, DocumentNo) {
        (self.basis, self.document)
    }

    /// Whether the package went on: scanned, and not set aside. An arrival counts even when it is held.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !self.repeat && (!self.stage.sends() || self.set_aside.is_none())
    }

    /// Whether the scan is evidence for `kind`: it went on, or was set aside for just this kind. The remedy of a mismatch
    /// must not erase it.
    #[must_use]
    pub fn counts_for(&self, kind: Kind) -> bool {
        self.counts() || (!self.repeat && self.set_aside.is_some_and(|kinds| kinds.contains(&kind)))
    }

    /// The earliest and latest it can have happened.
    #[must_use]
    pub fn bounds(&self) -> (Timestamp, Timestamp) {
        self.window.unwrap_or((self.at, self.at))
    }
}
