//! What people and their programs are told, in both languages: a sentence cannot lack its twin.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

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
    /// One of two words.
    #[must_use]
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The value in addresses and in a page's `lang`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// The one that `Accept-Language` likes better; English where it names neither, as programs do.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::En, 0.0);
        for one in header.split(',') {
            let mut parts = one.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let lang = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
            // The first of equals.
            if weight.is_some_and(|weight: f32| weight > best.1) {
                best = (lang, weight.unwrap_or_default());
            }
        }
        best.0
    }
}

/// A sentence in both languages. Its `Display`, for logs and shells, is the English one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    en: Cow<'static, str>,
    zh: Cow<'static, str>,
}

impl Told {
    /// A sentence that is always the same.
    #[must_use]
    pub const fn fixed(en: &'static str, zh: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), zh: Cow::Borrowed(zh) }
    }

    /// A sentence that was put together.
    #[must_use]
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: Cow::Owned(en.into()), zh: Cow::Owned(zh.into()) }
    }

    /// What is known in English only, such as a library's word, behind what it means in Chinese.
    #[must_use]
    pub fn quoted(en: &str, zh: &str) -> Self {
        Self::new(en, format!("{zh}（{en}）。"))
    }

    /// In one language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_the_reader_likes_better() {
        for (header, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en-GB,en;q=0.9,zh-CN;q=0.8", Lang::En),
            ("en;q=0.5, zh; q=0.7", Lang::Zh),
            ("de,zh;q=0.3", Lang::Zh),
            ("zh;q=0, *", Lang::En),
            ("zh;q=x", Lang::En),
            ("*", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header}");
        }
    }
}
