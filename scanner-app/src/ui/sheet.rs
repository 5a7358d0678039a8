//! The parts that pages are made of: acts, rows, and the page of rows itself.

use std::rc::Rc;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use super::Intent;
use super::generated::{Act, MainWindow, Mark, ResultKind, Row, RowKind, Sheet as SheetGlobal};
use super::long_rows::{self, Long, Rows};
use super::view::{Outcome, Pair};
use super::words::{self, pick};
use crate::config::Language;

/// Words in the language of the moment.
#[derive(Clone, Copy)]
pub(super) struct Say(pub(super) Language);

impl Say {
    pub(super) fn of(self, zh: &'static str, en: &'static str) -> SharedString {
        pick(self.0, zh, en).into()
    }

    pub(super) fn pair(self, pair: &Pair) -> SharedString {
        match self.0 {
            Language::Zh => pair.0.as_str().into(),
            Language::En => pair.1.as_str().into(),
        }
    }

    pub(super) fn made(self, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> SharedString {
        match self.0 {
            Language::Zh => zh().into(),
            Language::En => en().into(),
        }
    }
}

/// A button.
pub(super) fn act(text: SharedString, intent: &Intent) -> Act {
    Act { label: text.clone(), text, key: intent.key().into(), ..Act::default() }
}

/// The one main act.
pub(super) fn main_act(text: SharedString, intent: &Intent) -> Act {
    Act { main: true, ..act(text, intent) }
}

/// A button that says what it records.
pub(super) fn act_with_hint(text: SharedString, hint: SharedString, intent: &Intent) -> Act {
    Act { label: format!("{text} · {hint}").into(), hint, ..act(text, intent) }
}

/// A tab.
pub(super) fn tab(text: SharedString, selected: bool, intent: &Intent) -> Act {
    Act { selected, ..act(text, intent) }
}

pub(super) const fn result_kind(outcome: Outcome) -> ResultKind {
    use shared::mismatch::ScanResult;
    match outcome.result {
        ScanResult::Accepted if outcome.note => ResultKind::Note,
        ScanResult::Accepted => ResultKind::Accepted,
        ScanResult::Duplicate => ResultKind::Duplicate,
        ScanResult::Wrong => ResultKind::Wrong,
        ScanResult::Blocked => ResultKind::Blocked,
    }
}

/// A heading between rows.
pub(super) fn heading(title: impl Into<SharedString>) -> Row {
    let title = title.into();
    Row { kind: RowKind::Heading, label: title.clone(), title, ..Row::default() }
}

/// A sentence.
pub(super) fn sentence(mark: Mark, title: impl Into<SharedString>, sub: impl Into<SharedString>) -> Row {
    let (title, sub) = (title.into(), sub.into());
    let label = if sub.is_empty() { title.clone() } else { format!("{title} · {sub}").into() };
    Row { kind: RowKind::Words, mark, title, sub, label, ..Row::default() }
}

/// A text without spaces, such as a code.
pub(super) fn unbroken(title: impl Into<SharedString>, sub: impl Into<SharedString>) -> Row {
    Row { breaks: true, ..sentence(Mark::None, title, sub) }
}

/// What is so, with its value at the side.
pub(super) fn fact(mark: Mark, title: impl Into<SharedString>, side: impl Into<SharedString>) -> Row {
    let (title, side) = (title.into(), side.into());
    Row { kind: RowKind::Fact, mark, label: format!("{title} {side}").into(), title, side, ..Row::default() }
}

/// A row that leads somewhere.
pub(super) fn choice(title: impl Into<SharedString>, sub: impl Into<SharedString>, intent: &Intent) -> Row {
    Row { key: intent.key().into(), ..plain(title, sub) }
}

/// A row of the same height that leads nowhere.
pub(super) fn plain(title: impl Into<SharedString>, sub: impl Into<SharedString>) -> Row {
    let (title, sub) = (title.into(), sub.into());
    let label = if sub.is_empty() { title.clone() } else { format!("{title} · {sub}").into() };
    Row { kind: RowKind::Choice, title, sub, label, ..Row::default() }
}

/// A row that begins with a result's shape.
pub(super) fn with_result(row: Row, outcome: Outcome, language: Language) -> Row {
    let label = format!("{} {}", words::outcome(language, outcome), row.label).into();
    Row { mark: Mark::Result, result: result_kind(outcome), label, ..row }
}

/// A row of what was taken back: its shape counts for nothing any more.
pub(super) fn taken_back(row: Row) -> Row {
    Row { mark: Mark::Result, result: ResultKind::None, ..row }
}

/// A row with a value at its side.
pub(super) fn with_side(row: Row, side: impl Into<SharedString>) -> Row {
    let side = side.into();
    Row { label: format!("{} {side}", row.label).into(), side, ..row }
}

/// A row with a mark.
pub(super) fn marked(row: Row, mark: Mark) -> Row {
    Row { mark, ..row }
}

/// Keys of a pad, in their order.
pub(super) fn keys(of: &str) -> Vec<SharedString> {
    of.chars().map(|key| key.to_string().into()).collect()
}

pub(super) fn digits() -> Vec<SharedString> {
    keys("0123456789")
}

/// A page that is a column of rows with acts beneath.
#[expect(clippy::struct_excessive_bools, reason = "each says by itself how a part of the page is drawn")]
#[derive(Default)]
pub(super) struct Sheet {
    /// The one figure, its unit, and what stands beneath.
    pub(super) lead: (SharedString, SharedString, SharedString),
    pub(super) tabs: Vec<Act>,
    pub(super) rows: Vec<Row>,
    /// Rows that a tablet has in a second pane; on a handheld they follow the others.
    pub(super) beside: Vec<Row>,
    /// Rows that are made when they come into view, in the place of `rows`.
    pub(super) long: Option<Long>,
    /// Rows of one fixed height, of which there may be many.
    pub(super) is_long: bool,
    pub(super) empty: SharedString,
    /// The main one last: it is put on the hand's side.
    pub(super) acts: Vec<Act>,
    pub(super) stacked: bool,
    /// Whether it shows what the camera sees.
    pub(super) finder: bool,
    /// What the last scan answered, whose it was, and in words.
    pub(super) answer: Option<(Outcome, SharedString, SharedString)>,
    pub(super) pad: Vec<SharedString>,
    /// Letters, one tap away from the pad's first keys.
    pub(super) pad_letters: Vec<SharedString>,
    pub(super) pad_rest: SharedString,
    /// What its last key does.
    pub(super) pad_enter: SharedString,
    pub(super) typed_label: SharedString,
    pub(super) typed_hidden: bool,
    /// How many texts of the pad were answered on this page: with each it is empty again.
    pub(super) pad_answers: u32,
}

impl Sheet {
    pub(super) fn put(mut self, window: &MainWindow, (say, left_handed): (Say, bool), turn: u64) {
        let global = window.global::<SheetGlobal>();
        if !window.get_tablet() {
            self.rows.append(&mut self.beside);
        }
        set(&global.get_beside(), self.beside, |model| global.set_beside(model));
        global.set_lead(self.lead.0);
        global.set_lead_unit(self.lead.1);
        global.set_lead_sub(self.lead.2);
        set(&global.get_tabs(), self.tabs, |model| global.set_tabs(model));
        global.set_is_long(self.is_long);
        let rows = self.long.map_or(Rows::Few(self.rows), Rows::Many);
        long_rows::put(&global.get_rows(), rows, |model| global.set_rows(model));
        global.set_empty(self.empty);
        global.set_stacked(self.stacked);
        let acts = if self.stacked { self.acts } else { handed(self.acts, left_handed) };
        set(&global.get_acts(), acts, |model| global.set_acts(model));
        set(&global.get_pad(), self.pad, |model| global.set_pad(model));
        set(&global.get_pad_letters(), self.pad_letters, |model| global.set_pad_letters(model));
        global.set_finder(self.finder);
        global.set_answer_kind(self.answer.as_ref().map_or(ResultKind::None, |(outcome, _, _)| result_kind(*outcome)));
        let (tail, words) = self.answer.map(|(_, tail, words)| (tail, words)).unwrap_or_default();
        global.set_answer_tail(tail);
        global.set_answer(words);
        global.set_typed_label(self.typed_label);
        global.set_typed_hidden(self.typed_hidden);
        global.set_pad_delete(say.of("删除", "Delete"));
        global.set_pad_space(say.of("空格", "Space"));
        global.set_pad_rest(self.pad_rest);
        global.set_pad_enter(self.pad_enter);
        let pad_turn = turn.wrapping_add(u64::from(self.pad_answers)) % 1_000_000;
        global.set_pad_turn(i32::try_from(pad_turn).unwrap_or(0));
    }
}

/// Acts come with the main one last, which is the right hand's side.
pub(super) fn handed(mut acts: Vec<Act>, left_handed: bool) -> Vec<Act> {
    if left_handed {
        acts.reverse();
    }
    acts
}

/// Changes a model only where it differs: a finger on a row that did not change keeps its row.
pub(super) fn set<T: Clone + PartialEq + 'static>(old: &ModelRc<T>, new: Vec<T>, replace: impl FnOnce(ModelRc<T>)) {
    if old.row_count() != new.len() || old.row_count() == 0 {
        if old.row_count() != new.len() {
            replace(ModelRc::from(Rc::new(VecModel::from(new))));
        }
        return;
    }
    for (place, item) in new.into_iter().enumerate() {
        if old.row_data(place).as_ref() != Some(&item) {
            old.set_row_data(place, item);
        }
    }
}
