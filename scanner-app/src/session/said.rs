//! A sentence in both languages, where numbers and names are in it.

/// What is said to the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}
