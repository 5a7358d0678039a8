//! What a kind rests on. A later instrument renumbers an earlier one, so a rule cites (instrument, version, article), never a
//! bare article number, and which instrument is in force depends on the day ([`Rulebook`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// One of the texts of the State Tobacco Monopoly Administration that Tallyman serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instrument {
    /// 电子烟产品追溯管理细则, 2022.
    Traceability2022,
    /// 电子烟物流管理细则, 2022.
    Logistics2022,
    /// 电子烟交易管理细则(试行), 国烟办〔2022〕77号.
    Trading2022Trial,
    /// 电子烟交易管理细则, which repeals the trial rules (its art. 30). Articles 16 to 30 are at hand.
    TradingRevised,
    /// 国烟办综〔2022〕162号, on labels; it is cited as a whole.
    LabelNotice2022,
}

impl Instrument {
    /// The short name and version used in citations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traceability2022 => "traceability/2022",
            Self::Logistics2022 => "logistics/2022",
            Self::Trading2022Trial => "trading/2022-trial",
            Self::TradingRevised => "trading/revised",
            Self::LabelNotice2022 => "notice/2022-162",
        }
    }

    /// How Chinese screens name it.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Traceability2022 => "追溯细则 2022",
            Self::Logistics2022 => "物流细则 2022",
            Self::Trading2022Trial => "交易细则 2022 试行",
            Self::TradingRevised => "交易细则 修订版",
            Self::LabelNotice2022 => "国烟办综〔2022〕162号",
        }
    }

    /// How English screens name it.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Traceability2022 => "Traceability rules 2022",
            Self::Logistics2022 => "Logistics rules 2022",
            Self::Trading2022Trial => "Trading rules 2022 (trial)",
            Self::TradingRevised => "Trading rules (revised)",
            Self::LabelNotice2022 => "Label notice 2022 no. 162",
        }
    }
}

/// One article of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Citation {
    /// Which instrument and version.
    pub instrument: Instrument,
    /// Which article; 0 = the whole instrument.
    pub article: u8,
    /// Set where the instrument in force has renumbered this article and its text is not at hand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub renumbered: bool,
}

impl Citation {
    /// `追溯细则 2022 第 22 条`.
    #[must_use]
    pub fn zh(self) -> String {
        let article = if self.article == 0 { String::new() } else { format!(" 第 {} 条", self.article) };
        let note = if self.renumbered { "(已重新编号，新文本未备)" } else { "" };
        format!("{}{article}{note}", self.instrument.zh())
    }

    /// `Traceability rules 2022, art. 22`.
    #[must_use]
    pub fn en(self) -> String {
        let article = if self.article == 0 { String::new() } else { format!(", art. {}", self.article) };
        let note = if self.renumbered { " (renumbered, text not held)" } else { "" };
        format!("{}{article}{note}", self.instrument.en())
    }

    /// This citation as it reads on a day: an article of the trial trading rules becomes the revised one that took its place.
    #[must_use]
    pub fn in_force(self, rulebook: Rulebook, at: Timestamp) -> Self {
        if self.instrument != Instrument::Trading2022Trial || !rulebook.is_revised(at) {
            return self;
        }
        match revised_article(self.article) {
            Some(article) => cite(Instrument::TradingRevised, article),
            None => Self { renumbered: true, ..self },
        }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.instrument.as_str())?;
        if self.article > 0 {
            write!(f, " art. {}", self.article)?;
        }
        if self.renumbered { f.write_str(" (renumbered, text not held)") } else { Ok(()) }
    }
}

/// Where an article of the trial rules went, as far as the revised text is at hand (its articles 16 to 30).
const fn revised_article(trial: u8) -> Option<u8> {
    match trial {
        15 => Some(16),
        16 => Some(17),
        17 => Some(18),
        19 | 20 => Some(20),
        21 => Some(21),
        22 => Some(22),
        23 => Some(23),
        24 => Some(24),
        25 => Some(25),
        _ => None,
    }
}

/// Which trading rules are in force when. The revised rules' first day is agreed with the regulator and has no default:
/// whoever sets a server up must say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rulebook {
    /// The trial rules throughout.
    Trial,
    /// The trial rules until this moment, the revised ones from then on.
    RevisedFrom(Timestamp),
}

impl Rulebook {
    /// Whether the revised rules are in force at a moment.
    #[must_use]
    pub fn is_revised(self, at: Timestamp) -> bool {
        matches!(self, Self::RevisedFrom(from) if at >= from)
    }
}

const fn cite(instrument: Instrument, article: u8) -> Citation {
    Citation { instrument, article, renumbered: false }
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

/// An article of the trial trading rules of 2022; [`Citation::in_force`] turns it into the revised one.
#[must_use]
pub const fn trading(article: u8) -> Citation {
    cite(Instrument::Trading2022Trial, article)
}

/// The notice on labels.
pub const LABEL_NOTICE: Citation = cite(Instrument::LabelNotice2022, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_cited_from_the_rules_in_force_on_the_day() {
        let start = Timestamp::from_ms(1_000);
        let rules = Rulebook::RevisedFrom(start);
        let before = start.plus_ms(-1);
        assert_eq!(trading(16).in_force(rules, before).to_string(), "trading/2022-trial art. 16");
        assert_eq!(trading(16).in_force(rules, start).to_string(), "trading/revised art. 17");
        assert_eq!(trading(19).in_force(rules, start), trading(20).in_force(rules, start));
        let lost = trading(6).in_force(rules, start).to_string();
        assert_eq!(lost, "trading/2022-trial art. 6 (renumbered, text not held)");
        assert_eq!(trading(16).in_force(Rulebook::Trial, start), trading(16));
        assert_eq!(logistics(16).in_force(rules, start), logistics(16));
    }
}
