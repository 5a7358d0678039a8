//! A pack as a file, as the platform would send it: CSV or JSON, with its checksum, encrypted where it is asked for.

use std::str::FromStr;

use serde::Serialize;
use shared::chain::sha256;
use shared::code::format_digital_link;
use shared::reference::{CodeRecord, Pack};

use super::level_word;

/// The form of a pack's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackFormat {
    /// `pack,product,level,basis,code,parent`.
    Csv,
    /// An array of objects with the same fields.
    Json,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackWriteError {
    /// No form has that name.
    #[error("`{0}` is no form of a pack's file; forms are csv, json")]
    Format(String),
    /// The recipient is none.
    #[error("`{0}` is no age recipient; one starts with `age1`, and whoever is to read the file has its key")]
    Recipient(String),
    /// The encryption failed.
    #[error("the file could not be encrypted: {0}")]
    Encrypt(#[from] age::EncryptError),
    /// The table.
    #[error("the file could not be made: {0}")]
    Csv(#[from] csv::Error),
    /// The objects.
    #[error("the file could not be made: {0}")]
    Json(#[from] serde_json::Error),
}

impl FromStr for PackFormat {
    type Err = PackWriteError;
    fn from_str(text: &str) -> Result<Self, PackWriteError> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            _ => Err(PackWriteError::Format(text.to_owned())),
        }
    }
}

/// A file and what is told beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// SHA-256 of these bytes, in hex: told by another way than the file.
    pub sha256: String,
}

#[derive(Serialize)]
struct Row<'a> {
    pack: &'a str,
    product: &'a str,
    level: &'static str,
    basis: &'a str,
    code: String,
    parent: String,
}

/// Makes the file; `recipient` is an age public key, `host` is that of the labels' links.
pub fn write(
    pack: &Pack,
    codes: &[CodeRecord],
    host: &str,
    format: PackFormat,
    recipient: Option<&str>,
) -> Result<PackFile, PackWriteError> {
    let row = |record: &CodeRecord| Row {
        pack: pack.pack.as_str(),
        product: pack.product.as_str(),
        level: level_word(pack.level),
        basis: pack.basis.as_str(),
        code: format_digital_link(host, &record.code),
        parent: record.parent.as_ref().map(|parent| format_digital_link(host, parent)).unwrap_or_default(),
    };
    let plain = match format {
        PackFormat::Json => serde_json::to_vec(&codes.iter().map(row).collect::<Vec<_>>())?,
        PackFormat::Csv => {
            let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
            writer.write_record(["pack", "product", "level", "basis", "code", "parent"])?;
            for record in codes {
                writer.serialize(row(record))?;
            }
            writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))?
        }
    };
    let bytes = match recipient {
        None => plain,
        Some(text) => {
            let recipient: age::x25519::Recipient =
                text.parse().map_err(|_| PackWriteError::Recipient(text.to_owned()))?;
            age::encrypt(&recipient, &plain)?
        }
    };
    let sha256 = sha256(&[&bytes]).to_string();
    Ok(PackFile { bytes, sha256 })
}
