//! The scanning pages: scan, sort, receipt, lists, history, close.

use anyhow::Result;
use shared::code::PackageCode;
use shared::event::Stage;
use shared::mismatch::Kind;
use shared::reference::Level;
use shared::rules::Progress;

use super::super::alarm::outcome;
use super::super::beside::next_due;
use super::super::clerk::Clerk;
use super::super::tasks::{of_task, title};
use super::super::work::Work;
use super::{end_of, is_provisional, tail, worst_of_last_frame};
use crate::session::Feedback;
use crate::session::lists::{Lists, Row, Tab, held_count};
use crate::session::sorting::{OpenOrder, Sorting};
use crate::ui::route::ListTab;
use crate::ui::view::{
    BoxView, CloseView, DifferLine, DiffersView, ListRowView, ListsView, OrderView, Outcome, PageView, ReceiptLine,
    ReceiptView, RecentView, ResultView, ScanView, SignView, SlotView, SortView,
};

const fn tab_of(tab: ListTab) -> Tab {
    match tab {
        ListTab::ToScan => Tab::ToScan,
        ListTab::Extra => Tab::Extra,
        ListTab::Duplicate => Tab::Duplicate,
        ListTab::SetAside => Tab::SetAside,
        ListTab::Notes => Tab::Notes,
    }
}

impl Clerk {
    pub(super) fn progress(&mut self) -> Result<Progress> {
        Ok(match &mut self.work {
            Work::Drill(training, _) => training.progress()?,
            other => match other.session() {
                Some(session) => session.progress()?,
                None => Progress::default(),
            },
        })
    }

    fn level(&self) -> Level {
        self.work.session_ref().map_or(Level::Case, crate::session::Session::level)
    }

    pub(super) fn scan_view(&mut self) -> Result<Option<ScanView>> {
        let Some(task) = self.work.task() else { return Ok(None) };
        let progress = self.progress()?;
        let beside = self.beside_view()?;
        let shown = self.state.undone.as_ref().or_else(|| worst_of_last_frame(self.work.feedback())).cloned();
        let sent_with = shown.as_ref().map(|answer| self.sent_with(answer)).transpose()?.flatten();
        let feedback = self.work.feedback();
        let standing = feedback.iter().rev().filter(|answer| !answer.undone).take(3);
        let recent = standing.map(|answer| RecentView {
            outcome: outcome(answer),
            tail: tail(answer),
            provisional: is_provisional(&answer.verdict),
        });
        let left = progress.packages_expected.map(|total| total.saturating_sub(progress.packages_counted));
        let aside = self.held(&progress);
        Ok(Some(ScanView {
            stage: task.stage,
            title: title(&of_task(&task)),
            counterparty: self.work.session_ref().map(crate::session::Session::counterparty).unwrap_or_default(),
            reason: self.work.session_ref().and_then(crate::session::Session::return_reason),
            done: progress.packages_counted,
            total: progress.packages_expected,
            level: self.level(),
            units: (progress.units_counted, progress.units_expected),
            set_aside: aside,
            to_scan: left,
            result: shown.map(|answer| ResultView { sent_with, ..self.result_view(&answer) }),
            recent: recent.collect(),
            boxes: self.boxes(),
            frame: self.eye.picture(),
            camera_trouble: self.eye.trouble(),
            torch: self.eye.torch(),
            single: self.eye.is_single(),
            asleep: self.gaze.is_asleep(self.device.mono_ms()),
            stopped: self.state.full.is_some(),
            can_carry: self.config.server_recipient.is_some(),
            beside,
        }))
    }

    /// Packages that stand held: those that were set aside where goods leave. Where they arrive they are here, and count as what came,
    /// and a verdict on them holds them: the list of what is set aside names the same.
    pub(super) fn held(&self, progress: &Progress) -> u64 {
        match self.work.stage() {
            Some(stage) if !stage.sends() || self.work.is_drill() => held_count(self.work.feedback(), stage) as u64,
            _ => progress.set_aside,
        }
    }

    /// The other document or order of a package that was sent twice; looked up once for each scan.
    fn sent_with(&mut self, answer: &Feedback) -> Result<Option<String>> {
        let is_twice = |kind: Kind| matches!(kind, Kind::DuplicateMovement | Kind::DoubleAllocation);
        if !answer.verdict.first().is_some_and(|found| is_twice(found.kind)) {
            return Ok(None);
        }
        if let Some((_, known)) = self.state.sent_with.as_ref().filter(|(seq, _)| *seq == answer.seq) {
            return Ok(known.clone());
        }
        let other = self.work.session().map(|session| session.sent_with(answer)).transpose()?.flatten();
        let other = other.as_ref().map(title);
        self.state.sent_with = Some((answer.seq, other.clone()));
        Ok(other)
    }

    fn result_view(&self, answer: &Feedback) -> ResultView {
        let mut same_frame: Vec<(Outcome, u32)> = Vec::new();
        let others = self
            .work
            .feedback()
            .iter()
            .filter(|other| other.frame == answer.frame && other.seq != answer.seq && !other.undone);
        for other in others {
            let found = outcome(other);
            match same_frame.iter_mut().find(|(known, _)| *known == found) {
                Some((_, count)) => *count += 1,
                None => same_frame.push((found, 1)),
            }
        }
        let stage = self.work.stage();
        let counts = stage.is_some_and(|stage| answer.counts(stage));
        let units = answer.code.as_ref().filter(|_| counts).and_then(|code| {
            let (_, level) = self.work.session_ref()?.pulled().references.product_of(code)?;
            Some(u64::from(level.units))
        });
        ResultView {
            outcome: outcome(answer),
            tail: tail(answer),
            kinds: answer.verdict.iter().map(|found| found.kind).collect(),
            sent_with: None,
            provisional: is_provisional(&answer.verdict),
            units: units.unwrap_or(0),
            same_frame,
            seq: answer.seq,
            undone: answer.undone,
        }
    }

    fn boxes(&self) -> Vec<BoxView> {
        let symbols = self.eye.seen.iter().flat_map(|frame| &frame.symbols);
        let unread = self.eye.seen.iter().flat_map(|frame| &frame.unread);
        let marked = symbols.map(|symbol| {
            let answer = self.work.told_of(&symbol.text);
            BoxView {
                corners: symbol.corners,
                outcome: answer.map(outcome),
                kind: answer.and_then(|answer| answer.verdict.first()).map(|found| found.kind),
            }
        });
        marked.chain(unread.map(|corners| BoxView { corners: *corners, outcome: None, kind: None })).collect()
    }

    pub(super) fn sort_view(&mut self) -> Result<SortView> {
        let scan = self.scan_view()?;
        let Work::Sort(sorting) = &self.work else { anyhow::bail!("a sort is shown that is not open") };
        let orders = slots(sorting);
        let units = in_all(&orders);
        let whole = self.state.sort.whole.as_ref();
        let whole = whole.and_then(|(_, order)| Some((*order, sorting.orders().get(*order)?.slot)));
        let mut scan = scan.ok_or_else(|| anyhow::anyhow!("a sort without a task"))?;
        scan.title.clone_from(&self.state.place);
        Ok(SortView {
            units,
            slot: self.state.sort.to.and_then(|place| orders.get(place).cloned()),
            instead: self.state.sort.instead.clone(),
            whole,
            orders,
            scan,
        })
    }

    fn lines(&mut self) -> Result<Vec<crate::session::OrderedLine>> {
        if self.state.lines.is_none()
            && let Some(session) = self.work.session()
        {
            self.state.lines = Some(session.lines()?);
        }
        Ok(self.state.lines.clone().unwrap_or_default())
    }

    pub(super) fn receipt_view(&mut self) -> Result<ReceiptView> {
        let lines = self.lines()?;
        let due: Option<u64> = lines.iter().map(|line| line.due_packages).sum();
        let task = self.work.task().map(|task| of_task(&task));
        let orders = self.state.tasks.iter().filter(|(view, _)| view.stage == Stage::Receipt);
        let here = (lines.iter().map(|line| line.counted_units).sum(), lines.iter().map(|line| line.due_units).sum());
        let orders: Vec<OrderView> = orders
            .map(|(view, other)| OrderView {
                key: view.key.clone(),
                order: view.title.clone(),
                // Of the open one the page's own figure, which the list of tasks learns of when it is closed.
                units: if task.as_ref() == Some(other) { here } else { (view.done, view.total.unwrap_or(0)) },
                is_open: task.as_ref() == Some(other),
            })
            .collect();
        let next = next_due(&self.state.tasks, task.as_ref()).map(|(next, _)| (next.key.clone(), next.title.clone()));
        let beside = self.beside_view()?;
        Ok(ReceiptView {
            document: task.as_ref().map(title).unwrap_or_default(),
            sender: self.work.session_ref().map(crate::session::Session::counterparty).unwrap_or_default(),
            orders,
            beside,
            has_notes: !self.state.notes_seen && !self.notes().is_empty(),
            next,
            due_packages: due.filter(|_| !lines.is_empty()),
            coming_units: lines.iter().map(|line| line.coming_units).sum(),
            confirmed: self.state.receipt.confirmed.map(|(count, _)| count),
            undo_s: self
                .state
                .receipt
                .confirmed
                .map_or(0, |(_, until)| until.saturating_sub(self.device.mono_ms()).div_ceil(1_000)),
            lines: lines
                .into_iter()
                .map(|line| ReceiptLine { product: line.name, due: line.due_units, confirmed: line.counted_units })
                .collect(),
        })
    }

    pub(super) fn differs_view(&mut self) -> Result<DiffersView> {
        let lines = self.lines()?;
        let differs = &self.state.receipt.differs;
        let line = |line: crate::session::OrderedLine| {
            let due = line.due_packages.unwrap_or(0);
            let said = differs.get(&line.product).copied().unwrap_or_default();
            DifferLine {
                product: line.name,
                due,
                in_units: due == line.due_units.saturating_sub(line.counted_units),
                differs: [said.short, said.damaged, said.refused],
            }
        };
        Ok(DiffersView {
            document: self.work.task().map(|task| title(&of_task(&task))).unwrap_or_default(),
            lines: lines.into_iter().map(line).collect(),
            trouble: self.state.receipt.trouble.clone(),
            photos: self.state.receipt.photos.len(),
            has_camera: self.eye.has_camera(),
        })
    }

    /// What the PIN signs.
    pub(super) fn sign_view(&mut self) -> Result<SignView> {
        let view = self.differs_view()?;
        let differs = view.sums();
        let DiffersView { document, lines, .. } = view;
        Ok(SignView {
            document,
            differs,
            due: lines.iter().map(|line| line.due).sum(),
            in_units: lines.iter().filter(|line| line.due > 0).all(|line| line.in_units),
            trouble: self.state.receipt.sign_trouble.clone(),
            answers: self.state.sign.answers,
        })
    }

    pub(in super::super) fn lists_view(&mut self, tab: ListTab) -> Result<ListsView> {
        let search = self.state.search.clone();
        if let Some(shown) = self.state.shown_lists.as_ref().filter(|shown| shown.tab == tab && shown.search == search)
        {
            return Ok(shown.clone());
        }
        if self.state.lists.is_none()
            && let Some(session) = self.work.session()
        {
            self.state.lists = Some(session.lists()?);
        }
        let left = self.left()?;
        let nothing = Lists::empty(self.work.stage().unwrap_or(Stage::Outbound));
        let lists = self.state.lists.as_ref().unwrap_or(&nothing);
        let wanted = tab_of(tab);
        let rows: Vec<&Row> = if search.is_empty() {
            lists.page(wanted, 0, usize::MAX).iter().collect()
        } else {
            lists.search(wanted, &search).collect()
        };
        let said = lists.when_empty(wanted);
        let shown = ListsView {
            title: self.work.task().map(|task| title(&of_task(&task))).unwrap_or_default(),
            tab,
            // Where no list names the packages, the document still says how many.
            counts: ListTab::EVERY.map(|tab| lists.count(tab_of(tab)).or(left.filter(|_| tab == ListTab::ToScan))),
            rows: rows.into_iter().map(|row| self.list_row(row)).collect(),
            empty: (said.zh, said.en),
            search,
        };
        self.state.shown_lists = Some(shown.clone());
        Ok(shown)
    }

    /// Packages that are still to scan by the document's figure.
    fn left(&mut self) -> Result<Option<usize>> {
        let progress = self.progress()?;
        let left = progress.packages_expected.map(|total| total.saturating_sub(progress.packages_counted));
        Ok(left.map(|left| usize::try_from(left).unwrap_or(usize::MAX)))
    }

    fn list_row(&self, row: &Row) -> ListRowView {
        let answer = row.seq.and_then(|seq| scan_of(self.work.feedback(), seq));
        ListRowView {
            text: row.text.clone(),
            tail: row.code.as_ref().map_or_else(|| end_of(&row.text), |code| code.tail().to_owned()),
            product: row.code.as_ref().map(|code: &PackageCode| self.product_words(code)).unwrap_or_default(),
            at: row.at,
            kind: row.kinds.first().copied(),
            outcome: answer.map(outcome),
        }
    }

    /// Units (盒) of the document beyond what its sender sent, as far as known here: where that is not, all of it is expected.
    fn unsent_units(&mut self, (stage, expected): (Stage, u64)) -> Result<u64> {
        if !matches!(stage, Stage::Inbound | Stage::Receipt | Stage::TransferIn) || self.work.is_drill() {
            return Ok(0);
        }
        let said: u64 = self.lines()?.iter().map(|line| line.due_units).sum();
        Ok(said.saturating_sub(expected))
    }

    pub(super) fn close_view(&mut self) -> Result<PageView> {
        let Some(task) = self.work.task() else { return Ok(PageView::Tasks(self.tasks_view())) };
        let progress = self.progress()?;
        let orders = if let Work::Sort(sorting) = &self.work { slots(sorting) } else { Vec::new() };
        // A sort closes all its orders, and counts what its page counted: units.
        let (done, total, level) = if orders.is_empty() {
            (progress.packages_counted, progress.packages_expected, self.level())
        } else {
            let (done, wanted) = in_all(&orders);
            (done, Some(wanted), Level::Unit)
        };
        Ok(PageView::Close(CloseView {
            title: title(&of_task(&task)),
            stage: task.stage,
            done,
            total,
            level,
            unsent_units: self.unsent_units((task.stage, progress.units_expected))?,
            orders,
            set_aside: self.held(&progress),
            others: self.others()?,
            open_case: self.open_case_view()?,
            papers: self.papers_checked()?.map(|checked| checked.is_equal()),
            notes: self.notes(),
            notes_seen: self.state.notes_seen,
        }))
    }
}

/// The orders of a sort, in the order of their slots.
fn slots(sorting: &Sorting) -> Vec<SlotView> {
    let references = &sorting.session_ref().pulled().references;
    let slot = |order: &OpenOrder| {
        let said: u64 = order.said.values().sum();
        let left: u64 = order.left.values().sum();
        SlotView {
            slot: order.slot,
            retailer: references.member_name(&order.retailer).to_owned(),
            order: title(&(Stage::Sort, order.basis.clone(), order.document.clone())),
            units: (said.saturating_sub(left), said),
        }
    };
    sorting.orders().iter().map(slot).collect()
}

/// Units put to all orders, and wanted by all.
fn in_all(orders: &[SlotView]) -> (u64, u64) {
    orders.iter().fold((0, 0), |sum, order| (sum.0 + order.units.0, sum.1 + order.units.1))
}

/// The scan of a number: they stand in the order of their numbers.
fn scan_of(feedback: &[Feedback], seq: u64) -> Option<&Feedback> {
    feedback.binary_search_by_key(&seq, |answer| answer.seq).ok().map(|place| &feedback[place])
}
