//! S13: the gate.

use slint::{ComponentHandle, SharedString};

use super::super::generated::{Act, Gate, MainWindow, Mark, Row};
use super::super::sheet::{Say, act, fact, handed, main_act, sentence, set};
use super::super::view::{GateStateView, GateView};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::carry::modules_image;

pub(super) fn put(window: &MainWindow, view: &GateView, (say, left_handed): (Say, bool)) -> Heading {
    let global = window.global::<Gate>();
    let count = view.reasons.len();
    let (mark, headline) = match view.state {
        GateStateView::Cleared => (Mark::Good, say.of("准予放行", "Cleared")),
        GateStateView::Waiting => (Mark::Wait, say.of("待上传", "Waiting")),
        GateStateView::Held => (Mark::Held, say.of("暂不放行", "Held")),
    };
    global.set_state(mark);
    global.set_headline(headline);
    let data = view.data_as_of.map_or_else(|| "–".to_owned(), |at| words::short_time(at, view.at));
    let at = view.at.to_clock();
    global.set_basis_line(match view.state {
        GateStateView::Cleared => {
            say.made(|| format!("数据 {data} · {at} 判"), || format!("data {data} · decided {at}"))
        }
        GateStateView::Waiting => say.of("传完自动再判", "judged again once uploaded"),
        GateStateView::Held => {
            say.made(|| format!("{count} 项原因 · 数据 {data}"), || format!("{count} reasons · data {data}"))
        }
    });
    set(&global.get_rows(), rows(view, say), |model| global.set_rows(model));
    let code = view.code.as_ref().filter(|_| view.state == GateStateView::Cleared);
    global.set_modules(code.map_or(0, |code| i32::try_from(code.side).unwrap_or(0)));
    if let Some(code) = code {
        global.set_code(modules_image(code));
    }
    let hint = say.of("给司机或门卫扫", "Show to driver or guard");
    global.set_code_hint(if code.is_some() { hint } else { SharedString::new() });
    set(&global.get_acts(), handed(acts(view, say), left_handed), |model| global.set_acts(model));
    let sub = if view.place.1 > 1 { format!("{} / {}", view.place.0 + 1, view.place.1) } else { String::new() };
    heading(say.made(|| format!("放行 {}", view.document), || format!("Gate {}", view.document)), sub)
}

fn rows(view: &GateView, say: Say) -> Vec<Row> {
    let (packages, units) = (words::count(view.loaded.0), words::count(view.loaded.1));
    let loaded =
        say.made(|| format!("{packages} 个包装 · {units} 盒"), || format!("{packages} packages · {units} units"));
    if view.state == GateStateView::Cleared {
        // The code needs the room.
        return Vec::new();
    }
    let mut rows = vec![fact(Mark::None, say.of("已装", "Loaded"), loaded)];
    for (place, reason) in view.reasons.iter().enumerate() {
        let article = say.pair(&reason.article);
        let next = say.pair(&reason.next);
        let sub = if article.is_empty() { next } else { format!("{article}\n{next}").into() };
        rows.push(sentence(Mark::None, format!("{}  {}", place + 1, say.pair(&reason.title)), sub));
    }
    let safe = say.of("货留在库内。扫码记录已保存,不会丢失。", "Goods stay in the store. Scans are saved.");
    rows.push(sentence(Mark::None, safe, ""));
    rows
}

fn acts(view: &GateView, say: Say) -> Vec<Act> {
    let tasks = act(say.of("回作业", "Tasks"), &Intent::Back);
    match view.state {
        GateStateView::Cleared => vec![Act { main: true, ..tasks }],
        GateStateView::Waiting => vec![tasks, main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)],
        GateStateView::Held => vec![tasks, main_act(say.of("继续扫码", "Keep scanning"), &Intent::GoOn)],
    }
}
