//! The model of a disk: what is safe on it, and what is on its way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Rng;

/// Bytes that a disk writes whole.
const SECTOR_BYTES: u64 = 512;

/// What a program did to its files, in order. Files are numbered: a name may be given to another file later.
#[derive(Clone, Debug)]
pub enum Op {
    /// A file of this name was made, or was found with these bytes, all of them safe.
    Open {
        /// Its name.
        path: PathBuf,
        /// Its number.
        file: usize,
        /// What it held; none = it was made.
        found: Option<Vec<u8>>,
    },
    /// Bytes were written.
    Write {
        /// Where to.
        file: usize,
        /// At which byte.
        offset: u64,
        /// Which bytes.
        bytes: Vec<u8>,
    },
    /// The file was cut to a length.
    Truncate {
        /// Which.
        file: usize,
        /// Its new length in bytes.
        length: u64,
    },
    /// The program waited until all that was written to the file is safe.
    Sync {
        /// Which.
        file: usize,
    },
    /// The name was taken away.
    Delete {
        /// Which.
        path: PathBuf,
        /// Whether the folder was synced after it.
        synced: bool,
    },
    /// The test's own note: a number of its choice.
    Note(u64),
}

/// What becomes of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is gone.
    Lost,
    /// All of it came through.
    Kept,
    /// Each write came through or did not, in any order: a later one may have, an earlier one not.
    SomeWrites,
    /// Each sector came through or did not: writes are torn.
    SomeSectors,
    /// As before, and a sector that was being written may hold rubbish.
    Rubbish,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 5] = [Self::Lost, Self::Kept, Self::SomeWrites, Self::SomeSectors, Self::Rubbish];
}

#[derive(Clone, Debug)]
enum Pending {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Clone, Debug, Default)]
struct Bytes {
    safe: Vec<u8>,
    pending: Vec<Pending>,
    was_synced: bool,
}

#[derive(Clone, Debug)]
enum Naming {
    Given(PathBuf, usize),
    Taken(PathBuf),
}

/// The disk after some operations.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    files: BTreeMap<usize, Bytes>,
    names: BTreeMap<PathBuf, usize>,
    namings: Vec<Naming>,
}

impl Disk {
    /// Lets an operation happen.
    pub fn apply(&mut self, op: &Op) {
        match op {
            Op::Open { path, file, found } => {
                let bytes = self.files.entry(*file).or_default();
                if let Some(found) = found {
                    bytes.safe.clone_from(found);
                    bytes.was_synced = true;
                    self.names.insert(path.clone(), *file);
                } else {
                    self.namings.push(Naming::Given(path.clone(), *file));
                }
            }
            Op::Write { file, offset, bytes } => self.pend(*file, Pending::Write(*offset, bytes.clone())),
            Op::Truncate { file, length } => self.pend(*file, Pending::Truncate(*length)),
            Op::Sync { file } => self.sync(*file),
            Op::Delete { path, synced } => {
                self.namings.push(Naming::Taken(path.clone()));
                if *synced {
                    self.name_all();
                }
            }
            Op::Note(_) => {}
        }
    }

    fn pend(&mut self, file: usize, pending: Pending) {
        self.files.entry(file).or_default().pending.push(pending);
    }

    fn sync(&mut self, file: usize) {
        let bytes = self.files.entry(file).or_default();
        for pending in std::mem::take(&mut bytes.pending) {
            land(&mut bytes.safe, &pending);
        }
        // SQLite syncs the folder with the first sync of a file that it made.
        if !std::mem::replace(&mut bytes.was_synced, true) {
            self.name_all();
        }
    }

    fn name_all(&mut self) {
        for naming in std::mem::take(&mut self.namings) {
            name(&mut self.names, &naming);
        }
    }

    /// Writes into `folder` what the disk may hold if the power is cut now. The same draws give the same disk.
    pub fn after_the_cut(&self, fate: Fate, rng: &mut Rng, folder: &Path) -> std::io::Result<()> {
        let mut names = self.names.clone();
        // Names are journalled by file systems: a first part of the changes is there.
        let came_through = match fate {
            Fate::Lost => 0,
            Fate::Kept => self.namings.len(),
            _ => usize::try_from(rng.below(self.namings.len() as u64 + 1)).unwrap_or(0),
        };
        for naming in &self.namings[..came_through] {
            name(&mut names, naming);
        }
        for (path, file) in names {
            let Some(file_name) = path.file_name() else { continue };
            let held = self.files.get(&file).map_or_else(Vec::new, |bytes| bytes.after_the_cut(fate, rng));
            std::fs::write(folder.join(file_name), held)?;
        }
        Ok(())
    }
}

impl Bytes {
    fn after_the_cut(&self, fate: Fate, rng: &mut Rng) -> Vec<u8> {
        let mut held = self.safe.clone();
        for pending in &self.pending {
            match (fate, pending) {
                (Fate::Lost, _) => {}
                (Fate::Kept, _) => land(&mut held, pending),
                (Fate::SomeWrites, _) | (_, Pending::Truncate(_)) => {
                    if rng.coin() {
                        land(&mut held, pending);
                    }
                }
                (Fate::SomeSectors | Fate::Rubbish, Pending::Write(offset, bytes)) => {
                    land_in_sectors(&mut held, (*offset, bytes), fate == Fate::Rubbish, rng);
                }
            }
        }
        held
    }
}

fn land_in_sectors(held: &mut Vec<u8>, (offset, bytes): (u64, &[u8]), rubbish: bool, rng: &mut Rng) {
    let mut from = 0_usize;
    while from < bytes.len() {
        let at = offset + from as u64;
        let to_border = usize::try_from(SECTOR_BYTES - at % SECTOR_BYTES).unwrap_or(1);
        let to = bytes.len().min(from + to_border);
        match rng.below(if rubbish { 3 } else { 2 }) {
            0 => {}
            1 => land(held, &Pending::Write(at, bytes[from..to].to_vec())),
            _ => {
                let noise = (from..to).map(|_| rng.draw().to_be_bytes()[0]).collect();
                land(held, &Pending::Write(at, noise));
            }
        }
        from = to;
    }
}

fn land(held: &mut Vec<u8>, pending: &Pending) {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match pending {
        Pending::Truncate(length) => held.resize(size(*length).min(held.len()), 0),
        Pending::Write(offset, bytes) => {
            let (from, to) = (size(*offset), size(*offset) + bytes.len());
            if held.len() < to {
                held.resize(to, 0);
            }
            held[from..to].copy_from_slice(bytes);
        }
    }
}

fn name(names: &mut BTreeMap<PathBuf, usize>, naming: &Naming) {
    match naming {
        Naming::Given(path, file) => {
            names.insert(path.clone(), *file);
        }
        Naming::Taken(path) => {
            names.remove(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(ops: &[Op], fate: Fate) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = Disk::default();
        for op in ops {
            disk.apply(op);
        }
        disk.after_the_cut(fate, &mut Rng::new(1), folder.path()).unwrap();
        std::fs::read(folder.path().join("a")).ok()
    }

    fn write(offset: u64, bytes: &[u8]) -> Op {
        Op::Write { file: 0, offset, bytes: bytes.to_vec() }
    }

    #[test]
    fn what_was_synced_stays_and_the_rest_may_go() {
        let open = Op::Open { path: "/x/a".into(), file: 0, found: None };
        let ops = [open, write(0, b"safe"), Op::Sync { file: 0 }, write(4, b"late")];
        assert_eq!(held(&ops[..2], Fate::Lost), None, "not even its name");
        assert_eq!(held(&ops, Fate::Lost).unwrap(), b"safe");
        assert_eq!(held(&ops, Fate::Kept).unwrap(), b"safelate");
        for fate in Fate::ALL {
            assert!(held(&ops, fate).unwrap().starts_with(b"safe"), "{fate:?}");
        }
        let deleted = [ops.as_slice(), &[Op::Delete { path: "/x/a".into(), synced: false }]].concat();
        assert_eq!(held(&deleted, Fate::Lost).unwrap(), b"safe", "a deletion that was not synced comes back");
        assert_eq!(held(&deleted, Fate::Kept), None);
    }

    #[test]
    fn a_torn_write_leaves_old_sectors_between_new_ones() {
        let open = Op::Open { path: "/x/a".into(), file: 0, found: Some(vec![1; 8192]) };
        let torn = held(&[open, write(0, &[2; 8192])], Fate::SomeSectors).unwrap();
        assert!(torn.contains(&1) && torn.contains(&2));
        assert!(torn.chunks(512).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
    }
}
