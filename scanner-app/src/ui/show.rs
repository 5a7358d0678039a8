//! Views to properties: what every page has; `pages` does the rest.

use slint::{ComponentHandle, SharedString};

use super::generated::{Alarm, Chrome, MainWindow, ResultKind, Skin, StripKind, Sync, Theme};
use super::pages;
use super::sheet::{Say, result_kind};
use super::view::{AlarmView, ChromeView, SkinView, StripTone, SyncView, View};
use super::words::{self, pick};
use crate::config::Language;

pub(super) fn show(window: &MainWindow, view: &View, language: Language) {
    let say = Say(language);
    set_sync(window, &view.sync, language);
    set_chrome(window, &view.chrome, say);
    set_alarm(window, view.alarm.as_ref(), say);
    pages::put(window, view, say);
    // Last: what has the focus looks at the page that is there now.
    window.global::<Chrome>().set_turn(i32::try_from(view.chrome.turn % 1_000_000).unwrap_or(0));
}

fn set_sync(window: &MainWindow, sync: &SyncView, language: Language) {
    let global = window.global::<Sync>();
    global.set_is_chinese(language == Language::Zh);
    global.set_online(sync.online);
    global.set_stale(sync.stale_hours.is_some());
    global.set_state(
        if sync.online { pick(language, "在线", "Online") } else { pick(language, "离线", "Offline") }.into(),
    );
    global.set_pending(words::pending(language, sync.pending).into());
    global.set_last(words::at(language, "同步", "sync", (sync.last_sync, sync.now)).into());
    global.set_data(match sync.stale_hours {
        Some(hours) => format!("{} {hours} h", pick(language, "数据", "data")).into(),
        None => words::at(language, "数据", "data", (sync.data_as_of, sync.now)).into(),
    });
    global.set_trouble(sync.trouble.as_ref().map(|words| Say(language).pair(words)).unwrap_or_default());
}

fn set_chrome(window: &MainWindow, view: &ChromeView, say: Say) {
    let theme = window.global::<Theme>();
    theme.set_skin(match view.look.skin {
        SkinView::Light => Skin::Light,
        SkinView::Dark => Skin::Dark,
        SkinView::Sunlight => Skin::Sunlight,
    });
    theme.set_left_handed(view.look.left_handed);
    let chrome = window.global::<Chrome>();
    chrome.set_can_go_back(view.can_go_back);
    chrome.set_person(view.person.as_str().into());
    chrome.set_back(say.of("返回", "Back"));
    chrome.set_menu(say.of("菜单", "Menu"));
    chrome.set_search(say.of("查找", "Search"));
    chrome.set_language(say.of("EN", "中文"));
    chrome.set_training(if view.training { say.of("训练", "Training") } else { SharedString::new() });
    let strip = view.strip.as_ref();
    chrome.set_strip_kind(strip.map_or(StripKind::None, |strip| match strip.tone {
        StripTone::Calm => StripKind::Calm,
        StripTone::Stale => StripKind::Stale,
        StripTone::Trouble => StripKind::Trouble,
    }));
    chrome.set_strip(strip.map(|strip| say.pair(&strip.words)).unwrap_or_default());
    let key = strip.and_then(|strip| strip.tap.as_ref()).map(super::Intent::key);
    chrome.set_strip_key(key.unwrap_or_default().into());
    chrome.set_edge(view.edge.map_or(ResultKind::None, result_kind));
}

fn set_alarm(window: &MainWindow, alarm: Option<&AlarmView>, say: Say) {
    let global = window.global::<Alarm>();
    let Some(alarm) = alarm else {
        global.set_is_on(false);
        return;
    };
    global.set_word(say.of("拦截", "Blocked"));
    global.set_kind(words::kind(say.0, alarm.kind).into());
    global.set_package(format!("…{}", alarm.tail).into());
    global.set_product(alarm.product.as_str().into());
    global.set_why_head(say.of("为什么", "Why"));
    global.set_why(words::what(say.0, alarm.kind).into());
    global.set_rests_head(say.of("依据", "Rests on"));
    global.set_rests(words::article(say.0, alarm.kind).into());
    global.set_next_head(say.of("怎么办", "What to do"));
    global.set_next(words::next(say.0, alarm.kind).into());
    // Several lines may be needed, and one could end in the dots of the next tail: here they stand without.
    let tails = [alarm.tail.as_str()].into_iter().chain(alarm.others.iter().map(|(tail, _)| tail.as_str()));
    let tails: Vec<&str> = tails.collect();
    let several = tails.len() > 1;
    global.set_packages(if several { tails.join("  ").into() } else { SharedString::new() });
    let others = alarm.others.iter().map(|(tail, kind)| format!("{tail} {}", words::kind(say.0, *kind)));
    let others: Vec<String> = others.collect();
    global.set_others(if others.is_empty() {
        SharedString::new()
    } else {
        format!("{} {}", words::pick(say.0, "还有", "Also"), others.join(" · ")).into()
    });
    let scans: u32 = alarm.meanwhile.iter().map(|(_, count)| count).sum();
    let parts = alarm.meanwhile.iter().map(|(outcome, count)| format!("{} {count}", words::outcome(say.0, *outcome)));
    let parts: Vec<String> = parts.collect();
    global.set_meanwhile(if scans == 0 {
        SharedString::new()
    } else {
        say.made(
            || format!("期间又扫 {scans}：{}", parts.join("  ")),
            || format!("Meanwhile {scans}: {}", parts.join("  ")),
        )
    });
    // It says how many: each of them is to be set aside before it is held.
    let count = tails.len();
    global.set_hold(if several {
        say.made(|| format!("按住 1 秒：{count} 个都已隔离"), || format!("Hold 1 s: all {count} set aside"))
    } else {
        say.of("按住 1 秒：已隔离", "Hold 1 s: set aside")
    });
    global.set_is_on(true);
}
