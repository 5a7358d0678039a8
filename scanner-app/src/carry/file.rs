//! Parcels and answers as files, on a stick or in a folder. Nothing is read beyond its bound, and a file is whole or not there.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use shared::wire::sealed::{Answers, PARCEL_BYTES_MAX, Parcel, read_answers, write_answers};

use super::CarryError;

/// Reads a file that is no longer than a parcel may be.
pub fn read(path: &Path) -> Result<Vec<u8>, CarryError> {
    let failed = |source| CarryError::File { path: path.display().to_string(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(PARCEL_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > PARCEL_BYTES_MAX {
        return Err(CarryError::TooLong { path: path.display().to_string() });
    }
    Ok(bytes)
}

/// Reads a parcel.
pub fn read_parcel(path: &Path) -> Result<Parcel, CarryError> {
    Ok(Parcel::read(read(path)?)?)
}

/// Reads answers.
pub fn read_answer_file(path: &Path) -> Result<Vec<Answers>, CarryError> {
    Ok(read_answers(&read(path)?)?)
}

/// Writes parcels: the first to `path`, further ones beside it with `.2`, `.3` … behind the name. Answers the names.
pub fn write_parcels(path: &Path, parcels: &[Parcel]) -> Result<Vec<PathBuf>, CarryError> {
    let mut written = Vec::with_capacity(parcels.len());
    for (place, parcel) in parcels.iter().enumerate() {
        let mut name = path.as_os_str().to_owned();
        if place > 0 {
            name.push(format!(".{}", place + 1));
        }
        write(Path::new(&name), parcel.bytes())?;
        written.push(PathBuf::from(name));
    }
    Ok(written)
}

/// Writes answers.
pub fn write_answer_file(path: &Path, answers: &[Answers]) -> Result<(), CarryError> {
    write(path, &write_answers(answers)?)
}

/// Beside first and then renamed, so that a stick pulled out too early holds no half file under the name that is looked for.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CarryError> {
    let failed = |source| CarryError::File { path: path.display().to_string(), source };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let mut file = File::create(&beside).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
