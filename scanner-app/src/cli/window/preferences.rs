//! How the person wants screen and sound: a small file beside the store, kept over restarts. The configuration stays as it was.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{Config, Language};
use crate::feedback::Manner;
use crate::ui::view::SkinView;

/// What was chosen on the settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Preferences {
    pub(super) language: Language,
    pub(super) skin: SkinView,
    pub(super) left_handed: bool,
    pub(super) volume: u8,
    pub(super) silent: bool,
    pub(super) vibration: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        let skin = SkinView::Light;
        Self { language: Language::Zh, skin, left_handed: false, volume: 4, silent: false, vibration: true }
    }
}

impl Preferences {
    /// What was chosen here before, else what the configuration says.
    pub(super) fn of(config: &Config) -> Self {
        let kept = std::fs::read_to_string(path(&config.store)).ok();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| Self {
            language: config.language,
            volume: config.feedback.volume,
            silent: config.feedback.silent,
            vibration: config.feedback.vibration,
            ..Self::default()
        })
    }

    /// Keeps the choice. A disk that is full costs the choice at the next start, and nothing else.
    pub(super) fn keep(&self, store: &Path) {
        let written = serde_json::to_string(self).map_err(std::io::Error::other);
        if let Err(error) = written.and_then(|text| std::fs::write(path(store), text)) {
            tracing::warn!("the choice of language, theme and sound is not kept: {error}");
        }
    }

    pub(super) const fn manner(&self) -> Manner {
        Manner { volume: self.volume, silent: self.silent, vibration: self.vibration }
    }
}

fn path(store: &Path) -> PathBuf {
    store.with_extension("screen.json")
}
