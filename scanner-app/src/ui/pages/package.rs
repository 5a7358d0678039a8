//! S9: one package: what it is, where it was, what can be done with it.

use shared::rules::Standing;

use super::super::generated::{Mark, Row};
use super::super::sheet::{
    Say, Sheet, act, choice, fact, heading as row_heading, main_act, sentence, unbroken, with_result,
};
use super::super::view::{PackageView, ServerSays};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::intent::CaseAct;

pub(super) fn sheet(view: &PackageView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    match view.scan {
        Some((outcome, _)) => rows.push(with_result(
            sentence(Mark::None, words::outcome(say.0, outcome), say.of("本作业已扫", "scanned in this task")),
            outcome,
            say.0,
        )),
        None => rows.push(sentence(
            Mark::Held,
            say.of("仅查询，未计入作业", "Look-up only, not counted"),
            if view.in_task {
                say.of("要计数，回到扫码页再扫。", "To count it, go back to scanning and scan it there.")
            } else {
                say.of("要计数，先打开它的作业。", "To count it, open its task first.")
            },
        )),
    }
    rows.extend(view.server.iter().flat_map(|says| server(says, say)));
    let unknown = || say.of("不认识", "not known here");
    rows.push(fact(Mark::None, say.of("品规", "Product"), view.product.as_deref().map_or_else(unknown, Into::into)));
    if let Some((level, units)) = view.level {
        let level = words::one_level(say.0, level);
        rows.push(fact(
            Mark::None,
            say.of("包装", "Package"),
            say.made(|| format!("{level} · {units} 盒"), || format!("{level} · {}", words::units(u64::from(units)))),
        ));
    }
    if let Some(parent) = &view.parent {
        rows.push(fact(Mark::None, say.of("所在箱", "In case"), format!("…{parent}")));
    }
    rows.push(unbroken(view.text.as_str(), say.of("完整码", "the whole code")));
    if !view.belongs.is_empty() {
        rows.push(row_heading(say.of("属于本节点的作业", "Belongs to these tasks here")));
        for (stage, document) in &view.belongs {
            rows.push(fact(Mark::None, words::stage(say.0, *stage), document.as_str()));
        }
    }
    let mut beside = trail(view, say);
    if view.in_task {
        beside.push(row_heading(say.of("箱", "Case")));
        beside.push(choice(
            say.of("装箱", "Build this case"),
            say.of("扫里面的包装", "scan what goes inside"),
            &Intent::CaseBegin(CaseAct::Build),
        ));
        beside.push(choice(
            say.of("拆箱", "Open this case"),
            say.of("里面的包装从此单独算", "what is inside counts by itself from now on"),
            &Intent::CaseBegin(CaseAct::Open),
        ));
        beside.push(choice(
            say.of("开箱核对", "Check this case"),
            say.of("逐个扫里面的包装，与记录对照", "scan each package inside and compare"),
            &Intent::CaseBegin(CaseAct::Check),
        ));
    }
    let mut acts = vec![act(say.of("货码不符", "Goods differ"), &Intent::ReportOf(view.text.clone()))];
    match view.scan {
        Some((_, seq)) if view.may_release => acts.push(act(say.of("解除隔离", "Set free"), &Intent::Release(seq))),
        _ => {}
    }
    if let Some((_, seq)) = view.scan {
        acts.push(act(say.of("撤销此条", "Undo this"), &Intent::Undo(seq)));
    }
    // A page to look at: what it leads to is back, not undoing.
    acts.push(main_act(say.of("返回", "Back"), &Intent::Back));
    let sheet = Sheet { rows, beside, acts, ..Sheet::default() };
    (heading(format!("…{}", view.tail), view.product.as_deref().unwrap_or_default()), sheet)
}

/// What the server says, beneath what is counted: what it does not answer is no trouble.
fn server(says: &ServerSays, say: Say) -> Vec<Row> {
    let here = say.of("以下只是本终端知道的。", "What follows is what this terminal knows.");
    match says {
        ServerSays::Asking => vec![sentence(Mark::Wait, say.of("正在问服务器…", "Asking the server…"), here)],
        ServerSays::Unreachable => {
            vec![sentence(Mark::Missing, say.of("离线，没问到服务器。", "Offline: the server was not asked."), here)]
        }
        ServerSays::Answered(standing, at, kinds) => {
            let mark = match standing {
                Standing::Live => Mark::Good,
                Standing::Unregistered | Standing::Inactive => Mark::Missing,
                Standing::Frozen | Standing::Cancelled | Standing::Ended => Mark::Held,
            };
            let (zh, en) = words::standing(*standing);
            let at = words::row_time(*at);
            let from = say.made(|| format!("服务器 {at}"), || format!("the server, {at}"));
            let kinds =
                kinds.iter().map(|kind| sentence(Mark::Held, words::kind(say.0, *kind), words::what(say.0, *kind)));
            [sentence(mark, say.of(zh, en), from)].into_iter().chain(kinds).collect()
        }
    }
}

fn trail(view: &PackageView, say: Say) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.push(row_heading(say.of("经过", "Trail")));
    if view.trail.is_empty() {
        rows.push(sentence(
            Mark::None,
            say.of("本终端不知道它的经过。", "This terminal knows nothing of where it was."),
            "",
        ));
    } else if view.is_partial {
        rows.push(sentence(
            Mark::Missing,
            say.of("只知道一部分经过。", "Only a part of its trail is known here."),
            say.of("联网同步，或找主管在控制台查全程。", "Sync, or ask the supervisor: the console has all of it."),
        ));
    }
    for step in &view.trail {
        let how = if step.is_scanned {
            say.of("已扫", "scanned")
        } else {
            say.of("由箱推断", "inferred from its case")
        };
        let aside = if step.is_set_aside { say.of(" · 已隔离", " · set aside") } else { "".into() };
        rows.push(sentence(
            // No boxes: nothing is to be ticked here.
            if step.is_scanned { Mark::Good } else { Mark::Missing },
            format!("{} {}", words::stage(say.0, step.stage), step.document),
            format!("{} · {} · {how}{aside}", words::row_time(step.at), step.member),
        ));
    }
    rows
}
