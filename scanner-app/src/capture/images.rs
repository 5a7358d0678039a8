//! A folder of pictures, in the order of their names, as if a camera had taken them.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use shared::event::Capture;
use vision::Luma;

use super::playback::{Playback, PlaybackClock, Rate};
use super::{CaptureError, Input, Seen, Source};

pub(super) struct Images {
    files: Vec<PathBuf>,
    next: usize,
    rounds: u32,
    playback: Playback,
    clock: PlaybackClock,
}

impl Images {
    pub(super) fn open(path: &Path, playback: Playback) -> Result<Self, CaptureError> {
        let failed = |source| CaptureError::Folder { path: path.display().to_string(), source };
        let mut files = Vec::new();
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(failed)? {
                let file = entry.map_err(failed)?.path();
                if file.is_file() {
                    files.push(file);
                }
            }
            files.sort_by(|a, b| by_number(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(b)));
        } else {
            std::fs::metadata(path).map_err(failed)?;
            files.push(path.to_owned());
        }
        let clock = PlaybackClock::new(playback.fps.map_or(Rate::THIRTY, Rate::from), playback.paced);
        Ok(Self { files, next: 0, rounds: 1, playback, clock })
    }
}

impl Source for Images {
    fn next(&mut self) -> Option<Result<Input, CaptureError>> {
        if self.next == self.files.len() && self.playback.times.goes_on(self.rounds) {
            self.rounds = self.rounds.saturating_add(1);
            self.next = 0;
        }
        let path = self.files.get(self.next)?;
        self.next += 1;
        let at_ms = self.clock.tick();
        Some(match Luma::open(path) {
            Ok(picture) => Ok(Input { at_ms, seen: Seen::Picture(picture) }),
            Err(error) => Err(CaptureError::Picture(error.to_string())),
        })
    }

    fn how(&self) -> Capture {
        Capture::File
    }

    /// Pictures at the pace of a camera are taken for its frames.
    fn is_continuous(&self) -> bool {
        self.playback.paced
    }
}

/// The order that people give: `frame-9` before `frame-10`.
fn by_number(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let order = match (digits(a), digits(b)) {
            (0, 0) => match (a.chars().next(), b.chars().next()) {
                (None, None) => return Ordering::Equal,
                (first, second) if first == second => {
                    let len = first.map_or(0, char::len_utf8);
                    (a, b) = (&a[len..], &b[len..]);
                    continue;
                }
                (first, second) => first.cmp(&second),
            },
            (0, _) | (_, 0) => a.chars().next().cmp(&b.chars().next()),
            (left, right) => {
                let (x, y) = (a[..left].trim_start_matches('0'), b[..right].trim_start_matches('0'));
                (a, b) = (&a[left..], &b[right..]);
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Bytes of the number that a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_that_people_give() {
        let mut names = ["b2", "b10", "b1", "a", "b02x", "b2x", "箱10", "箱9", "", "10", "9", "b"];
        names.sort_by(|a, b| by_number(a, b));
        assert_eq!(names, ["", "9", "10", "a", "b", "b1", "b2", "b02x", "b2x", "b10", "箱9", "箱10"]);
    }

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (shade, name) in names.iter().enumerate() {
            // A PGM is no supported format, so one file of each folder is a bad one.
            let bytes =
                if name.ends_with("bad") { b"P5 1 1 255 0".to_vec() } else { bmp(u8::try_from(shade).unwrap()) };
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    /// A BMP of one grey pixel.
    fn bmp(shade: u8) -> Vec<u8> {
        let mut bytes = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0".to_vec();
        bytes.resize(54, 0);
        bytes.extend_from_slice(&[shade, shade, shade, 0]);
        bytes
    }

    #[test]
    fn a_bad_file_is_its_own_error_and_the_others_come_in_order_with_their_times() {
        let folder = folder(&["9.bmp", "10.bad", "100.bmp", "11.bmp"]);
        let playback = Playback { fps: 10.try_into().ok(), ..Playback::default() };
        let mut images = Images::open(folder.path(), playback).unwrap();
        let mut seen = Vec::new();
        while let Some(input) = images.next() {
            seen.push(match input {
                Ok(Input { at_ms, seen: Seen::Picture(luma) }) => (at_ms, luma.view().pixel(0, 0)),
                Ok(other) => panic!("{other:?}"),
                Err(error) => {
                    assert!(error.is_passing() && error.to_string().contains("10.bad"), "{error}");
                    (0, 0)
                }
            });
        }
        assert_eq!(seen, [(100, 0), (0, 0), (300, 3), (400, 2)]);
    }

    #[test]
    fn rounds_go_on_with_a_clock_that_never_steps_back() {
        let folder = folder(&["1.bmp", "2.bmp"]);
        let playback = Playback { times: "3".parse().unwrap(), ..Playback::default() };
        let mut images = Images::open(folder.path(), playback).unwrap();
        let times: Vec<u64> = std::iter::from_fn(|| images.next()).map(|input| input.unwrap().at_ms).collect();
        assert_eq!(times, [33, 66, 100, 133, 166, 200]);
        let empty = tempfile::tempdir().unwrap();
        let forever = Playback { times: "forever".parse().unwrap(), ..Playback::default() };
        assert!(Images::open(empty.path(), forever).unwrap().next().is_none(), "nothing is not shown for ever");
    }
}
