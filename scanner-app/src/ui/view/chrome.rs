//! What every page has.

use serde::{Deserialize, Serialize};
use shared::mismatch::Kind;
use shared::time::Timestamp;

use super::Outcome;
use crate::ui::Intent;

/// The same in Chinese and English.
pub type Pair = (String, String);

/// The calm line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncView {
    /// Whether the last attempt reached the server.
    pub online: bool,
    /// Events that wait.
    pub pending: u64,
    /// When the last attempt succeeded.
    pub last_sync: Option<Timestamp>,
    /// How old the references are.
    pub data_as_of: Option<Timestamp>,
    /// Hours since then, where nothing can be cleared any more.
    pub stale_hours: Option<u64>,
    /// The time now: another day's times are shown as days.
    pub now: Timestamp,
    /// What only a person can mend.
    pub trouble: Option<Pair>,
}

/// The theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkinView {
    /// Light.
    #[default]
    Light,
    /// Dark.
    Dark,
    /// For the sun.
    Sunlight,
}

/// How the person wants the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The theme.
    pub skin: SkinView,
    /// Whether acts are for the left hand.
    pub left_handed: bool,
}

/// How grave a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripTone {
    /// Grey: good to know.
    Calm,
    /// Amber: data is old.
    Stale,
    /// Red: somebody must do something.
    Trouble,
}

/// A sentence under the calm line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    /// How grave.
    pub tone: StripTone,
    /// What it says.
    pub words: Pair,
    /// What a tap on it does.
    pub tap: Option<Intent>,
}

/// Header, strip and marks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChromeView {
    /// Whether Back leads anywhere.
    pub can_go_back: bool,
    /// Who is signed in.
    pub person: String,
    /// Whether this is practice.
    pub training: bool,
    /// What is said beneath the calm line.
    pub strip: Option<Strip>,
    /// The result that the screen's edge shows, where no sound may be.
    pub edge: Option<Outcome>,
    /// Counts changes of page.
    pub turn: u64,
    /// How the person wants it.
    pub look: Look,
}

/// The blocked alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmView {
    /// What blocks.
    pub kind: Kind,
    /// The last characters of the code.
    pub tail: String,
    /// Product and level, where known.
    pub product: String,
    /// Further packages that are blocked: their last characters and kinds.
    pub others: Vec<(String, Kind)>,
    /// Packages scanned since it came, by result.
    pub meanwhile: Vec<(Outcome, u32)>,
}
