//! S11: the papers, field by field.

use super::super::Intent;
use super::super::generated::Mark;
use super::super::sheet::{Say, Sheet, act, fact, main_act, sentence};
use super::super::view::PapersView;
use super::{Heading, heading};
use crate::ui::route::Page;

pub(super) fn sheet(view: &PapersView, say: Say) -> (Heading, Sheet) {
    let title = say.of("单证核对", "Papers");
    let Some(document) = &view.document else {
        let rows = vec![sentence(
            Mark::Missing,
            say.of("没有单证。", "No document."),
            say.of(
                "最终结束时由本机开单;放行前须上传。",
                "This terminal writes the note at the final close; it is uploaded before goods leave.",
            ),
        )];
        return (heading(title, ""), Sheet { rows, acts: vec![back(say)], ..Sheet::default() });
    };
    let mut rows: Vec<_> = view
        .fields
        .iter()
        .map(|field| match &field.value {
            Some(value) => fact(Mark::Good, say.pair(&field.name), value.as_str()),
            None => fact(Mark::Bad, say.pair(&field.name), say.of("缺", "missing")),
        })
        .collect();
    let lacks = view.fields.iter().filter(|field| field.value.is_none()).count();
    rows.push(if lacks == 0 {
        sentence(
            Mark::Good,
            say.of("系统内单证六项齐全。", "All six fields are in the system."),
            say.of("与随货纸单逐项对照;不同就上报。", "Compare with the paper; report what differs."),
        )
    } else {
        sentence(
            Mark::Bad,
            say.made(|| format!("缺 {lacks} 项。"), || format!("{lacks} fields are missing.")),
            say.of(
                "让开单方补齐并同步;缺项不可放行。",
                "Have the issuer complete it, then sync; goods are held until then.",
            ),
        )
    });
    let report = act(say.of("上报不符", "Report"), &Intent::Go(Page::Report));
    (heading(title, document.as_str()), Sheet { rows, acts: vec![report, back(say)], ..Sheet::default() })
}

fn back(say: Say) -> super::super::generated::Act {
    main_act(say.of("继续扫码", "Keep scanning"), &Intent::Go(Page::Work))
}
