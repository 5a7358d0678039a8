//! S18: the next person takes over.

use super::super::generated::Mark;
use super::super::sheet::{Say, Sheet, act, fact, main_act, sentence};
use super::super::view::ShiftView;
use super::super::{Intent, words};
use super::{Heading, heading};

pub(super) fn sheet(view: &ShiftView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if let Some(person) = &view.person {
        rows.push(fact(Mark::None, say.of("当班", "On duty"), person.as_str()));
    }
    if let Some((stage, number, done, total, level)) = &view.task {
        let figure = format!("{} {}", words::figure(*done, *total), words::level(say.0, *level));
        rows.push(fact(Mark::None, format!("{} {number}", words::stage(say.0, *stage)), figure));
        rows.push(fact(Mark::None, say.of("隔离", "Set aside"), words::count(view.set_aside)));
        rows.push(fact(Mark::None, say.of("提示", "Notes"), words::count(view.notes as u64)));
    }
    rows.push(fact(Mark::None, say.of("待传", "Queued"), words::count(view.pending)));
    rows.push(sentence(
        Mark::None,
        say.of(
            "下一位扫工牌并输入 PIN，接着做同一作业。",
            "The next person scans a badge and types the PIN: same task, same package.",
        ),
        say.of("待传的不受影响。", "Queued records stay."),
    ));
    let out = act(say.of("退出登录", "Sign out"), &Intent::SignOut);
    let next = main_act(say.of("继续作业", "Back to work"), &Intent::Back);
    (heading(say.of("交班", "Change shift"), ""), Sheet { rows, acts: vec![out, next], ..Sheet::default() })
}
