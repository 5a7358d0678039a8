//! S13: the gate.

use shared::reference::Level;
use shared::time::Timestamp;
use slint::{ComponentHandle, SharedString};

use super::super::generated::{Act, Gate, MainWindow, Mark, Row};
use super::super::sheet::{Say, act, fact, handed, main_act, sentence, set};
use super::super::sheet::{Sheet, heading as row_heading};
use super::super::view::{CallView, GateReason, GateSettled, GateStateView, GateView};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::carry::modules_image;
use crate::ui::route::Page;

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
            say.made(|| format!("{count} 项原因 · 数据 {data}"), || format!("{} · data {data}", words::reasons(count)))
        }
    });
    let tablet = window.get_tablet();
    let is_cleared = view.state == GateStateView::Cleared;
    let shown = if is_cleared { rows_of_cleared(view, say, tablet) } else { rows(view, say) };
    set(&global.get_rows(), shown, |model| global.set_rows(model));
    let code = view.code.as_ref().filter(|_| view.state == GateStateView::Cleared);
    global.set_modules(code.map_or(0, |code| i32::try_from(code.side).unwrap_or(0)));
    if let Some(code) = code {
        global.set_code(modules_image(code));
    }
    let hint = say.of("给司机或门卫扫", "Show to driver or guard");
    global.set_code_hint(if code.is_some() { hint } else { SharedString::new() });
    set(&global.get_acts(), handed(acts(view, say, tablet), left_handed), |model| global.set_acts(model));
    let sub = if view.state == GateStateView::Cleared && view.place.1 == 1 {
        // The guard holds the paper against load and carrier.
        if view.carrier.is_empty() {
            loaded(view, say).into()
        } else {
            format!("{} · {}", packages(view, say), view.carrier)
        }
    } else if view.place.1 > 1 {
        format!("{} / {}", view.place.0 + 1, view.place.1)
    } else {
        String::new()
    };
    heading(say.made(|| format!("放行判定 {}", view.document), || format!("Gate {}", view.document)), sub)
}

/// Beside the code, where there is room; on a handheld the code needs it, and the facts have a page of their own.
fn rows_of_cleared(view: &GateView, say: Say, tablet: bool) -> Vec<Row> {
    let printed = view
        .printed
        .as_ref()
        .map(|(words, is_trouble)| sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), ""));
    let facts = if tablet { [decision(view, say), settled(view, say)].concat() } else { Vec::new() };
    printed.into_iter().chain(facts).collect()
}

/// Why goods are held or wait.
fn rows(view: &GateView, say: Say) -> Vec<Row> {
    let mut rows = vec![fact(Mark::None, say.of("已装", "Loaded"), loaded(view, say))];
    rows.extend(reasons(view, say, |_| None));
    rows.extend(safe_and_settled(view, say));
    rows
}

/// Each fact with its number, the article and what to do; `more` is said beneath.
fn reasons(view: &GateView, say: Say, more: impl Fn(&GateReason) -> Option<SharedString>) -> Vec<Row> {
    let one = |(place, reason): (usize, &GateReason)| {
        let said = [Some(say.pair(&reason.article)), Some(say.pair(&reason.next)), more(reason)];
        let said: Vec<SharedString> = said.into_iter().flatten().filter(|words| !words.is_empty()).collect();
        let said: Vec<&str> = said.iter().map(SharedString::as_str).collect();
        sentence(Mark::None, format!("{}  {}", place + 1, say.pair(&reason.title)), said.join("\n"))
    };
    view.reasons.iter().enumerate().map(one).collect()
}

fn safe_and_settled(view: &GateView, say: Say) -> Vec<Row> {
    // What is safe comes before what is settled: the driver waits for the one, nobody for the other.
    let safe = say.of("货留在库内。扫码记录已保存，不会丢失。", "Goods stay in the store. Scans are saved.");
    [sentence(Mark::None, safe, "")].into_iter().chain(settled(view, say)).collect()
}

fn loaded(view: &GateView, say: Say) -> SharedString {
    let (packages, units) = (packages(view, say), view.loaded.1);
    if view.level == Some(Level::Unit) {
        return packages.into();
    }
    say.made(|| format!("{packages} · {} 盒", words::count(units)), || format!("{packages} · {}", words::units(units)))
}

/// Packages by their level; where there are several levels, by none.
fn packages(view: &GateView, say: Say) -> String {
    let count = words::count(view.loaded.0);
    match view.level {
        Some(level) => format!("{count} {}", words::level(say.0, level)),
        None => say.made(|| format!("{count} 个包装"), || format!("{count} packages")).to_string(),
    }
}

/// What would hold the goods, and who settled it with what words.
fn settled(view: &GateView, say: Say) -> Vec<Row> {
    let count = view.settled.len();
    let head =
        (count > 0).then(|| row_heading(say.made(|| format!("已处理 {count} 项"), || format!("Settled: {count}"))));
    let one = |settled: &GateSettled| {
        let (by, why) = (&settled.by, say.pair(&settled.why));
        let about = say.pair(&settled.about);
        let told = say.made(|| format!("{by} 已处理：{why}"), || format!("settled by {by}: {why}"));
        sentence(Mark::Good, format!("{} · {about}", words::kind(say.0, settled.kind)), told)
    };
    head.into_iter().chain(view.settled.iter().map(one)).collect()
}

/// What a cleared gate rests on, in words: the load, the data, who decided, what was settled before.
fn cleared(view: &CallView, say: Say) -> (Heading, Sheet) {
    let mut rows = decision(&view.gate, say);
    rows.push(fact(Mark::None, say.of("地点和终端", "Place, terminal"), view.place.as_str()));
    rows.extend(settled(&view.gate, say));
    let acts = vec![main_act(say.of("返回", "Back"), &Intent::Back)];
    let document = view.gate.document.as_str();
    (heading(say.of("放行依据", "Why cleared"), document), Sheet { rows, acts, ..Sheet::default() })
}

/// The load that was cleared, by whom, and on what data.
fn decision(gate: &GateView, say: Say) -> Vec<Row> {
    let loaded = loaded(gate, say);
    let said = say.made(
        || format!("{loaded}，与合同和单证一致，可以离开。"),
        || format!("{loaded}: they agree with contract and note, and may leave."),
    );
    let by = if gate.position.is_some() { say.of("服务器", "server") } else { say.of("本终端", "this terminal") };
    // Whoever asks the support names it; nobody at a gate needs it.
    let code = gate.position.map(|position| fact(Mark::None, say.of("查询号", "Support code"), words::count(position)));
    let data = gate.data_as_of.map_or_else(|| "–".to_owned(), Timestamp::to_minute);
    let rows = [
        sentence(Mark::Good, said, ""),
        fact(Mark::None, say.of("判定方", "Decided by"), by),
        fact(Mark::None, say.of("判定时间", "Decided at"), gate.at.to_minute()),
        fact(Mark::None, say.of("数据截至", "Data as of"), data),
    ];
    rows.into_iter().chain(code).collect()
}

/// What the supervisor is told: nothing is sent from here, so the screen says it to be read out or shown.
pub(super) fn call(view: &CallView, say: Say) -> (Heading, Sheet) {
    let gate = &view.gate;
    if gate.state == GateStateView::Cleared {
        return cleared(view, say);
    }
    let mut rows = vec![sentence(
        Mark::Held,
        say.of("给主管看这一页，或照着念。", "Show this page to the supervisor, or read it out."),
        say.of(
            "联网后控制台“不符”里也有这些原因。",
            "Once online, the console lists the same reasons under Mismatches.",
        ),
    )];
    rows.push(fact(Mark::None, say.of("单证", "Document"), gate.document.as_str()));
    rows.push(fact(Mark::None, say.of("地点和终端", "Place, terminal"), view.place.as_str()));
    if !view.person.is_empty() {
        rows.push(fact(Mark::None, say.of("当班", "On duty"), view.person.as_str()));
    }
    rows.push(fact(Mark::None, say.of("判定时间", "Decided at"), gate.at.to_minute()));
    let (count, rules) = (gate.reasons.len(), gate.reasons.iter().map(|reason| reason.rules).sum::<usize>());
    rows.push(row_heading(if rules > count {
        say.made(
            || format!("{count} 项原因，规则记 {rules} 条"),
            || format!("{}, {rules} by the rules", words::reasons(count)),
        )
    } else {
        say.made(|| format!("{count} 项原因"), || words::reasons(count))
    }));
    rows.extend(reasons(gate, say, |reason| twofold(reason, say)));
    rows.extend(safe_and_settled(gate, say));
    let acts = vec![main_act(say.of("返回", "Back"), &Intent::Back)];
    (heading(say.of("叫主管看", "Call supervisor"), gate.document.as_str()), Sheet { rows, acts, ..Sheet::default() })
}

/// What the rules say twice: who settles the one part does not settle the other.
fn twofold(reason: &GateReason, say: Say) -> Option<SharedString> {
    let rules = reason.rules;
    (rules > 1).then(|| {
        say.made(
            || format!("规则记 {rules} 条：不符由主管处理，数量也要对上。"),
            || format!("{rules} by the rules: a supervisor settles the mismatch, the figures must agree too."),
        )
    })
}

fn acts(view: &GateView, say: Say, tablet: bool) -> Vec<Act> {
    let tasks = act(say.of("回作业", "Tasks"), &Intent::Back);
    match view.state {
        GateStateView::Cleared => {
            let why = (!tablet).then(|| act(say.of("依据", "Why"), &Intent::Go(Page::Call)));
            let print = act(say.of("打印", "Print"), &Intent::Print);
            [print].into_iter().chain(why).chain([Act { main: true, ..tasks }]).collect()
        }
        GateStateView::Waiting => vec![tasks, main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)],
        GateStateView::Held => vec![
            // Back leads to the tasks: a third act would leave the main one no room.
            act(say.of("叫主管看", "Call supervisor"), &Intent::Go(Page::Call)),
            main_act(say.of("继续扫码", "Keep scanning"), &Intent::GoOn),
        ],
    }
}
