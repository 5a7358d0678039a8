//! Stages: what a scan says of a package.

use serde::{Deserialize, Serialize};

/// What a scan says of a package: the four scans, and what undoes or repeats them on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 出库: a seller's goods leave against a contract.
    Outbound,
    /// 入库: a buyer takes a contract's goods in.
    Inbound,
    /// 分拣: a wholesaler sorts to a retail order.
    Sort,
    /// 收货确认: a retailer takes an order's goods in.
    Receipt,
    /// 调出: a member's own goods leave a site for another.
    TransferOut,
    /// 调入: they arrive there.
    TransferIn,
    /// 退出: a buyer sends goods back.
    ReturnOut,
    /// 退入: the seller takes them back.
    ReturnIn,
}

impl Stage {
    /// The four scans, in the order goods pass them.
    pub const ALL: [Self; 4] = [Self::Outbound, Self::Inbound, Self::Sort, Self::Receipt];

    /// Every stage.
    pub const EVERY: [Self; 8] = [
        Self::Outbound,
        Self::Inbound,
        Self::Sort,
        Self::Receipt,
        Self::TransferOut,
        Self::TransferIn,
        Self::ReturnOut,
        Self::ReturnIn,
    ];

    /// The word in JSON, on command lines and in subjects.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
            Self::Sort => "sort",
            Self::Receipt => "receipt",
            Self::TransferOut => "transfer_out",
            Self::TransferIn => "transfer_in",
            Self::ReturnOut => "return_out",
            Self::ReturnIn => "return_in",
        }
    }

    /// Whether the stage sends a leg (outbound, sort, transfer) rather than ends or undoes one.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::Outbound | Self::Sort | Self::TransferOut)
    }

    /// Whether the stage ends a leg: inbound, receipt, arrival of a transfer.
    #[must_use]
    pub const fn arrives(self) -> bool {
        matches!(self, Self::Inbound | Self::Receipt | Self::TransferIn)
    }

    /// Whether the stage undoes a leg.
    #[must_use]
    pub const fn returns(self) -> bool {
        matches!(self, Self::ReturnOut | Self::ReturnIn)
    }

    /// The other end of the leg: outbound and inbound, sort and receipt.
    #[must_use]
    pub const fn counterpart(self) -> Self {
        match self {
            Self::Outbound => Self::Inbound,
            Self::Inbound => Self::Outbound,
            Self::Sort => Self::Receipt,
            Self::Receipt => Self::Sort,
            Self::TransferOut => Self::TransferIn,
            Self::TransferIn => Self::TransferOut,
            Self::ReturnOut => Self::ReturnIn,
            Self::ReturnIn => Self::ReturnOut,
        }
    }
}

impl std::str::FromStr for Stage {
    type Err = UnknownStage;
    fn from_str(text: &str) -> Result<Self, UnknownStage> {
        Self::EVERY.into_iter().find(|stage| stage.as_str() == text).ok_or_else(|| UnknownStage(text.to_owned()))
    }
}

/// The word names no stage.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no stage: outbound, inbound, sort, receipt, transfer_out, transfer_in, return_out or return_in")]
pub struct UnknownStage(String);
