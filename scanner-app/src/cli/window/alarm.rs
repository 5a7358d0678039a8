//! The blocked alarm: it stands until its button is held, through restarts.

use anyhow::Result;
use shared::mismatch::{Kind, ScanResult, Severity};

use super::clerk::Clerk;
use super::state::AlarmState;
use crate::feedback::{Cue, Signal};
use crate::session::Feedback;
use crate::ui::view::{AlarmView, Outcome};

/// Under what name it is kept with its task.
const NAME: &str = "alarm";

/// Under what name the late blocks that were acknowledged are kept.
const SEEN: &str = "late-seen";

/// The answer as the screen shows it.
pub(super) fn outcome(answer: &Feedback) -> Outcome {
    let warned = answer.verdict.iter().any(|found| found.severity == Severity::Warn);
    Outcome { result: answer.result, note: warned && answer.result == ScanResult::Accepted }
}

/// What blocks, of an answer.
fn blocking(answer: &Feedback) -> Option<Kind> {
    answer.verdict.iter().find(|found| found.severity == Severity::Block).map(|found| found.kind)
}

impl Clerk {
    /// Takes answers in: a block raises the alarm, everything else is counted on it while it stands.
    pub(super) fn raise(&mut self, answers: &[Feedback]) -> Result<()> {
        let blocks: Vec<(u64, Kind)> =
            answers.iter().filter_map(|answer| blocking(answer).map(|kind| (answer.seq, kind))).collect();
        if self.state.alarm.is_none() && blocks.is_empty() {
            return Ok(());
        }
        let is_new = self.state.alarm.is_none();
        let alarm = self.state.alarm.get_or_insert_with(AlarmState::default);
        alarm.blocked.extend(blocks);
        if !is_new {
            for answer in answers {
                count(&mut alarm.meanwhile, outcome(answer));
            }
        }
        self.keep_alarm()
    }

    /// The server blocks what was accepted here: only while its task is open.
    pub(super) fn raise_late_blocks(&mut self) -> Result<()> {
        let Some(session) = self.work.session() else { return Ok(()) };
        let seen: Vec<u64> = session.place(SEEN)?.unwrap_or_default();
        let known = self.state.alarm.as_ref().map(|alarm| alarm.blocked.clone()).unwrap_or_default();
        let session = self.work.session_ref();
        let late = session.map(crate::session::Session::late_blocks).transpose()?.unwrap_or_default();
        let new: Vec<(u64, Kind)> = late
            .into_iter()
            .filter(|(seq, _)| !seen.contains(seq) && !known.iter().any(|(other, _)| other == seq))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        self.state.alarm.get_or_insert_with(AlarmState::default).blocked.extend(new);
        self.deck.give(Cue::of(Signal::Blocked, self.prefs.manner()));
        self.keep_alarm()
    }

    /// The alarm of the task that was just opened, if it had one.
    pub(super) fn recall_alarm(&mut self) -> Result<()> {
        let Some(session) = self.work.session() else { return Ok(()) };
        self.state.alarm = session.place(NAME)?;
        if self.state.alarm.is_some() {
            self.deck.give(Cue::of(Signal::Blocked, self.prefs.manner()));
        }
        Ok(())
    }

    fn keep_alarm(&mut self) -> Result<()> {
        let alarm = self.state.alarm.clone();
        if let Some(session) = self.work.session() {
            session.keep_place(NAME, alarm.as_ref())?;
        }
        Ok(())
    }

    /// The button was held for a second.
    pub(super) fn acknowledge(&mut self) -> Result<()> {
        let Some(alarm) = self.state.alarm.take() else { return Ok(()) };
        let mut kinds: Vec<Kind> = alarm.blocked.iter().map(|(_, kind)| *kind).collect();
        kinds.sort();
        kinds.dedup();
        if let Some(session) = self.work.session() {
            session.acknowledge(kinds)?;
            let mut seen: Vec<u64> = session.place(SEEN)?.unwrap_or_default();
            seen.extend(alarm.blocked.iter().map(|(seq, _)| *seq));
            session.keep_place(SEEN, Some(&seen))?;
            session.keep_place::<AlarmState>(NAME, None)?;
        }
        self.deck.acknowledge();
        self.worker.wake();
        Ok(())
    }

    pub(super) fn alarm_view(&self) -> Option<AlarmView> {
        let alarm = self.state.alarm.as_ref()?;
        let (seq, kind) = alarm.blocked.first().copied()?;
        let answers = self.work.feedback();
        let tail = |seq: u64| {
            let answer = answers.iter().find(|answer| answer.seq == seq);
            answer.map_or_else(|| "?".to_owned(), super::show::tail)
        };
        let others = alarm.blocked.iter().skip(1).map(|(seq, kind)| (tail(*seq), *kind)).collect();
        let code = answers.iter().find(|answer| answer.seq == seq).and_then(|answer| answer.code.as_ref());
        let product = code.map(|code| self.product_words(code)).unwrap_or_default();
        Some(AlarmView { kind, tail: tail(seq), product, others, meanwhile: alarm.meanwhile.clone() })
    }
}

fn count(counts: &mut Vec<(Outcome, u32)>, outcome: Outcome) {
    match counts.iter_mut().find(|(known, _)| *known == outcome) {
        Some((_, count)) => *count += 1,
        None => counts.push((outcome, 1)),
    }
}
