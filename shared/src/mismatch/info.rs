//! What is said of a kind: the columns of the catalogue.

use super::Severity;
use crate::citation::{Citation, Rulebook};
use crate::time::Timestamp;

/// The same thing said in Chinese and in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// Where a kind can be decided. The server judges every kind again and its verdict stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// T: the terminal has all it takes.
    Terminal,
    /// T/S: provisional on the terminal, settled by the server.
    Both,
    /// S: only the server knows enough.
    Server,
    /// S, and it depends on when data arrived: outside convergence.
    Arrival,
}

impl Decided {
    /// Whether a terminal shows the kind.
    #[must_use]
    pub const fn on_terminal(self) -> bool {
        matches!(self, Self::Terminal | Self::Both)
    }

    /// The catalogue's letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "T",
            Self::Both => "T/S",
            Self::Server => "S",
            Self::Arrival => "arrival",
        }
    }
}

/// What the subject of a kind names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One package, by its code.
    Code,
    /// The text that is no code.
    Text,
    /// A document, else its basis: raised once with a count and a list.
    Document,
    /// A line of a document, else of a basis: `N1/POD inbound`.
    Line,
    /// A line of a basis, without a stage: `C1/POD`.
    BasisLine,
    /// A code pack.
    Pack,
    /// A terminal.
    Terminal,
    /// A member.
    Member,
}

impl About {
    /// The word in generated documents.
    #[must_use]
    pub const fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Code => ("追溯码", "code"),
            Self::Text => ("标签文字", "quoted text"),
            Self::Document => ("单证或依据", "document or basis"),
            Self::Line => ("单证行", "line of a stage"),
            Self::BasisLine => ("依据行", "line of a basis"),
            Self::Pack => ("码包", "pack"),
            Self::Terminal => ("终端", "terminal"),
            Self::Member => ("会员", "member"),
        };
        Words { zh, en }
    }
}

/// Whom to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// Nobody: it settles by itself.
    Nobody,
    /// The supervisor of the shift.
    Supervisor,
    /// Supervisor, who asks the consignor.
    Consignor,
    /// Supervisor, who asks the consignee.
    Consignee,
    /// Supervisor, who reports to the monopoly administration.
    Regulator,
    /// Whoever runs the system.
    Administrator,
}

impl Tell {
    /// The word on screens and in documents.
    #[must_use]
    pub const fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Nobody => ("无需通知", "nobody"),
            Self::Supervisor => ("当班主管", "the supervisor"),
            Self::Consignor => ("主管和发货方", "the supervisor and the consignor"),
            Self::Consignee => ("主管和收货方", "the supervisor and the consignee"),
            Self::Regulator => {
                ("主管，由其上报烟草专卖局", "the supervisor, who reports to the monopoly administration")
            }
            Self::Administrator => ("系统管理员", "the administrator"),
        };
        Words { zh, en }
    }
}

/// All that people are told of a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The stable name in API, database and exports.
    pub slug: &'static str,
    /// How grave it is once confirmed.
    pub severity: Severity,
    /// Where it can be decided.
    pub decided: Decided,
    /// What its subject names.
    pub about: About,
    /// The articles it rests on, by the trial trading rules; none for what only our own counting needs.
    pub articles: &'static [Citation],
    /// Whom to tell.
    pub tell: Tell,
    /// Its name.
    pub title: Words,
    /// What happened.
    pub what: Words,
    /// What to do next.
    pub next: Words,
}

impl KindInfo {
    /// The articles it rests on by the rules in force at a moment, each once.
    #[must_use]
    pub fn citations(&self, rulebook: Rulebook, at: Timestamp) -> Vec<Citation> {
        let mut cited: Vec<Citation> = Vec::with_capacity(self.articles.len());
        for article in self.articles.iter().map(|article| article.in_force(rulebook, at)) {
            if !cited.contains(&article) {
                cited.push(article);
            }
        }
        cited
    }
}

/// One row of the catalogue. The last three are pairs of Chinese and English.
#[expect(clippy::too_many_arguments, reason = "the columns of a table")]
pub(super) const fn row(
    slug: &'static str,
    severity: Severity,
    decided: Decided,
    about: About,
    articles: &'static [Citation],
    tell: Tell,
    title: [&'static str; 2],
    what: [&'static str; 2],
    next: [&'static str; 2],
) -> KindInfo {
    const fn pair([zh, en]: [&'static str; 2]) -> Words {
        Words { zh, en }
    }
    KindInfo { slug, severity, decided, about, articles, tell, title: pair(title), what: pair(what), next: pair(next) }
}
