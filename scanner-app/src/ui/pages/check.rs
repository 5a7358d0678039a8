//! S4: the pre-shift check.

use super::super::Intent;
use super::super::generated::{Mark, Row};
use super::super::sheet::{Say, Sheet, choice, main_act, marked, plain, sentence};
use super::super::view::{CheckItem, CheckRow, CheckView};
use super::{Heading, heading};
use crate::ui::route::Page;

pub(super) fn sheet(view: &CheckView, say: Say) -> (Heading, Sheet) {
    let acts = vec![main_act(say.of("回作业", "Tasks"), &Intent::Back)];
    let rows = view.rows.iter().flat_map(|row| check_rows(row, say)).collect();
    (heading(say.of("班前检查", "Pre-shift check"), ""), Sheet { rows, acts, ..Sheet::default() })
}

fn check_rows(row: &CheckRow, say: Say) -> Vec<Row> {
    let (name, helps) = match row.item {
        CheckItem::Clock => (say.of("时钟", "Clock"), None),
        CheckItem::Data => (say.of("数据", "Data"), Some(Intent::Go(Page::Queue))),
        CheckItem::Battery => (say.of("电量", "Battery"), None),
        CheckItem::Storage => (say.of("存储", "Storage"), Some(Intent::Go(Page::Queue))),
        CheckItem::Camera => (say.of("相机", "Camera"), Some(Intent::Go(Page::Health))),
        CheckItem::Feedback => (say.of("声音和振动", "Sound, vibration"), Some(Intent::Go(Page::Settings))),
        CheckItem::Queue => (say.of("待传", "Queue"), Some(Intent::Go(Page::Queue))),
    };
    let words = say.pair(&row.words);
    let mark = match row.is_good {
        Some(true) => Mark::Good,
        Some(false) => Mark::Bad,
        None => Mark::Missing,
    };
    if row.is_good == Some(true) {
        return vec![marked(plain(name, words), mark)];
    }
    // What is wrong says what, why and what next: it takes the lines that it needs, beneath the row that helps.
    match helps.filter(|_| row.is_good == Some(false)) {
        Some(intent) => vec![marked(choice(name, "", &intent), mark), sentence(Mark::None, words, "")],
        None => vec![sentence(mark, name, words)],
    }
}
