//! The key of a code in stores: 16 bytes, pack tag first, a function of the text alone (never of the registry), so that it is
//! the same before and after a pack is imported.

use super::{PackageCode, serial_tag};
use crate::chain::sha256;

/// 4 bytes of tag, then 12 bytes of SHA-256 of the canonical form. Codes of one pack sort together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeKey([u8; 16]);

impl CodeKey {
    /// The key of a code. Own serials bring their 20-bit tag; others get a hash of the GTIN or of the opaque namespace.
    #[must_use]
    pub fn of(code: &PackageCode) -> Self {
        let hash = sha256(&[b"tallyman/code/1", code.to_string().as_bytes()]);
        let mut key = [0; 16];
        key[..4].copy_from_slice(&tag(code));
        key[4..].copy_from_slice(&hash.as_bytes()[..12]);
        Self(key)
    }

    /// The key of 32 hex digits; none where they are no key's.
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        let mut key = [0; 16];
        hex::decode_to_slice(digits, &mut key).ok()?;
        Some(Self(key))
    }

    /// The same as 32 hex digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The bytes, as stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

fn tag(code: &PackageCode) -> [u8; 4] {
    let own = match code {
        PackageCode::Item { serial, .. } => serial_tag(serial),
        PackageCode::Logistic { .. } | PackageCode::Opaque { .. } => None,
    };
    if let Some(own) = own {
        return own.to_be_bytes();
    }
    // The top bit keeps foreign tags apart from our 20-bit ones.
    // A slash keeps namespaces apart from GTINs, which have the same characters.
    let hash = match code {
        PackageCode::Item { gtin, .. } => sha256(&[b"tallyman/tag/1", gtin.as_bytes()]),
        PackageCode::Logistic { .. } => sha256(&[b"tallyman/tag/1", b"00"]),
        PackageCode::Opaque { namespace, .. } => sha256(&[b"tallyman/tag/1", b"text/", namespace.as_bytes()]),
    };
    let mut tag = [0; 4];
    tag.copy_from_slice(&hash.as_bytes()[..4]);
    tag[0] |= 0x80;
    tag
}

#[cfg(test)]
mod tests {
    use super::super::format_serial;
    use super::*;

    /// Stores hold these keys: a change here is a migration.
    #[test]
    fn keys_are_frozen() {
        for (code, key) in [
            ("01/16901234567899/21/7K3M9QX2T4WD", "0003cc74d123d6bdb9e6ea91a9260ed4"),
            ("01/16901234567899/21/000000000001", "00000000f7a380ca0600dbe853f74d88"),
            ("01/16901234567899/21/abc", "bcd27d0cb14b9ddf06429528d02aa802"),
            ("01/16901234567899/21/7k3m9qx2t4wd", "bcd27d0cca65ecaa1d671ad4b7026760"),
            ("01/06901234567892/21/A/b%\"(21)", "f1538ebec8a557435eb309f019734cdf"),
            ("00/106141412345678908", "f52333f3db3ecc6d68ec8995ea6a378f"),
            ("text/CTP/0123%2F4567", "e52fc13ddb600f5e20718fe1584272d4"),
        ] {
            let found = CodeKey::of(&code.parse().unwrap());
            assert_eq!(found.to_hex(), key, "{code}");
            assert_eq!(CodeKey::from_hex(key), Some(found));
        }
    }

    #[test]
    fn what_has_not_32_hex_digits_is_no_key() {
        for digits in [
            "",
            "0003cc74",
            "0003cc74d123d6bdb9e6ea91a9260ed",
            "g003cc74d123d6bdb9e6ea91a9260ed4",
            "0003cc74d123d6bdb9e6ea91a9260ed4ff",
        ] {
            assert_eq!(CodeKey::from_hex(digits), None, "{digits}");
        }
    }

    #[test]
    fn opaque_codes_of_one_namespace_lie_together() {
        let key = |namespace, text| CodeKey::of(&PackageCode::opaque(namespace, text).unwrap());
        assert_eq!(key("A", "1").as_bytes()[..4], key("A", "2").as_bytes()[..4]);
        assert_ne!(key("A", "1").as_bytes()[..4], key("B", "1").as_bytes()[..4]);
        assert_ne!(key("A", "1"), key("A", "2"));
        let item = PackageCode::item("16901234567899", "1").unwrap();
        assert_ne!(key("16901234567899", "1").as_bytes()[..4], CodeKey::of(&item).as_bytes()[..4]);
    }

    #[test]
    fn codes_of_one_pack_share_their_first_bytes() {
        let code = |random| PackageCode::item("16901234567899", &format_serial(77, random)).unwrap();
        let (a, b) = (CodeKey::of(&code(1)), CodeKey::of(&code(2)));
        assert_ne!(a, b);
        assert_eq!(a.as_bytes()[..4], [0, 0, 0, 77]);
        assert_eq!(a.as_bytes()[..4], b.as_bytes()[..4]);
    }
}
