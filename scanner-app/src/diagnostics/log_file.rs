//! The app's own log in a file beside the store: bounded, so that it never fills the disk that scans need.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of one file, at most, but for its last line.
pub const LOG_BYTES_MAX: u64 = 512 * 1024;

/// Where the app's log lies: beside the store, under its name.
#[must_use]
pub fn log_path(store: &Path) -> PathBuf {
    with_ending(store, ".log")
}

/// The file before the current one.
#[must_use]
pub fn older(path: &Path) -> PathBuf {
    with_ending(path, ".1")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A log file that turns into its own predecessor when it is full: two files at most, the newest lines always kept.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    bytes_max: u64,
    file: File,
    written: u64,
}

impl LogFile {
    /// Goes on with a log, or begins it.
    pub fn open(path: &Path, bytes_max: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let written = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), bytes_max, file, written })
    }

    fn turn(&mut self) -> io::Result<()> {
        fs::rename(&self.path, older(&self.path))?;
        *self = Self::open(&self.path, self.bytes_max)?;
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A file that cannot be turned is written on: a log is worth less than a running app.
        if self.written > 0 && self.written + bytes.len() as u64 > self.bytes_max && self.turn().is_err() {
            self.written = 0;
        }
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The last lines of a log and of the one before it, oldest first. Files that are not there have none.
#[must_use]
pub fn last_lines(path: &Path, at_most: usize) -> Vec<String> {
    let texts = [older(path), path.to_owned()].map(|path| fs::read(path).unwrap_or_default());
    let text = String::from_utf8_lossy(&texts.concat()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(at_most)..].iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_stays_within_two_files_and_keeps_its_newest_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.log");
        let mut log = LogFile::open(&path, 1_000).unwrap();
        for n in 0..500 {
            if n == 250 {
                log = LogFile::open(&path, 1_000).unwrap();
            }
            writeln!(log, "line {n:04}").unwrap();
        }
        let sizes = [&path, &older(&path)].map(|path| fs::metadata(path).unwrap().len());
        assert!(sizes.iter().all(|size| *size <= 1_000), "{sizes:?}");
        let lines = last_lines(&path, 50);
        assert_eq!((lines.len(), lines[49].as_str(), lines[0].as_str()), (50, "line 0499", "line 0450"));
        assert!(last_lines(&folder.path().join("none.log"), 5).is_empty());
    }
}
