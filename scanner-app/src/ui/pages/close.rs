//! S12: the close says what it records before it does.

use slint::SharedString;

use super::super::generated::{Act, Mark, Row};
use super::super::sheet::{Say, Sheet, act_with_hint, choice, marked, sentence};
use super::super::view::{CloseView, SlotView};
use super::super::{Intent, words};
use super::{Heading, heading, sort};
use crate::ui::route::{ListTab, Page};

pub(super) fn sheet(view: &CloseView, say: Say) -> (Heading, Sheet) {
    let unit = words::level(say.0, view.level);
    let short = view.total.unwrap_or(0).saturating_sub(view.done);
    let notes: usize = view.notes.iter().map(|(_, count)| count).sum();
    let mut rows = Vec::new();
    if short > 0 {
        let title = say.made(
            || format!("未扫 {} {unit}", words::count(short)),
            || format!("{} {unit} to scan", words::count(short)),
        );
        rows.push(marked(
            choice(title, say.of("看清单", "see the list"), &Intent::Go(Page::Lists(ListTab::ToScan))),
            Mark::Missing,
        ));
    }
    if view.set_aside > 0 {
        let title = say.made(|| format!("隔离 {}", view.set_aside), || format!("{} set aside", view.set_aside));
        rows.push(marked(
            choice(
                title,
                if view.stage.sends() {
                    say.of("不发出，不计数", "neither sent nor counted")
                } else {
                    say.of("已到货，等主管处理", "here; the supervisor decides")
                },
                &Intent::Go(Page::Lists(ListTab::SetAside)),
            ),
            Mark::Aside,
        ));
    }
    rows.extend(view.orders.iter().map(|order| order_row(order, say)));
    rows.push(papers(view.papers, say));
    if notes > 0 {
        let seen = say.made(|| format!("已看过 {notes} 条提示"), || format!("{notes} notes seen"));
        let names: Vec<String> =
            view.notes.iter().map(|(kind, count)| format!("{} {count}", words::kind(say.0, *kind))).collect();
        let row = choice(seen, names.join(" · "), &Intent::NotesSeen);
        // The one thing without which there is no final close comes first.
        rows.insert(0, marked(row, if view.notes_seen { Mark::On } else { Mark::Off }));
        rows.push(choice(say.of("看提示", "See the notes"), "", &Intent::Go(Page::Lists(ListTab::Notes))));
    }
    // Whom to ask first stands right beneath: it must be read before the final close is touched.
    if view.others > 0 {
        rows.insert(usize::from(notes > 0), others(view.others, unit, say));
    }
    if short == 0 && view.set_aside == 0 && view.total.is_some() {
        rows.insert(0, sentence(Mark::Good, say.of("数量齐全。", "All there."), ""));
    }
    let partial = act_with_hint(
        say.of("部分结束", "Close partial"),
        say.of("稍后继续，不算少货", "go on later, no shortage"),
        &Intent::ClosePartial,
    );
    let last = say.of("最终结束", "Close final");
    let last = if notes == 0 || view.notes_seen {
        Act { main: true, ..act_with_hint(last, records(short, unit, (view.others > 0, say)), &Intent::CloseFinal) }
    } else {
        // It says why it does nothing yet.
        let why = say.of("先勾选：已看过提示", "tick the notes as seen first");
        Act { key: SharedString::new(), ..act_with_hint(last, why, &Intent::CloseFinal) }
    };
    let acts = vec![partial, last];
    let lead = (words::figure(view.done, view.total).into(), unit.into(), SharedString::new());
    let title = match view.orders.len() {
        0 | 1 => say.made(|| format!("结束 {}", view.title), || format!("Close {}", view.title)),
        count => say.made(|| format!("结束 {count} 张订单"), || format!("Close {count} orders")),
    };
    (heading(title, words::stage(say.0, view.stage)), Sheet { lead, rows, acts, stacked: true, ..Sheet::default() })
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

fn others(count: u64, unit: &str, say: Say) -> Row {
    let others = words::count(count);
    sentence(
        Mark::Wait,
        say.made(|| format!("别的终端也扫了 {others} {unit}"), || format!("{others} {unit} scanned by others")),
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

fn records(short: u64, unit: &'static str, (is_shared, say): (bool, Say)) -> SharedString {
    let said = match short {
        0 => say.of("数量齐全", "nothing is short"),
        short => say.made(|| format!("{short} {unit}记为少货"), || format!("{short} {unit} short")),
    };
    if is_shared {
        return say.made(|| format!("{said} · 先问别的终端"), || format!("{said} · ask the others first"));
    }
    said
}
