//! Changing the CA: the next one is made and travels to the terminals by pull; once they have it, it is adopted. Client certificates
//! of the old one are taken until they are renewed.

use std::path::Path;

use super::files::{
    CA, CA_KEY, NEXT_CA, NEXT_CA_KEY, OLD_CAS, forget_made, read, read_if_there, remove, rename, write_public,
    write_secret,
};
use super::{Authority, make_ca};
use crate::keys::KeyError;

/// What adopting the next CA did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It is the CA now; a running server takes it at its next start.
    Yes,
    /// None was made.
    NoneMade,
}

impl Authority {
    /// Makes the next CA where there is none yet. Answers its PEM.
    pub fn make_next(&mut self) -> Result<String, KeyError> {
        if let Some(pem) = &self.next_pem {
            return Ok(pem.clone());
        }
        let (key, pem) = make_ca()?;
        write_secret(&self.folder.join(NEXT_CA_KEY), key.serialize_pem().as_bytes())?;
        write_public(&self.folder.join(NEXT_CA), pem.as_bytes())?;
        self.next_pem = Some(pem.clone());
        Ok(pem)
    }

    /// Puts the next CA in the place of this one. Open it again afterwards.
    pub fn adopt_next(self) -> Result<Adopted, KeyError> {
        let folder = &self.folder;
        if self.next_pem.is_none() {
            return Ok(Adopted::NoneMade);
        }
        let old = read_if_there(&folder.join(OLD_CAS))?.unwrap_or_default();
        if !old.contains(&self.ca_pem) {
            write_public(&folder.join(OLD_CAS), format!("{old}{}", self.ca_pem).as_bytes())?;
        }
        // From here on a cut is mended at the next opening: the key goes first, and a next CA without its key says so.
        rename(&folder.join(NEXT_CA_KEY), &folder.join(CA_KEY))?;
        finish(folder)?;
        Ok(Adopted::Yes)
    }
}

/// Finishes an adoption that was cut short: a next CA whose key is gone has become the CA.
pub(super) fn finish(folder: &Path) -> Result<(), KeyError> {
    let next = folder.join(NEXT_CA);
    if next.exists() && !folder.join(NEXT_CA_KEY).exists() {
        // The text must be whole before it takes the old one's place.
        read(&next)?;
        forget_made(folder)?;
        rename(&next, &folder.join(CA))?;
    } else if !next.exists() {
        // A key that was written before its certificate, and nothing after: it is made again when asked for.
        remove(&folder.join(NEXT_CA_KEY))?;
    }
    Ok(())
}
