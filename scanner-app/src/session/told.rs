//! What the clerk was told, scan by scan: kept with the log, brought back after a restart.

use std::collections::HashMap;

use shared::code::PackageCode;
use shared::event::{Event, Stage};
use shared::ids::{BasisId, EpochId, OperatorId};
use shared::mismatch::{Mismatch, ScanResult};
use shared::rules::verdict_on;
use shared::time::Timestamp;

use super::Session;
use crate::store::{ScanRow, StoreError};

/// What the clerk is told of one scan, after it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The label's text.
    pub text: String,
    /// The package, where the text names one.
    pub code: Option<PackageCode>,
    /// The one-word answer.
    pub result: ScanResult,
    /// What speaks against it, gravest first.
    pub verdict: Vec<Mismatch>,
    /// The epoch of the event.
    pub epoch: EpochId,
    /// The event's number.
    pub seq: u64,
    /// When it was scanned.
    pub at: Timestamp,
    /// Number of the frame that it was read in: labels of one frame are answered by the worst of them.
    pub frame: u64,
    /// Who scanned it.
    pub operator: Option<OperatorId>,
    /// Whether it was undone.
    pub undone: bool,
}

impl Feedback {
    /// What was scanned: the package, in whatever form its label had it, or else the label's text.
    pub fn what(&self) -> Result<&PackageCode, &str> {
        self.code.as_ref().ok_or(self.text.as_str())
    }

    /// Whether the package counts: it went on, or it arrived.
    #[must_use]
    pub fn counts(&self, stage: Stage) -> bool {
        match self.result {
            ScanResult::Accepted => true,
            ScanResult::Duplicate => false,
            ScanResult::Wrong | ScanResult::Blocked => !stage.sends() && self.code.is_some(),
        }
    }
}

pub(super) fn feedback(
    text: &str,
    code: Option<PackageCode>,
    mut verdict: Vec<Mismatch>,
    (event, frame): (&Event, u64),
) -> Feedback {
    verdict.sort_by_key(|mismatch| std::cmp::Reverse(mismatch.severity));
    Feedback {
        text: text.to_owned(),
        code,
        result: ScanResult::of(&verdict),
        verdict,
        epoch: event.epoch,
        seq: event.seq,
        at: event.at,
        frame,
        operator: event.operator.clone(),
        undone: false,
    }
}

impl Session {
    /// What was last told of a label in this task.
    #[must_use]
    pub fn told_of(&self, text: &str) -> Option<&Feedback> {
        let newest = self.newest_of_text.get(text).map(|place| &self.feedback[*place]);
        newest.filter(|answer| !answer.undone)
    }

    /// Brings back what this task had shown before a restart. What is not known any more is judged again.
    pub(super) fn recall(&mut self) -> Result<(), StoreError> {
        let Self { store, knowledge, device, task, .. } = self;
        let mut verdicts: HashMap<BasisId, Vec<Mismatch>> = HashMap::new();
        let mut answers = Vec::new();
        store.each_scan_of(&task.task, |ScanRow { event, shown, voided }| {
            let Some((_, movement)) = event.act.movement() else { return Ok(()) };
            let code = knowledge.read(&movement.text);
            let verdict = if let Some((_, verdict)) = shown {
                verdict
            } else {
                let basis = &movement.basis;
                if !verdicts.contains_key(basis) {
                    verdicts.insert(basis.clone(), knowledge.judge_all(store, basis, device.now())?);
                }
                verdict_on(&knowledge.fact(event.clone()), code.as_ref(), &verdicts[basis])
            };
            let mut answer = feedback(&movement.text, code, verdict, (&event, movement.frame.unwrap_or(event.seq)));
            answer.undone = voided;
            answers.push(answer);
            Ok(())
        })?;
        for answer in answers {
            self.remember(answer);
        }
        Ok(())
    }

    pub(super) fn remember(&mut self, answer: Feedback) {
        let place = self.feedback.len();
        self.counted += u64::from(!answer.undone && answer.counts(self.task.stage));
        self.by_seq.insert(answer.seq, place);
        let told = self.newest_of_text.get(&answer.text).is_some_and(|before| !self.feedback[*before].undone);
        if !(answer.undone && told) {
            self.newest_of_text.insert(answer.text.clone(), place);
        }
        self.feedback.push(answer);
    }

    /// What was told of a scan that is undone counts no more.
    pub(super) fn forget(&mut self, place: usize) {
        let answer = &mut self.feedback[place];
        if std::mem::replace(&mut answer.undone, true) {
            return;
        }
        self.counted -= u64::from(answer.counts(self.task.stage));
        // An earlier scan of the same label stands, and speaks for it again.
        let text = answer.text.clone();
        if let Some(before) = self.feedback[..place].iter().rposition(|other| !other.undone && other.text == text)
            && self.newest_of_text.get(&text) == Some(&place)
        {
            self.newest_of_text.insert(text, before);
        }
    }
}
