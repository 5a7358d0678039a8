//! S10: building, opening and checking a case.

use slint::SharedString;

use super::super::generated::{Act, Mark, Row};
use super::super::sheet::{Say, Sheet, act, heading as row_heading, main_act, marked, plain, sentence, tab};
use super::super::view::{CaseCheckView, CaseView, Pair};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::intent::CaseAct;
use shared::reference::Level;

pub(super) fn sheet(view: &CaseView, say: Say) -> (Heading, Sheet) {
    match (&view.check, &view.parent) {
        (Some(check), _) => checking(view, check, say),
        (None, Some(parent)) => building(view, parent, say),
        (None, None) => waiting(view, say),
    }
}

fn name(of: CaseAct, say: Say) -> SharedString {
    match of {
        CaseAct::Build => say.of("装箱", "Build"),
        CaseAct::Open => say.of("拆箱", "Open"),
        CaseAct::Check => say.of("开箱核对", "Check"),
    }
}

/// Nothing is under way: what a scan will do is chosen here.
fn waiting(view: &CaseView, say: Say) -> (Heading, Sheet) {
    let tabs = CaseAct::EVERY.map(|of| tab(name(of, say), of == view.mode, &Intent::CaseMode(of)));
    let mut rows = answer(view, say);
    let (what, then) = match view.mode {
        CaseAct::Build => (
            say.of("扫箱的标签,开始装箱。", "Scan the case's own label to begin."),
            say.of("再扫放进去的包装。", "Then scan what goes inside."),
        ),
        CaseAct::Open => (
            say.of("扫箱的标签,记为拆箱。", "Scan the case's own label: it is recorded as opened."),
            say.of("里面的包装从此单独算。", "What is inside counts by itself from then on."),
        ),
        CaseAct::Check => (
            say.of("扫箱的标签,开始核对。", "Scan the case's own label to begin."),
            say.of("再逐个扫里面的包装,与记录对照。", "Then scan each package inside; it is compared with the record."),
        ),
    };
    rows.push(sentence(Mark::None, what, then));
    let acts = vec![main_act(say.of("继续扫码", "Keep scanning"), &Intent::Back)];
    (heading(say.of("装箱 / 拆箱", "Case"), ""), Sheet { tabs: tabs.into(), rows, acts, ..Sheet::default() })
}

fn building(view: &CaseView, parent: &str, say: Say) -> (Heading, Sheet) {
    let mut rows = answer(view, say);
    rows.extend(view.rows.iter().map(|tail| plain(format!("…{tail}"), "")));
    let full = view.of.is_some_and(|of| view.children >= of);
    // While it is asked whether the last one goes in all the same, that stands in the place of Undo.
    let mut acts = vec![if view.may_insist {
        act(say.of("仍装入", "Put in anyway"), &Intent::CaseDespite)
    } else if view.children == 0 {
        act(say.of("放弃", "Give up"), &Intent::CaseGiveUp)
    } else {
        act(say.of("撤销", "Undo"), &Intent::CaseUndo)
    }];
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
    let sub = of_case(parent, say);
    let empty = say.of("扫放进去的包装。", "Scan what goes inside.");
    (heading(say.of("装箱", "Build a case"), sub), Sheet { lead, rows, empty, acts, ..Sheet::default() })
}

fn checking(view: &CaseView, check: &CaseCheckView, say: Say) -> (Heading, Sheet) {
    let mut rows = answer(view, say);
    if check.on_record.is_none() {
        rows.push(sentence(
            Mark::Missing,
            say.of("本终端没有此箱的记录。", "Nothing is on record here of this case's inside."),
            say.of("照常扫,服务器对照。", "Scan all the same; the server compares."),
        ));
    }
    rows.extend(check.found.iter().map(|(tail, belongs)| found_row(tail, *belongs, say)));
    if !check.missing.is_empty() {
        let missing = check.missing.len();
        rows.push(row_heading(say.made(|| format!("还没核到 {missing}"), || format!("{missing} not found yet"))));
        rows.extend(check.missing.iter().map(|tail| plain(format!("…{tail}"), "")));
    }
    let first = if check.found.is_empty() {
        act(say.of("放弃", "Give up"), &Intent::CheckLeave)
    } else {
        act(say.of("撤销", "Undo"), &Intent::CheckUndo)
    };
    let acts = vec![first, Act { label: ends(check, say), ..main_act(ends(check, say), &Intent::CheckFinish) }];
    let foreign = check.found.iter().filter(|(_, belongs)| !belongs).count();
    let belong = (check.found.len() - foreign) as u64;
    let beneath = if foreign > 0 {
        say.made(|| format!("不在此箱记录中 {foreign}"), || format!("{foreign} not on record here"))
    } else {
        SharedString::new()
    };
    let lead = (words::figure(belong, check.on_record).into(), say.of("已核", "checked"), beneath);
    let sub = of_case(&check.parent, say);
    (heading(say.of("开箱核对", "Check a case"), sub), Sheet { lead, rows, acts, ..Sheet::default() })
}

/// The act says what it records.
fn ends(check: &CaseCheckView, say: Say) -> SharedString {
    let missing = check.missing.len();
    let foreign = check.found.iter().filter(|(_, belongs)| !belongs).count();
    match (missing, foreign) {
        (0, 0) => say.of("核对完成", "Finish: all there"),
        (missing, 0) => say.made(|| format!("完成:少 {missing}"), || format!("Finish: {missing} short")),
        (0, foreign) => say.made(|| format!("完成:多 {foreign}"), || format!("Finish: {foreign} extra")),
        (missing, foreign) => say
            .made(|| format!("完成:少 {missing} 多 {foreign}"), || format!("Finish: {missing} short, {foreign} extra")),
    }
}

fn found_row(tail: &str, belongs: bool, say: Say) -> Row {
    if belongs {
        marked(plain(format!("…{tail}"), say.of("在此箱", "belongs here")), Mark::Good)
    } else {
        marked(plain(format!("…{tail}"), say.of("不在此箱的记录中", "not on record in this case")), Mark::Bad)
    }
}

fn of_case(parent: &str, say: Say) -> SharedString {
    say.made(|| format!("箱 …{parent}"), || format!("case …{parent}"))
}

fn answer(view: &CaseView, say: Say) -> Vec<Row> {
    let row =
        |(words, is_good): &(Pair, bool)| sentence(if *is_good { Mark::Good } else { Mark::Bad }, say.pair(words), "");
    view.answer.iter().map(row).collect()
}
