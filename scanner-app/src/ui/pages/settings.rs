//! S20 and S21: settings, about.

use super::super::Intent;
use super::super::generated::{Mark, Row, RowKind};
use super::super::sheet::{Say, Sheet, choice, fact, main_act, marked, sentence, unbroken, with_side};
use super::super::view::{AboutView, SettingsView, SkinView};
use super::{Heading, heading};
use crate::ui::intent::Setting;

pub(super) fn sheet(view: &SettingsView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if let Some((words, is_trouble)) = &view.message {
        rows.push(sentence(if *is_trouble { Mark::Bad } else { Mark::Good }, say.pair(words), ""));
    }
    // A path has no blanks to break at.
    rows.extend(view.written.as_ref().map(|path| unbroken(path.as_str(), "")));
    rows.push(with_side(choice(say.of("语言", "Language"), "", &Intent::SwitchLanguage), say.of("中文", "English")));
    let skin = match view.look.skin {
        SkinView::Light => say.of("浅色", "light"),
        SkinView::Dark => say.of("深色", "dark"),
        SkinView::Sunlight => say.of("阳光", "sunlight"),
    };
    rows.push(with_side(choice(say.of("主题", "Theme"), "", &Intent::Set(Setting::Skin)), skin));
    let hand = if view.look.left_handed { say.of("左手", "left") } else { say.of("右手", "right") };
    rows.push(with_side(choice(say.of("惯用手", "Hand"), "", &Intent::Set(Setting::Hand)), hand));
    let volume = say.of("音量", "Volume");
    rows.push(Row {
        kind: RowKind::Stepper,
        label: format!("{volume} {}", view.feedback.volume).into(),
        less_label: say.of("小声", "Softer"),
        more_label: say.of("大声", "Louder"),
        title: volume,
        side: view.feedback.volume.to_string().into(),
        less: Intent::Set(Setting::Volume(-1)).key().into(),
        more: Intent::Set(Setting::Volume(1)).key().into(),
        ..Row::default()
    });
    let silent = choice(
        say.of("静音", "Silent"),
        say.of("屏幕边缘显示结果", "the screen's edge shows results"),
        &Intent::Set(Setting::Silent),
    );
    rows.push(marked(silent, if view.feedback.silent { Mark::On } else { Mark::Off }));
    let vibration = choice(say.of("振动", "Vibration"), "", &Intent::Set(Setting::Vibration));
    rows.push(marked(vibration, if view.feedback.vibration { Mark::On } else { Mark::Off }));
    rows.push(choice(
        say.of("导出诊断包", "Diagnostics bundle"),
        say.of("不含密钥、PIN 和照片", "no keys, PINs or photos in it"),
        &Intent::Diagnostics,
    ));
    let acts = vec![main_act(say.of("返回", "Back"), &Intent::Back)];
    (heading(say.of("设置", "Settings"), ""), Sheet { rows, acts, ..Sheet::default() })
}

pub(super) fn about(view: &AboutView, say: Say) -> (Heading, Sheet) {
    let rows = vec![
        fact(Mark::None, say.of("版本", "Version"), view.version.as_str()),
        fact(Mark::None, say.of("单位和节点", "Member, site"), view.place.as_str()),
        unbroken(view.terminal.as_str(), say.of("终端编号", "this terminal")),
        sentence(Mark::None, "GPL-3.0-only", say.of("Tallyman 的许可", "licence of Tallyman")),
        sentence(Mark::None, "Noto Sans CJK · SIL OFL 1.1", say.of("字体的许可", "licence of the fonts")),
        sentence(Mark::None, "Slint · GPL-3.0-only", say.of("界面库的许可", "licence of the interface library")),
    ];
    let acts = vec![main_act(say.of("返回", "Back"), &Intent::Back)];
    (heading(say.of("关于", "About"), "Tallyman 理货员"), Sheet { rows, acts, ..Sheet::default() })
}
