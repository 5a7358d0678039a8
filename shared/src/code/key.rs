//! The key of a code in stores: 16 bytes, pack tag first, a function of the text alone (never of the registry), so that it is
//! the same before and after a pack is imported.

use super::{PackageCode, serial_tag};
use crate::chain::sha256;

/// 4 bytes of tag, then 12 bytes of SHA-256 of the canonical form. Codes of one pack sort together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeKey([u8; 16]);

impl CodeKey {
    /// The key of a code. Own serials bring their 20-bit tag; others get a hash of the GTIN.
    #[must_use]
    pub fn of(code: &PackageCode) -> Self {
        let hash = sha256(&[b"tallyman/code/1", code.to_string().as_bytes()]);
        let mut key = [0; 16];
        key[..4].copy_from_slice(&tag(code));
        key[4..].copy_from_slice(&hash.as_bytes()[..12]);
        Self(key)
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
    let namespace = match code {
        PackageCode::Item { gtin, .. } => gtin,
        PackageCode::Logistic { .. } => "00",
        PackageCode::Opaque { namespace, .. } => namespace,
    };
    let hash = sha256(&[b"tallyman/tag/1", namespace.as_bytes()]);
    let mut tag = [0; 4];
    tag.copy_from_slice(&hash.as_bytes()[..4]);
    tag[0] |= 0x80;
    tag
}

#[cfg(test)]
mod tests {
    use super::super::format_serial;
    use super::*;

    #[test]
    fn keys_never_change() {
        let key = |code: PackageCode| hex::encode(CodeKey::of(&code).as_bytes());
        let item = PackageCode::item("16901234567899", "7K3M9QX2T4WD").unwrap();
        assert_eq!(key(item), "0003cc74d123d6bdb9e6ea91a9260ed4");
        assert_eq!(key(PackageCode::logistic("106141412345678908").unwrap()), "f52333f3db3ecc6d68ec8995ea6a378f");
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
