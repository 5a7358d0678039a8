//! This terminal's certificate, in a file beside its key.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use shared::enrolment::Certificate;

use super::TransportError;

/// The certificate of a file; none where there is no file yet.
pub(crate) fn read(path: &Path) -> Result<Option<Certificate>, TransportError> {
    let failed = |why: String| {
        TransportError::Configuration(format!(
            "the certificate {} cannot be read ({why}); delete it and sync, which fetches a new one",
            path.display()
        ))
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Writes it whole.
pub(crate) fn write(path: &Path, certificate: &Certificate) -> Result<(), TransportError> {
    let json = serde_json::to_vec(certificate).map_err(|error| TransportError::Configuration(error.to_string()))?;
    write_file(path, &json)
}

/// Writes a file whole: beside its place first, then renamed.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), TransportError> {
    let new = path.with_extension("new");
    let written = fs::File::create(&new).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| TransportError::Configuration(format!("{} cannot be written: {error}", path.display())))
}
