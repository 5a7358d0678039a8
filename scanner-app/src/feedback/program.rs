//! Sound by a program that every Linux with sound has: a process for each sound, raw samples on its standard input. So the app needs
//! no sound library at build, and a sound system that hangs or crashes takes no scan with it.

use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::output::{OutputError, Speaker};
use super::synth::RATE_HZ;

/// Bytes handed on before `play` returns: a pipe takes them without waiting, and they sound for 85 ms.
const FIRST_BYTES: usize = 8_192;

/// Plays by a program.
#[derive(Debug)]
pub struct ProgramSpeaker {
    program: String,
    arguments: Vec<String>,
    playing: Option<Child>,
}

impl ProgramSpeaker {
    /// `aplay` of alsa-utils.
    #[must_use]
    pub fn aplay() -> Self {
        let rate = RATE_HZ.to_string();
        Self::new("aplay", &["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", &rate, "--buffer-time=40000", "-"])
    }

    /// `pw-play` of `PipeWire`.
    #[must_use]
    pub fn pw_play() -> Self {
        let rate = format!("--rate={RATE_HZ}");
        Self::new("pw-play", &["--raw", "--format=s16", "--channels=1", &rate, "--latency=20ms", "-"])
    }

    /// Any program that takes 16-bit little-endian mono samples at [`RATE_HZ`] on its standard input.
    #[must_use]
    pub fn new(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        Self { program: program.to_owned(), arguments, playing: None }
    }

    fn failed(&self, source: std::io::Error) -> OutputError {
        OutputError::Player { program: self.program.clone(), source }
    }
}

impl Speaker for ProgramSpeaker {
    fn play(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        self.stop();
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|source| self.failed(source))?;
        let pipe = child.stdin.take();
        self.playing = Some(child);
        let Some(mut pipe) = pipe else { return Ok(()) };
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let first = bytes.len().min(FIRST_BYTES);
        pipe.write_all(&bytes[..first]).map_err(|source| self.failed(source))?;
        hand_on(pipe, bytes[first..].to_vec()).map_err(|source| self.failed(source))
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.playing.take() {
            // A player that has ended by itself cannot be killed; it is waited for all the same, so that none is left behind.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for ProgramSpeaker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The rest is written as fast as the player takes it, on a thread that ends with the pipe.
fn hand_on(mut pipe: ChildStdin, rest: Vec<u8>) -> std::io::Result<()> {
    let write = move || {
        // A sound that was cut ends here with a broken pipe: that is how it is cut.
        let _ = pipe.write_all(&rest);
    };
    std::thread::Builder::new().name("sound".to_owned()).spawn(write).map(drop)
}
