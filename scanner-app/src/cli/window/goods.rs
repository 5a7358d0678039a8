//! Receipt in one tap, cases, reports, practice, diagnostics, carrying.

use std::sync::Arc;

use anyhow::Result;
use serde_json::json;
use shared::event::Stage;

use super::clerk::Clerk;
use super::faults::{Fault, of_any};
use super::work::Work;
use crate::carry::fountain::{Frames, SYMBOL_BYTES};
use crate::carry::{file, picture};
use crate::diagnostics::{Wanted, gather, write_bundle};
use crate::operators::Answer;
use crate::session::receipt::{ConfirmError, LineDiffers};
use crate::session::reports::ReportError;
use crate::training::{Trainee, Training};
use crate::ui::Intent;
use crate::ui::carry::Modules;
use crate::ui::intent::Differ;
use crate::ui::route::{Move, Page};
use crate::ui::view::{Pair, StripTone};
use shared::wire::sealed::{Load, MOVING_BYTES_MAX};

/// How long one tap can be undone by its bar.
const UNDO_MS: u64 = 10_000;

/// Between two pictures of a moving code.
const CODE_EVERY_MS: u64 = 100;

impl Clerk {
    pub(super) fn want_of_goods(&mut self, intent: Intent) -> Result<()> {
        match intent {
            Intent::OtherSlot => self.other_slot(),
            Intent::PutWhole(order) => self.put_whole(order),
            Intent::ConfirmAll => self.confirm_all(),
            Intent::UndoConfirm => self.undo_confirmation(),
            Intent::ScanEach => {
                self.state.receipt.each = true;
                Ok(())
            }
            Intent::Step { line, what, by } => {
                self.step(line, what, by);
                Ok(())
            }
            Intent::RefuseAll => {
                self.refuse_all();
                Ok(())
            }
            Intent::Report(_)
            | Intent::ReportCount(_)
            | Intent::ReportOf(_)
            | Intent::ReportPack(_)
            | Intent::ReportSend => self.want_of_report(intent),
            Intent::Photo => self.photo(),
            Intent::CaseBegin(_)
            | Intent::CaseMode(_)
            | Intent::CaseUndo
            | Intent::CaseGiveUp
            | Intent::CaseFinish(_)
            | Intent::CaseDespite
            | Intent::CheckUndo
            | Intent::CheckFinish
            | Intent::CheckLeave => self.want_of_case(&intent),
            Intent::PaperMark(place) => self.mark_paper(place),
            Intent::PapersRecord => self.record_papers(),
            Intent::Return(document) => self.return_of(&document.as_str().into()),
            Intent::Because(reason) => self.because(reason),
            Intent::Print => {
                self.print();
                Ok(())
            }
            Intent::Listen => self.listen(),
            Intent::StopListening => {
                self.state.nearby.stop();
                Ok(())
            }
            Intent::Release(seq) => self.release(seq),
            Intent::CarryCode => self.carry_code(),
            Intent::CarryFile => {
                self.carry_file();
                Ok(())
            }
            Intent::Diagnostics => {
                self.diagnostics();
                Ok(())
            }
            Intent::Practise(stage) => self.practise(stage),
            Intent::LeavePractice => self.leave(),
            _ => Ok(()),
        }
    }

    fn confirm_all(&mut self) -> Result<()> {
        let differs = std::mem::take(&mut self.state.receipt.differs);
        let stayed_away: u64 = differs.values().map(|line| line.short + line.refused).sum();
        let photos = self.state.receipt.photos.clone();
        let Some(session) = self.work.session() else { return Ok(()) };
        match session.confirm_with(&differs, &photos) {
            Ok(confirmed) => {
                self.state.receipt.photos.clear();
                let until = self.device.mono_ms() + UNDO_MS;
                self.state.receipt.confirmed = Some((confirmed.count, until));
                self.state.stale();
                self.worker.wake();
                if !confirmed.to_scan.is_empty() {
                    let came = (confirmed.to_scan.len() as u64).saturating_sub(stayed_away);
                    self.say(StripTone::Stale, to_scan_words(came), None);
                    self.state.receipt.each = true;
                }
            }
            Err(ConfirmError::Store(error)) => {
                self.or_full::<()>(Err(error))?;
            }
            Err(error) => {
                self.state.receipt.differs = differs;
                self.say(StripTone::Trouble, error.pair(), None);
            }
        }
        Ok(())
    }

    fn undo_confirmation(&mut self) -> Result<()> {
        let Some(session) = self.work.session() else { return Ok(()) };
        session.undo_confirmation()?;
        self.state.receipt.confirmed = None;
        self.state.stale();
        self.worker.wake();
        Ok(())
    }

    fn step(&mut self, line: usize, what: Differ, by: i64) {
        let Some(lines) = &self.state.lines else { return };
        let Some(ordered) = lines.get(line) else { return };
        let due = ordered.due_packages.unwrap_or(0);
        let line = self.state.receipt.differs.entry(ordered.product.clone()).or_default();
        let others = line.short + line.damaged + line.refused;
        let count = match what {
            Differ::Short => &mut line.short,
            Differ::Damaged => &mut line.damaged,
            Differ::Refused => &mut line.refused,
        };
        if by < 0 || others < due {
            *count = count.saturating_add_signed(by);
        }
        if *line == LineDiffers::default() {
            self.state.receipt.differs.remove(&ordered.product);
        }
    }

    /// Nothing of what is due is taken in.
    fn refuse_all(&mut self) {
        let lines = self.state.lines.iter().flatten();
        let all = lines.filter_map(|line| Some((line.product.clone(), line.due_packages.filter(|due| *due > 0)?)));
        let refused = |due| LineDiffers { refused: due, ..LineDiffers::default() };
        self.state.receipt.differs = all.map(|(product, due)| (product, refused(due))).collect();
    }

    /// What differs is signed with the PIN of whoever is signed in.
    pub(super) fn sign(&mut self, pin: &str) -> Result<()> {
        if self.signs_in() {
            let number = self.operator().map(|operator| operator.to_string()).unwrap_or_default();
            let answer = self.ask_desk(&number, pin)?;
            // What was typed goes with its answer: left in the pad it would stand before the next try's digits.
            self.state.sign.answers += 1;
            match answer {
                Some(Answer::Welcome { .. }) => {}
                Some(answer) => {
                    self.state.receipt.sign_trouble = Some(super::desk::pair(&answer));
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        self.state.receipt.sign_trouble = None;
        self.go(Move::To(Page::Work));
        self.confirm_all()
    }

    fn release(&mut self, seq: u64) -> Result<()> {
        if !self.supervises() {
            let words = ("解除隔离要主管登录。".to_owned(), "A supervisor signs in to set packages free.".to_owned());
            self.say(StripTone::Trouble, words, None);
            return Ok(());
        }
        let Some(session) = self.work.session() else { return Ok(()) };
        match session.release(seq) {
            Ok(()) => {
                self.state.stale();
                self.worker.wake();
                let words = ("已解除隔离，重新计数。".to_owned(), "Set free; it counts again.".to_owned());
                self.say(StripTone::Calm, words, None);
            }
            Err(ReportError::Store(error)) => {
                self.or_full::<()>(Err(error))?;
            }
            Err(error) => self.say(StripTone::Trouble, error.pair(), None),
        }
        Ok(())
    }

    fn practise(&mut self, stage: Stage) -> Result<()> {
        let trainee = Trainee {
            terminal: self.config.terminal,
            member: self.config.member.clone(),
            site: self.config.site.clone(),
            operator: self.operator(),
        };
        let training = Training::open(&self.config.store, Arc::clone(&self.device), &trainee, stage)?;
        let Some(store) = std::mem::replace(&mut self.work, Work::Moving).into_store() else { return Ok(()) };
        self.work = Work::Drill(Box::new(training), store);
        self.state.new_task();
        self.go(Move::Opened);
        Ok(())
    }

    fn diagnostics(&mut self) {
        let now = self.device.now();
        let name = format!("diagnostics-{}.tar.zst", now.as_ms());
        let to = self.config.store.with_file_name(name);
        let parts = gather(
            &self.config,
            self.device.as_ref(),
            &json!({ "source": self.eye.source_name() }),
            Wanted { codes: false },
        );
        let shown = to.display().to_string();
        (self.state.settings_message, self.state.written) = match write_bundle(&to, &parts, now) {
            Ok(_) => (Some((("诊断包已写入：".into(), "The bundle is written:".into()), false)), Some(shown)),
            Err(error) => (Some((error.pair(), true)), None),
        };
    }

    fn carry_code(&mut self) -> Result<()> {
        let Some(store) = self.work.store() else { return Ok(()) };
        let parcel = super::super::carry::packed(&self.config, store, self.device.as_ref());
        let carry = &mut self.state.carry;
        match parcel.map(|parcels| parcels.into_iter().next()) {
            Ok(Some(parcel)) if parcel.bytes().len() <= MOVING_BYTES_MAX as usize => {
                carry.frames = Some(Frames::new(Load::Parcel, parcel.bytes(), SYMBOL_BYTES)?);
                carry.message = None;
            }
            Ok(Some(_)) => {
                let words = ("太多，二维码装不下。写入文件带走。", "Too much for a moving code. Write a file.");
                carry.message = Some(((words.0.to_owned(), words.1.to_owned()), true));
            }
            Ok(None) => carry.message = Some((("没有待传的记录。".to_owned(), "Nothing waits.".to_owned()), false)),
            Err(error) => carry.message = Some((of_any(&error), true)),
        }
        Ok(())
    }

    fn carry_file(&mut self) {
        let Some(store) = self.work.store() else { return };
        let to = self.config.store.with_file_name(format!("carry-{}.tallyman", self.device.now().as_ms()));
        let written = super::super::carry::packed(&self.config, store, self.device.as_ref())
            .and_then(|parcels| Ok(file::write_parcels(&to, &parcels)?));
        self.state.carry.written = Vec::new();
        self.state.carry.message = Some(match written {
            Ok(files) if files.is_empty() => (("没有待传的记录。".to_owned(), "Nothing waits.".to_owned()), false),
            Ok(files) => {
                self.state.carry.written = files.iter().map(|file| file.display().to_string()).collect();
                (("已写入：".to_owned(), "Written to:".to_owned()), false)
            }
            Err(error) => (of_any(&error), true),
        });
    }

    /// The next picture of a moving code, ten a second, while its page shows.
    pub(super) fn tick_carry(&mut self, now_ms: u64) {
        let carry = &mut self.state.carry;
        if *self.route.page() != Page::Carry {
            carry.frames = None;
            carry.code = None;
            return;
        }
        if now_ms < carry.next_ms {
            return;
        }
        let Some(frame) = carry.frames.as_mut().and_then(Iterator::next) else { return };
        carry.next_ms = now_ms + CODE_EVERY_MS;
        let shown = carry.code.as_ref().map_or(0, |(_, shown)| *shown) + 1;
        carry.code = picture::modules(&frame.to_text()).map(|(side, dark)| (Modules { side, dark }, shown));
    }
}

/// What is left to do once it is recorded that some did not come: which of the line did is told by scanning them.
fn to_scan_words(came: u64) -> Pair {
    match came {
        0 => ("已记录：一个也没收。按“结束”。".into(), "Recorded: nothing was taken in. Close.".into()),
        1 => (
            "已记录。扫收到的 1 个；没扫的不算收到。".into(),
            "Recorded. Scan the one that came; what is not scanned is not received.".into(),
        ),
        came => (
            format!("已记录。逐个扫收到的 {came} 个；没扫的不算收到。"),
            format!("Recorded. Scan the {came} that came; what is not scanned is not received."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_is_not_asked_to_be_scanned() {
        assert!(to_scan_words(2).1.contains("the 2 that came"));
        assert!(to_scan_words(1).1.contains("the one that came"));
        let (zh, en) = to_scan_words(0);
        assert!(!zh.contains('扫') && !en.contains("can"), "nothing came, and a scan is asked for: {zh} {en}");
    }
}
