//! A terminal without a window: frames come in by stdin, and of each it tells what it read, when it was durable. The loop is the one of
//! `scanner-app scan`.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Instant;

use scanner_app::capture::{CaptureError, Input, InputReader, Seen, Source};
use scanner_app::session::Acceptance;
use serde::{Deserialize, Serialize};
use shared::event::Capture;
use shared::mismatch::ScanResult;
use vision::{Aim, Luma, LumaView};

use super::world;

/// One frame's outcome.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// Finding and reading its labels, ms.
    pub read_ms: f64,
    /// Verdicts and commit of those that are new, ms.
    pub scan_ms: f64,
    /// From the frame in memory to the feedback in hand, ms.
    pub total_ms: f64,
    /// Labels that were new and accepted.
    pub accepted: usize,
    /// Labels that were new.
    pub new: usize,
}

/// Serves until stdin ends. Its first line says that it is ready.
pub fn serve(folder: &Path) -> anyhow::Result<()> {
    let mut session = world::session(world::store(folder)?)?;
    let mut source = Frames { input: io::stdin().lock(), arrived: Instant::now() };
    let mut reader = InputReader::new(&source, Aim::Everything);
    let mut acceptance = Acceptance::default();
    let mut out = io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()?;
    while let Some(input) = source.next() {
        let arrived = source.arrived;
        let frame = reader.read(input?)?;
        let read_ms = arrived.elapsed().as_secs_f64() * 1e3;
        let new = acceptance.accept(frame.readings, frame.at_ms);
        let answers = session.scan(&new, source.how())?;
        let total_ms = arrived.elapsed().as_secs_f64() * 1e3;
        let accepted = answers.iter().filter(|answer| answer.result == ScanResult::Accepted).count();
        let told = Told { read_ms, scan_ms: total_ms - read_ms, total_ms, accepted, new: new.len() };
        writeln!(out, "{}", serde_json::to_string(&told)?)?;
        out.flush()?;
    }
    Ok(())
}

/// Sends a frame to a desk: time, width, height, then one byte for each pixel.
pub(super) fn send(out: &mut impl Write, at_ms: u64, view: &LumaView<'_>) -> io::Result<()> {
    out.write_all(&at_ms.to_le_bytes())?;
    for length in [view.width(), view.height()] {
        out.write_all(&(length as u64).to_le_bytes())?;
    }
    for y in 0..view.height() {
        out.write_all(view.row(y))?;
    }
    out.flush()
}

struct Frames<R> {
    input: R,
    /// When the last frame was in memory.
    arrived: Instant,
}

impl<R: Read> Frames<R> {
    fn frame(&mut self) -> io::Result<Input> {
        let mut head = [[0; 8]; 3];
        for word in &mut head {
            self.input.read_exact(word)?;
        }
        let [at_ms, width, height] = head.map(u64::from_le_bytes);
        let size = |length: u64| usize::try_from(length).map_err(io::Error::other);
        let (width, height) = (size(width)?, size(height)?);
        let mut pixels = vec![0; width.saturating_mul(height)];
        self.input.read_exact(&mut pixels)?;
        self.arrived = Instant::now();
        let picture = Luma::new(pixels, width, height).map_err(io::Error::other)?;
        Ok(Input { at_ms, seen: Seen::Picture(picture) })
    }
}

impl<R: Read> Source for Frames<R> {
    fn next(&mut self) -> Option<Result<Input, CaptureError>> {
        // The stream ends where its writer ends; half a frame is no frame.
        self.frame().ok().map(Ok)
    }

    fn how(&self) -> Capture {
        Capture::Camera
    }
}
