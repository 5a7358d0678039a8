//! Lists and history beside the work: on a tablet they are its second pane, never a page over it.

use anyhow::Result;
use shared::event::{Close, Stage};

use super::clerk::Clerk;
use super::state::TaskRef;
use super::work::Work;
use crate::ui::route::{ListTab, Move, Page};
use crate::ui::view::{BesideView, TaskView};

/// What a tablet shows beside the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Beside {
    /// What stands there by itself: the list of what is to be scanned, or the orders.
    #[default]
    Plain,
    Lists(ListTab),
    History,
}

/// The same, and where Back leads from there. Pure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BesideState {
    shown: Beside,
    /// The close, where it led there: who looked at what is open comes back to it.
    from: Option<Page>,
}

impl BesideState {
    /// Something else stands there, asked for on a page.
    fn put(&mut self, shown: Beside, on: &Page) {
        self.from = Some(on.clone()).filter(|page| *page == Page::Close);
        self.shown = shown;
    }

    /// Another of its lists; Back leads where it led.
    pub(super) const fn turn_to(&mut self, shown: Beside) {
        self.shown = shown;
    }

    /// Back: what stands there by itself again, and the page that is led to. None where there is nothing to take away: lists that stand
    /// there all the time are left with the task.
    fn back(&mut self, lists_stand_there: bool) -> Option<Page> {
        let is_own = lists_stand_there && matches!(self.shown, Beside::Lists(_)) && self.from.is_none();
        if is_own || self.shown == Beside::Plain {
            return None;
        }
        Some(std::mem::take(self).from.unwrap_or(Page::Work))
    }
}

/// What a page is beside the work, where it can stand there.
const fn beside_of(page: &Page, is_drill: bool) -> Option<Beside> {
    match page {
        // Practice has no lists.
        Page::Lists(tab) if !is_drill => Some(Beside::Lists(*tab)),
        Page::History => Some(Beside::History),
        _ => None,
    }
}

/// The receipt that is due next: the one that was to come first, of those that are open and not all here.
pub(super) fn next_due<'t>(
    tasks: &'t [(TaskView, TaskRef)],
    open: Option<&TaskRef>,
) -> Option<&'t (TaskView, TaskRef)> {
    let is_due = |task: &TaskView| task.gate.is_none() && task.total.is_none_or(|total| task.done < total);
    let receipts = tasks.iter().filter(|(_, task)| task.0 == Stage::Receipt && Some(task) != open);
    let due = receipts.filter(|(view, _)| is_due(view));
    due.min_by_key(|(view, _)| (view.due.is_none(), view.due, view.title.clone()))
}

impl Clerk {
    /// Shows a page beside the work instead of over it. Answers whether it did.
    pub(super) fn put_beside(&mut self, page: &Page) -> bool {
        let can = self.tablet && *self.route.floor() == Page::Work;
        let Some(beside) = beside_of(page, self.work.is_drill()).filter(|_| can) else { return false };
        if beside == Beside::History && self.state.beside.shown != Beside::History {
            self.read_history_anew();
        }
        self.state.beside.put(beside, self.route.page());
        self.state.search.clear();
        self.go(Move::To(Page::Work));
        true
    }

    /// Back, on the work: what stands beside it by itself again. Answers whether that was all there is to do.
    pub(super) fn take_from_beside(&mut self) -> bool {
        let lists_stand_there = self.shows_lists();
        let is_work = *self.route.page() == Page::Work;
        let Some(to) = is_work.then(|| self.state.beside.back(lists_stand_there)).flatten() else { return false };
        self.state.search.clear();
        self.go(Move::To(to));
        true
    }

    /// Whether lists stand beside this work by themselves: the scanning page's do, a sort and a receipt have their orders there.
    pub(super) fn shows_lists(&self) -> bool {
        let is_receipt = self.work.stage() == Some(Stage::Receipt);
        matches!(self.work, Work::Task(_)) && (!is_receipt || self.state.receipt.each)
    }

    /// What a tablet shows beside the work.
    pub(super) fn beside_view(&mut self) -> Result<Option<BesideView>> {
        if !self.tablet {
            return Ok(None);
        }
        let plain = self.shows_lists().then_some(Beside::Lists(ListTab::ToScan));
        let shown = if self.state.beside.shown == Beside::Plain { plain } else { Some(self.state.beside.shown) };
        Ok(match shown {
            Some(Beside::Lists(tab)) => Some(BesideView::Lists(self.lists_view(tab)?)),
            Some(Beside::History) => Some(BesideView::History(self.history_view())),
            Some(Beside::Plain) | None => None,
        })
    }

    /// A search that was typed: its rows stand beside the work, or on the lists' page. Answers whether the page is to be changed.
    pub(super) fn found_beside(&mut self) -> bool {
        let is_here = self.tablet && !self.work.is_drill() && *self.route.page() == Page::Work;
        if is_here && self.state.beside.shown == Beside::Plain {
            self.state.beside.turn_to(Beside::Lists(ListTab::ToScan));
        }
        is_here
    }

    /// Closes a receipt of which nothing is left, and opens the one that its button named.
    pub(super) fn close_and_open(&mut self, key: &str) -> Result<()> {
        self.close(Close::Final)?;
        if !matches!(self.work, Work::Desk(_)) {
            return Ok(());
        }
        self.task_of_key(key).map_or(Ok(()), |task| self.open_task(task))
    }
}

#[cfg(test)]
mod tests {
    use shared::reference::Level;
    use shared::time::Timestamp;

    use super::*;

    const TO_SCAN: Beside = Beside::Lists(ListTab::ToScan);

    #[test]
    fn back_puts_away_what_was_asked_for_and_only_then_leaves_the_task() {
        let mut beside = BesideState::default();
        assert_eq!(beside.back(true), None);
        beside.put(Beside::History, &Page::Menu);
        assert_eq!(beside.back(true), Some(Page::Work));
        assert_eq!(beside, BesideState::default());
        // A sort has its orders there: lists are put away. A scanning page has its lists there.
        beside.put(TO_SCAN, &Page::Menu);
        assert_eq!(beside.clone().back(false), Some(Page::Work));
        assert_eq!(beside.back(true), None);
    }

    #[test]
    fn who_came_from_the_close_comes_back_to_it_through_any_list() {
        let mut beside = BesideState::default();
        beside.put(Beside::Lists(ListTab::Notes), &Page::Close);
        beside.turn_to(TO_SCAN);
        assert_eq!(beside.back(true), Some(Page::Close));
        assert_eq!(beside.back(true), None, "once");
    }

    #[test]
    fn lists_and_history_stand_beside_and_practice_has_no_lists() {
        assert_eq!(beside_of(&Page::Lists(ListTab::ToScan), false), Some(TO_SCAN));
        assert_eq!(beside_of(&Page::Lists(ListTab::ToScan), true), None);
        assert_eq!(beside_of(&Page::History, true), Some(Beside::History));
        assert_eq!(beside_of(&Page::Menu, false), None);
    }

    fn task(number: &str, stage: Stage, (done, total): (u64, u64), due: Option<i64>) -> (TaskView, TaskRef) {
        let task = (stage, number.into(), number.into());
        let view = TaskView {
            key: number.into(),
            stage,
            title: number.into(),
            counterparty: String::new(),
            done,
            total: Some(total),
            level: Level::Unit,
            is_open: false,
            gate: None,
            due: due.map(Timestamp::from_ms),
            blocks: 0,
        };
        (view, task)
    }

    #[test]
    fn the_next_receipt_is_the_one_that_was_to_come_first() {
        let tasks = [
            task("open", Stage::Receipt, (0, 6), Some(1)),
            task("done", Stage::Receipt, (6, 6), Some(2)),
            task("no-day", Stage::Receipt, (0, 6), None),
            task("later", Stage::Receipt, (0, 6), Some(9)),
            task("sooner", Stage::Receipt, (2, 6), Some(8)),
            task("sort", Stage::Sort, (0, 6), Some(3)),
        ];
        let next = |open: Option<&TaskRef>| next_due(&tasks, open).map(|(next, _)| next.key.as_str());
        assert_eq!(next(Some(&tasks[0].1)), Some("sooner"));
        assert_eq!(next(None), Some("open"));
        assert_eq!(next_due(&tasks[1..2], None), None);
    }
}
