//! Views to properties.

use std::rc::Rc;

use shared::mismatch::ScanResult;
use slint::{ComponentHandle, Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, SharedString, VecModel};

use super::generated::{BoxItem, MainWindow, RecentItem, ResultKind, Scan, Sync, TaskItem, Tasks, Words};
use super::view::{BoxView, FrameView, Outcome, ScanView, SyncView, TaskView, View, ViewPage};
use super::words::{self, pick};
use crate::config::Language;

pub(super) fn show(window: &MainWindow, view: &View, language: Language) {
    set_words(window, language);
    set_sync(window, &view.sync, language);
    match &view.page {
        ViewPage::Tasks(place, tasks) => {
            window.set_scanning(false);
            let global = window.global::<Tasks>();
            global.set_place(place.into());
            global.set_items(model(tasks.iter().map(|task| task_item(task, language))));
        }
        ViewPage::Scan(scan) => {
            set_scan(window, scan, language);
            window.set_scanning(true);
        }
    }
}

fn model<T: Clone + 'static>(items: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(items.collect::<Vec<T>>())))
}

fn set_words(window: &MainWindow, language: Language) {
    let words = window.global::<Words>();
    let say = |zh, en| SharedString::from(pick(language, zh, en));
    words.set_tasks(say("作业", "Tasks"));
    words.set_no_tasks(say(
        "暂无作业。同步后,新单证会出现在这里。",
        "No tasks. New documents appear here after a sync.",
    ));
    words.set_language(say("EN", "中文"));
    words.set_undo(say("撤销", "Undo"));
    words.set_close(say("结束", "Close"));
    words.set_close_partial(say("部分结束", "Close partial"));
    words.set_close_partial_hint(say("稍后继续,不算少货", "go on later, no shortage"));
    words.set_close_final(say("最终结束", "Close final"));
    words.set_go_on(say("继续扫码", "Keep scanning"));
    words.set_nothing_yet(say("对准标签", "Aim at a label"));
    words.set_recent(say("记录", "History"));
    words.set_back(say("返回", "Back"));
}

fn set_sync(window: &MainWindow, sync: &SyncView, language: Language) {
    let global = window.global::<Sync>();
    global.set_online(sync.online);
    global.set_state(
        if sync.online { pick(language, "在线", "Online") } else { pick(language, "离线", "Offline") }.into(),
    );
    global.set_pending(words::pending(language, sync.pending).into());
    global.set_last(words::at(language, "同步", "sync", sync.last_sync).into());
    global.set_data(words::at(language, "数据", "data", sync.data_as_of).into());
    global.set_trouble(sync.trouble.clone().unwrap_or_default().into());
}

fn figure(done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{} / {}", words::count(done), words::count(total)),
        None => words::count(done),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of a bar, not a count")]
fn task_item(task: &TaskView, language: Language) -> TaskItem {
    let unit = words::level(language, task.level);
    TaskItem {
        key: task.key.clone().into(),
        stage: words::stage(language, task.stage).into(),
        title: task.title.clone().into(),
        counterparty: task.counterparty.clone().into(),
        figure: format!("{} {unit}", figure(task.done, task.total)).into(),
        share: task.total.map_or(0.0, |total| task.done as f32 / total.max(1) as f32),
    }
}

const fn kind(outcome: Outcome) -> ResultKind {
    match outcome.result {
        ScanResult::Accepted if outcome.note => ResultKind::Note,
        ScanResult::Accepted => ResultKind::Accepted,
        ScanResult::Duplicate => ResultKind::Duplicate,
        ScanResult::Wrong => ResultKind::Wrong,
        ScanResult::Blocked => ResultKind::Blocked,
    }
}

fn set_scan(window: &MainWindow, view: &ScanView, language: Language) {
    let scan = window.global::<Scan>();
    let unit = words::level(language, view.level);
    scan.set_title(format!("{} {}", words::stage(language, view.stage), view.title).into());
    scan.set_counterparty(view.counterparty.clone().into());
    scan.set_figure(figure(view.done, view.total).into());
    scan.set_figure_unit(unit.into());
    let units = words::level(language, shared::reference::Level::Unit);
    scan.set_units(format!("{} / {} {units}", words::count(view.units.0), words::count(view.units.1)).into());
    let aside = pick(language, "隔离", "set aside");
    scan.set_set_aside(if view.set_aside == 0 {
        SharedString::new()
    } else {
        format!("{aside} {}", view.set_aside).into()
    });
    scan.set_complete(view.total.is_some_and(|total| total > 0 && view.done >= total));
    let short = view.total.unwrap_or(0).saturating_sub(view.done);
    let hint = match language {
        Language::Zh if short == 0 => "数量齐全".to_owned(),
        Language::En if short == 0 => "nothing is short".to_owned(),
        Language::Zh => format!("{short} {unit}记为少货"),
        Language::En => format!("{short} {unit} short"),
    };
    window.global::<Words>().set_close_final_hint(hint.into());
    if let Some(frame) = &view.frame {
        set_frame(&scan, frame);
    }
    scan.set_boxes(model(view.boxes.iter().map(|found| box_item(found, language))));
    let trouble = view.camera_trouble.as_ref().map(|(zh, en)| match language {
        Language::Zh => zh.clone(),
        Language::En => en.clone(),
    });
    scan.set_camera_message(trouble.unwrap_or_default().into());
    set_result(&scan, view, language);
    let recent = view.recent.iter().map(|recent| {
        let word = words::outcome(language, recent.outcome);
        RecentItem {
            kind: kind(recent.outcome),
            tail: recent.tail.clone().into(),
            label: format!("{word} {}", recent.tail).into(),
        }
    });
    scan.set_recent(model(recent));
}

fn set_result(scan: &Scan<'_>, view: &ScanView, language: Language) {
    let Some(result) = &view.result else {
        scan.set_kind(ResultKind::None);
        scan.set_shown_seq(0);
        return;
    };
    if result.undone {
        scan.set_kind(ResultKind::Duplicate);
        scan.set_word(pick(language, "已撤销", "Undone").into());
        scan.set_detail(pick(language, "可再扫", "can be scanned again").into());
        scan.set_advice(SharedString::new());
    } else {
        scan.set_kind(kind(result.outcome));
        scan.set_word(words::outcome(language, result.outcome).into());
        scan.set_detail(words::detail(language, result.outcome, &result.kinds).into());
        scan.set_advice(words::advice(language, result.outcome, &result.kinds).into());
    }
    scan.set_tail(result.tail.clone().into());
    scan.set_shown_seq(i32::try_from(result.seq).unwrap_or(0));
}

fn box_item(found: &BoxView, language: Language) -> BoxItem {
    let along = |axis: usize| found.corners.iter().map(move |corner| corner[axis]);
    let (left, right) = (along(0).fold(f32::MAX, f32::min), along(0).fold(0.0, f32::max));
    let (top, bottom) = (along(1).fold(f32::MAX, f32::min), along(1).fold(0.0, f32::max));
    BoxItem {
        x: left,
        y: top,
        width: (right - left).max(0.0),
        height: (bottom - top).max(0.0),
        kind: found.outcome.map_or(ResultKind::None, kind),
        word: words::box_word(language, found.kind).into(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture's side is far below 2^24 pixels")]
fn set_frame(scan: &Scan<'_>, frame: &FrameView) {
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(frame.width, frame.height);
    for (pixel, luma) in pixels.make_mut_slice().iter_mut().zip(&frame.luma) {
        *pixel = Rgb8Pixel::new(*luma, *luma, *luma);
    }
    scan.set_frame(Image::from_rgb8(pixels));
    scan.set_frame_width(frame.width as f32);
    scan.set_frame_height(frame.height as f32);
}
