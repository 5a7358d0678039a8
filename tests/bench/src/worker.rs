//! A contender in a process of its own: pictures come in on stdin, what was read goes out on stdout.
//!
//! A decoder may crash, or take minutes over one picture: only a process can then be ended. All contenders work this way, so
//! all pay the same.

use std::io::{BufReader, Read, Write};

use serde::{Deserialize, Serialize};
use vision::LumaView;

use crate::contender::{Contender, Name, open};
use crate::measure::Clock;

/// What a picture is to the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A photograph.
    Picture,
    /// A frame that nothing came before.
    LoneFrame,
    /// The first frame of a sequence, taken at the given ms.
    FirstFrame(u64),
    /// A further frame of that sequence.
    NextFrame(u64),
}

/// A worker's first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// It is ready.
    Ready {
        /// Its version and settings.
        settings: String,
        /// Whether it does more over consecutive frames than read each.
        follows_frames: bool,
    },
    /// It cannot take part, for this reason.
    Absent(String),
}

/// A worker's line for each picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What was read.
    pub texts: Vec<String>,
    /// CPU time of the reading, all threads, ms.
    pub cpu_ms: f64,
    /// The same on the wall, ms.
    pub wall_ms: f64,
}

const HEADER_BYTES: usize = 32;

/// Writes a picture for a worker: kind, width, height and time as eight bytes each, little-endian, then its rows.
pub fn send(out: &mut impl Write, kind: Kind, view: &LumaView<'_>) -> std::io::Result<()> {
    let (word, at_ms) = match kind {
        Kind::Picture => (0, 0),
        Kind::LoneFrame => (3, 0),
        Kind::FirstFrame(at_ms) => (1, at_ms),
        Kind::NextFrame(at_ms) => (2, at_ms),
    };
    for number in [word, view.width() as u64, view.height() as u64, at_ms] {
        out.write_all(&number.to_le_bytes())?;
    }
    for y in 0..view.height() {
        out.write_all(view.row(y))?;
    }
    out.flush()
}

/// Serves as the contender until stdin ends. An error is a broken pipe or a broken request.
pub fn serve(name: Name) -> std::io::Result<()> {
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    serve_on(open(name), BufReader::new(stdin.lock()), stdout.lock())
}

fn serve_on(
    contender: Result<Box<dyn Contender>, String>,
    mut requests: impl Read,
    mut answers: impl Write,
) -> std::io::Result<()> {
    let mut contender = match contender {
        Ok(contender) => contender,
        Err(why) => return line(&mut answers, &Greeting::Absent(why)),
    };
    let (settings, follows_frames) = (contender.settings(), contender.follows_frames());
    line(&mut answers, &Greeting::Ready { settings, follows_frames })?;
    let mut pixels = Vec::new();
    while let Some((kind, width, height)) = receive(&mut requests, &mut pixels)? {
        let view = LumaView::new(&pixels, width, height, width).map_err(std::io::Error::other)?;
        let clock = Clock::process();
        let texts = match kind {
            Kind::Picture => contender.read(&view),
            Kind::LoneFrame => contender.read_lone_frame(&view),
            Kind::FirstFrame(at_ms) => contender.read_frame(&view, true, at_ms),
            Kind::NextFrame(at_ms) => contender.read_frame(&view, false, at_ms),
        };
        let lap = clock.lap();
        line(&mut answers, &Answer { texts, cpu_ms: lap.cpu_ms, wall_ms: lap.wall_ms })?;
    }
    Ok(())
}

/// The next picture, its rows in `pixels`; `None` at the end.
fn receive(from: &mut impl Read, pixels: &mut Vec<u8>) -> std::io::Result<Option<(Kind, usize, usize)>> {
    let mut header = [0; HEADER_BYTES];
    match from.read_exact(&mut header) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut numbers =
        header.chunks_exact(8).map(|chunk| chunk.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
    let mut next = || numbers.next().unwrap_or_default();
    let (word, width, height, at_ms) = (next(), next(), next(), next());
    let size = |side: u64| usize::try_from(side).map_err(std::io::Error::other);
    let (width, height) = (size(width)?, size(height)?);
    pixels.resize(width * height, 0);
    from.read_exact(pixels)?;
    let kind = match word {
        0 => Kind::Picture,
        3 => Kind::LoneFrame,
        1 => Kind::FirstFrame(at_ms),
        _ => Kind::NextFrame(at_ms),
    };
    Ok(Some((kind, width, height)))
}

fn line(out: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_string(value)?;
    text.push('\n');
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says what it was asked.
    struct Parrot;

    impl Contender for Parrot {
        fn settings(&self) -> String {
            "parrot".to_owned()
        }
        fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
            vec![format!("{}x{} {:?}", view.width(), view.height(), view.data())]
        }
        fn follows_frames(&self) -> bool {
            true
        }
        fn read_frame(&mut self, _: &LumaView<'_>, first: bool, at_ms: u64) -> Vec<String> {
            vec![format!("{first} {at_ms}")]
        }
    }

    #[test]
    fn pictures_and_frames_arrive_as_sent() {
        let data = [1, 2, 3, 99, 4, 5, 6];
        let view = LumaView::new(&data, 3, 2, 4).unwrap();
        let mut requests = Vec::new();
        for kind in [Kind::Picture, Kind::LoneFrame, Kind::FirstFrame(7), Kind::NextFrame(1 << 40)] {
            send(&mut requests, kind, &view).unwrap();
        }
        let mut answers = Vec::new();
        serve_on(Ok(Box::new(Parrot)), requests.as_slice(), &mut answers).unwrap();
        let text = String::from_utf8(answers).unwrap();
        let mut lines = text.lines();
        let greeting: Greeting = serde_json::from_str(lines.next().unwrap()).unwrap();
        assert_eq!(greeting, Greeting::Ready { settings: "parrot".to_owned(), follows_frames: true });
        let texts: Vec<String> =
            lines.map(|line| serde_json::from_str::<Answer>(line).unwrap().texts.concat()).collect();
        assert_eq!(texts, ["3x2 [1, 2, 3, 4, 5, 6]", "3x2 [1, 2, 3, 4, 5, 6]", "true 7", "false 1099511627776"]);
    }

    #[test]
    fn who_is_absent_says_why() {
        let mut answers = Vec::new();
        serve_on(Err("not installed".to_owned()), [].as_slice(), &mut answers).unwrap();
        let greeting: Greeting = serde_json::from_slice(&answers).unwrap();
        assert_eq!(greeting, Greeting::Absent("not installed".to_owned()));
    }
}
