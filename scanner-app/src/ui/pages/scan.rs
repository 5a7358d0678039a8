//! S5: scan.

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

use super::super::generated::{Act, BoxItem, MainWindow, RecentItem, ResultKind, Scan};
use super::super::sheet::{Say, act, handed, main_act, result_kind, set};
use super::super::view::{BoxView, FrameView, RecentView, ResultView, ScanView};
use super::super::{Intent, words};
use super::{Heading, beside};
use crate::ui::route::{ListTab, Page};
use shared::mismatch::ScanResult;
use shared::reference::Level;
use vision::{Luma, LumaView};

pub(super) fn put(window: &MainWindow, view: &ScanView, (say, left_handed): (Say, bool)) -> Heading {
    let scan = window.global::<Scan>();
    let unit = words::level(say.0, view.level);
    scan.set_figure(words::figure(view.done, view.total).into());
    scan.set_figure_unit(unit.into());
    scan.set_units(if view.level == Level::Unit { SharedString::new() } else { units(view.units, say) });
    scan.set_set_aside(set_aside(view.set_aside, say));
    scan.set_complete(is_complete(view));
    set(&scan.get_acts(), handed(acts(view, say), left_handed), |model| scan.set_acts(model));
    picture(&scan, view, is_complete(view), say);
    let recent = view.recent.iter().map(|recent| recent_item(recent, say)).collect();
    set(&scan.get_recent(), recent, |model| scan.set_recent(model));
    scan.set_recent_word(say.of("记录", "History"));
    scan.set_recent_key(Intent::Go(Page::History).key().into());
    beside::put(window, view.beside.as_ref(), (Vec::new(), say.of("清单", "Lists")), say);
    let sub = match view.reason {
        Some(reason) => format!("{} · {}", view.counterparty, words::return_reason(say.0, reason)),
        None => view.counterparty.clone(),
    };
    super::heading(format!("{} {}", words::stage(say.0, view.stage), view.title), sub)
}

/// The picture, its boxes and the answer: what a sort shows as well.
pub(super) fn picture(scan: &Scan<'_>, view: &ScanView, is_complete: bool, say: Say) {
    if let Some(frame) = &view.frame {
        let plane = frame.0.view();
        scan.set_frame_width(side(plane.width()));
        scan.set_frame_height(side(plane.height()));
        scan.set_frame(image(frame));
    }
    // A box that stays green while nothing is recorded would say that it was.
    let boxes = view.boxes.iter().filter(|_| !view.stopped).map(|found| box_item(found, say)).collect();
    scan.set_stopped(view.stopped);
    set(&scan.get_boxes(), boxes, |model| scan.set_boxes(model));
    let trouble = view.camera_trouble.as_ref().map(|words| say.pair(words));
    scan.set_camera_message(trouble.unwrap_or_default());
    scan.set_waiting(if view.stopped {
        say.of("暂停扫码", "Scanning stopped")
    } else if view.camera_trouble.is_some() {
        say.of("用扫描枪扫码", "Use the scanner")
    } else if view.asleep {
        // Nothing is aimed at what sleeps; the picture says how it wakes.
        SharedString::new()
    } else {
        say.of("对准标签", "Aim at a label")
    });
    let asleep = say.of("取景已休眠。点这里唤醒。", "Viewfinder asleep. Tap here to wake it.");
    scan.set_asleep(if view.asleep && view.camera_trouble.is_none() { asleep } else { SharedString::new() });
    scan.set_trigger_key(Intent::Trigger.key().into());
    let on_picture = if view.camera_trouble.is_some() { Vec::new() } else { on_picture(view, say) };
    set(&scan.get_on_picture(), on_picture, |model| scan.set_on_picture(model));
    // An old answer beside a scan that was not recorded would be taken for its own.
    result(scan, view.result.as_ref().filter(|_| !view.stopped), say);
    let is_last = view.result.as_ref().is_some_and(|result| !result.undone && result.kinds.is_empty());
    if is_complete && is_last && !view.stopped {
        scan.set_advice(say.of("全部扫完，按“结束”", "All scanned: close"));
    }
}

/// Whether everything that should come was scanned, and no more: too much is not complete. What arrived and is held counts, and may be something else than what is due: then
/// nobody can say that all is there.
fn is_complete(view: &ScanView) -> bool {
    view.total.is_some_and(|total| total > 0 && view.done == total) && (view.stage.sends() || view.set_aside == 0)
}

fn on_picture(view: &ScanView, say: Say) -> Vec<Act> {
    let torch = view.torch.map(|is_on| {
        let label = if is_on { say.of("补光 开", "Torch on") } else { say.of("补光 关", "Torch off") };
        Act { label, selected: is_on, ..act(say.of("补光", "Torch"), &Intent::Torch) }
    });
    let mode = if view.single { say.of("单码", "Single") } else { say.of("多码", "Multi") };
    torch.into_iter().chain([act(mode, &Intent::Mode)]).collect()
}

fn acts(view: &ScanView, say: Say) -> Vec<Act> {
    if view.stopped {
        // The two ways out of a full storage.
        let carry = view.can_carry.then(|| act(say.of("离线转交", "Carry out"), &Intent::Go(Page::Carry)));
        let now = main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow);
        return carry.into_iter().chain([now]).collect();
    }
    let lists = match (view.set_aside, view.to_scan) {
        (_, Some(left)) if view.set_aside == 0 && left > 0 => {
            say.made(|| format!("未扫 {}", words::count(left)), || format!("{} to scan", words::count(left)))
        }
        (0, _) => say.of("清单", "Lists"),
        (aside, _) => say.made(|| format!("隔离 {aside}"), || format!("Aside {aside}")),
    };
    let tab = if view.set_aside > 0 { ListTab::SetAside } else { ListTab::ToScan };
    let close = act(say.of("结束", "Close"), &Intent::Go(Page::Close));
    let lists = act(lists, &Intent::Go(Page::Lists(tab)));
    let undo = beside::undo(view.beside.as_ref(), say).unwrap_or_else(|| undo(view.result.as_ref(), say));
    let (close, undo) = next_in_blue(close, undo, is_complete(view));
    let mut acts = vec![close, lists, undo];
    if view.beside.is_some() {
        // On the tablet the lists stand beside.
        acts.remove(1);
    }
    acts
}

/// Once all is there the close is what comes next: it turns blue where it stands.
pub(super) fn next_in_blue(close: Act, undo: Act, is_complete: bool) -> (Act, Act) {
    (Act { main: is_complete, ..close }, Act { main: undo.main && !is_complete, ..undo })
}

/// Undo names the scan that is shown: a newer one is never undone by a late finger.
pub(super) fn undo(result: Option<&ResultView>, say: Say) -> Act {
    let shown = result.filter(|result| !result.undone);
    let text = say.of("撤销", "Undo");
    match shown {
        Some(shown) => {
            let label = format!("{text} {}", shown.tail).into();
            Act { label, hint: shown.tail.as_str().into(), ..main_act(text, &Intent::Undo(shown.seq)) }
        }
        None => Act { key: SharedString::new(), ..act(text, &Intent::Back) },
    }
}

fn units((done, total): (u64, u64), say: Say) -> SharedString {
    let unit = words::level(say.0, Level::Unit);
    format!("{} / {} {unit}", words::count(done), words::count(total)).into()
}

fn set_aside(count: u64, say: Say) -> SharedString {
    if count == 0 {
        return SharedString::new();
    }
    say.made(|| format!("隔离 {count}"), || format!("set aside {count}"))
}

fn recent_item(recent: &RecentView, say: Say) -> RecentItem {
    let word = words::outcome(say.0, recent.outcome);
    let waits = if recent.provisional { format!(" {}", provisional(say)) } else { String::new() };
    RecentItem {
        kind: result_kind(recent.outcome),
        tail: recent.tail.as_str().into(),
        label: format!("{word} {}{waits}", recent.tail).into(),
        provisional: recent.provisional,
    }
}

pub(super) fn provisional(say: Say) -> SharedString {
    say.of("待核", "Provisional")
}

/// The banner.
fn result(scan: &Scan<'_>, result: Option<&ResultView>, say: Say) {
    scan.set_undone(result.is_some_and(|result| result.undone));
    scan.set_provisional_word(provisional(say));
    let Some(result) = result else {
        scan.set_kind(ResultKind::None);
        scan.set_detail(SharedString::new());
        scan.set_advice(SharedString::new());
        return;
    };
    scan.set_tail(result.tail.as_str().into());
    scan.set_provisional(result.provisional && !result.undone);
    if result.undone {
        scan.set_kind(ResultKind::None);
        scan.set_word(words::undone(say.0).into());
        let again = if result.outcome.result == ScanResult::Duplicate {
            say.of("原来那次仍计数", "the first scan still counts")
        } else {
            say.of("可再扫", "can be scanned again")
        };
        scan.set_detail(match result.units {
            0 | 1 => again,
            units => format!("{again} · -{} {}", words::count(units), words::level(say.0, Level::Unit)).into(),
        });
        scan.set_advice(SharedString::new());
        return;
    }
    scan.set_kind(result_kind(result.outcome));
    scan.set_word(words::outcome(say.0, result.outcome).into());
    scan.set_detail(detail(result, say));
    scan.set_advice(words::advice(say.0, result.outcome, &result.kinds).into());
}

fn detail(result: &ResultView, say: Say) -> SharedString {
    let kind = words::detail(say.0, result.outcome, &result.kinds, result.sent_with.as_deref());
    let same = result.same_frame.iter().map(|(outcome, count)| format!("{} {count}", words::outcome(say.0, *outcome)));
    let same: Vec<String> = same.collect();
    let added =
        (result.units > 1).then(|| format!("+{} {}", words::count(result.units), words::level(say.0, Level::Unit)));
    let same = (!same.is_empty()).then(|| {
        let head = words::pick(say.0, "同帧：", "Same frame: ");
        format!("{head}{}", same.join("  "))
    });
    let parts = [(!kind.is_empty()).then_some(kind), added, same];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ").into()
}

fn box_item(found: &BoxView, say: Say) -> BoxItem {
    let along = |axis: usize| found.corners.iter().map(move |corner| corner[axis]);
    let (left, right) = (along(0).fold(f32::MAX, f32::min), along(0).fold(0.0, f32::max));
    let (top, bottom) = (along(1).fold(f32::MAX, f32::min), along(1).fold(0.0, f32::max));
    BoxItem {
        x: left,
        y: top,
        width: (right - left).max(0.0),
        height: (bottom - top).max(0.0),
        kind: found.outcome.map_or(ResultKind::None, result_kind),
        word: words::box_word(say.0, found.kind).into(),
        short: found.outcome.map(|outcome| words::outcome(say.0, outcome)).unwrap_or_default().into(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture's side is far below 2^24 pixels")]
const fn side(pixels: usize) -> f32 {
    pixels as f32
}

/// Pixels a row that a viewfinder needs at least: the handheld's has 448, at a scale of 1.5 672.
const SHOWN_WIDTH_MIN: usize = 640;

/// A picture of luma alone. A camera gives more pixels than the viewfinder has: what it would pass over is not handed on.
pub(in crate::ui) fn image(frame: &FrameView) -> Image {
    let is_large = |plane: &LumaView<'_>| plane.width() / 2 >= SHOWN_WIDTH_MIN;
    let full = frame.0.view();
    let mut small = is_large(&full).then(|| full.halved());
    while let Some(larger) = small.as_ref().map(Luma::view).filter(is_large) {
        small = Some(larger.halved());
    }
    let plane = small.as_ref().map_or(full, Luma::view);
    let (Ok(width), Ok(height)) = (u32::try_from(plane.width()), u32::try_from(plane.height())) else {
        return Image::default();
    };
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    for (y, row) in pixels.make_mut_slice().chunks_exact_mut(plane.width()).enumerate() {
        for (pixel, luma) in row.iter_mut().zip(plane.row(y)) {
            *pixel = Rgb8Pixel::new(*luma, *luma, *luma);
        }
    }
    Image::from_rgb8(pixels)
}
