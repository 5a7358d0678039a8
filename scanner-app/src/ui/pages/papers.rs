//! S11: the papers, field by field, as a person finds them.

use shared::event::{PaperMark, ReturnReason};

use super::super::generated::{Act, Mark, Row};
use super::super::sheet::{Say, Sheet, act, choice, fact, main_act, marked, sentence, with_side};
use super::super::view::{PaperField, PapersView};
use super::super::{Intent, words};
use super::{Heading, heading, returns};
use crate::ui::route::Page;

pub(super) fn sheet(view: &PapersView, say: Say) -> (Heading, Sheet) {
    let title = say.of("单证核对", "Papers");
    let mut rows = reason(view, say);
    rows.extend(view.recorded.map(|equal| recorded(equal, say)));
    let Some(document) = &view.document else {
        rows.push(none_there(view, say));
        rows.extend(approvals(view, say));
        let acts = if view.is_own { vec![main_act(on(say), &Intent::Back)] } else { acts(view, say) };
        return (heading(title, ""), Sheet { rows, acts, ..Sheet::default() });
    };
    if view.recorded.is_none() {
        rows.push(sentence(
            Mark::None,
            say.of("与随货纸单逐项对照。", "Compare with the paper that goes with the goods."),
            say.of("不一样就点那一行。", "Tap what is not equal."),
        ));
    }
    rows.extend(view.fields.iter().enumerate().map(|(place, field)| field_row(place, field, (view.recorded, say))));
    if view.fields.iter().any(|field| field.value.is_none()) {
        rows.push(sentence(
            Mark::Held,
            say.of("系统内的单证缺项。", "A field is missing on record."),
            say.of(
                "让开单方补齐并同步；缺项不可放行。",
                "Have the issuer complete it, then sync; goods are held until then.",
            ),
        ));
    }
    rows.extend(approvals(view, say));
    (heading(title, document.as_str()), Sheet { rows, acts: acts(view, say), ..Sheet::default() })
}

fn on(say: Say) -> slint::SharedString {
    say.of("继续扫码", "Keep scanning")
}

fn recorded(equal: bool, say: Say) -> Row {
    if equal {
        sentence(Mark::Good, say.of("已记录：齐全且一致。", "Recorded: complete and equal."), "")
    } else {
        sentence(
            Mark::Bad,
            say.of("已记录：单证不符。", "Recorded: the papers differ."),
            say.of(
                "告诉主管；让开单方更正后再核对。",
                "Tell the supervisor; check again once the issuer put it right.",
            ),
        )
    }
}

fn none_there(view: &PapersView, say: Say) -> Row {
    if view.is_own {
        sentence(
            Mark::None,
            say.of("单证由本机在最终结束时开。", "This terminal writes the note at the final close."),
            say.of("放行前自动上传，不用核对。", "It is uploaded before goods leave; nothing is to be compared."),
        )
    } else {
        sentence(
            Mark::Missing,
            say.of("本终端没有这份单证。", "This document is not known here."),
            say.of(
                "先同步。随货也没有，就记录“没有单证”。",
                "Sync first. If none came with the goods either, record that there is none.",
            ),
        )
    }
}

/// Why goods go back, in a return.
fn reason(view: &PapersView, say: Say) -> Vec<Row> {
    let why = || say.of("退货原因", "Why they go back");
    let row = |(reason, _): &(ReturnReason, _)| fact(Mark::None, why(), words::return_reason(say.0, *reason));
    view.back.iter().map(row).collect()
}

/// What approvals cover, where the reason needs one.
fn approvals(view: &PapersView, say: Say) -> Vec<Row> {
    let needed = view.back.as_ref().filter(|(reason, _)| !reason.never_taken_in());
    needed.map(|(_, approved)| returns::approvals(approved, say)).unwrap_or_default()
}

/// One field, as it was marked. One that nobody marked says what will be recorded of it, and shows no box: a box is ticked by whoever
/// finds a field right. Once all were recorded as equal, those that nobody marked are so too.
fn field_row(place: usize, field: &PaperField, (recorded, say): (Option<bool>, Say)) -> Row {
    let (mark, side) = match field.mark.or_else(|| recorded.filter(|equal| *equal).map(|_| PaperMark::Equal)) {
        Some(PaperMark::Equal) => (Mark::Good, say.of("一致", "equal")),
        Some(PaperMark::Differs) => (Mark::Bad, say.of("不同", "differs")),
        Some(PaperMark::Missing) => (Mark::Missing, say.of("缺", "missing")),
        None if field.value.is_none() => (Mark::None, say.of("缺", "missing")),
        None => (Mark::None, say.of("一致", "equal")),
    };
    let value = field.value.as_deref().map_or_else(|| say.of("系统内缺", "not on record"), Into::into);
    with_side(marked(choice(say.pair(&field.name), value, &Intent::PaperMark(place)), mark), side)
}

fn acts(view: &PapersView, say: Say) -> Vec<Act> {
    let mut acts = Vec::new();
    if view.has_camera {
        let photos = view.photos;
        let text = if photos == 0 {
            say.of("拍照", "Photo")
        } else {
            say.made(|| format!("拍照 {photos}"), || format!("Photo {photos}"))
        };
        acts.push(act(text, &Intent::Photo));
    }
    if view.recorded == Some(true) {
        acts.push(main_act(on(say), &Intent::Go(Page::Work)));
        return acts;
    }
    let wrong = view.fields.iter().filter(|field| is_wrong(field)).count();
    let record = if view.document.is_none() {
        say.of("记录：没有单证", "Record: no papers")
    } else if wrong == 0 {
        say.of("齐全且一致", "Complete and equal")
    } else {
        say.made(|| format!("记录：{wrong} 项不同"), || format!("Record: {wrong} differ"))
    };
    if view.document.is_none() {
        // What is missing here may only not have come yet: that is tried first.
        return vec![act(record, &Intent::PapersRecord), main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)];
    }
    acts.push(main_act(record, &Intent::PapersRecord));
    acts
}

/// A field that is not on record is missing until the person finds it on the paper.
fn is_wrong(field: &PaperField) -> bool {
    match field.mark {
        Some(mark) => mark != PaperMark::Equal,
        None => field.value.is_none(),
    }
}
