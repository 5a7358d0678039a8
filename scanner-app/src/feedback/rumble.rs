//! Vibration by Linux force feedback: a motor that the kernel offers as an input device.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use evdev::{Device, FFEffectCode, FFEffectData, FFEffectKind, FFReplay, FFTrigger};

use super::output::{OutputError, Vibrator};
use super::signal::Buzz;

/// A device's motor, driven on a thread of its own, since a pattern takes longer than a scan may wait.
#[derive(Debug)]
pub struct Rumble {
    patterns: Sender<Vec<Buzz>>,
}

impl Rumble {
    /// Opens `/dev/input/eventN`.
    pub fn open(path: &Path) -> Result<Self, OutputError> {
        let shown = path.display().to_string();
        let failed = |source| OutputError::Vibrator { device: shown.clone(), source };
        let device = Device::open(path).map_err(failed)?;
        if !device.supported_ff().is_some_and(|kinds| kinds.contains(FFEffectCode::FF_RUMBLE)) {
            return Err(OutputError::NoRumble(shown));
        }
        let (patterns, wanted) = channel();
        let work = std::thread::Builder::new().name("vibration".to_owned());
        work.spawn(move || run(device, &wanted)).map_err(failed)?;
        Ok(Self { patterns })
    }

    /// The first device here that vibrates.
    #[must_use]
    pub fn find() -> Option<Self> {
        let mut devices: Vec<_> = evdev::enumerate().collect();
        devices.sort_by(|one, other| one.0.cmp(&other.0));
        devices.into_iter().find_map(|(path, _)| Self::open(&path).ok())
    }
}

impl Vibrator for Rumble {
    fn buzz(&mut self, buzzes: &[Buzz]) -> Result<(), OutputError> {
        // A motor that was pulled out ended the thread: the next start looks for it again.
        let _ = self.patterns.send(buzzes.to_vec());
        Ok(())
    }
}

fn run(mut device: Device, wanted: &Receiver<Vec<Buzz>>) {
    let mut next = wanted.recv().ok();
    while let Some(pattern) = next.take() {
        match give(&mut device, &pattern, wanted) {
            Ok(cut) => next = cut.or_else(|| wanted.recv().ok()),
            Err(error) => {
                tracing::warn!("vibration stopped: {error}");
                return;
            }
        }
    }
}

/// Gives a pattern; answers the one that cut it.
fn give(device: &mut Device, pattern: &[Buzz], wanted: &Receiver<Vec<Buzz>>) -> std::io::Result<Option<Vec<Buzz>>> {
    for buzz in pattern {
        let mut effect = device.upload_ff_effect(effect(*buzz))?;
        effect.play(1)?;
        match wanted.recv_timeout(Duration::from_millis(u64::from(buzz.on_ms + buzz.off_ms))) {
            Ok(newer) => {
                effect.stop()?;
                return Ok(Some(newer));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return effect.stop().map(|()| None),
        }
    }
    Ok(None)
}

fn effect(buzz: Buzz) -> FFEffectData {
    let strength = if buzz.soft { u16::MAX / 2 } else { u16::MAX };
    FFEffectData {
        direction: 0,
        trigger: FFTrigger { button: 0, interval: 0 },
        replay: FFReplay { length: u16::try_from(buzz.on_ms).unwrap_or(u16::MAX), delay: 0 },
        kind: FFEffectKind::Rumble { strong_magnitude: strength, weak_magnitude: strength },
    }
}
