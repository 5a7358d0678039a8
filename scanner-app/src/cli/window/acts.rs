//! What a person wants, done.

use anyhow::Result;
use shared::event::{Capture, Close, Stage, VoidReason};
use shared::mismatch::ScanResult;

use super::beside::{Beside, BesideState};
use super::clerk::Clerk;
use super::work::Work;
use crate::feedback::{Cue, Signal, VOLUME_MAX};
use crate::function_keys::Function;
use crate::session::opening::{Opening, Papers};
use crate::ui::Intent;
use crate::ui::intent::Setting;
use crate::ui::route::{ListTab, Move, Page};
use crate::ui::view::SkinView;

/// A second tap on Undo within so many milliseconds is the first one's echo.
const ECHO_MS: u64 = 600;

impl Clerk {
    /// Does what a person wants.
    pub(super) fn want(&mut self, intent: Intent) -> Result<()> {
        self.stir();
        match intent {
            Intent::Line(text) => {
                let now = self.device.now();
                let new = self.eye.line(text, now);
                self.read(new, Capture::Wedge)
            }
            Intent::SwitchLanguage => {
                use crate::config::Language;
                let other = if self.prefs.language == Language::Zh { Language::En } else { Language::Zh };
                self.prefs.language = other;
                self.keep_preferences();
                Ok(())
            }
            Intent::Acknowledged => self.acknowledge(),
            Intent::SignIn { number, pin } => self.sign_in(&number, &pin),
            Intent::NotMe => {
                self.not_me();
                Ok(())
            }
            // The alarm stands over everything else, and the sign-in over the work.
            _ if self.state.alarm.is_some() => Ok(()),
            _ if *self.route.floor() == Page::SignIn => Ok(()),
            other => self.want_here(other),
        }
    }

    fn want_here(&mut self, intent: Intent) -> Result<()> {
        match intent {
            Intent::Back => self.back(),
            Intent::Go(page) => self.go_to(page),
            Intent::Search => self.go_to(Page::Search),
            Intent::Function(number) => self.function(number),
            Intent::Typed(text) => self.typed(&text),
            Intent::SignOut => self.sign_out(),
            Intent::OpenTask(key) => self.task_of_key(&key).map_or(Ok(()), |task| self.open_task(task)),
            Intent::OpenGate(key) => self.open_gate(&key),
            Intent::Filter(stage) => {
                self.state.filter = stage;
                Ok(())
            }
            Intent::OpenRead(stage) => self.open_what_was_read(stage),
            Intent::Undo(seq) => self.undo(seq),
            Intent::UndoBecause(seq, reason) => self.undo_because(seq, reason),
            Intent::HistoryNew => {
                self.read_history_anew();
                Ok(())
            }
            Intent::HistoryFilter(tab) => {
                self.state.history.tab = tab;
                self.read_history_anew();
                Ok(())
            }
            Intent::ClearSearch => {
                self.state.search.clear();
                self.state.stale();
                Ok(())
            }
            Intent::Torch => {
                self.eye.switch_torch();
                Ok(())
            }
            Intent::Trigger => {
                self.trigger();
                Ok(())
            }
            Intent::Mode => {
                self.eye.switch_mode();
                Ok(())
            }
            Intent::Tab(tab) if *self.route.page() == Page::Work => {
                // The search goes on in the other list.
                self.state.beside.turn_to(Beside::Lists(tab));
                Ok(())
            }
            Intent::Tab(tab) => self.go_to(Page::Lists(tab)),
            Intent::BesideAgain => {
                self.state.beside = BesideState::default();
                self.state.search.clear();
                Ok(())
            }
            Intent::NotesSeen => self.notes_seen(),
            Intent::ClosePartial => self.close(Close::Partial),
            Intent::CloseFinal => self.close(Close::Final),
            Intent::CloseAndOpen(key) => self.close_and_open(&key),
            Intent::GoOn => self.go_on(),
            Intent::SyncNow => {
                self.worker.wake();
                Ok(())
            }
            Intent::Set(setting) => {
                self.set(setting);
                Ok(())
            }
            other => self.want_of_goods(other),
        }
    }

    fn back(&mut self) -> Result<()> {
        if matches!(self.work, Work::Closed(_)) {
            self.go(Move::Back);
            self.work.leave();
            return self.refresh_tasks();
        }
        if self.take_from_beside() {
            return Ok(());
        }
        self.state.search.clear();
        if self.go(Move::Back) { self.leave() } else { Ok(()) }
    }

    pub(super) fn go_to(&mut self, page: Page) -> Result<()> {
        if self.put_beside(&page) {
            return Ok(());
        }
        let page = match page {
            // A row of the history names its scan.
            Page::Package(text) => match text.strip_prefix('#').and_then(|seq| seq.parse::<u64>().ok()) {
                Some(seq) => {
                    self.state.chosen = Some(seq);
                    return Ok(());
                }
                None => Page::Package(text),
            },
            // Where nobody signs in there is no PIN to ask for: what differs is recorded at once.
            Page::Sign if !self.signs_in() => return self.sign(""),
            Page::Sign => {
                self.state.receipt.sign_trouble = None;
                Page::Sign
            }
            Page::Work if *self.route.floor() != Page::Work => return Ok(()),
            Page::Report => {
                self.state.report = super::state::ReportState::default();
                Page::Report
            }
            Page::Carry => {
                self.state.carry = super::state::CarryState::default();
                Page::Carry
            }
            // What the last scan answered there is long past.
            Page::Case => {
                (self.state.case.answer, self.state.case.about, self.state.case.insist) = (None, None, None);
                Page::Case
            }
            Page::Settings => {
                (self.state.settings_message, self.state.written) = (None, None);
                Page::Settings
            }
            Page::Returns => {
                self.load_returns()?;
                Page::Returns
            }
            Page::History => {
                self.read_history_anew();
                Page::History
            }
            other => other,
        };
        if page == Page::Tasks && *self.route.floor() == Page::Work {
            return self.leave();
        }
        if !matches!(page, Page::Search | Page::Package(_)) {
            self.state.search.clear();
        }
        self.go(Move::To(page));
        Ok(())
    }

    fn function(&mut self, function: Function) -> Result<()> {
        match function {
            Function::Trigger => {
                self.trigger();
                Ok(())
            }
            _ if *self.route.floor() != Page::Work => Ok(()),
            Function::Undo => match self.shown_seq() {
                Some(seq) => self.undo(seq),
                None => Ok(()),
            },
            Function::Lists => self.go_to(Page::Lists(ListTab::ToScan)),
            Function::Torch => {
                self.eye.switch_torch();
                Ok(())
            }
            Function::Close => self.go_to(Page::Close),
            Function::Menu => self.go_to(Page::Menu),
        }
    }

    /// The trigger: it looks through the camera whatever sheet is open; a label in view that was taken back, or left unrecorded, is read again.
    fn trigger(&mut self) {
        self.gaze.pull(self.device.mono_ms());
        let work = &self.work;
        self.eye.look_again(|text| work.told_of(text).is_none());
    }

    /// The scan that the banner shows.
    fn shown_seq(&self) -> Option<u64> {
        if self.state.undone.is_some() {
            return None;
        }
        super::show::worst_of_last_frame(self.work.feedback()).map(|answer| answer.seq)
    }

    /// Rows that came meanwhile are shown from now on.
    pub(super) fn read_history_anew(&mut self) {
        self.state.history.newest = self.work.feedback().last().map(|answer| answer.seq);
        self.state.history.shown = None;
        self.state.chosen = None;
    }

    fn undo(&mut self, seq: u64) -> Result<()> {
        if self.work.session_ref().is_some_and(|session| session.asks_why_undone(seq)) {
            self.state.history.why = Some(seq);
            self.go(Move::To(Page::UndoWhy));
            return Ok(());
        }
        self.undo_because(seq, VoidReason::DidNotOccur)
    }

    fn undo_because(&mut self, seq: u64, reason: VoidReason) -> Result<()> {
        if *self.route.page() == Page::UndoWhy {
            self.state.history.why = None;
            self.go(Move::Back);
        }
        let now_ms = self.device.mono_ms();
        if self.state.undone_ms.is_some_and(|before| now_ms.saturating_sub(before) < ECHO_MS) {
            return Ok(());
        }
        let done = self.work.undo(seq, reason);
        let Some(undone) = self.or_full(done)?.flatten() else { return Ok(()) };
        self.deck.give(Cue::of(Signal::Undone, self.prefs.manner()));
        self.state.undone = Some(undone);
        self.state.undone_ms = Some(now_ms);
        self.state.chosen = None;
        self.state.sort.to = None;
        self.state.sort.instead = None;
        self.state.stale();
        self.worker.wake();
        Ok(())
    }

    fn typed(&mut self, text: &str) -> Result<()> {
        match self.route.page() {
            Page::Sign => self.sign(text),
            Page::Count => {
                self.typed_count(text);
                Ok(())
            }
            Page::Address => {
                self.go(Move::Back);
                self.call_nearby(text);
                Ok(())
            }
            Page::Search => {
                self.go(Move::Back);
                text.trim().clone_into(&mut self.state.search);
                if self.work.task().is_none() {
                    self.go(Move::To(Page::Tasks));
                    return Ok(());
                }
                self.read_history_anew();
                if !self.found_beside() && *self.route.page() == Page::Work {
                    self.go(Move::To(Page::Lists(ListTab::ToScan)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open_what_was_read(&mut self, stage: Option<Stage>) -> Result<()> {
        let Some(read) = self.state.read.take() else { return Ok(()) };
        let Some(stage) = stage else {
            self.leave()?;
            return self.open_read(read);
        };
        let basis = read.basis.clone().unwrap_or_else(|| read.document.as_str().into());
        let papers = if read.document.is_none() { Papers::Without } else { Papers::Named(read.document.clone()) };
        self.begin_task(&Opening { stage, basis, papers, reason: None })
    }

    fn set(&mut self, setting: Setting) {
        let prefs = &mut self.prefs;
        match setting {
            Setting::Skin => {
                prefs.skin = match prefs.skin {
                    SkinView::Light => SkinView::Dark,
                    SkinView::Dark => SkinView::Sunlight,
                    SkinView::Sunlight => SkinView::Light,
                }
            }
            Setting::Hand => prefs.left_handed = !prefs.left_handed,
            Setting::Volume(by) => prefs.volume = prefs.volume.saturating_add_signed(by).min(VOLUME_MAX),
            Setting::Silent => prefs.silent = !prefs.silent,
            Setting::Vibration => prefs.vibration = !prefs.vibration,
        }
        self.keep_preferences();
        if matches!(setting, Setting::Volume(_) | Setting::Silent | Setting::Vibration) {
            self.deck.give(Cue::of(Signal::Accepted, self.prefs.manner()));
        }
    }

    fn keep_preferences(&self) {
        self.prefs.keep(self.store_path());
    }

    /// Puts the last package of a sort to the next order that wants it.
    pub(super) fn other_slot(&mut self) -> Result<()> {
        let Work::Sort(sorting) = &mut self.work else { return Ok(()) };
        let last = sorting.session_ref().feedback().iter().rev().find(|answer| !answer.undone).cloned();
        let Some(last) = last.filter(|last| last.result == ScanResult::Accepted) else { return Ok(()) };
        let Some((code, from)) = last.code.and_then(|code| sorting.order_of(&code).map(|from| (code, from))) else {
            return Ok(());
        };
        let mut passed_over = self.state.sort.passed_over.clone();
        passed_over.push(from);
        sorting.session().undo(last.seq)?;
        sorting.refresh()?;
        let next = match sorting.proposal(&code, &passed_over) {
            Some(crate::session::sorting::Proposal::To(next)) => Some(next),
            _ => None,
        };
        let sorted = sorting.scan(&last.text, None, Capture::Wedge, Some(next.unwrap_or(from)))?;
        self.state.stale();
        self.sorted(sorted, &last.text)?;
        if next.is_some() {
            self.state.sort.passed_over = passed_over;
        } else {
            let words = (
                "没有别的订单要它，仍在原格口。".to_owned(),
                "No other order wants it; it stays in its slot.".to_owned(),
            );
            self.say(crate::ui::view::StripTone::Calm, words, None);
        }
        self.worker.wake();
        Ok(())
    }

    /// Puts a case that should be opened whole to one order.
    pub(super) fn put_whole(&mut self, order: usize) -> Result<()> {
        let Some((text, _)) = self.state.sort.whole.take() else { return Ok(()) };
        let Work::Sort(sorting) = &mut self.work else { return Ok(()) };
        let done = sorting.scan(&text, None, Capture::Wedge, Some(order));
        let Some(sorted) = self.or_full(done)? else { return Ok(()) };
        self.state.stale();
        self.worker.wake();
        self.sorted(sorted, &text)
    }
}
