//! S16: what waits for the server, and what it answered.

use super::super::generated::Mark;
use super::super::sheet::{Say, Sheet, act, fact, heading as row_heading, main_act, sentence};
use super::super::view::QueueView;
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::route::Page;

pub(super) fn sheet(view: &QueueView, say: Say) -> (Heading, Sheet) {
    let (pending, oldest) = view.pending;
    let mut rows = Vec::new();
    for notice in &view.notices {
        rows.push(sentence(Mark::Bad, say.pair(notice), ""));
    }
    if let Some(oldest) = oldest {
        rows.push(fact(Mark::None, say.of("最早一条", "Oldest"), oldest.to_minute()));
    }
    rows.push(fact(Mark::None, say.of("照片待传", "Photos to send"), words::count(view.photos)));
    rows.push(fact(Mark::None, say.of("代转待传", "Carried for others"), words::count(view.carried)));
    rows.push(fact(Mark::None, say.of("本次已传", "Sent since the start"), words::count(view.sent)));
    if !view.refused.is_empty() {
        let refused = view.refused.len();
        rows.push(row_heading(say.made(
            || format!("服务器留存 {refused} 条待查，可继续扫码"),
            || format!("Kept for review: {refused}; keep scanning"),
        )));
        rows.extend(view.refused.iter().map(|(seq, reason)| {
            let record = say.made(|| format!("第 {seq} 条"), || format!("record {seq}"));
            sentence(Mark::Bad, record, say.pair(reason))
        }));
    }
    if pending == 0 {
        rows.push(sentence(Mark::Good, say.of("全部已传。", "Everything is sent."), ""));
    }
    let carry = act(say.of("离线转交", "Carry out"), &Intent::Go(Page::Carry));
    let now = main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow);
    let acts = if view.can_carry { vec![carry, now] } else { vec![now] };
    let lead = (words::count(pending).into(), say.of("条待传", "queued"), "".into());
    (heading(say.of("同步", "Sync"), ""), Sheet { lead, rows, acts, ..Sheet::default() })
}
