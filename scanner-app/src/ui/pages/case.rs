//! S10: building, opening and checking a case.

use slint::SharedString;

use super::super::generated::{Act, Mark, Row};
use super::super::sheet::{
    Say, Sheet, act, act_with_hint, heading as row_heading, main_act, plain, sentence, tab, with_result,
};
use super::super::view::{CaseCheckView, CaseView, Outcome};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::intent::CaseAct;
use shared::reference::Level;

/// The answer to the last scan: whether it was right, of which package, in words.
type Answered = Option<(Outcome, SharedString, SharedString)>;

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
    let (what, then) = match view.mode {
        CaseAct::Build => (
            say.of("扫箱的标签，开始装箱。", "Scan the case's own label to begin."),
            say.of("再扫放进去的包装。", "Then scan what goes inside."),
        ),
        CaseAct::Open => (
            say.of("扫箱的标签，记为拆箱。", "Scan the case's own label: it is recorded as opened."),
            say.of("里面的包装从此单独算。", "What is inside counts by itself from then on."),
        ),
        CaseAct::Check => (
            say.of("扫箱的标签，开始核对。", "Scan the case's own label to begin."),
            say.of(
                "再逐个扫里面的包装，与记录对照。",
                "Then scan each package inside; it is compared with the record.",
            ),
        ),
    };
    let rows = vec![sentence(Mark::None, what, then)];
    // It leaves the page; to scan, nothing is touched.
    let acts = vec![act(say.of("回作业", "Back to task"), &Intent::Back)];
    let answer = answer(view, say);
    (heading(say.of("装箱 / 拆箱", "Case"), ""), Sheet { tabs: tabs.into(), answer, rows, acts, ..Sheet::default() })
}

fn building(view: &CaseView, parent: &str, say: Say) -> (Heading, Sheet) {
    let rows =
        view.rows.iter().map(|tail| with_result(plain(format!("…{tail}"), ""), Outcome::ACCEPTED, say.0)).collect();
    let acts = building_acts(view, say);
    let unit = words::level(say.0, Level::Unit);
    // Of what the figure counts, or how many units its packages hold.
    let all_units = view.units == view.children;
    let lead = (
        words::figure(view.children, view.of).into(),
        if all_units { unit.into() } else { SharedString::new() },
        if all_units { SharedString::new() } else { format!("{} {unit}", words::count(view.units)).into() },
    );
    let sub = of_case(parent, say);
    let empty = say.of("扫放进去的包装。", "Scan what goes inside.");
    let answer = answer(view, say).map(|(outcome, tail, words)| {
        // How many are in it says the figure above.
        let words = match outcome {
            Outcome::ACCEPTED => say.of("已装入", "In the case"),
            Outcome::DUPLICATE => say.of("重复 · 已在此箱，不计数", "Duplicate · already in this case, not counted"),
            _ => words,
        };
        (outcome, tail, words)
    });
    (heading(say.of("装箱", "Build a case"), sub), Sheet { lead, rows, empty, acts, answer, ..Sheet::default() })
}

/// Undo stands under the thumb, as on the scanning page, and nothing ever takes its place. A case that is not full is ended on the far
/// side, in words that say what that makes of it; while it is asked whether the last one goes in all the same, it waits.
fn building_acts(view: &CaseView, say: Say) -> Vec<Act> {
    if view.children == 0 && view.insist.is_none() {
        return vec![act(say.of("放弃", "Give up"), &Intent::CaseGiveUp)];
    }
    let full = view.of.is_some_and(|of| view.children >= of);
    let count = words::count(view.children);
    let first = match &view.insist {
        Some(tail) => act_with_hint(say.of("仍装入", "Put in anyway"), format!("…{tail}").into(), &Intent::CaseDespite),
        None if full => main_act(say.of("完成装箱", "Finish case"), &Intent::CaseFinish(false)),
        None => act_with_hint(
            say.of("尾箱完成", "Finish remainder"),
            say.made(|| format!("就 {count}，不再加"), || format!("with {count}, no more")),
            &Intent::CaseFinish(true),
        ),
    };
    let undo = if view.children == 0 {
        act(say.of("放弃", "Give up"), &Intent::CaseGiveUp)
    } else {
        undo(view.rows.first().map(String::as_str), &Intent::CaseUndo, (!first.main, say))
    };
    vec![first, undo]
}

/// Undo says of what.
fn undo(tail: Option<&str>, intent: &Intent, (is_main, say): (bool, Say)) -> Act {
    let text = say.of("撤销", "Undo");
    let tail = tail.unwrap_or_default();
    let label = format!("{text} {tail}").trim_end().into();
    Act { label, hint: tail.into(), main: is_main, ..act(text, intent) }
}

fn checking(view: &CaseView, check: &CaseCheckView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if check.on_record.is_none() {
        rows.push(sentence(
            Mark::Missing,
            say.of("本终端没有此箱的记录。", "Nothing is on record here of this case's inside."),
            say.of("照常扫，服务器对照。", "Scan all the same; the server compares."),
        ));
    }
    rows.extend(check.found.iter().map(|(tail, belongs)| found_row(tail, *belongs, say)));
    if !check.missing.is_empty() {
        let missing = check.missing.len();
        rows.push(row_heading(say.made(|| format!("还没核到 {missing}"), || format!("{missing} not found yet"))));
        rows.extend(check.missing.iter().map(|tail| plain(format!("…{tail}"), "")));
    }
    let is_done = check.missing.is_empty() && !check.found.is_empty();
    let last = match check.found.first() {
        None => act(say.of("放弃", "Give up"), &Intent::CheckLeave),
        Some((tail, _)) => undo(Some(tail), &Intent::CheckUndo, (!is_done, say)),
    };
    let acts = vec![Act { main: is_done, ..act(ends(check, say), &Intent::CheckFinish) }, last];
    let foreign = check.found.iter().filter(|(_, belongs)| !belongs).count();
    let belong = (check.found.len() - foreign) as u64;
    let beneath = if foreign > 0 {
        say.made(|| format!("不在此箱记录中 {foreign}"), || format!("{foreign} not on record here"))
    } else {
        SharedString::new()
    };
    let lead = (words::figure(belong, check.on_record).into(), say.of("已核", "checked"), beneath);
    let sub = of_case(&check.parent, say);
    let answer = answer(view, say);
    (heading(say.of("开箱核对", "Check a case"), sub), Sheet { lead, rows, acts, answer, ..Sheet::default() })
}

/// The act says what it records.
fn ends(check: &CaseCheckView, say: Say) -> SharedString {
    let missing = check.missing.len();
    let foreign = check.found.iter().filter(|(_, belongs)| !belongs).count();
    match (missing, foreign) {
        (0, 0) => say.of("核对完成", "Finish: all there"),
        (missing, 0) => say.made(|| format!("完成：少 {missing}"), || format!("Finish: {missing} short")),
        (0, foreign) => say.made(|| format!("完成：多 {foreign}"), || format!("Finish: {foreign} extra")),
        (missing, foreign) => say.made(
            || format!("完成：少 {missing} 多 {foreign}"),
            || format!("Finish: {missing} short, {foreign} extra"),
        ),
    }
}

fn found_row(tail: &str, belongs: bool, say: Say) -> Row {
    if belongs {
        with_result(plain(format!("…{tail}"), say.of("在此箱", "belongs here")), Outcome::ACCEPTED, say.0)
    } else {
        with_result(
            plain(format!("…{tail}"), say.of("不在此箱的记录中", "not on record in this case")),
            Outcome::WRONG,
            say.0,
        )
    }
}

fn of_case(parent: &str, say: Say) -> SharedString {
    say.made(|| format!("箱 …{parent}"), || format!("case …{parent}"))
}

fn answer(view: &CaseView, say: Say) -> Answered {
    let (words, outcome) = view.answer.as_ref()?;
    let tail = view.about.as_ref().map(|tail| format!("…{tail}").into()).unwrap_or_default();
    Some((*outcome, tail, say.pair(words)))
}
