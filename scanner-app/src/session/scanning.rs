//! A label in: judged, recorded, answered after the commit; and taken back.

use shared::event::{Act, Capture, Event, LabelMetadata, Movement, VoidReason};
use shared::ids::EventRef;
use shared::mismatch::{Kind, Mismatch, Severity};

use super::told::feedback;
use super::{Feedback, Session};
use crate::store::{Entry, Shown, StoreError};

impl Session {
    /// Records the labels of one frame together, each judged with the ones before it. Answers after the commit.
    pub fn scan(
        &mut self,
        readings: &[(String, Option<LabelMetadata>)],
        how: Capture,
    ) -> Result<Vec<Feedback>, StoreError> {
        if readings.is_empty() {
            return Ok(Vec::new());
        }
        let first_seq = self.store.next_seq()?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut answers = Vec::new();
        for (text, label) in readings {
            let seq = first_seq + entries.len() as u64;
            // The number of a frame's first event names the frame: unique in the log, whatever the task.
            let event = self.event(seq, self.movement(text, label.clone(), (how, first_seq)));
            let answer = match self.judge(&event, first_seq, &mut entries) {
                Ok(answer) => answer,
                Err(error) => return Err(self.unrecorded(error)),
            };
            answers.push(answer);
        }
        if let Err(error) = self.store.append_shown(entries, |_| Ok(())) {
            return Err(self.unrecorded(error));
        }
        self.knowledge.committed();
        answers.iter().cloned().for_each(|answer| self.remember(answer));
        Ok(answers)
    }

    /// Judges one scan and puts it, and what follows from it, behind the entries of its frame.
    fn judge(&mut self, event: &Event, frame: u64, entries: &mut Vec<Entry>) -> Result<Feedback, StoreError> {
        let Some((_, movement)) = event.act.movement() else { return Err(StoreError::Corrupt("no scan to judge")) };
        let now = self.device.now();
        let fact = self.knowledge.fact(event.clone());
        let mut judged = self.knowledge.judge(&self.store, &fact, now)?;
        let code = self.knowledge.read(&movement.text);
        let answer = feedback(&movement.text, code, std::mem::take(&mut judged.verdict), (event, frame));
        let shown = Shown { result: answer.result, verdict: answer.verdict.clone() };
        entries.push(Entry { event: event.clone(), shown: Some(shown) });
        if let Some(act) = self.set_aside(&answer) {
            let aside = self.event(event.seq + 1, act);
            self.knowledge.set_aside(judged, self.knowledge.fact(aside.clone()), now);
            entries.push(Entry { event: aside, shown: None });
        }
        Ok(answer)
    }

    /// Nothing of the frame was recorded: what was judged is forgotten.
    fn unrecorded(&mut self, error: StoreError) -> StoreError {
        self.knowledge.forget_sums();
        error
    }

    /// Undoes the newest scan of this task that is not undone. Answers which, or none.
    pub fn undo_last(&mut self) -> Result<Option<Feedback>, StoreError> {
        let newest = self.feedback.iter().rev().find(|answer| !answer.undone).map(|answer| answer.seq);
        newest.map_or(Ok(None), |seq| self.undo(seq))
    }

    /// Undoes the scan of this number. Answers it, or none where this task has no such scan, or it is undone already.
    pub fn undo(&mut self, seq: u64) -> Result<Option<Feedback>, StoreError> {
        self.undo_because(seq, VoidReason::DidNotOccur)
    }

    /// Whether the undo of a scan needs a reason in a person's words: somebody else scanned it, or it is late (the agreed
    /// `undo_ms`).
    #[must_use]
    pub fn asks_why_undone(&self, seq: u64) -> bool {
        let Some(scan) = self.by_seq.get(&seq).map(|place| &self.feedback[*place]) else { return false };
        let age_ms = self.device.now().as_ms().saturating_sub(scan.at.as_ms());
        scan.operator != self.identity.operator || age_ms > self.references().policy().limits.undo_ms
    }

    /// The same with the reason why.
    pub fn undo_because(&mut self, seq: u64, reason: VoidReason) -> Result<Option<Feedback>, StoreError> {
        let found = self.by_seq.get(&seq).copied().filter(|place| !self.feedback[*place].undone);
        let Some(place) = found else { return Ok(None) };
        let voids = EventRef { terminal: self.store.terminal(), epoch: self.feedback[place].epoch, seq };
        let void = self.event(self.store.next_seq()?, Act::Void { voids, reason });
        let scan = self.store.event(voids)?.map(|event| self.knowledge.fact(event));
        if let Some(scan) = scan {
            let fact = self.knowledge.fact(void.clone());
            let now = self.device.now();
            self.knowledge.undo(&self.store, &scan, fact, now)?;
        }
        if let Err(error) = self.store.append(&[void], |_| Ok(())) {
            return Err(self.unrecorded(error));
        }
        self.knowledge.load_aims(&self.store)?;
        self.forget(place);
        Ok(Some(self.feedback[place].clone()))
    }

    fn movement(&self, text: &str, label: Option<LabelMetadata>, (how, frame): (Capture, u64)) -> Act {
        let movement = Movement {
            task: self.task.task.clone(),
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            text: text.to_owned(),
            how,
            label,
            frame: Some(frame),
            reason: self.reason,
        };
        Act::scan(self.task.stage, movement)
    }

    /// A hold or a block at a sending stage takes the package out of the flow, in the commit of its scan.
    fn set_aside(&self, answer: &Feedback) -> Option<Act> {
        let grave = |mismatch: &&Mismatch| mismatch.severity >= Severity::Hold;
        let kinds: Vec<Kind> = answer.verdict.iter().filter(grave).map(|mismatch| mismatch.kind).collect();
        let repeats = answer.verdict.iter().any(|found| found.kind == Kind::RepeatedScan);
        let aside = self.task.stage.sends() && !kinds.is_empty() && !repeats;
        aside.then(|| Act::SetAside { task: self.task.task.clone(), scan_seq: answer.seq, kinds })
    }
}
