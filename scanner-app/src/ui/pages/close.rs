//! S12: the close says what it records before it does.

use slint::SharedString;

use super::super::generated::{Act, Mark, Row};
use super::super::sheet::{Say, Sheet, act_with_hint, choice, marked, sentence};
use super::super::view::{CloseView, OpenCaseView, SlotView};
use super::super::{Intent, words};
use super::{Heading, heading, sort};
use crate::ui::route::{ListTab, Page};

pub(super) fn sheet(view: &CloseView, say: Say) -> (Heading, Sheet) {
    let unit = words::level(say.0, view.level);
    let short = view.total.unwrap_or(0).saturating_sub(view.done);
    let over = view.total.map_or(0, |total| view.done.saturating_sub(total));
    let notes: usize = view.notes.iter().map(|(_, count)| count).sum();
    let mut rows = Vec::new();
    if short > 0 {
        let title = say.made(
            || format!("未扫 {} {unit}", words::count(short)),
            || format!("{} to scan", words::packages(short, view.level)),
        );
        rows.push(marked(
            choice(title, say.of("看清单", "see the list"), &Intent::Go(Page::Lists(ListTab::ToScan))),
            Mark::Missing,
        ));
    }
    rows.extend((view.set_aside > 0).then(|| set_aside(view, say)));
    rows.extend(view.orders.iter().map(|order| order_row(order, say)));
    if over > 0 {
        rows.insert(0, too_many(over, view, say));
    }
    rows.push(papers(view.papers, say));
    if notes > 0 {
        let seen =
            say.made(|| format!("已看过 {notes} 条提示"), || format!("{} seen", words::counted(notes as u64, "note")));
        let names: Vec<String> =
            view.notes.iter().map(|(kind, count)| format!("{} {count}", words::kind(say.0, *kind))).collect();
        let row = choice(seen, names.join(" · "), &Intent::NotesSeen);
        // The one thing without which there is no final close comes first.
        rows.insert(0, marked(row, if view.notes_seen { Mark::On } else { Mark::Off }));
        rows.push(choice(say.of("看提示", "See the notes"), "", &Intent::Go(Page::Lists(ListTab::Notes))));
    }
    // Whom to ask first stands right beneath: it must be read before the final close is touched.
    if view.others > 0 {
        rows.insert(usize::from(notes > 0), others(view, say));
    }
    if let Some(case) = &view.open_case {
        rows.insert(usize::from(notes > 0) + usize::from(view.others > 0), open_case(case, say));
    }
    if short == 0 && over == 0 && view.set_aside == 0 && view.total.is_some() {
        let all = if view.unsent_units == 0 {
            say.of("数量齐全。", "All there.")
        } else {
            say.of("发来的数量齐全。", "All that was sent is there.")
        };
        rows.insert(0, sentence(Mark::Good, all, ""));
    }
    if view.unsent_units > 0 {
        rows.insert(0, unsent(view.unsent_units, say));
    }
    let partial = act_with_hint(
        say.of("部分结束", "Close partial"),
        say.of("稍后继续，不算少货", "go on later, no shortage"),
        &Intent::ClosePartial,
    );
    let last = say.of("最终结束", "Close final");
    let last = if notes == 0 || view.notes_seen {
        Act { main: true, ..act_with_hint(last, records((short, over), view, say), &Intent::CloseFinal) }
    } else {
        // It says why it does nothing yet.
        let why = say.of("先勾选：已看过提示", "tick the notes as seen first");
        Act { key: SharedString::new(), ..act_with_hint(last, why, &Intent::CloseFinal) }
    };
    let acts = vec![partial, last];
    let lead = (words::figure(view.done, view.total).into(), unit.into(), SharedString::new());
    (
        heading(title(view, say), words::stage(say.0, view.stage)),
        Sheet { lead, rows, acts, stacked: true, ..Sheet::default() },
    )
}

fn set_aside(view: &CloseView, say: Say) -> Row {
    let title = say.made(|| format!("隔离 {}", view.set_aside), || format!("{} set aside", view.set_aside));
    let what = if view.stage.sends() {
        say.of("不发出，不计数", "neither sent nor counted")
    } else {
        say.of("已到货，等主管处理", "here; the supervisor decides")
    };
    marked(choice(title, what, &Intent::Go(Page::Lists(ListTab::SetAside))), Mark::Aside)
}

fn title(view: &CloseView, say: Say) -> SharedString {
    match view.orders.len() {
        0 | 1 => say.made(|| format!("结束 {}", view.title), || format!("Close {}", view.title)),
        count => say.made(|| format!("结束 {count} 张订单"), || format!("Close {count} orders")),
    }
}

/// An order of a sort, as it is closed: which slot, whose, and what it lacks.
fn order_row(order: &SlotView, say: Say) -> Row {
    let mark = if order.units.0 >= order.units.1 { Mark::Good } else { Mark::Missing };
    let title = say.made(
        || format!("格口 {} · {}", order.slot, order.retailer),
        || format!("Slot {} · {}", order.slot, order.retailer),
    );
    sentence(mark, title, sort::left(order, say))
}

/// What the document says and the sender's list does not: the sender's to answer for, and no reason to wait.
fn unsent(units: u64, say: Say) -> Row {
    let title = say.made(
        || format!("单证上还有 {} 盒没有发来", words::count(units)),
        || format!("{} on the note not sent", words::units(units)),
    );
    sentence(Mark::Missing, title, say.of("算发货方的，不记为本方少货", "the sender's, not short here"))
}

/// More than the document says: it is not complete, and goods that leave with it are held at the gate.
fn too_many(over: u64, view: &CloseView, say: Say) -> Row {
    let unit = words::level(say.0, view.level);
    let title = say.made(
        || format!("比单证多 {} {unit}", words::count(over)),
        || format!("{} more than on the note", words::packages(over, view.level)),
    );
    let next = if view.stage.sends() {
        say.of("先撤销多的，拿下来。", "Undo the extra ones first, and take them off.")
    } else {
        say.of("主管处理。", "The supervisor decides.")
    };
    sentence(Mark::Bad, title, next)
}

/// A case that was begun and not ended leads to its page: nothing of it is recorded yet.
fn open_case(case: &OpenCaseView, say: Say) -> Row {
    let figure = words::figure(case.done, case.of);
    let title = if case.is_check {
        say.made(|| format!("核对没做完 …{}", case.tail), || format!("Check not ended …{}", case.tail))
    } else {
        say.made(|| format!("装箱没做完 …{}", case.tail), || format!("Case not ended …{}", case.tail))
    };
    let next = say.made(|| format!("{figure} · 先完成，或放弃"), || format!("{figure} · finish it, or give it up"));
    marked(choice(title, next, &Intent::Go(Page::Case)), Mark::Missing)
}

fn others(view: &CloseView, say: Say) -> Row {
    let unit = words::level(say.0, view.level);
    sentence(
        Mark::Wait,
        say.made(
            || format!("别的终端也扫了 {} {unit}", words::count(view.others)),
            || format!("{} scanned by others", words::packages(view.others, view.level)),
        ),
        say.of("先问他们扫完没有。", "Ask first whether they are done."),
    )
}

fn papers(checked: Option<bool>, say: Say) -> Row {
    let (mark, sub) = match checked {
        Some(true) => (Mark::Good, say.of("齐全且一致", "complete and equal")),
        Some(false) => (Mark::Bad, say.of("不符，已记录", "differ, recorded")),
        None => (Mark::Missing, say.of("还没核对", "not compared yet")),
    };
    marked(choice(say.of("单证核对", "Papers"), sub, &Intent::Go(Page::Papers)), mark)
}

fn records((short, over): (u64, u64), view: &CloseView, say: Say) -> SharedString {
    let unit = words::level(say.0, view.level);
    let said = match (short, over) {
        (0, 0) if view.unsent_units > 0 => say.of("发来的齐全", "all that was sent is there"),
        (0, 0) => say.of("数量齐全", "nothing is short"),
        (0, over) => say.made(
            || format!("多 {} {unit}", words::count(over)),
            || format!("{} too many", words::packages(over, view.level)),
        ),
        (short, _) => say.made(
            || format!("{} {unit}记为少货", words::count(short)),
            || format!("{} short", words::packages(short, view.level)),
        ),
    };
    if view.others > 0 {
        return say.made(|| format!("{said} · 先问别的终端"), || format!("{said} · ask the others first"));
    }
    said
}
