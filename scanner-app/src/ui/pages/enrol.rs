//! S1: enrolment.

use slint::{ComponentHandle, SharedString};

use super::super::Intent;
use super::super::generated::{Enrol, MainWindow};
use super::super::sheet::{Say, act, handed, main_act, set};
use super::super::view::EnrolView;
use super::{Heading, heading, scan};
use crate::ui::route::Page;

pub(super) fn put(window: &MainWindow, view: &EnrolView, (say, left_handed): (Say, bool)) -> Heading {
    let global = window.global::<Enrol>();
    if let Some(frame) = &view.frame {
        global.set_frame(scan::image(frame));
    }
    global.set_camera_message(view.camera_trouble.as_ref().map(|words| say.pair(words)).unwrap_or_default());
    let heading_words = match (&view.done, &view.code) {
        (Some(name), _) => say.made(|| format!("已登记：{name}"), || format!("Enrolled: {name}")),
        (None, Some(_)) => say.of("给主管看这个码", "Show this code to the supervisor"),
        (None, None) if view.is_asking => say.of("正在询问服务器…", "Asking the server…"),
        (None, None) => say.of("扫控制台上的登记码", "Scan the enrolment code on the console"),
    };
    global.set_heading(heading_words);
    global.set_code(view.code.as_deref().unwrap_or_default().into());
    global.set_code_hint(say.of(
        "和控制台上的相同：主管批准。不同：不要批准，重扫。",
        "The same on the console: approved there. Not the same: have it refused, scan again.",
    ));
    let waits = view.code.is_some() && view.done.is_none();
    global.set_waiting(if waits { say.of("等待批准…", "Waiting for approval…") } else { SharedString::new() });
    global.set_trouble(view.trouble.as_ref().map(|words| say.pair(words)).unwrap_or_default());
    global.set_hint(match (&view.done, &view.code) {
        (Some(_), _) => say.of("登记完成。", "Enrolment is done."),
        (None, Some(_)) => SharedString::new(),
        (None, None) => say.of("登记码 10 分钟内有效，只能用一次。", "The code is valid for 10 minutes, once."),
    });
    let again = act(say.of("重扫", "Scan again"), &Intent::EnrolAgain);
    let typed = act(say.of("手工输入", "Type it"), &Intent::Go(Page::Search));
    let start = main_act(say.of("开始使用", "Start"), &Intent::Back);
    let acts = match (&view.done, &view.code) {
        (Some(_), _) => vec![start],
        (None, Some(_)) => vec![again],
        (None, None) => vec![typed],
    };
    set(&global.get_acts(), handed(acts, left_handed), |model| global.set_acts(model));
    heading(say.of("登记", "Enrol"), SharedString::new())
}
