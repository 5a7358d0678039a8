//! The table `[capture]` of the configuration; `config.example.toml` explains every key.

use serde::{Deserialize, Serialize};
use vision::Aim;

use super::camera::CameraWish;

/// Settings of all sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaptureSettings {
    /// Which labels of a camera's frame are wanted.
    pub aim: Aim,
    /// What is asked of every camera, unless `--source` asks otherwise.
    pub camera: CameraWish,
    /// How hand scanners send their texts.
    pub keys: KeySettings,
    /// Seconds without a read after which the viewfinder sleeps, which is nine tenths of what the app costs a battery; 0 = never.
    pub sleep_s: u32,
}

impl Default for CaptureSettings {
    fn default() -> Self {
        Self { aim: Aim::default(), camera: CameraWish::default(), keys: KeySettings::default(), sleep_s: 60 }
    }
}

impl CaptureSettings {
    /// Whether nothing was set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How hand scanners send their texts, and what tells them from a person's typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Milliseconds between two keys of a scanner, at most: whoever types is slower.
    pub gap_ms: u64,
    /// Characters of the shortest text that a scanner sends.
    pub length_min: usize,
    /// What the scanner sends before each text.
    pub prefix: String,
    /// What the scanner sends after each text, besides Enter or Tab.
    pub suffix: String,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self { gap_ms: 50, length_min: 6, prefix: String::new(), suffix: String::new() }
    }
}

impl KeySettings {
    /// A scanner's text without what it was told to add.
    #[must_use]
    pub fn strip<'t>(&self, text: &'t str) -> &'t str {
        let text = text.strip_prefix(&self.prefix).unwrap_or(text);
        text.strip_suffix(&self.suffix).unwrap_or(text)
    }
}
