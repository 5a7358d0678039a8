//! S15: what is wrong with goods.

use super::super::generated::{Mark, Row, RowKind};
use super::super::sheet::{Say, Sheet, act, choice, digits, main_act, marked, sentence, with_side};
use super::super::view::{PackView, ReportView};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::intent::ReportWhat;
use crate::ui::route::Page;

pub(super) fn sheet(view: &ReportView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if let Some((words, is_trouble)) = &view.message {
        rows.push(sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), ""));
    }
    let kinds = [
        (ReportWhat::Damaged, ("破损", "Damaged"), ("货或包装坏了", "goods or package broken")),
        (
            ReportWhat::Unreadable,
            ("无码 / 读不出", "No or unreadable code"),
            ("没有码，或扫不出", "none there, or it does not scan"),
        ),
        (ReportWhat::Lost, ("丢失", "Lost"), ("货不见了", "goods are gone")),
        (ReportWhat::Stolen, ("失窃", "Stolen"), ("货被偷", "goods were stolen")),
        (ReportWhat::Differs, ("货码不符", "Goods differ"), ("码说的不是这个货", "the code says other goods")),
    ];
    // Once chosen, the others make room for what is asked next; the chosen one brings them back.
    let shown = kinds.into_iter().filter(|(what, _, _)| view.what.is_none_or(|chosen| chosen == *what));
    for (what, (zh, en), (sub_zh, sub_en)) in shown {
        let is_chosen = view.what == Some(what);
        let sub = if is_chosen { say.of("点这里改选", "tap to choose another") } else { say.of(sub_zh, sub_en) };
        let row = choice(say.of(zh, en), sub, &Intent::Report(what));
        rows.push(if is_chosen { marked(row, Mark::On) } else { row });
    }
    if view.what.is_some() {
        rows.extend(details(view, say));
    }
    if !view.in_task {
        rows.push(sentence(
            Mark::None,
            say.of("没有打开作业：上报不带单证号。", "No task is open: the report names no document."),
            say.of("与某份单证有关，先打开它的作业。", "If it concerns a document, open its task first."),
        ));
    }
    let photos = view.photos;
    let mut acts = Vec::new();
    if view.has_camera {
        let text = if photos == 0 {
            say.of("拍照", "Photo")
        } else {
            say.made(|| format!("拍照 {photos}"), || format!("Photo {photos}"))
        };
        acts.push(act(text, &Intent::Photo));
    } else {
        rows.push(sentence(
            Mark::Missing,
            say.of("没有相机：不带照片上报。", "No camera: recorded without a photo."),
            "",
        ));
    }
    if view.what.is_some() {
        acts.push(main_act(say.of("提交", "Record"), &Intent::ReportSend));
    } else {
        acts.push(main_act(say.of("返回", "Back"), &Intent::Back));
    }
    let sub = say.of("可扫它的标签", "scan its label if it has one");
    (heading(say.of("上报", "Report"), sub), Sheet { rows, acts, ..Sheet::default() })
}

/// What is asked once it is clear what is reported: which package, which pack, how many.
fn details(view: &ReportView, say: Say) -> Vec<Row> {
    let mut rows = Vec::new();
    match (&view.tail, &view.pack) {
        (Some(tail), _) => {
            rows.push(sentence(Mark::Good, say.made(|| format!("包装 …{tail}"), || format!("package …{tail}")), ""));
        }
        (None, Some(pack)) => {
            let frozen =
                say.of("上传后主管在控制台冻结整包", "once uploaded, the supervisor freezes it in the console");
            rows.push(sentence(
                Mark::Good,
                say.made(|| format!("码包 {pack}"), || format!("code pack {pack}")),
                frozen,
            ));
        }
        (None, None) => {
            rows.push(count(view.count, say));
            let typed = say.of("输入数量", "Type the count");
            rows.push(choice(typed, "", &Intent::Go(Page::Count)));
        }
    }
    let gone = matches!(view.what, Some(ReportWhat::Lost | ReportWhat::Stolen));
    if gone && view.tail.is_none() && view.has_packs {
        rows.push(choice(
            say.of("是整个码包", "A whole code pack"),
            say.of("未用的追溯码丢失或失窃", "unused codes lost or stolen"),
            &Intent::Go(Page::Packs),
        ));
    }
    rows
}

/// The code packs that can be reported.
pub(super) fn packs(packs: &[PackView], say: Say) -> (Heading, Sheet) {
    // A number alone tells nobody which roll it is.
    let row = |pack: &PackView| {
        let (level, issued) = (words::one_level(say.0, pack.level), words::row_time(pack.at));
        let day = &issued[..5];
        let row =
            choice(pack.pack.as_str(), format!("{} · {level}", pack.product), &Intent::ReportPack(pack.pack.clone()));
        with_side(row, say.made(|| format!("{day} 发"), || format!("issued {day}")))
    };
    let sheet = Sheet {
        rows: packs.iter().map(row).collect(),
        is_long: true,
        empty: say.of("没有可上报的码包。", "There is no code pack to report."),
        ..Sheet::default()
    };
    (heading(say.of("哪个码包", "Which code pack?"), ""), sheet)
}

/// A large pad for how many.
pub(super) fn typed_count(say: Say) -> (Heading, Sheet) {
    let label = say.of("数量，1 到 1000", "Packages, 1 to 1000");
    let sheet =
        Sheet { pad: digits(), pad_enter: say.of("就这个数", "Use it"), typed_label: label, ..Sheet::default() };
    (heading(say.of("数量", "How many?"), ""), sheet)
}

fn count(count: u64, say: Say) -> Row {
    let title = say.of("包装数", "Packages");
    Row {
        kind: RowKind::Stepper,
        label: format!("{title} {count}").into(),
        less_label: say.of("减一", "One less"),
        more_label: say.of("加一", "One more"),
        title,
        side: count.to_string().into(),
        less: Intent::ReportCount(-1).key().into(),
        more: Intent::ReportCount(1).key().into(),
        ..Row::default()
    }
}
