//! What a person is told who wants to sign in: every state of the sign-in screen (`screens.md`, S2).

use shared::credential::PinFormError;
use shared::ids::OperatorId;
use shared::time::Timestamp;

use super::Rights;
use crate::config::Language;

/// The answer to one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The person is signed in.
    Welcome {
        /// Who.
        operator: OperatorId,
        /// The person's name; the number where none is on record.
        name: String,
        /// What the person may do here.
        rights: Rights,
    },
    /// Badge or number and PIN do not belong together, or nobody has that number: the two are not told apart.
    Wrong {
        /// Tries before the number is locked; 0 = the next wrong one locks it again.
        tries_left: u32,
    },
    /// Too many wrong tries.
    Locked {
        /// Milliseconds until the next try.
        left_ms: u64,
    },
    /// This is not a PIN: no try is spent.
    NotAPin(PinFormError),
    /// The badge belongs to nobody here, or is void.
    UnknownBadge,
    /// The person has no PIN yet, or this terminal has not fetched it.
    NoPin,
    /// The PINs of this terminal are too old.
    PinDataTooOld {
        /// Hours since the last sync, as far as is known; none = there never was one.
        age_hours: Option<u64>,
        /// Hours that are allowed.
        limit_hours: u64,
    },
    /// The person works at other sites.
    NotOfThisSite,
    /// The person no longer works for the member.
    EmploymentEnded {
        /// Since when.
        since: Timestamp,
    },
}

impl Answer {
    /// The word in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "signed-in",
            Self::Wrong { .. } => "wrong",
            Self::Locked { .. } => "locked",
            Self::NotAPin(_) => "not-a-pin",
            Self::UnknownBadge => "unknown-badge",
            Self::NoPin => "no-pin",
            Self::PinDataTooOld { .. } => "pin-data-too-old",
            Self::NotOfThisSite => "not-of-this-site",
            Self::EmploymentEnded { .. } => "employment-ended",
        }
    }

    /// What the screen says: what, why, what next.
    #[must_use]
    pub fn says(&self, language: Language) -> String {
        let (zh, en) = self.words();
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    fn words(&self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::Welcome { name, .. } => (format!("已登录：{name}"), format!("Signed in: {name}")),
            Self::Wrong { tries_left: 0 } => both(
                "PIN 不对，再错即锁定。忘记了找主管重设。",
                "Wrong PIN, the next wrong one locks. If forgotten, ask your supervisor.",
            ),
            Self::Wrong { tries_left } => (
                format!("PIN 不对，还可试 {tries_left} 次。忘记了找主管重设。"),
                format!(
                    "Wrong PIN, {tries_left} {} left. If forgotten, ask your supervisor.",
                    if *tries_left == 1 { "try" } else { "tries" }
                ),
            ),
            Self::Locked { left_ms } => {
                let minutes = left_ms.div_ceil(60_000);
                (
                    format!("已锁定，{minutes} 分钟后再试。试错次数过多。急用找主管重设 PIN，再同步。"),
                    format!(
                        "Locked for {minutes} min. Too many wrong tries. In a hurry, have the PIN reset, then sync."
                    ),
                )
            }
            Self::NotAPin(PinFormError::Form | PinFormError::Guessable) => {
                both("PIN 为 6 至 12 位数字。重新输入。", "A PIN has 6 to 12 digits. Type it again.")
            }
            Self::UnknownBadge => both(
                "工牌未登记。不属于本单位，或已换新牌。先同步，或用工号登录。",
                "Badge not known. Not of this member, or replaced. Sync, or use your number.",
            ),
            Self::NoPin => both(
                "本终端没有您的 PIN。尚未设置或未取到。先同步；仍没有，找主管设置。",
                "No PIN of yours here. Not set, or not fetched. Sync; if still missing, ask your supervisor.",
            ),
            Self::PinDataTooOld { age_hours: None, .. } => both(
                "尚未同步，无法登录。本终端还没有人员数据。先联网同步。",
                "Not synced yet, nobody can sign in. No staff data here. Connect and sync.",
            ),
            Self::PinDataTooOld { age_hours: Some(hours), limit_hours } => (
                format!("人员数据已 {hours} 小时未更新。超过 {limit_hours} 小时不可登录。联网同步；已记录的都在。"),
                format!(
                    "Staff data is {hours} h old. Over {limit_hours} h nobody can sign in. Sync; all records are safe."
                ),
            ),
            Self::NotOfThisSite => both(
                "您不在本节点。名单上是其他节点。找主管调入，再同步。",
                "You are not of this site. Your record names others. Have it changed, then sync.",
            ),
            Self::EmploymentEnded { since } => {
                let day = since.to_minute().split(' ').next().unwrap_or_default().to_owned();
                (
                    format!("{day} 起不再任职，不可登录。如有误，找主管更正，再同步。"),
                    format!("Employment ended on {day}. If wrong, have it corrected, then sync."),
                )
            }
        }
    }
}
