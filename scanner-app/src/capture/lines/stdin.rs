//! Lines on standard input: a hand scanner behind a pipe, a fixed reader or a script.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};

use super::assembler::LineAssembler;
use super::{Feed, LINES_WAITING, Line, LineSource};
use crate::capture::{CaptureError, KeySettings};

/// The lines of the only reader: what a task did not take is the next task's, and two readers would share out the bytes.
static LINES: OnceLock<Mutex<Receiver<Line>>> = OnceLock::new();

/// Standard input as a source.
pub(in crate::capture) fn open(settings: KeySettings) -> LineSource {
    let lines = LINES.get_or_init(|| {
        let (send, lines) = sync_channel(LINES_WAITING);
        let reader = std::thread::Builder::new().name("scanner".to_owned());
        // Without a thread nothing is sent and the source ends at once.
        let _ = reader.spawn(move || read(std::io::stdin().lock(), &send));
        Mutex::new(lines)
    });
    LineSource::new(Feed::Shared(lines), settings)
}

/// Reads to the end, or until nobody listens.
fn read(mut input: impl Read, send: &SyncSender<Line>) {
    let mut assembler = LineAssembler::default();
    let mut bytes = [0; 4_096];
    loop {
        let read = match input.read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let _ = send.send(Err(CaptureError::Wedge(error)));
                return;
            }
        };
        for line in bytes[..read].iter().filter_map(|byte| assembler.push(*byte)) {
            if send.send(line).is_err() {
                return;
            }
        }
    }
    if let Some(line) = assembler.finish() {
        let _ = send.send(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_come_and_the_end_ends() {
        let (send, lines) = sync_channel(10);
        read(&b"ONE\r\nTWO\nTHREE"[..], &send);
        drop(send);
        let lines: Vec<String> = lines.into_iter().map(Result::unwrap).collect();
        assert_eq!(lines, ["ONE", "TWO", "THREE"]);
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the pipe burst"))
        }
    }

    #[test]
    fn a_broken_pipe_says_so() {
        let (send, lines) = sync_channel(1);
        read(Broken, &send);
        assert!(lines.recv().unwrap().unwrap_err().to_string().contains("the pipe burst"));
    }
}
