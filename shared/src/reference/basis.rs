use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::document::ShippingDocument;
use super::product::{GoodsClass, Market, PriceKind};
use crate::ids::{BasisId, MemberId, ProductId, SiteId};
use crate::time::Timestamp;

/// Which kind of agreement a basis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasisKind {
    /// 交易合同, seller to buyer.
    Contract,
    /// 零售订单, wholesaler to retailer; a contract in the rules' sense.
    Order,
    /// 调拨单: a member's own, between two of its sites (logistics/2022 art. 11, 21).
    Transfer,
    /// 退货批准: the seller of the goods takes them back from the buyer (trading/2022-trial art. 16). Seller and buyer are those
    /// of the trade it undoes.
    ReturnApproval,
}

/// One line: a product and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which product.
    pub product: ProductId,
    /// How many units (盒).
    pub units: u64,
    /// Fen (1/100 yuan) for one unit, where it is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen: Option<u64>,
}

impl Line {
    /// A line without a price.
    #[must_use]
    pub fn new(product: ProductId, units: u64) -> Self {
        Self { product, units, fen: None }
    }
}

/// A change of a basis with a valid-from of its own. What is absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// From when it is in force.
    pub valid_from: Timestamp,
    /// Ledger position at which the server learnt of it: a terminal whose data is older could not know.
    #[serde(default)]
    pub known_at: u64,
    /// New lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<Line>>,
    /// Another buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<MemberId>,
    /// Another start of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Another end of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Another place of performance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Another market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<Market>,
    /// Another agreed time of transport, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_ms: Option<i64>,
}

/// A contract, order, transfer note or return approval (依据; trading/2022-trial art. 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a contract, each by its own article")]
pub struct Basis {
    /// Its number.
    pub basis: BasisId,
    /// Contract, order, transfer note or return approval.
    pub kind: BasisKind,
    /// Who sells and sends.
    pub seller: MemberId,
    /// Who buys and receives.
    pub buyer: MemberId,
    /// What and how much.
    pub lines: Vec<Line>,
    /// The goods' class.
    #[serde(default, skip_serializing_if = "is_default")]
    pub class: GoodsClass,
    /// Domestic, export or import.
    #[serde(default, skip_serializing_if = "is_default")]
    pub market: Market,
    /// First moment of the performance period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// First moment after the performance period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The place of performance (履行地点; trading/2022-trial art. 13); empty = not on record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// When it was signed: the day whose prices hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// It was made outside the platform and has no number there (trading/2022-trial art. 5, 13).
    #[serde(default, skip_serializing_if = "is_default")]
    pub off_platform: bool,
    /// Not settled (trading/2022-trial art. 14), or settled only at `paid_at`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unpaid: bool,
    /// When an unpaid one was settled after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Import or export without filing (trading/2022-trial art. 5).
    #[serde(default, skip_serializing_if = "is_default")]
    pub unfiled: bool,
    /// Customs papers are absent or disagree (logistics/2022 art. 20, 22).
    #[serde(default, skip_serializing_if = "is_default")]
    pub without_papers: bool,
    /// Agreed time from sending to arrival, in milliseconds (trading/2022-trial art. 15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_ms: Option<i64>,
    /// From which site, for a transfer note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_site: Option<SiteId>,
    /// To which site, for a transfer note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_site: Option<SiteId>,
    /// Changes with a valid-from of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<Amendment>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Basis {
    /// A basis about which nothing unusual is on record.
    #[must_use]
    pub fn new(basis: BasisId, kind: BasisKind, seller: MemberId, buyer: MemberId, lines: Vec<Line>) -> Self {
        Self {
            basis,
            kind,
            seller,
            buyer,
            lines,
            class: GoodsClass::default(),
            market: Market::default(),
            from: None,
            until: None,
            place: String::new(),
            signed_at: None,
            cancelled_at: None,
            off_platform: false,
            unpaid: false,
            paid_at: None,
            unfiled: false,
            without_papers: false,
            transit_ms: None,
            from_site: None,
            to_site: None,
            amendments: Vec::new(),
        }
    }

    /// Whether a line names the product.
    #[must_use]
    pub fn has(&self, product: &ProductId) -> bool {
        self.lines.iter().any(|line| line.product == *product)
    }

    /// Units of the product over all lines.
    #[must_use]
    pub fn units_of(&self, product: &ProductId) -> u64 {
        units_of(&self.lines, product)
    }

    /// The price that its lines must follow.
    #[must_use]
    pub const fn price_kind(&self) -> PriceKind {
        match self.kind {
            BasisKind::Order => PriceKind::Wholesale,
            BasisKind::Contract | BasisKind::Transfer | BasisKind::ReturnApproval => PriceKind::ExFactory,
        }
    }

    /// The basis as it reads at a moment to someone whose data goes to a ledger position.
    #[must_use]
    pub fn version(&self, at: Timestamp, known: u64) -> Cow<'_, Self> {
        let mut amendments: Vec<&Amendment> =
            self.amendments.iter().filter(|change| change.valid_from <= at && change.known_at <= known).collect();
        if amendments.is_empty() {
            return Cow::Borrowed(self);
        }
        amendments.sort_by_key(|change| (change.valid_from, change.known_at));
        let mut version = self.clone();
        for change in amendments {
            version.apply(change);
        }
        Cow::Owned(version)
    }

    /// Where its goods are meant to be sold, at a moment.
    #[must_use]
    pub fn market_at(&self, when: Timestamp) -> Market {
        if self.amendments.is_empty() { self.market } else { self.version(when, u64::MAX).market }
    }

    /// Whether it ever was for export.
    #[must_use]
    pub fn is_ever_export(&self) -> bool {
        let amended = self.amendments.iter().filter_map(|change| change.market);
        amended.chain([self.market]).any(|market| market == Market::Export)
    }

    /// The agreed time from sending to arrival at a moment, in milliseconds.
    #[must_use]
    pub fn transit_ms_at(&self, when: Timestamp) -> Option<i64> {
        if self.amendments.is_empty() { self.transit_ms } else { self.version(when, u64::MAX).transit_ms }
    }

    /// Everybody who is, was or will be party to it: the seller and each buyer on record. A buyer that an amendment brings in sees the
    /// basis from the moment it is known; a buyer that one replaces goes on seeing it.
    #[must_use]
    pub fn parties(&self) -> BTreeSet<&MemberId> {
        let buyers = self.amendments.iter().filter_map(|change| change.buyer.as_ref());
        buyers.chain([&self.seller, &self.buyer]).collect()
    }

    /// Whether a member is party to it at a moment, as far as is known now. What happened under a basis concerns its seller and who
    /// was its buyer then: a former buyer keeps that of its own time, and sees nothing of its successor's.
    #[must_use]
    pub fn is_party_at(&self, member: &MemberId, at: Timestamp) -> bool {
        self.seller == *member || self.version(at, u64::MAX).buyer == *member
    }

    /// Whether a shipping document under it concerns a member: every party, unless the document goes to another of several buyers.
    #[must_use]
    pub fn shares(&self, document: &ShippingDocument, member: &MemberId) -> bool {
        let parties = self.parties();
        let sends = self.seller == *member || document.consignor == *member;
        let to_another_buyer =
            ![member, &self.seller].contains(&&document.consignee) && parties.contains(&document.consignee);
        parties.contains(member) && (sends || !to_another_buyer)
    }

    fn apply(&mut self, change: &Amendment) {
        if let Some(lines) = &change.lines {
            self.lines.clone_from(lines);
        }
        if let Some(buyer) = &change.buyer {
            self.buyer.clone_from(buyer);
        }
        self.from = change.from.or(self.from);
        self.until = change.until.or(self.until);
        if let Some(place) = &change.place {
            self.place.clone_from(place);
        }
        self.market = change.market.unwrap_or(self.market);
        self.transit_ms = change.transit_ms.or(self.transit_ms);
    }
}

/// Units of a product over `lines`; a sum beyond what a number holds stays at the greatest number.
pub(super) fn units_of(lines: &[Line], product: &ProductId) -> u64 {
    let own = lines.iter().filter(|line| line.product == *product);
    own.fold(0, |sum, line| sum.saturating_add(line.units))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Level;

    #[test]
    fn each_buyer_keeps_what_is_of_its_own_time() {
        let day = |n: i64| Timestamp::from_ms(n * 86_400_000);
        let change = Amendment { valid_from: day(10), buyer: Some("R2".into()), ..Amendment::default() };
        let basis = Basis::new("O1".into(), BasisKind::Order, "W".into(), "R1".into(), Vec::new());
        let basis = Basis { amendments: vec![change], ..basis };
        let [seller, former, new, stranger] = ["W", "R1", "R2", "X"].map(MemberId::from);
        assert_eq!(basis.parties(), [&seller, &former, &new].into());
        let at = |n| [&seller, &former, &new, &stranger].map(|member| basis.is_party_at(member, day(n)));
        assert_eq!(at(9), [true, true, false, false]);
        assert_eq!(at(10), [true, false, true, false]);
        let to = |consignee: &str| ShippingDocument {
            document: "D".into(),
            basis: "O1".into(),
            consignor: "W".into(),
            consignee: consignee.into(),
            lines: Vec::new(),
            carrier: String::new(),
            packing_level: Level::Unit,
            lacks: Vec::new(),
            absent: false,
        };
        let seen = |consignee| [&seller, &former, &new, &stranger].map(|member| basis.shares(&to(consignee), member));
        assert_eq!(seen("R1"), [true, true, false, false]);
        assert_eq!(seen("R2"), [true, false, true, false]);
        assert_eq!(seen("X"), [true, true, true, false], "a note to somebody else is everybody's matter");
    }
}
