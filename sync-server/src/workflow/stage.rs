//! Where a mismatch is in the hands of people, and why it was settled (`docs/operations.md`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::told::Told;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the database, in JSON and in addresses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().find(|one| one.as_str() == text);
                found.copied().ok_or_else(|| UnknownWord(text.to_owned(), [$($word,)*].join(", ")))
            }
        }
    };
}

/// No such word.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not known; choose one of {1}")]
pub struct UnknownWord(String, String);

impl UnknownWord {
    /// The same in both languages.
    #[must_use]
    pub fn told(&self) -> Told {
        Told::new(self.to_string(), format!("没有 `{}`，请选用：{}。", self.0, self.1))
    }
}

words! {
    /// Where a mismatch is in the hands of people.
    Stage {
        /// 未处理: nobody looked at it.
        Open = "open",
        /// 已看.
        Seen = "seen",
        /// 处理中.
        InProgress = "in-progress",
        /// 等待对方.
        Waiting = "waiting",
        /// 已上报监管: the time to answer ran out.
        Escalated = "escalated",
        /// 已解决.
        Resolved = "resolved",
    }
}

words! {
    /// How a mismatch came about, as the person who settled it says.
    Reason {
        /// 操作失误.
        OperatorError = "operator-error",
        /// 打印错误.
        PrinterError = "printer-error",
        /// 数据迟到.
        DataLate = "data-late",
        /// 确实少货.
        TrueShortage = "true-shortage",
        /// 确实多货.
        TrueOverage = "true-overage",
        /// 货损.
        Damage = "damage",
        /// 疑似假冒.
        SuspectedCounterfeit = "suspected-counterfeit",
        /// 系统故障.
        SystemFault = "system-fault",
        /// 其他.
        Other = "other",
    }
}
