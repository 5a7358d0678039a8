//! The menu, and practice.

use shared::event::Stage;

use super::super::generated::Mark;
use super::super::sheet::{Say, Sheet, choice, main_act, marked, sentence};
use super::super::view::MenuView;
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::route::{ListTab, Page};

pub(super) fn sheet(view: &MenuView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if view.in_task {
        rows.push(choice(say.of("清单", "Lists"), "", &Intent::Go(Page::Lists(ListTab::ToScan))));
        rows.push(choice(say.of("记录", "History"), "", &Intent::Go(Page::History)));
        rows.push(choice(say.of("单证核对", "Papers"), "", &Intent::Go(Page::Papers)));
        rows.push(choice(
            say.of("装箱 / 拆箱", "Build / Open case"),
            say.of("也可开箱核对", "or check one that is open"),
            &Intent::Go(Page::Case),
        ));
    } else if !view.training {
        rows.push(choice(
            say.of("退货", "Returns"),
            say.of("退出和退入", "sent back, taken back"),
            &Intent::Go(Page::Returns),
        ));
    }
    if !view.training {
        rows.push(choice(
            say.of("上报", "Report"),
            say.of("破损、无码、丢失、码包、货码不符", "damaged, no code, lost, differs"),
            &Intent::Go(Page::Report),
        ));
    }
    rows.push(choice(
        say.of("查码", "Look up a code"),
        if view.in_task {
            say.of("扫码，或输入末 4 位", "scan it, or type its last 4")
        } else {
            say.of("扫码；也可按单证号找作业", "scan it; or find a task by its number")
        },
        &Intent::Go(Page::Search),
    ));
    // What concerns the terminal and whoever holds it, not goods.
    let mut beside = vec![choice(say.of("同步", "Sync"), "", &Intent::Go(Page::Queue))];
    if view.signs_in {
        beside.push(choice(say.of("交班", "Change shift"), "", &Intent::Go(Page::Shift)));
    }
    let check = choice(say.of("班前检查", "Pre-shift check"), "", &Intent::Go(Page::Check));
    beside.push(if view.faults > 0 { marked(check, Mark::Bad) } else { check });
    beside.push(choice(say.of("扫描自检", "Scanner health"), "", &Intent::Go(Page::Health)));
    let practice = if view.training { say.of("退出训练", "Leave training") } else { say.of("训练", "Training") };
    beside.push(choice(practice, "", &Intent::Go(Page::Practice)));
    beside.push(choice(say.of("设置", "Settings"), "", &Intent::Go(Page::Settings)));
    beside.push(choice(say.of("关于", "About"), "", &Intent::Go(Page::About)));
    (heading(say.of("菜单", "Menu"), ""), Sheet { rows, beside, is_long: true, ..Sheet::default() })
}

pub(super) fn practice(stages: &[Stage], is_open: bool, say: Say) -> (Heading, Sheet) {
    let title = say.of("训练", "Training");
    let mut rows = vec![sentence(
        Mark::None,
        say.of("用训练标签练习。不上传，不计数。", "Practise on training labels. Nothing is sent or counted."),
        say.of("真实标签在训练中不记录。", "Real labels are not recorded in training."),
    )];
    if !is_open {
        rows.push(sentence(Mark::None, say.of("训练标签由主管打印。", "The supervisor has the labels printed."), ""));
    }
    if is_open {
        let acts = vec![main_act(say.of("退出训练", "Leave training"), &Intent::LeavePractice)];
        return (heading(title, ""), Sheet { rows, acts, ..Sheet::default() });
    }
    rows.extend(stages.iter().map(|stage| choice(words::stage(say.0, *stage), "", &Intent::Practise(*stage))));
    (heading(title, ""), Sheet { rows, ..Sheet::default() })
}
