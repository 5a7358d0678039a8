//! The windows of work without a network: a moving QR code shown, or read from another screen (`ui/carry.slint`).

use std::rc::Rc;

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::WindowError;
use super::generated::{CarryShowWindow, CarryWatchWindow};
use super::words::{count, pick};
use crate::config::Language;

pub use super::generated::{CarryShowWindow as ShowWindow, CarryWatchWindow as WatchWindow};

/// A square of modules, quiet zone included; `true` is dark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modules {
    /// Modules a side.
    pub side: usize,
    /// Row by row.
    pub dark: Vec<bool>,
}

/// A code as a picture, a pixel a module.
#[must_use]
pub fn modules_image(modules: &Modules) -> Image {
    let side = u32::try_from(modules.side).unwrap_or(1);
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (pixel, dark) in pixels.make_mut_slice().iter_mut().zip(&modules.dark) {
        let shade = if *dark { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Image::from_rgb8(pixels)
}

/// What a person may do while a code is shown.
pub struct ShowActs {
    /// Fewer pictures a second.
    pub slower: Box<dyn Fn()>,
    /// More.
    pub faster: Box<dyn Fn()>,
    /// The other language.
    pub switch_language: Box<dyn Fn()>,
}

/// Makes the window that shows a code; Stop closes it.
pub fn show_window(tablet: bool, acts: ShowActs) -> Result<ShowWindow, WindowError> {
    let window = CarryShowWindow::new()?;
    window.set_tablet(tablet);
    let ShowActs { slower, faster, switch_language } = acts;
    window.on_slower_clicked(slower);
    window.on_faster_clicked(faster);
    window.on_switch_language(switch_language);
    let handle = window.as_weak();
    window.on_stop_clicked(move || {
        // The event loop ends with its last window; one that is gone needs no hiding.
        let _ = handle.upgrade().map(|window| window.hide());
    });
    Ok(window)
}

/// Words around the code. `events` of them are in it; none where it carries answers for others.
pub fn show_words(window: &ShowWindow, language: Language, events: Option<u64>) {
    let say = |zh: &'static str, en: &'static str| pick(language, zh, en);
    let what = match (events, language) {
        (Some(events), Language::Zh) => {
            format!("{} 条记录。让另一台终端对准，直到它显示“完成”。收到回执前，记录仍留在本机。", count(events))
        }
        (Some(events), Language::En) => format!(
            "{} events. Hold before the other terminal until it says Done. They stay here until the server confirms them.",
            count(events)
        ),
        (None, Language::Zh) => "服务器的回执。让原终端对准，直到它显示“完成”。".to_owned(),
        (None, Language::En) => {
            "The server's acknowledgements. Hold them before the terminal they are for until that says Done.".to_owned()
        }
    };
    window.set_what(what.into());
    window.set_slower(say("慢", "Slower").into());
    window.set_faster(say("快", "Faster").into());
    window.set_stop(say("停止", "Stop").into());
    window.set_other_language(say("EN", "中文").into());
}

/// The next picture of the code.
pub fn show_code(window: &ShowWindow, language: Language, modules: &Modules, (shown, fps): (u64, u32)) {
    window.set_modules(i32::try_from(modules.side).unwrap_or(1));
    window.set_code(modules_image(modules));
    let (counted, rate) = match language {
        Language::Zh => (format!("已显示 {} 张", count(shown)), format!("{fps} 张/秒")),
        Language::En => (format!("{} pictures shown", count(shown)), format!("{fps} a second")),
    };
    window.set_counted(counted.into());
    window.set_rate(rate.into());
}

/// How reading a code stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchView {
    /// Parts received and needed, once a code is in view.
    pub parts: Option<(u32, u32)>,
    /// Done: what came of it, in both languages.
    pub done: Option<(String, String)>,
    /// What is wrong, in both languages.
    pub trouble: Option<(String, String)>,
    /// The camera's picture: width, height, luma.
    pub frame: Option<(u32, u32, Vec<u8>)>,
}

/// Makes the window that reads a code; Stop closes it.
pub fn watch_window(tablet: bool, switch_language: Rc<dyn Fn()>) -> Result<WatchWindow, WindowError> {
    let window = CarryWatchWindow::new()?;
    window.set_tablet(tablet);
    window.on_switch_language(move || switch_language());
    let handle = window.as_weak();
    window.on_stop_clicked(move || {
        let _ = handle.upgrade().map(|window| window.hide());
    });
    Ok(window)
}

/// Shows how it stands.
#[expect(clippy::cast_precision_loss, reason = "a share of a bar, not a count")]
pub fn show_watch(window: &WatchWindow, language: Language, view: &WatchView) {
    let say = |zh: &'static str, en: &'static str| pick(language, zh, en);
    let of = |words: &(String, String)| match language {
        Language::Zh => words.0.clone(),
        Language::En => words.1.clone(),
    };
    window.set_heading(say("读取移动二维码", "Read a moving code").into());
    window.set_other_language(say("EN", "中文").into());
    window.set_done(view.done.is_some());
    window.set_trouble(view.trouble.is_some() && view.done.is_none());
    window.set_stop(if view.done.is_some() { say("关闭", "Close") } else { say("停止", "Stop") }.into());
    let (received, needed) = view.parts.unwrap_or((0, 0));
    let share = if view.done.is_some() { 1.0 } else { received as f32 / needed.max(1) as f32 };
    window.set_share(share);
    let counted = match (language, view.parts) {
        (Language::Zh, Some(_)) => format!("{} / {} 份", count(received.into()), count(needed.into())),
        (Language::En, Some(_)) => format!("{} of {} parts", count(received.into()), count(needed.into())),
        (_, None) => String::new(),
    };
    window.set_counted(counted.into());
    let hint =
        say("对准另一台终端的屏幕，让整个码在画面内。", "Aim at the other terminal's screen, the whole code in view.");
    let message = view.done.as_ref().or(view.trouble.as_ref()).map_or_else(|| hint.to_owned(), of);
    window.set_message(message.into());
    if let Some((width, height, luma)) = &view.frame {
        let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(*width, *height);
        for (pixel, luma) in pixels.make_mut_slice().iter_mut().zip(luma) {
            *pixel = Rgb8Pixel::new(*luma, *luma, *luma);
        }
        window.set_frame(Image::from_rgb8(pixels));
    }
}
