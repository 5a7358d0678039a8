//! What the session knows, as the views that the window shows.

mod beside;
mod goods;
mod history;
mod scan;
mod server;

use anyhow::Result;
use shared::code::PackageCode;
use shared::event::Stage;
use shared::mismatch::{Mismatch, ScanResult, State as MismatchState};
use shared::time::HOUR_MS;

use super::clerk::Clerk;
use super::work::Work;
use crate::session::Feedback;
use crate::ui::View;
use crate::ui::route::Page;
use crate::ui::view::{ChromeView, FetchingView, Look, PageView, SearchFor, Strip, StripTone, SyncView};
use crate::ui::words;

/// The last characters that a package is called by.
pub(super) fn tail(answer: &Feedback) -> String {
    answer.code.as_ref().map_or_else(|| end_of(&answer.text), |code| code.tail().to_owned())
}

/// The end of a text that is no code: what a clerk finds on the label.
pub(super) fn end_of(text: &str) -> String {
    let letters: Vec<char> = text.trim().chars().collect();
    letters[letters.len().saturating_sub(4)..].iter().collect()
}

/// Labels of one frame are answered together, by the worst of them.
pub(super) fn worst_of_last_frame(feedback: &[Feedback]) -> Option<&Feedback> {
    let standing = || feedback.iter().filter(|answer| !answer.undone);
    let last = standing().next_back()?.frame;
    standing().filter(|answer| answer.frame == last).max_by_key(|answer| (answer.result, answer.seq))
}

/// Whether the server has yet to agree.
fn is_provisional(verdict: &[Mismatch]) -> bool {
    verdict.iter().any(|found| found.state == MismatchState::Provisional)
}

impl Clerk {
    /// Everything that the screen shows now.
    pub(super) fn view(&mut self) -> Result<View> {
        let sync = self.sync_view();
        let page = self.page_view()?;
        let chrome = self.chrome_view(&sync);
        Ok(View { chrome, sync, page, alarm: self.alarm_view() })
    }

    fn sync_view(&self) -> SyncView {
        let mut state = self.worker.state();
        let notice = (!state.notices.is_empty()).then(|| state.notices.swap_remove(0));
        let trouble = state.said.or(notice).map(|said| (said.zh, said.en));
        let now = self.device.now();
        // The minute is what the line shows: a view that differs by milliseconds alone is the same.
        let minute = shared::time::Timestamp::from_ms(now.as_ms() - now.as_ms().rem_euclid(60_000));
        let limit_ms = self.limits.stale_warn_ms;
        let age_ms = state.data_as_of.map(|at| now.as_ms().saturating_sub(at.as_ms()));
        let stale = age_ms.filter(|age| *age > limit_ms).and_then(|age| u64::try_from(age / HOUR_MS).ok());
        SyncView {
            online: state.online,
            pending: state.pending,
            last_sync: state.last_sync,
            data_as_of: state.data_as_of,
            stale_hours: stale,
            now: minute,
            trouble,
        }
    }

    fn chrome_view(&self, sync: &SyncView) -> ChromeView {
        ChromeView {
            can_go_back: self.route.can_go_back(),
            person: self.person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            training: self.work.is_drill(),
            strip: self.strip(sync),
            edge: self.state.edge.as_ref().map(|(outcome, _)| *outcome),
            turn: self.route.turn(),
            look: Look { skin: self.prefs.skin, left_handed: self.prefs.left_handed },
        }
    }

    /// How far the sender is with what it fetches; none while it fetches nothing.
    fn fetching(&self) -> Option<FetchingView> {
        let state = self.worker.state();
        let percent = state.fetching.map(|fetching| fetching.percent());
        state.is_pulling.then_some(FetchingView { records: state.done.pulled, percent })
    }

    /// The gravest of what is to be said beneath the calm line.
    fn strip(&self, sync: &SyncView) -> Option<Strip> {
        if let Some(words) = &self.state.full {
            let tap = Some(crate::ui::Intent::Go(Page::Queue));
            return Some(Strip { tone: StripTone::Trouble, words: words.clone(), tap });
        }
        if let Some((strip, _)) = &self.state.strip {
            return Some(strip.clone());
        }
        let on_floor = matches!(self.route.page(), Page::Tasks | Page::Work);
        if let Some(trouble) = sync.trouble.as_ref().filter(|_| on_floor) {
            let tap = Some(crate::ui::Intent::Go(Page::Queue));
            return Some(Strip { tone: StripTone::Trouble, words: trouble.clone(), tap });
        }
        if let Some(fetching) = self.fetching().filter(|_| on_floor) {
            let tap = Some(crate::ui::Intent::Go(Page::Queue));
            return Some(Strip { tone: StripTone::Calm, words: words::fetching(fetching), tap });
        }
        let hours = sync.stale_hours.filter(|_| *self.route.page() == Page::Tasks)?;
        let limit = self.limits.stale_block_ms / HOUR_MS;
        let words = (
            format!("数据已 {hours} 小时未更新。超过 {limit} 小时不可放行。照常扫码，联网后同步。"),
            format!("Data is {hours} h old. Goods cannot be cleared after {limit} h. Keep scanning; sync when online."),
        );
        Some(Strip { tone: StripTone::Stale, words, tap: Some(crate::ui::Intent::Go(Page::Queue)) })
    }

    fn page_view(&mut self) -> Result<PageView> {
        Ok(match self.route.page().clone() {
            Page::Enrol | Page::Tasks => PageView::Tasks(self.tasks_view()),
            Page::SignIn => PageView::SignIn(self.sign_in_view()?),
            Page::Work => self.work_view()?,
            Page::Lists(tab) => PageView::Lists(self.lists_view(tab)?),
            Page::History => PageView::History(self.history_view()),
            Page::Close => self.close_view()?,
            Page::Differs => PageView::Differs(self.differs_view()?),
            Page::Sign => PageView::Sign(self.sign_view()?),
            Page::Package(text) => PageView::Package(Box::new(self.package_view(&text)?)),
            Page::Case => PageView::Case(self.case_view()?),
            Page::Papers => PageView::Papers(self.papers_view()?),
            Page::Gate => self.gate_view(),
            Page::Report => PageView::Report(self.report_view()),
            Page::Check => PageView::Check(self.check_view()),
            Page::Queue => PageView::Queue(self.queue_view()?),
            Page::Carry => PageView::Carry(Box::new(self.carry_view()?)),
            Page::Shift => PageView::Shift(self.shift_view()?),
            Page::Health => PageView::Health(self.health_view()),
            Page::Settings => PageView::Settings(self.settings_view()),
            Page::About => PageView::About(self.about_view()),
            Page::Menu => PageView::Menu(self.menu_view()),
            Page::Search => {
                PageView::Search(if self.work.task().is_some() { SearchFor::Code } else { SearchFor::Task })
            }
            Page::Returns => PageView::Returns(self.state.returns.clone()),
            Page::Reason => match &self.state.reason {
                Some((_, view)) => PageView::Reason(view.clone()),
                None => PageView::Tasks(self.tasks_view()),
            },
            Page::Packs => PageView::Packs(self.packs()?),
            Page::Count => PageView::Count,
            Page::UndoWhy => self.undo_why_view(),
            Page::Call => self.call_view(),
            Page::Address => PageView::Search(SearchFor::Address),
            Page::Nearby => PageView::Nearby(Box::new(self.nearby_view()?)),
            Page::WhichStage => PageView::WhichStage(self.which_stage_view()),
            Page::Practice => {
                PageView::Practice { stages: vec![Stage::Outbound, Stage::Inbound], is_open: self.work.is_drill() }
            }
        })
    }

    fn work_view(&mut self) -> Result<PageView> {
        let is_receipt = self.work.stage() == Some(Stage::Receipt) && !self.work.is_drill();
        if matches!(self.work, Work::Sort(_)) {
            return Ok(PageView::Sort(Box::new(self.sort_view()?)));
        }
        if is_receipt && !self.state.receipt.each {
            return Ok(PageView::Receipt(self.receipt_view()?));
        }
        match self.scan_view()? {
            Some(scan) => Ok(PageView::Scan(Box::new(scan))),
            None => Ok(PageView::Tasks(self.tasks_view())),
        }
    }

    /// Product and level of a package, where known.
    pub(super) fn product_words(&self, code: &PackageCode) -> String {
        let found = self.work.session_ref().and_then(|session| {
            let (product, level) = session.pulled().references.product_of(code)?;
            Some((product.name.clone(), level.units))
        });
        found.map_or_else(String::new, |(name, units)| if units > 1 { format!("{name} ×{units}") } else { name })
    }
}

/// Whether an answer stands and was not accepted.
pub(super) fn is_grave(answer: &Feedback) -> bool {
    !answer.undone && answer.result >= ScanResult::Wrong
}
