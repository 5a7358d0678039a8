//! S19: what the scanners sent, as it came.

use super::super::Intent;
use super::super::generated::{Mark, Row};
use super::super::sheet::{Say, Sheet, fact, main_act, marked, sentence, unbroken};
use super::super::view::{HealthView, RawRead};
use super::{Heading, heading};

pub(super) fn sheet(view: &HealthView, say: Say) -> (Heading, Sheet) {
    let mut rows = vec![fact(Mark::None, say.of("画面来源", "Pictures from"), view.source.as_str())];
    if let Some(trouble) = &view.trouble {
        rows.push(sentence(Mark::Bad, say.pair(trouble), ""));
    }
    if view.reads.is_empty() {
        rows.push(sentence(
            Mark::None,
            say.of(
                "扫任何标签，这里显示收到的内容。不计入作业。",
                "Scan any label: what comes in shows here. Nothing is counted.",
            ),
            "",
        ));
    }
    rows.extend(view.reads.iter().map(|read| read_row(read, say)));
    let acts = vec![main_act(say.of("返回", "Back"), &Intent::Back)];
    (heading(say.of("扫描自检", "Scanner health"), ""), Sheet { rows, acts, ..Sheet::default() })
}

fn read_row(read: &RawRead, say: Say) -> Row {
    let input = if read.is_wedge { say.of("扫描枪", "scanner") } else { say.of("相机", "camera") };
    match &read.fault {
        // What to do about it is a sentence: it takes the lines that it needs.
        Some(fault) => marked(unbroken(read.text.as_str(), say.pair(fault)), Mark::Bad),
        // The whole text: what a scanner left out is looked for here.
        None => marked(unbroken(read.text.as_str(), format!("{input} · {}", read.at.to_clock())), Mark::Good),
    }
}
