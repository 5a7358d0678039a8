//! S14: every scan of the task, newest first, each to be undone.

use std::sync::Arc;

use shared::event::VoidReason;
use slint::SharedString;

use super::super::generated::{Act, Mark, Row};
use super::super::long_rows::Long;
use super::super::sheet::{Say, Sheet, act, choice, main_act, sentence, tab, taken_back, with_result, with_side};
use super::super::view::{HistoryRow, HistoryView};
use super::super::{Intent, words};
use super::{Heading, heading, scan};
use crate::ui::intent::HistoryTab;
use crate::ui::route::Page;

pub(super) fn sheet(view: &HistoryView, say: Say) -> (Heading, Sheet) {
    let on = main_act(say.of("继续扫码", "Keep scanning"), &Intent::Go(Page::Work));
    let sheet = Sheet {
        tabs: tabs(view, say),
        long: Some(rows(view, say)),
        is_long: true,
        empty: empty(view, say),
        // Undo lies under the thumb, as on the scanning page.
        acts: if let Some(undo) = undo(view, say) { vec![Act { main: false, ..on }, undo] } else { vec![on] },
        ..Sheet::default()
    };
    let sub = if view.search.is_empty() { view.title.clone() } else { format!("{} · …{}", view.title, view.search) };
    (heading(say.of("记录", "History"), sub), sheet)
}

/// Undo of the row that was tapped.
pub(super) fn undo(view: &HistoryView, say: Say) -> Option<Act> {
    let chosen = view.rows.iter().find(|row| Some(row.seq) == view.chosen && !row.undone)?;
    let text = say.made(|| format!("撤销 {}", chosen.tail), || format!("Undo {}", chosen.tail));
    Some(main_act(text, &Intent::Undo(chosen.seq)))
}

pub(super) fn rows(view: &HistoryView, say: Say) -> Long {
    let (rows, chosen) = (Arc::clone(&view.rows), view.chosen);
    Long::new(rows.len(), move |place| history_row(&rows[place], chosen, say))
}

pub(super) fn empty(view: &HistoryView, say: Say) -> SharedString {
    if view.tab == HistoryTab::All && view.search.is_empty() {
        say.of("还没有扫码。", "Nothing was scanned yet.")
    } else {
        say.of("没有这样的记录。", "There is no such scan.")
    }
}

/// What came meanwhile waits behind a chip, so that what is being read does not move; then what may be left out.
pub(super) fn tabs(view: &HistoryView, say: Say) -> Vec<Act> {
    let newer = view.newer;
    let chip = (newer > 0).then(|| {
        let text = say.made(|| format!("新 {newer}"), || format!("{newer} new"));
        Act { main: true, ..act(text, &Intent::HistoryNew) }
    });
    let one = |of: HistoryTab| {
        let name = match of {
            HistoryTab::All => say.of("全部", "All"),
            HistoryTab::Accepted => say.of("通过", "Accepted"),
            HistoryTab::Duplicate => say.of("重复", "Duplicate"),
            HistoryTab::Grave => say.of("不符", "Wrong"),
            HistoryTab::Undone => say.of("已撤销", "Undone"),
        };
        tab(name, of == view.tab, &Intent::HistoryFilter(of))
    };
    chip.into_iter().chain(HistoryTab::EVERY.map(one)).collect()
}

fn history_row(row: &HistoryRow, chosen: Option<u64>, say: Say) -> Row {
    let mut parts = Vec::new();
    if row.undone {
        parts.push(words::undone(say.0).to_owned());
    }
    if row.provisional {
        parts.push(scan::provisional(say).into());
    }
    // What was taken back is no answer any more: only what spoke against it is said.
    let answer = || (!row.undone).then(|| words::outcome(say.0, row.outcome).to_owned());
    parts.extend(row.kind.map(|kind| words::kind(say.0, kind).to_owned()).or_else(answer));
    parts.extend(row.by.clone());
    let shown =
        choice(format!("…{}", row.tail), parts.join(" · "), &Intent::Go(Page::Package(format!("#{}", row.seq))));
    let shown = if row.undone { taken_back(shown) } else { with_result(shown, row.outcome, say.0) };
    let shown = with_side(shown, words::row_time(row.at));
    Row { provisional: row.provisional, selected: Some(row.seq) == chosen, ..shown }
}

/// Somebody else's scan, or a late undo: the reason is asked.
pub(super) fn why((seq, tail, is_others): (u64, &str, bool), say: Say) -> (Heading, Sheet) {
    let asked = if is_others {
        say.of("这是别人扫的。为什么撤销？", "Somebody else scanned it. Why undo it?")
    } else {
        say.of("扫过很久了。为什么撤销？", "It was scanned long ago. Why undo it?")
    };
    let rows = vec![
        sentence(Mark::None, asked, say.of("原因随撤销一起记录。", "The reason is recorded with it.")),
        choice(
            say.of("没有这回事", "Scanned by mistake"),
            say.of("误扫，货没有动", "nothing moved"),
            &Intent::UndoBecause(seq, VoidReason::DidNotOccur),
        ),
        choice(
            say.of("记录有误", "Recorded wrongly"),
            say.of("货动了，单证或环节不对", "moved on another note or stage"),
            &Intent::UndoBecause(seq, VoidReason::IncorrectData),
        ),
    ];
    let acts = vec![main_act(say.of("不撤销", "Do not undo"), &Intent::Back)];
    let title = say.made(|| format!("撤销 …{tail}"), || format!("Undo …{tail}"));
    (heading(title, ""), Sheet { rows, acts, ..Sheet::default() })
}
