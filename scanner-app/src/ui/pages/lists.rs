//! S8: the lists of a task.

use std::sync::Arc;

use super::super::generated::{Act, Row};
use super::super::long_rows::Long;
use super::super::sheet::{Say, Sheet, act, choice, main_act, tab, with_result, with_side};
use super::super::view::{ListRowView, ListsView};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::route::{ListTab, Page};

pub(super) fn sheet(view: &ListsView, say: Say) -> (Heading, Sheet) {
    let report = act(say.of("上报", "Report"), &Intent::Go(Page::Report));
    let on = main_act(say.of("继续扫码", "Keep scanning"), &Intent::Go(Page::Work));
    let sheet = Sheet {
        tabs: tabs(view, say),
        long: Some(rows(view, say)),
        is_long: true,
        empty: say.pair(&view.empty),
        acts: vec![report, on],
        ..Sheet::default()
    };
    let sub = if view.search.is_empty() { view.title.clone() } else { format!("{} · …{}", view.title, view.search) };
    (heading(say.of("清单", "Lists"), sub), sheet)
}

pub(super) fn tabs(view: &ListsView, say: Say) -> Vec<Act> {
    let tabs = ListTab::EVERY.into_iter().zip(view.counts);
    let one = |(of, count): (ListTab, Option<usize>)| {
        let name = name(of, say);
        let shown = count.map_or_else(|| "?".to_owned(), |count| words::count(count as u64));
        tab(format!("{name} {shown}").into(), of == view.tab, &Intent::Tab(of))
    };
    tabs.map(one).collect()
}

fn name(tab: ListTab, say: Say) -> &'static str {
    match tab {
        ListTab::ToScan => words::pick(say.0, "未扫", "To scan"),
        ListTab::Extra => words::pick(say.0, "多货", "Extra"),
        ListTab::Duplicate => words::pick(say.0, "重复", "Duplicate"),
        ListTab::SetAside => words::pick(say.0, "隔离", "Aside"),
        ListTab::Notes => words::pick(say.0, "提示", "Notes"),
    }
}

pub(super) fn rows(view: &ListsView, say: Say) -> Long {
    let rows = Arc::clone(&view.rows);
    Long::new(rows.len(), move |place| list_row(&rows[place], say))
}

fn list_row(row: &ListRowView, say: Say) -> Row {
    let time = words::row_time(row.at);
    let sub = match (row.kind, row.outcome) {
        (Some(kind), _) => words::kind(say.0, kind).to_owned(),
        (None, None) => say.made(|| format!("发货 {time}"), || format!("dispatched {time}")).into(),
        (None, Some(_)) => time.clone(),
    };
    let title =
        if row.product.is_empty() { format!("…{}", row.tail) } else { format!("…{}  {}", row.tail, row.product) };
    let shown = choice(title, sub, &Intent::Go(Page::Package(row.text.clone())));
    match row.outcome {
        Some(outcome) => with_side(with_result(shown, outcome, say.0), row.at.to_clock()),
        None => shown,
    }
}
