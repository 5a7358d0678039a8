//! What a text that was read does: it is routed by what it is, not by the page that shows.

use anyhow::Result;
use shared::event::Capture;
use shared::ids::OperatorId;

use super::super::scan::told;
use super::clerk::Clerk;
use super::eye::Readings;
use super::faults::Fault;
use super::work::{Answered, Work};
use crate::feedback::{Cue, EDGE_MS, Signal, Told, plan};
use crate::session::Feedback;
use crate::session::opening::Place;
use crate::session::routing::{DocumentRead, Route, Surroundings, route};
use crate::session::sorting::Sorted;
use crate::store::{Pulled, Store};
use crate::ui::Intent;
use crate::ui::route::{Move, Page};
use crate::ui::view::StripTone;

impl Clerk {
    /// Takes in what was read together in one frame.
    pub(super) fn read(&mut self, new: Readings, how: Capture) -> Result<()> {
        self.stir();
        if *self.route.page() == Page::Health {
            // What comes in is looked at there, and does nothing.
            return Ok(());
        }
        if *self.route.page() == Page::Nearby
            && let Some((text, _)) = new.iter().find(|(text, _)| text.starts_with(super::nearby::PAIRING))
        {
            self.call_nearby(text);
            return Ok(());
        }
        let counts = self.route.counts() && !self.is_locked();
        let routes = self.routes(&new, counts)?;
        let mut moving = Readings::new();
        for ((text, label), what) in new.into_iter().zip(routes) {
            match what {
                Route::Movement(_) => moving.push((text, label)),
                Route::Unknown if counts => moving.push((text, label)),
                other => self.follow(other, &text)?,
            }
        }
        if moving.is_empty() {
            return Ok(());
        }
        if self.work.is_drill() || *self.route.page() != Page::Case {
            self.record(&moving, how)
        } else {
            let texts: Vec<&str> = moving.iter().map(|(text, _)| text.as_str()).collect();
            self.read_into_case(&texts)
        }
    }

    /// Whether the work is covered, so that nothing is recorded in the name of who went away.
    fn is_locked(&self) -> bool {
        *self.route.floor() == Page::SignIn
    }

    fn is_badge(&self, text: &str) -> bool {
        let key = shared::credential::SealingKey::derive(&self.key);
        let known = self.desk.operators().iter();
        known.filter_map(|operator| operator.badge.as_ref()).any(|badge| badge.is_of(text, &key).unwrap_or(false))
    }

    fn follow(&mut self, what: Route, text: &str) -> Result<()> {
        if self.is_locked() && !matches!(what, Route::Badge(_)) {
            let words = ("先登录，再扫货。".to_owned(), "Sign in first, then scan goods.".to_owned());
            self.state.sign.message = Some((words, true));
            return Ok(());
        }
        match what {
            Route::Badge(badge) => self.badge(badge),
            Route::Open(read) if *self.route.page() == Page::Returns => self.return_of(&read.document)?,
            Route::Open(read) => self.open_read(read)?,
            Route::Switch(read) => {
                let number = read_number(&read);
                let words = (
                    format!("打开 {number}？点这里切换，本作业留着。"),
                    format!("Open {number}? Tap to switch; this task stays open."),
                );
                self.state.read = Some(read);
                self.say(StripTone::Calm, words, Some(Intent::OpenRead(None)));
            }
            Route::SameTask => {
                let words = ("这个单证的作业已打开。".to_owned(), "This document's task is open already.".to_owned());
                self.say(StripTone::Calm, words, None);
            }
            Route::Gate(paper) => {
                let words = (
                    format!("放行单 {}：给门卫核对。", paper.document),
                    format!("Gate paper {}: the guard checks it.", paper.document),
                );
                self.say(StripTone::Calm, words, None);
            }
            Route::Enrolment(_) => {
                let words = (
                    "这是登记码。本终端已登记，不用再扫。".to_owned(),
                    "This enrols a terminal. This one is enrolled already.".to_owned(),
                );
                self.say(StripTone::Calm, words, None);
            }
            Route::Unusable(why) => self.say(StripTone::Trouble, why.pair(), None),
            Route::LookUp(_) | Route::Movement(_) => self.looked_up(text),
            Route::Unknown if !may_be_a_number(text) => {
                let words = (
                    format!("“{}”不是单证号，也不是包装码。扫单证上的码，或扫包装。", short(text)),
                    format!(
                        "{} is no document's number and no package's code. Scan the paper's code, or a package.",
                        short(text)
                    ),
                );
                self.say(StripTone::Trouble, words, None);
            }
            Route::Unknown => {
                let data =
                    self.worker.state().data_as_of.map_or_else(|| "–".to_owned(), shared::time::Timestamp::to_clock);
                let words = (
                    format!("未找到“{}”。不在 {data} 的数据中。先同步；仍没有，联系发货方。", short(text)),
                    format!(
                        "{} not found. Not in the data of {data}. Sync; if still missing, ask the consignor.",
                        short(text)
                    ),
                );
                self.say(StripTone::Trouble, words, Some(Intent::Go(Page::Queue)));
            }
        }
        Ok(())
    }

    fn looked_up(&mut self, text: &str) {
        self.deck.give(Cue::of(Signal::LookUp, self.prefs.manner()));
        if *self.route.page() == Page::Report {
            self.state.report.text = Some(text.to_owned());
            self.state.report.count = 1;
            return;
        }
        self.worker.forget_look_up();
        // That nothing was counted is what the page begins with: a strip would stay over the next page.
        self.go(Move::To(Page::Package(text.to_owned())));
    }

    /// Opens what a document says; where nobody here knows it, the clerk says what is done with it.
    pub(super) fn open_read(&mut self, read: DocumentRead) -> Result<()> {
        if let Some(opening) = &read.opening {
            let opening = opening.clone();
            self.begin_task(&opening)
        } else {
            self.state.read = Some(read);
            self.go(Move::To(Page::WhichStage));
            Ok(())
        }
    }

    /// Records labels in the open task and tells what came of it.
    pub(super) fn record(&mut self, readings: &Readings, how: Capture) -> Result<()> {
        let done = self.work.scan(readings, how);
        let Some(answered) = self.or_full(done)?.flatten() else { return Ok(()) };
        self.state.undone = None;
        self.state.stale();
        match answered {
            Answered::Scans(answers) => self.tell(&answers)?,
            Answered::Sorted(sorted) => self.sorted(sorted, &readings[0].0)?,
            Answered::RealLabel => {
                let words = |language| crate::training::Practised::real_words(language).to_owned();
                let pair = (words(crate::config::Language::Zh), words(crate::config::Language::En));
                self.say(StripTone::Stale, pair, None);
            }
        }
        self.worker.wake();
        Ok(())
    }

    /// What is heard and felt of the labels of one frame: the worst of them.
    pub(super) fn tell(&mut self, answers: &[Feedback]) -> Result<()> {
        let results: Vec<Told> = answers.iter().map(told).collect();
        let all_there = self.is_all_there(answers)?;
        if let Some(cue) = plan(&results, all_there, self.prefs.manner()) {
            if cue.edge_ms > 0
                && let Some(worst) = answers.iter().max_by_key(|answer| answer.result)
            {
                let until = self.device.mono_ms() + u64::from(EDGE_MS);
                self.state.edge = Some((super::alarm::outcome(worst), until));
            }
            self.deck.give(cue);
        }
        self.raise(answers)
    }

    fn is_all_there(&mut self, answers: &[Feedback]) -> Result<bool> {
        match &mut self.work {
            Work::Task(session) => super::super::scan::is_all_there(session, answers),
            _ => Ok(false),
        }
    }

    pub(super) fn sorted(&mut self, sorted: Sorted, text: &str) -> Result<()> {
        let sort = &mut self.state.sort;
        sort.passed_over.clear();
        (sort.instead, sort.whole) = (None, None);
        match sorted {
            Sorted::To(order, answer) => {
                if let Work::Sort(sorting) = &self.work {
                    sort.recorded(order, sorting.orders()[order].slot, answer.result);
                }
                self.tell(&[*answer])
            }
            Sorted::NoOpenOrder(answer, said) => {
                (sort.to, sort.instead) = (None, Some((said.zh, said.en)));
                self.tell(&[*answer])
            }
            Sorted::OpenCase { shares, left_over_units } => {
                let Work::Sort(sorting) = &self.work else { return Ok(()) };
                let share = |(order, units): &(usize, u64)| (sorting.orders()[*order].slot, *units);
                let parts: Vec<(u32, u64)> = shares.iter().map(share).collect();
                let zh: Vec<String> = parts.iter().map(|(slot, units)| format!("格口 {slot}：{units} 盒")).collect();
                let en: Vec<String> = parts.iter().map(|(slot, units)| format!("slot {slot}: {units} units")).collect();
                let over = (left_over_units > 0).then_some(left_over_units);
                sort.to = None;
                // A line each: a slot and its units are read together.
                let zh = zh.into_iter().chain(over.map(|units| format!("余 {units} 盒")));
                let en = en.into_iter().chain(over.map(|units| format!("left over: {units} units")));
                sort.instead = Some((zh.collect::<Vec<_>>().join("\n"), en.collect::<Vec<_>>().join("\n")));
                sort.whole = shares.first().map(|(order, _)| (text.to_owned(), *order));
                self.deck.give(Cue::of(Signal::Duplicate, self.prefs.manner()));
                Ok(())
            }
        }
    }

    /// What each text is, by what this terminal knows now.
    fn routes(&self, new: &Readings, counts: bool) -> Result<Vec<Route>> {
        let task = self.work.task();
        let here = Surroundings {
            place: Place { member: &self.config.member, site: &self.config.site },
            task: task.as_ref().map(|task| (&task.basis, &task.document)),
            counts,
        };
        let one = |pulled: &Pulled| {
            let routed = |(text, _): &(String, _)| route(text, &pulled.references, |text| self.is_badge(text), &here);
            new.iter().map(routed).collect()
        };
        Ok(match self.work.session_ref() {
            Some(session) => one(session.pulled()),
            None => one(&self.work.store().map(Store::pulled).transpose()?.unwrap_or_default()),
        })
    }

    /// The number of whoever works, where one is known.
    pub(super) fn operator(&self) -> Option<OperatorId> {
        self.identity().operator
    }
}

/// The number that a document is called by.
pub(super) fn read_number(read: &DocumentRead) -> String {
    if read.document.is_none() {
        read.basis.as_ref().map(ToString::to_string).unwrap_or_default()
    } else {
        read.document.to_string()
    }
}

/// Whether a document may have such a number: short, in one piece, with a digit. A web address or a strange label is none.
fn may_be_a_number(text: &str) -> bool {
    const LONGEST: usize = 36;
    let is_of_number = |letter: char| letter.is_alphanumeric() || "-_./#[]（）〔〕".contains(letter);
    let text = text.trim();
    text.chars().count() <= LONGEST && text.chars().all(is_of_number) && text.chars().any(char::is_numeric)
}

/// A text short enough for one line.
fn short(text: &str) -> String {
    let head: String = text.chars().take(24).collect();
    if head.len() < text.len() { format!("{head}…") } else { head }
}

#[cfg(test)]
mod tests {
    use super::may_be_a_number;

    #[test]
    fn a_number_is_told_from_a_strange_label() {
        for number in ["FH-2032", "PS-8841", "批发-2031", "〔2026〕12号", "2026/11#4", "C1"] {
            assert!(may_be_a_number(number), "{number}");
        }
        for label in ["https://example.com/01/2", "(01)0690", "hello", "", "WIFI:S:shop;P:1;;", "a b 1"] {
            assert!(!may_be_a_number(label), "{label}");
        }
    }
}
