//! The console's words in both languages.

use serde::Deserialize;
use shared::citation::{Citation, Rulebook};
use shared::mismatch::{Mismatch, Severity, State, Words};

/// The reader's language; Chinese first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The word of this language.
    #[must_use]
    pub const fn of(self, words: Words) -> &'static str {
        match self {
            Self::Zh => words.zh,
            Self::En => words.en,
        }
    }

    /// One of two words.
    #[must_use]
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        self.of(Words { zh, en })
    }

    /// The value in addresses and in the page's `lang`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// The articles that a kind rests on.
    #[must_use]
    pub fn citations(self, mismatch: &Mismatch, rulebook: Rulebook) -> String {
        let one = |citation: &Citation| match self {
            Self::Zh => citation.zh(),
            Self::En => citation.en(),
        };
        mismatch.citations(rulebook).iter().map(one).collect::<Vec<_>>().join(self.pick(";", "; "))
    }

    /// The word of a severity.
    #[must_use]
    pub const fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Block => self.pick("拦截", "BLOCK"),
            Severity::Hold => self.pick("隔离", "HOLD"),
            Severity::Warn => self.pick("提示", "WARN"),
            Severity::Info => self.pick("信息", "INFO"),
        }
    }

    /// The word of a state.
    #[must_use]
    pub const fn state(self, state: State) -> &'static str {
        match state {
            State::Provisional => self.pick("待核", "provisional"),
            State::Confirmed => self.pick("已确认", "confirmed"),
            State::Closed => self.pick("补传自动关闭", "closed by late data"),
            State::Resolved => self.pick("已解决", "resolved"),
        }
    }

    /// The word of an event's kind.
    #[must_use]
    pub fn stage(self, stage: shared::event::Stage) -> &'static str {
        use shared::event::Stage;
        match stage {
            Stage::Outbound => self.pick("出库", "outbound"),
            Stage::Inbound => self.pick("入库", "inbound"),
            Stage::Sort => self.pick("分拣", "sort"),
            Stage::Receipt => self.pick("收货确认", "receipt"),
            Stage::TransferOut => self.pick("调出", "transfer out"),
            Stage::TransferIn => self.pick("调入", "transfer in"),
            Stage::ReturnOut => self.pick("退出", "return out"),
            Stage::ReturnIn => self.pick("退入", "return in"),
        }
    }
}
