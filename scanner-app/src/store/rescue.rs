//! The guided rescue of a damaged store: copies first, then every readable event, then a new store that goes on from the old one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;
use shared::chain::{Hash, epoch_hash, event_hash, sha256};
use shared::event::PreviousEpoch;
use shared::ids::{EpochId, TerminalId};

use super::identity::set_previous;
use super::mark::Place;
use super::open::lock;
use super::salvage::{Found, Salvage};
use super::{Store, StoreError, check, hidden};

/// What a rescue brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rescued {
    /// Events that could be read.
    pub events: u64,
    /// Of them, those that the server has not acknowledged: they are kept to be offered again.
    pub offered_again: u64,
    /// The log's lives, in order.
    pub epochs: Vec<RescuedEpoch>,
    /// The epoch of the new store.
    pub new_epoch: EpochId,
    /// Where the copies and the readable events lie.
    pub folder: PathBuf,
}

/// What a rescue brought of one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RescuedEpoch {
    /// Which.
    pub epoch: EpochId,
    /// Events that could be read.
    pub events: u64,
    /// The last number that is known to have been given.
    pub last: u64,
    /// Up to where the server acknowledged them, as far as can be read.
    pub acknowledged: u64,
    /// Numbers that are missing, as ranges from … to. Those up to `acknowledged` are with the server.
    pub missing: Vec<(u64, u64)>,
    /// Numbers whose bytes do not fit the chain's value that is stored beside them.
    pub broken: Vec<u64>,
}

/// Rescues the store at `path` into the folder `to`; `new_epoch` names the epoch of the new store. `mark` is where the mark lies, as
/// in `Opening`. May be run again after it was cut off: nothing that was copied is overwritten, and the damaged store is replaced
/// last.
pub fn rescue(
    path: &Path,
    to: &Path,
    (terminal, new_epoch): (TerminalId, EpochId),
    mark: Option<&Path>,
) -> Result<Rescued, StoreError> {
    let _lock = lock(path)?;
    let mark = mark.map(|mark| hidden::marked(mark, terminal)).transpose()?.flatten();
    match check::verify(path, terminal, None) {
        Ok(verified) if verified.ok && hidden::refuse(path, None, mark).is_ok() => {
            return Err(StoreError::Sound(path.display().to_string()));
        }
        Err(error @ (StoreError::Newer(_) | StoreError::Older(_))) => return Err(error),
        _ => {}
    }
    let salvage = salvage(path, to, terminal)?;
    if salvage.events.is_empty() {
        return Err(StoreError::NothingReadable(path.display().to_string()));
    }
    copy_aside(path, to)?;
    let epochs = in_order(&salvage, terminal, mark);
    export(to, &epochs)?;
    let offered_again = offer_again(path, &epochs)?;
    replace(path, (terminal, new_epoch), &epochs)?;
    Ok(Rescued {
        events: epochs.iter().map(|epoch| epoch.events.len() as u64).sum(),
        offered_again,
        epochs: epochs.iter().map(Epoch::report).collect(),
        new_epoch,
        folder: to.to_owned(),
    })
}

/// One epoch's events, the best version of each, with what its link to the one before says.
struct Epoch {
    id: EpochId,
    events: BTreeMap<u64, (Found, Link)>,
    acknowledged: u64,
    last: u64,
    last_hash: Option<Hash>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Link {
    /// The stored value follows from the one before and the bytes.
    Holds,
    /// It does not: the bytes or the value were changed.
    Broken,
    /// The one before is missing.
    Unlinked,
}

fn in_order(salvage: &Salvage, terminal: TerminalId, mark: Option<Place>) -> Vec<Epoch> {
    let mut epochs: BTreeMap<EpochId, Epoch> = BTreeMap::new();
    for ((id, seq), versions) in &salvage.events {
        let acknowledged = salvage.epochs.get(id).map_or(0, |known| known.1);
        let new = || Epoch { id: *id, events: BTreeMap::new(), acknowledged, last: 0, last_hash: None };
        let epoch = epochs.entry(*id).or_insert_with(new);
        let before = match seq {
            1 => vec![epoch_hash(terminal, *id)],
            _ => salvage.events.get(&(*id, seq - 1)).into_iter().flatten().map(|found| found.hash).collect(),
        };
        let fits = |found: &&Found| before.iter().any(|before| event_hash(*before, &found.body) == found.hash);
        let best = match versions.iter().find(fits) {
            Some(found) => (found.clone(), Link::Holds),
            None if before.is_empty() => (versions[0].clone(), Link::Unlinked),
            None => (versions[0].clone(), Link::Broken),
        };
        (epoch.last, epoch.last_hash) = (*seq, Some(best.0.hash));
        epoch.events.insert(*seq, best);
    }
    if let Some(epoch) = mark.and_then(|mark| epochs.get_mut(&mark.epoch).filter(|epoch| epoch.last < mark.seq)) {
        (epoch.last, epoch.last_hash) = mark.map_or((epoch.last, None), |mark| (mark.seq, Some(mark.hash)));
    }
    let mut epochs: Vec<Epoch> = epochs.into_values().collect();
    // In the order that the store knew; where that cannot be read, by the clock of the first event.
    epochs.sort_by_key(|epoch| {
        let ordinal = salvage.epochs.get(&epoch.id).map_or(i64::MAX, |known| known.0);
        let first =
            epoch.events.values().next().and_then(|(found, _)| shared::event::Event::from_body(&found.body).ok());
        (ordinal, first.map(|event| event.at))
    });
    epochs
}

impl Epoch {
    fn report(&self) -> RescuedEpoch {
        let mut missing = Vec::new();
        let mut next = 1;
        for seq in self.events.keys().copied().chain([self.last + 1]) {
            if seq > next {
                missing.push((next, seq - 1));
            }
            next = seq + 1;
        }
        let broken = self.events.iter().filter(|(_, (_, link))| *link == Link::Broken);
        RescuedEpoch {
            epoch: self.id,
            events: self.events.len() as u64,
            last: self.last,
            acknowledged: self.acknowledged,
            missing,
            broken: broken.map(|(seq, _)| *seq).collect(),
        }
    }
}

/// Reads the store and the copies of earlier tries.
fn salvage(path: &Path, to: &Path, terminal: TerminalId) -> Result<Salvage, StoreError> {
    let mut salvage = Salvage::default();
    let mut read = |store: &Path| -> Result<(), StoreError> {
        let bytes = |path: &Path| if path.exists() { fs::read(path).map_err(failed(path)) } else { Ok(Vec::new()) };
        salvage.add(&bytes(store)?, &bytes(&beside(store, "-wal"))?, terminal);
        Ok(())
    };
    read(path)?;
    for copy in copies(to) {
        read(&copy.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(salvage)
}

fn copies(to: &Path) -> Vec<PathBuf> {
    (1..u32::MAX).map(|n| to.join(format!("damaged-{n}"))).take_while(|folder| folder.exists()).collect()
}

/// Copies the store's files as they are, and compares.
fn copy_aside(path: &Path, to: &Path) -> Result<(), StoreError> {
    let folder = to.join(format!("damaged-{}", copies(to).len() + 1));
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    for ending in ["", "-wal", "-shm", "-journal"] {
        let from = beside(path, ending);
        let Some(name) = from.file_name().filter(|_| from.exists()) else { continue };
        let copy = folder.join(name);
        fs::copy(&from, &copy).and_then(|_| File::open(&copy)?.sync_all()).map_err(failed(&copy))?;
        let digest = |path: &Path| fs::read(path).map(|bytes| sha256(&[&bytes])).map_err(failed(path));
        // The shared memory is nobody's to read; the others must be equal.
        if ending != "-shm" && digest(&from)? != digest(&copy)? {
            return Err(failed(&copy)(std::io::Error::other("the copy differs from the original")));
        }
    }
    sync_folder(&folder)?;
    sync_folder(to)
}

/// Every readable event, one a line, in order.
fn export(to: &Path, epochs: &[Epoch]) -> Result<(), StoreError> {
    let mut lines = Vec::new();
    for epoch in epochs {
        for (seq, (found, link)) in &epoch.events {
            let body = String::from_utf8_lossy(&found.body);
            let acknowledged = *seq <= epoch.acknowledged;
            let line = json!({ "epoch": epoch.id, "seq": seq, "hash": found.hash, "chain": link,
                "acknowledged": acknowledged, "body": body });
            lines.extend_from_slice(&serde_json::to_vec(&line)?);
            lines.push(b'\n');
        }
    }
    write_durably(&to.join("events.ndjson"), &lines)
}

/// Keeps what the server has not acknowledged beside the store, one file for each unbroken run of numbers: a line that says which,
/// then the bodies as they were.
fn offer_again(path: &Path, epochs: &[Epoch]) -> Result<u64, StoreError> {
    let folder = beside(path, ".disputed");
    let mut offered = 0;
    for epoch in epochs {
        let mut waiting = epoch.events.range(epoch.acknowledged + 1..).peekable();
        while let Some((first, (found, _))) = waiting.next() {
            let mut bodies = vec![&found.body];
            while let Some((_, (next, _))) = waiting.next_if(|(seq, _)| **seq == first + bodies.len() as u64) {
                bodies.push(&next.body);
            }
            offered += bodies.len() as u64;
            let head = json!({ "offer": "disputed", "epoch": epoch.id, "first_seq": first, "count": bodies.len() });
            let mut lines = serde_json::to_vec(&head)?;
            for body in bodies {
                lines.push(b'\n');
                lines.extend_from_slice(body);
            }
            lines.push(b'\n');
            fs::create_dir_all(&folder).map_err(failed(&folder))?;
            write_durably(&folder.join(format!("{}-{first}.ndjson", epoch.id)), &lines)?;
        }
    }
    Ok(offered)
}

/// Makes the new store beside the damaged one, and puts it in its place at last.
fn replace(path: &Path, (terminal, new_epoch): (TerminalId, EpochId), epochs: &[Epoch]) -> Result<(), StoreError> {
    let new = beside(path, ".new");
    for ending in ["", "-wal", "-shm", "-journal"] {
        remove(&beside(&new, ending))?;
    }
    let store = Store::open(&new, terminal, new_epoch)?;
    if let Some(last) = epochs.last() {
        let previous = PreviousEpoch {
            epoch: last.id,
            last_seq: last.last,
            hash: last.last_hash.unwrap_or(epoch_hash(terminal, last.id)),
            acknowledged_seq: last.acknowledged,
        };
        set_previous(&store.conn, &previous)?;
    }
    // The last connection takes the write-ahead log into the file.
    drop(store);
    remove(&beside(&new, ".lock"))?;
    File::open(&new).and_then(|file| file.sync_all()).map_err(failed(&new))?;
    // The damaged log goes first: SQLite would take it for the new store's. Its copy is safe.
    for ending in ["-wal", "-shm", "-journal"] {
        remove(&beside(path, ending))?;
    }
    fs::rename(&new, path).map_err(failed(path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let part = beside(path, ".part");
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&part, path)).map_err(failed(path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|file| file.sync_all()).map_err(failed(folder))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    move |source| StoreError::File { path: path.display().to_string(), source }
}
