//! S10: building a case.

use slint::SharedString;

use super::super::generated::Mark;
use super::super::sheet::{Say, Sheet, act, main_act, plain, sentence};
use super::super::view::CaseView;
use super::super::{Intent, words};
use super::{Heading, heading};
use shared::reference::Level;

pub(super) fn sheet(view: &CaseView, say: Say) -> (Heading, Sheet) {
    let title = say.of("装箱", "Build a case");
    let Some(parent) = &view.parent else {
        let words = say.of("扫箱的标签,开始装箱。", "Scan the case's own label to begin.");
        let sheet = Sheet { rows: answer(view, say), empty: words, ..Sheet::default() };
        return (heading(title, ""), sheet);
    };
    let mut rows = answer(view, say);
    rows.extend(view.rows.iter().map(|tail| plain(format!("…{tail}"), "")));
    let full = view.of.is_some_and(|of| view.children >= of);
    let mut acts = Vec::new();
    if view.children == 0 {
        acts.push(act(say.of("放弃", "Give up"), &Intent::CaseGiveUp));
    } else {
        acts.push(act(say.of("撤销", "Undo"), &Intent::CaseUndo));
    }
    if view.may_insist {
        acts.push(act(say.of("仍装入", "Put in anyway"), &Intent::CaseDespite));
    }
    if full {
        acts.push(main_act(say.of("完成装箱", "Finish case"), &Intent::CaseFinish(false)));
    } else if view.children > 0 {
        acts.push(main_act(say.of("尾箱完成", "Finish remainder"), &Intent::CaseFinish(true)));
    }
    let unit = words::level(say.0, Level::Unit);
    let lead = (
        words::figure(view.children, view.of).into(),
        SharedString::new(),
        format!("{} {unit}", words::count(view.units)).into(),
    );
    let sub = say.made(|| format!("箱 …{parent}"), || format!("case …{parent}"));
    (
        heading(title, sub),
        Sheet {
            lead, rows, acts, empty: say.of("扫放进去的包装。", "Scan what goes inside."), ..Sheet::default()
        },
    )
}

fn answer(view: &CaseView, say: Say) -> Vec<super::super::generated::Row> {
    let row = |(words, went_in): &(super::super::view::Pair, bool)| {
        sentence(if *went_in { Mark::Good } else { Mark::Bad }, say.pair(words), "")
    };
    view.answer.iter().map(row).collect()
}
