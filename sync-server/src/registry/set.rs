//! The sets of the registry that people keep.

use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use shared::wire::Record;

use super::column::Column;
use super::columns;

/// A set of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// Members: roles, licence, status.
    Member,
    /// Sites with their region.
    Site,
    /// People who sign in on terminals.
    Operator,
    /// Logistics providers.
    Carrier,
    /// Products with their levels, listings and prices.
    Product,
    /// Namespaces of codes: open or complete.
    Namespace,
    /// Contracts, orders, transfer notes, return approvals.
    Basis,
    /// Shipping documents.
    Document,
    /// Quotas of a year.
    Quota,
    /// Applications for codes.
    Application,
    /// Relocations of export goods.
    Relocation,
    /// Monthly stock reports.
    StockReport,
}

/// No set has that name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no set of the registry; sets are {list}", list = names())]
pub struct SetError(String);

fn names() -> String {
    Set::ALL.map(Set::name).join(", ")
}

impl Set {
    /// Every set, in the order that one may be imported after the other.
    pub const ALL: [Self; 12] = [
        Self::Member,
        Self::Site,
        Self::Operator,
        Self::Carrier,
        Self::Product,
        Self::Namespace,
        Self::Basis,
        Self::Document,
        Self::Quota,
        Self::Application,
        Self::Relocation,
        Self::StockReport,
    ];

    /// Its name in addresses, on command lines and in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Site => "site",
            Self::Operator => "operator",
            Self::Carrier => "carrier",
            Self::Product => "product",
            Self::Namespace => "namespace",
            Self::Basis => "basis",
            Self::Document => "document",
            Self::Quota => "quota",
            Self::Application => "application",
            Self::Relocation => "relocation",
            Self::StockReport => "stock-report",
        }
    }

    /// Its Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Member => "会员",
            Self::Site => "物流节点",
            Self::Operator => "操作员",
            Self::Carrier => "物流服务供应商",
            Self::Product => "产品",
            Self::Namespace => "码段",
            Self::Basis => "依据",
            Self::Document => "物流单证",
            Self::Quota => "年度计划",
            Self::Application => "申码单",
            Self::Relocation => "移库",
            Self::StockReport => "库存月报",
        }
    }

    /// Its columns, in the order of its files.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        columns::of(self)
    }

    /// The fields that make its key, in order; a key of several has spaces between them.
    #[must_use]
    pub const fn key_fields(self) -> &'static [&'static str] {
        match self {
            Self::Quota => &["member", "class", "year"],
            Self::StockReport => &["member", "month"],
            Self::Member => &["member"],
            Self::Site => &["site"],
            Self::Operator => &["operator"],
            Self::Carrier => &["carrier"],
            Self::Product => &["product"],
            Self::Namespace => &["namespace"],
            Self::Basis => &["basis"],
            Self::Document => &["document"],
            Self::Application => &["application"],
            Self::Relocation => &["relocation"],
        }
    }

    /// The set of a record; none for what people do not keep.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        record.set().parse().ok()
    }

    /// The record of a JSON object; what is wrong with it, in the reader's words.
    pub fn record(self, mut body: Map<String, Value>) -> Result<Record, serde_json::Error> {
        body.insert("set".into(), self.name().into());
        if self == Self::Document {
            // A note that lacks an element is a fact for the rules (logistics/2022 art. 30), not a record that cannot be.
            for part in ["consignor", "consignee", "carrier"] {
                body.entry(part).or_insert_with(|| "".into());
            }
            body.entry("lines").or_insert_with(|| Value::Array(Vec::new()));
        }
        serde_json::from_value(Value::Object(body))
    }

    /// A record as a JSON object, without the name of its set and without what signs a person in.
    pub fn body(record: &Record) -> Result<Map<String, Value>, serde_json::Error> {
        let plain = match record {
            Record::Operator(operator) => Record::Operator(operator.clone().without_credentials()),
            other => other.clone(),
        };
        match serde_json::to_value(plain)? {
            Value::Object(mut body) => {
                body.remove("set");
                Ok(body)
            }
            _ => Ok(Map::new()),
        }
    }
}

impl FromStr for Set {
    type Err = SetError;
    fn from_str(text: &str) -> Result<Self, SetError> {
        let found = Self::ALL.into_iter().find(|set| set.name() == text || set.zh() == text);
        found.ok_or_else(|| SetError(text.to_owned()))
    }
}

impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
