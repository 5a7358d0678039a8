//! S14: every scan of the task, newest first, each to be undone.

use super::super::generated::Row;
use super::super::sheet::{Say, Sheet, act, choice, main_act, with_result, with_side};
use super::super::view::{HistoryRow, HistoryView};
use super::super::{Intent, words};
use super::{Heading, heading, scan};
use crate::ui::route::Page;

pub(super) fn sheet(view: &HistoryView, say: Say) -> (Heading, Sheet) {
    let on = main_act(say.of("继续扫码", "Keep scanning"), &Intent::Go(Page::Work));
    let chosen = view.rows.iter().find(|row| Some(row.seq) == view.chosen && !row.undone);
    let undo = chosen.map(|row| {
        let text = say.made(|| format!("撤销 {}", row.tail), || format!("Undo {}", row.tail));
        act(text, &Intent::Undo(row.seq))
    });
    let sheet = Sheet {
        rows: view.rows.iter().map(|row| history_row(row, view.chosen, say)).collect(),
        is_long: true,
        empty: say.of("还没有扫码。", "Nothing was scanned yet."),
        acts: undo.into_iter().chain([on]).collect(),
        ..Sheet::default()
    };
    let sub = if view.search.is_empty() { view.title.clone() } else { format!("{} · …{}", view.title, view.search) };
    (heading(say.of("记录", "History"), sub), sheet)
}

fn history_row(row: &HistoryRow, chosen: Option<u64>, say: Say) -> Row {
    let mut parts = Vec::new();
    if row.undone {
        parts.push(words::undone(say.0).to_owned());
    }
    if row.provisional {
        parts.push(scan::provisional(say).into());
    }
    parts.push(
        row.kind
            .map_or_else(|| words::outcome(say.0, row.outcome).to_owned(), |kind| words::kind(say.0, kind).to_owned()),
    );
    let mark = if Some(row.seq) == chosen { "> " } else { "" };
    let shown =
        choice(format!("{mark}…{}", row.tail), parts.join(" · "), &Intent::Go(Page::Package(format!("#{}", row.seq))));
    let shown = with_side(with_result(shown, row.outcome, say.0), words::row_time(row.at));
    Row { provisional: row.provisional, ..shown }
}
