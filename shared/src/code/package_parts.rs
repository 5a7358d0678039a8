//! The identifiers that make a package, gathered from a link or an element string.

use super::{CodeError, PackageCode};

/// (00), (01) and (21) as read, each at most once.
#[derive(Default)]
pub(super) struct PackageParts {
    sscc: Option<String>,
    gtin: Option<String>,
    serial: Option<String>,
}

impl PackageParts {
    /// Takes a value in, if it is of one of the three.
    pub(super) fn take(&mut self, identifier: &str, value: &str) -> Result<(), CodeError> {
        let (part, name) = match identifier {
            "00" => (&mut self.sscc, "00"),
            "01" => (&mut self.gtin, "01"),
            "21" => (&mut self.serial, "21"),
            _ => return Ok(()),
        };
        if part.as_deref().is_some_and(|before| before != value) {
            return Err(CodeError::Twice(name));
        }
        *part = Some(value.to_owned());
        Ok(())
    }

    /// The package. A GTIN of 8, 12 or 13 digits is padded to 14.
    pub(super) fn package(self) -> Result<PackageCode, CodeError> {
        match self {
            Self { gtin: Some(gtin), serial: Some(serial), .. } => {
                let padded = matches!(gtin.len(), 8 | 12 | 13).then(|| format!("{gtin:0>14}"));
                PackageCode::item(padded.as_deref().unwrap_or(&gtin), &serial)
            }
            Self { sscc: Some(sscc), .. } => PackageCode::logistic(&sscc),
            _ => Err(CodeError::NoPackage),
        }
    }
}
