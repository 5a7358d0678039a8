//! What a rescue brought out of a damaged store and the server had not acknowledged: files of bodies beside the new store, offered as
//! disputed. A file goes when the server has acknowledged all of it.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use shared::ids::EpochId;

use super::{Store, StoreError, meta, set_meta};

/// A run of events that a rescue kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    path: PathBuf,
    /// Of which epoch.
    pub epoch: EpochId,
    /// Number of the first body here.
    pub first_seq: u64,
    /// The bodies that the server has not acknowledged yet, as they were.
    pub bodies: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
struct Head {
    epoch: EpochId,
    first_seq: u64,
}

impl Store {
    /// The next run of events that a rescue kept for the server; none where nothing is left over.
    pub fn next_leftover(&self) -> Result<Option<Leftover>, StoreError> {
        let Some(path) = self.leftovers()?.into_iter().next() else { return Ok(None) };
        let bytes = fs::read(&path).map_err(|source| file_error(&path, source))?;
        let mut lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n');
        let head: Head = serde_json::from_slice(lines.next().unwrap_or_default())?;
        let taken = meta(&self.conn, &key(&path))?.and_then(|taken| taken.parse().ok()).unwrap_or(0);
        let bodies: Vec<Vec<u8>> = lines.skip(taken).map(<[u8]>::to_vec).collect();
        Ok(Some(Leftover { path, epoch: head.epoch, first_seq: head.first_seq + taken as u64, bodies }))
    }

    /// How many such runs there are.
    pub fn leftovers_pending(&self) -> Result<u64, StoreError> {
        Ok(self.leftovers()?.len() as u64)
    }

    /// The server has acknowledged so many more bodies of a run.
    pub fn leftover_taken(&mut self, leftover: &Leftover, count: usize) -> Result<(), StoreError> {
        let path = &leftover.path;
        if count >= leftover.bodies.len() {
            fs::remove_file(path).map_err(|source| file_error(path, source))?;
            self.conn.execute("delete from meta where name = ?1", [key(path)])?;
            return Ok(());
        }
        let before = meta(&self.conn, &key(path))?.and_then(|taken| taken.parse().ok()).unwrap_or(0_usize);
        set_meta(&self.conn, &key(path), &(before + count).to_string())
    }

    fn leftovers(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut folder = self.path.as_os_str().to_owned();
        folder.push(".disputed");
        let folder = PathBuf::from(folder);
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(|source| file_error(&folder, source)));
        let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "ndjson"));
        paths.sort();
        Ok(paths)
    }
}

fn key(path: &std::path::Path) -> String {
    format!("leftover/{}", path.file_name().unwrap_or_default().to_string_lossy())
}

fn file_error(path: &std::path::Path, source: std::io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;

    #[test]
    fn a_run_goes_when_all_of_it_was_taken() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(&folder.path().join("t.sqlite")).unwrap();
        assert_eq!(store.next_leftover().unwrap(), None);
        let kept = folder.path().join("t.sqlite.disputed");
        std::fs::create_dir(&kept).unwrap();
        let text = "{\"offer\":\"disputed\",\"epoch\":\"00000000-0000-0000-0000-000000000009\",\"first_seq\":7,\"count\":3}\nA\nB\nC\n";
        std::fs::write(kept.join("9-7.ndjson"), text).unwrap();
        std::fs::write(kept.join("9-8.ndjson.part"), "torn").unwrap();
        let whole = store.next_leftover().unwrap().unwrap();
        assert_eq!((whole.first_seq, whole.bodies.len(), store.leftovers_pending().unwrap()), (7, 3, 1));
        store.leftover_taken(&whole, 2).unwrap();
        let rest = store.next_leftover().unwrap().unwrap();
        assert_eq!((rest.first_seq, rest.bodies.as_slice()), (9, [b"C".to_vec()].as_slice()));
        store.leftover_taken(&rest, 1).unwrap();
        assert_eq!(store.next_leftover().unwrap(), None);
    }
}
