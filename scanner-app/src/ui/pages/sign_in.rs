//! S2: sign in.

use slint::ComponentHandle;

use super::super::generated::{MainWindow, SignIn};
use super::super::sheet::Say;
use super::super::view::SignInView;
use super::super::{Intent, words};
use super::{Heading, heading};

pub(super) fn put(window: &MainWindow, view: &SignInView, say: Say) -> Heading {
    let global = window.global::<SignIn>();
    global.set_place(view.place.as_str().into());
    global.set_terminal(say.made(|| format!("终端 {}", view.terminal), || format!("Terminal {}", view.terminal)));
    global.set_prompt(match &view.badge_of {
        Some(name) if view.has_badge => say.made(|| format!("{name}，输入 PIN"), || format!("{name}: type your PIN")),
        _ if view.has_badge => say.of("工牌已读，输入 PIN", "Badge read, type your PIN"),
        _ => say.of("扫工牌登录", "Scan your badge to sign in"),
    });
    global.set_not_me(say.of("不是本人", "Not me"));
    global.set_not_me_key(Intent::NotMe.key().into());
    let last = view.last.as_ref().map(|last| say.made(|| format!("上一位：{last}"), || format!("Last: {last}")));
    global.set_last(last.unwrap_or_default());
    let covered = view.covered.as_ref().map(|(stage, number, done, total, level)| {
        format!(
            "{} {number} · {} {}",
            words::stage(say.0, *stage),
            words::figure(*done, *total),
            words::level(say.0, *level)
        )
    });
    global.set_covered(covered.unwrap_or_default().into());
    global.set_message(view.message.as_ref().map(|(words, _)| say.pair(words)).unwrap_or_default());
    global.set_is_trouble(view.message.as_ref().is_some_and(|(_, is_trouble)| *is_trouble));
    global.set_has_badge(view.has_badge);
    global.set_answers(i32::try_from(view.answers).unwrap_or(0));
    global.set_number_label(say.of("工号", "Number"));
    global.set_pin_label("PIN".into());
    global.set_delete(say.of("删除", "Delete"));
    global.set_enter(say.of("登录", "Sign in"));
    heading(say.of("登录", "Sign in"), view.place.as_str())
}
