//! S17: what waits leaves without a network.

use super::super::generated::{Mark, Row, RowKind};
use super::super::sheet::{Say, Sheet, act, choice, fact, main_act, sentence};
use super::super::view::CarryView;
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::carry::modules_image;

pub(super) fn sheet(view: &CarryView, say: Say) -> (Heading, Sheet) {
    let title = say.of("离线转交", "Carry out");
    let mut rows = Vec::new();
    if let Some((words, is_trouble)) = &view.message {
        rows.push(sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), ""));
    }
    if let Some((code, shown)) = &view.code {
        rows.push(Row {
            kind: RowKind::Picture,
            picture: modules_image(code),
            label: say.of("移动二维码", "Moving code"),
            ..Row::default()
        });
        rows.push(fact(Mark::None, say.of("已显示", "Shown"), words::count(*shown)));
        let hint = say.of("让另一台终端对准,直到它显示“完成”。", "Hold before the other terminal until it says Done.");
        let safe = say.of("收到回执前,记录仍留在本机。", "Records stay here until receipts come back.");
        rows.push(sentence(Mark::None, hint, safe));
        let acts = vec![main_act(say.of("停止", "Stop"), &Intent::Back)];
        return (heading(title, ""), Sheet { rows, acts, ..Sheet::default() });
    }
    let events = view.events;
    rows.push(sentence(
        Mark::None,
        say.made(
            || format!("{} 条记录待转交。", words::count(events)),
            || format!("{} records to carry.", words::count(events)),
        ),
        say.of(
            "加密后只有服务器能打开。收到回执前仍是待传。",
            "Sealed: only the server opens them. They stay queued until a receipt comes.",
        ),
    ));
    rows.push(choice(
        say.of("移动二维码", "Moving code"),
        say.of("给另一台终端扫", "another terminal reads it"),
        &Intent::CarryCode,
    ));
    rows.push(choice(
        say.of("写入文件", "Write a file"),
        say.of("用存储盘带走", "carried on a stick"),
        &Intent::CarryFile,
    ));
    let acts = vec![act(say.of("返回", "Back"), &Intent::Back)];
    (heading(title, ""), Sheet { rows, acts, ..Sheet::default() })
}
