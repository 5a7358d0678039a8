//! The kinds of mismatch that are judged today, each with its stable slug, words in both languages and articles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Severity;
use crate::citation::{Citation, logistics as l, traceability as t, trading_trial as d};

/// The same thing said in Chinese and in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// All that people are told of a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The stable name in API, database and exports.
    pub slug: &'static str,
    /// How grave it is once confirmed.
    pub severity: Severity,
    /// Its name.
    pub title: Words,
    /// What happened.
    pub what: Words,
    /// What to do next, and whom to tell.
    pub next: Words,
    /// The articles it rests on; none for what only our own counting needs.
    pub citations: &'static [Citation],
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $slug:literal, $severity:ident, [$($article:expr),*],
       $zh:literal / $en:literal, $what_zh:literal / $what_en:literal, $next_zh:literal / $next_en:literal;)*) => {
        /// A kind of mismatch: one row of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind that is judged.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What people are told of it.
            #[must_use]
            pub const fn info(self) -> &'static KindInfo {
                match self {
                    $(Self::$name => {
                        const INFO: KindInfo = KindInfo {
                        slug: $slug,
                        severity: Severity::$severity,
                        title: Words { zh: $zh, en: $en },
                        what: Words { zh: $what_zh, en: $what_en },
                        next: Words { zh: $next_zh, en: $next_en },
                            citations: &[$($article),*],
                        };
                        &INFO
                    })*
                }
            }
        }
    };
}

kinds! {
    /// No configured grammar accepts the text, or its check digit is wrong.
    MalformedCode, "malformed-code", Hold, [t(8)],
        "码制不符" / "Malformed code",
        "标签上的文字不是追溯码,或校验位不对" / "The label's text is no traceability code, or its check digit is wrong",
        "放到隔离区,报主管" / "Set it aside and tell the supervisor";
    /// Well formed, never issued, and the registry of its product is complete.
    UnknownCode, "unknown-code", Hold, [t(15)],
        "未知码" / "Unknown code",
        "此码从未发放" / "This code was never issued",
        "放到隔离区,报主管查来源" / "Set it aside; the supervisor traces its origin";
    /// Well formed, its pack not imported yet.
    UnregisteredCode, "unregistered-code", Info, [t(15)],
        "未登记码" / "Unregistered code",
        "此码的码包尚未导入,导入后自动再判" / "Its code pack is not imported yet; judged again when it is",
        "继续扫码" / "Keep scanning";
    /// Its pack is reported lost or stolen, and it was not in use before.
    FrozenCode, "frozen-code", Block, [t(22)],
        "码包丢失/失窃" / "Code pack lost or stolen",
        "此码所在码包已报丢失或失窃" / "The pack of this code is reported lost or stolen",
        "移出货堆,放隔离区,通知主管" / "Take it out, set it aside, tell the supervisor";
    /// The same code again in the same stage of the same document.
    RepeatedScan, "repeated-scan", Info, [],
        "重复扫码" / "Scanned again",
        "本作业已扫,不计数" / "Already in this task, not counted",
        "继续扫码" / "Keep scanning";
    /// Two live legs from one seller on two documents of one basis.
    DuplicateMovement, "duplicate-movement", Hold, [t(19), t(20), t(21)],
        "重复出库/入库/分拣/收货" / "Duplicate movement",
        "同一包件在同一依据的两张单证上发出" / "One package was sent on two documents of one basis",
        "查明在哪张单证上,撤销另一条" / "Find out which document holds it, undo the other scan";
    /// Two live legs from one seller under two contracts.
    ClonedCode, "cloned-code", Block, [t(8), t(25)],
        "疑似复制码" / "Suspected cloned code",
        "同一码在两份合同下发出" / "One code was sent under two contracts",
        "两处实物都隔离,报主管" / "Set both packages aside, tell the supervisor";
    /// Two live legs from one seller to two orders.
    DoubleAllocation, "double-allocation", Hold, [t(21)],
        "重复分配" / "Double allocation",
        "同一包件分到两张订单" / "One package was sorted to two orders",
        "查明归哪张订单,撤销另一条" / "Find out whose it is, undo the other scan";
    /// The basis is unknown.
    NoBasis, "no-basis", Block, [t(19), l(6), d(5), d(13)],
        "无合同/订单" / "No contract or order",
        "没有这份合同或订单" / "There is no such contract or order",
        "核对编号并同步;仍没有,联系对方补录" / "Check the number and sync; if still missing, have it registered";
    /// A product that no line of the basis has.
    ProductNotOnBasis, "product-not-on-basis", Hold, [t(19), l(30)],
        "品规不符" / "Product not on contract",
        "合同或订单上没有此品规" / "No line of the contract or order has this product",
        "放到隔离区,继续扫码" / "Set it aside, keep scanning";
    /// A line's live units exceed its quantity.
    OverQuantity, "over-quantity", Block, [t(15), l(30)],
        "超量" / "Over quantity",
        "超出单证或合同的数量" / "More than the document or contract says",
        "多出的放到隔离区,报主管改单证" / "Set the excess aside; the supervisor amends the document";
    /// The (document, stage) is complete with less than the line.
    ShortQuantity, "short-quantity", Hold, [l(13), l(24)],
        "少货" / "Short quantity",
        "已结束,数量少于单证" / "Closed with less than the document says",
        "补扫,或由主管核实短少" / "Scan the rest, or the supervisor confirms the shortage";
    /// Arrived; the consignor's side is complete and never sent it.
    UnannouncedGoods, "unannounced-goods", Hold, [l(13), l(24)],
        "多货" / "Unannounced goods",
        "发货方没有发过此包件" / "The consignor never sent this package",
        "放到隔离区,联系发货方" / "Set it aside, ask the consignor";
    /// Dispatched, the arrival side is complete, not arrived.
    MissingGoods, "missing-goods", Hold, [l(13), l(24)],
        "未到货" / "Missing goods",
        "已发货,收货已结束,此包件未到" / "Dispatched, arrival is closed, this package has not come",
        "在库内找一遍,再联系发货方和承运商" / "Search the store, then ask consignor and carrier";
    /// Arrived while the consignor's side is not complete.
    InboundWithoutOutbound, "inbound-without-outbound", Hold, [t(19), t(20)],
        "无出库先入库" / "Inbound without outbound",
        "已到货,发货方的出库记录未到" / "Arrived, but the consignor's outbound scans are not in",
        "等发货方补传;过期由主管核实" / "Wait for the consignor's upload; the supervisor checks when it is overdue";
    /// Sorted by a member at which it has not arrived.
    SortWithoutInbound, "sort-without-inbound", Hold, [t(20), t(21)],
        "未入库先分拣" / "Sort without inbound",
        "已分拣,没有入库记录" / "Sorted, but no inbound scan is in",
        "补扫入库,或等入库终端同步" / "Scan it inbound, or wait for the inbound terminal to sync";
    /// Confirmed by a retailer while the sort side is not complete.
    ReceiptWithoutSort, "receipt-without-sort", Hold, [t(21), l(17)],
        "未分拣先收货" / "Receipt without sort",
        "已收货,没有分拣记录" / "Received, but the sort scans are not in",
        "等批发方补传;过期由主管核实" / "Wait for the wholesaler's upload; the supervisor checks when it is overdue";
    /// Arrived at another member than its live leg names.
    WrongDestination, "wrong-destination", Hold, [l(7), l(13)],
        "错发" / "Wrong destination",
        "此包件是发给另一家的" / "This package was sent to another member",
        "放到隔离区,联系发货方" / "Set it aside, ask the consignor";
    /// Receipt is complete and differs from what was delivered.
    ReceiptDiffers, "receipt-differs", Hold, [l(17)],
        "收货不符" / "Receipt differs",
        "收货数量与配送单不同" / "What was received differs from the delivery note",
        "与配送方核对,由主管处理" / "Compare with the deliverer; the supervisor settles it";
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.info().slug
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
        let mut slugs = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let info = kind.info();
            assert!(slugs.insert(info.slug), "{} twice", info.slug);
            assert_eq!(info.slug.parse::<Kind>().unwrap(), *kind);
            for words in [info.title, info.what, info.next] {
                assert!(words.zh.chars().any(|c| c > '\u{4e00}'), "{}: no Chinese in {}", info.slug, words.zh);
                assert!(words.en.is_ascii() && !words.en.is_empty(), "{}: {}", info.slug, words.en);
            }
            assert!(!info.citations.is_empty() || *kind == Kind::RepeatedScan, "{} cites nothing", info.slug);
        }
    }
}
