//! S17: what waits leaves without a network.

use super::super::generated::{Mark, Row, RowKind};
use super::super::sheet::{Say, Sheet, act, choice, fact, heading as row_heading, main_act, sentence, unbroken};
use super::super::view::{CarryView, NearbyView, Pair};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::carry::modules_image;
use crate::ui::route::Page;

pub(super) fn sheet(view: &CarryView, say: Say) -> (Heading, Sheet) {
    let title = say.of("离线转交", "Carry out");
    let mut rows = Vec::new();
    if let Some((words, is_trouble)) = &view.message {
        rows.push(sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), ""));
    }
    rows.extend(view.written.iter().map(|path| unbroken(path.as_str(), "")));
    if let Some((code, shown)) = &view.code {
        // What to do stands above the code: beneath it the smallest screen has no room left.
        let hint = say.of("让另一台对准，到它显示“完成”。", "Hold until the other says Done.");
        rows.push(sentence(Mark::None, hint, ""));
        rows.push(Row {
            kind: RowKind::Picture,
            picture: modules_image(code),
            label: say.of("移动二维码", "Moving code"),
            ..Row::default()
        });
        rows.push(fact(Mark::None, say.of("已显示", "Shown"), words::count(*shown)));
        let safe = say.of("收到回执前，记录仍留在本机。", "Records stay here until the server confirms them.");
        rows.push(sentence(Mark::None, safe, ""));
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
            "Sealed: only the server opens them. They stay queued until it confirms them.",
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
    rows.push(choice(
        say.of("附近的终端", "A terminal nearby"),
        say.of("同一无线网，当场有回执", "same network, confirmed at once"),
        &Intent::Go(Page::Nearby),
    ));
    let acts = vec![act(say.of("返回", "Back"), &Intent::Back)];
    (heading(title, ""), Sheet { rows, acts, ..Sheet::default() })
}

/// A terminal nearby takes what waits here, or this one takes what waits there.
pub(super) fn nearby(view: &NearbyView, say: Say) -> (Heading, Sheet) {
    let title = say.of("附近的终端", "A terminal nearby");
    let told = |(words, is_trouble): &(Pair, bool)| {
        sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), "")
    };
    let messages = || view.messages.iter().rev().map(told);
    if let Some((address, code, modules)) = &view.listening {
        let picture = modules.as_ref().map(|modules| Row {
            kind: RowKind::Picture,
            picture: modules_image(modules),
            label: say.of("配对二维码", "Pairing code"),
            ..Row::default()
        });
        // What came, else what to do, stands above the code: beneath it the smallest screen has no room left.
        let mut rows: Vec<Row> = messages().collect();
        if rows.is_empty() {
            let hint = say.of("在另一台打开这一页，扫此码。", "Scan this on the other terminal.");
            rows.push(sentence(Mark::None, hint, ""));
        }
        rows.extend(picture);
        rows.push(fact(Mark::None, address.as_str(), code.as_str()));
        rows.push(sentence(
            Mark::None,
            say.of(
                "它的记录加密存在本机，下次同步代传。",
                "Its records are kept here, sealed; the next sync delivers them.",
            ),
            "",
        ));
        let acts = vec![main_act(say.of("停止等候", "Stop waiting"), &Intent::StopListening)];
        return (heading(title, ""), Sheet { rows, acts, ..Sheet::default() });
    }
    let mut rows: Vec<Row> = messages().collect();
    if view.is_calling {
        rows.push(sentence(Mark::Wait, say.of("正在转交…", "Handing over…"), ""));
        return (heading(title, ""), Sheet { rows, ..Sheet::default() });
    }
    let events = words::count(view.events);
    rows.push(row_heading(
        say.made(|| format!("转交本机的 {events} 条记录"), || format!("Hand over {events} records")),
    ));
    rows.push(sentence(
        Mark::None,
        say.of("对准另一台屏幕上的配对二维码。", "Scan the pairing code on the other terminal's screen."),
        say.of("转交当场有回执。", "It confirms at once."),
    ));
    rows.push(choice(
        say.of("输入地址和配对码", "Type address and code"),
        say.of("没有相机时", "without a camera"),
        &Intent::Go(Page::Address),
    ));
    rows.push(row_heading(say.of("代别人转交", "Take from another")));
    rows.push(choice(
        say.of("等候别人转交", "Wait for another terminal"),
        say.of("它的记录下次同步代传", "its records go with our next sync"),
        &Intent::Listen,
    ));
    let acts = vec![act(say.of("返回", "Back"), &Intent::Back)];
    (heading(title, ""), Sheet { rows, acts, ..Sheet::default() })
}
