use serde::{Deserialize, Serialize};

use super::Registry;
use super::dated::{Earlier, said_at};
use crate::code::PackageCode;
use crate::time::Timestamp;

/// What amendments change of a namespace, as it was until one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceTerms {
    /// Whether our registry knew all its codes.
    #[serde(default)]
    pub registry: Registry,
}

/// A namespace of codes: all whose canonical form begins alike, whatever products they are of. A product says of its own codes whether
/// our registry has all of them; a namespace says it of codes whose product nobody here knows (traceability/2022 art. 15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// How they begin: `01/0690123` (GTINs), `01/06901234567892/21/7K` (serials of one GTIN), `00/0690123` (SSCCs), `text/CTP` (texts of
    /// a configured namespace).
    pub namespace: String,
    /// Whether our registry knows all its codes.
    #[serde(default)]
    pub registry: Registry,
    /// What it was before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<NamespaceTerms>>,
}

impl Namespace {
    /// Whether this can begin a code.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        match self.namespace.split_once('/') {
            Some(("00", begin)) => digits(begin, 18),
            Some(("01", begin)) => match begin.split_once("/21/") {
                Some((gtin, serial)) => gtin.len() == 14 && digits(gtin, 14) && !serial.is_empty(),
                None => digits(begin, 14),
            },
            Some(("text", begin)) => crate::code::is_namespace(begin.split('/').next().unwrap_or_default()),
            _ => false,
        }
    }

    /// Whether a code is of it. The name of a configured namespace is whole: `text/CT` is not the beginning of `text/CTP`.
    #[must_use]
    pub fn has(&self, code: &PackageCode) -> bool {
        let text = code.to_string();
        let Some(rest) = text.strip_prefix(self.namespace.as_str()) else { return false };
        let is_whole_name = self.namespace.starts_with("text/") && self.namespace.matches('/').count() == 1;
        !is_whole_name || rest.starts_with('/')
    }

    /// Whether our registry knew all its codes at a moment.
    #[must_use]
    pub fn registry_at(&self, when: Timestamp) -> Registry {
        said_at(&self.earlier, when).map_or(self.registry, |then| then.registry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespace(text: &str) -> Namespace {
        Namespace { namespace: text.to_owned(), registry: Registry::Complete, earlier: Vec::new() }
    }

    #[test]
    fn a_namespace_has_the_codes_that_begin_so() {
        let item = PackageCode::item("06901234567892", "7K3M").unwrap();
        let opaque = PackageCode::opaque("CTP", "01234567").unwrap();
        for (text, of_item, of_opaque) in [
            ("01/0690123", true, false),
            ("01/06901234567892/21/7K", true, false),
            ("01/06901234567892/21/8", false, false),
            ("01/1690", false, false),
            ("00/0690123", false, false),
            ("text/CTP", false, true),
            ("text/CTP/0123", false, true),
            ("text/CT", false, false),
        ] {
            let namespace = namespace(text);
            assert!(namespace.is_well_formed(), "{text}");
            assert_eq!((namespace.has(&item), namespace.has(&opaque)), (of_item, of_opaque), "{text}");
        }
    }

    #[test]
    fn what_begins_no_code_is_no_namespace() {
        for text in [
            "",
            "01",
            "01/",
            "01/06X",
            "01/0690/21/7K",
            "02/1",
            "text/",
            "text/ctp low",
            "CTP",
            "00/1234567890123456789",
        ] {
            assert!(!namespace(text).is_well_formed(), "{text}");
        }
    }
}
