//! S15: what is wrong with goods.

use super::super::Intent;
use super::super::generated::{Mark, Row, RowKind};
use super::super::sheet::{Say, Sheet, act, choice, main_act, marked, sentence};
use super::super::view::ReportView;
use super::{Heading, heading};
use crate::ui::intent::ReportWhat;

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
            ("没有码,或扫不出", "none there, or it does not scan"),
        ),
        (ReportWhat::Lost, ("丢失", "Lost"), ("货不见了", "goods are gone")),
        (ReportWhat::Stolen, ("失窃", "Stolen"), ("货被偷", "goods were stolen")),
        (ReportWhat::Differs, ("货码不符", "Goods differ"), ("码说的不是这个货", "the code says other goods")),
    ];
    for (what, (zh, en), (sub_zh, sub_en)) in kinds {
        let mark = if view.what == Some(what) { Mark::On } else { Mark::Off };
        rows.push(marked(choice(say.of(zh, en), say.of(sub_zh, sub_en), &Intent::Report(what)), mark));
    }
    match &view.tail {
        Some(tail) => {
            rows.push(sentence(Mark::Good, say.made(|| format!("包装 …{tail}"), || format!("package …{tail}")), ""));
        }
        None => rows.push(count(view.count, say)),
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
            say.of("没有相机:不带照片上报。", "No camera: recorded without a photo."),
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
