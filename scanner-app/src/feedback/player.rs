//! Which cue sounds when: a newer one cuts an older, but nothing cuts *blocked*, which comes back until somebody acknowledges it.
//! Pure: time is an argument.

use super::cue::Cue;

/// How often an alarm that nobody acknowledged sounds, in milliseconds from start to start.
pub const ALARM_EVERY_MS: u64 = 3_000;

/// What is told now.
#[derive(Clone, Debug, Default)]
pub struct Player {
    alarm: Option<Cue>,
    sounded_ms: u64,
}

impl Player {
    /// Something new. Answers the cue to be given now, cutting whatever sounds; none where the alarm goes on undisturbed. While an
    /// alarm is open every scan is answered by the alarm: a clerk must not hear *accepted* over it.
    pub fn offer(&mut self, cue: Cue, now_ms: u64) -> Option<Cue> {
        if cue.is_alarm && self.alarm.is_none() {
            self.alarm = Some(cue.clone());
            self.sounded_ms = now_ms;
            return Some(cue);
        }
        let Some(alarm) = &self.alarm else { return Some(cue) };
        if now_ms.saturating_sub(self.sounded_ms) < alarm.sound_ms() {
            return None;
        }
        self.sounded_ms = now_ms;
        Some(alarm.clone())
    }

    /// Time passed. Answers the alarm where it is due again.
    pub fn tick(&mut self, now_ms: u64) -> Option<Cue> {
        let alarm = self.alarm.as_ref()?;
        if now_ms.saturating_sub(self.sounded_ms) < ALARM_EVERY_MS {
            return None;
        }
        self.sounded_ms = now_ms;
        Some(alarm.clone())
    }

    /// When `tick` has something to say, at the earliest; none while there is no alarm.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        self.alarm.as_ref().map(|_| self.sounded_ms + ALARM_EVERY_MS)
    }

    /// Somebody acknowledged the alarm (and every block that came while it was open).
    pub fn acknowledge(&mut self) {
        self.alarm = None;
    }

    /// Whether an alarm is open.
    #[must_use]
    pub const fn is_alarmed(&self) -> bool {
        self.alarm.is_some()
    }
}
