//! What a kind rests on. A later instrument renumbers an earlier one, so a rule cites (instrument, version, article), never a
//! bare article number.

use std::fmt;

use serde::Serialize;

/// One of the texts of the State Tobacco Monopoly Administration that Tallyman serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instrument {
    /// 电子烟产品追溯管理细则, 2022.
    Traceability2022,
    /// 电子烟物流管理细则, 2022.
    Logistics2022,
    /// 电子烟交易管理细则(试行), 国烟办〔2022〕77号.
    Trading2022Trial,
}

impl Instrument {
    /// The short name and version used in citations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traceability2022 => "traceability/2022",
            Self::Logistics2022 => "logistics/2022",
            Self::Trading2022Trial => "trading/2022-trial",
        }
    }

    /// How Chinese screens name it.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Traceability2022 => "追溯细则 2022",
            Self::Logistics2022 => "物流细则 2022",
            Self::Trading2022Trial => "交易细则 2022 试行",
        }
    }

    /// How English screens name it.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Traceability2022 => "Traceability rules 2022",
            Self::Logistics2022 => "Logistics rules 2022",
            Self::Trading2022Trial => "Trading rules 2022 (trial)",
        }
    }
}

/// One article of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Which instrument and version.
    pub instrument: Instrument,
    /// Which article.
    pub article: u8,
}

impl Citation {
    /// `追溯细则 2022 第 22 条`.
    #[must_use]
    pub fn zh(self) -> String {
        format!("{} 第 {} 条", self.instrument.zh(), self.article)
    }

    /// `Traceability rules 2022, art. 22`.
    #[must_use]
    pub fn en(self) -> String {
        format!("{}, art. {}", self.instrument.en(), self.article)
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} art. {}", self.instrument.as_str(), self.article)
    }
}

const fn cite(instrument: Instrument, article: u8) -> Citation {
    Citation { instrument, article }
}

/// An article of the traceability rules of 2022.
#[must_use]
pub const fn traceability(article: u8) -> Citation {
    cite(Instrument::Traceability2022, article)
}

/// An article of the logistics rules of 2022.
#[must_use]
pub const fn logistics(article: u8) -> Citation {
    cite(Instrument::Logistics2022, article)
}

/// An article of the trial trading rules of 2022.
#[must_use]
pub const fn trading_trial(article: u8) -> Citation {
    cite(Instrument::Trading2022Trial, article)
}
