//! S6: sort.

use slint::{ComponentHandle, SharedString};

use super::super::generated::{Act, MainWindow, Row, Scan};
use super::super::sheet::{Say, act, handed, plain, set, with_side};
use super::super::view::{SlotView, SortView};
use super::super::{Intent, words};
use super::{Heading, beside, heading, scan as scan_page};
use crate::ui::route::Page;
use shared::mismatch::ScanResult;
use shared::reference::Level;

pub(super) fn put(window: &MainWindow, view: &SortView, (say, left_handed): (Say, bool)) -> Heading {
    let scan = window.global::<Scan>();
    scan_page::picture(&scan, &view.scan, is_complete(view), say);
    let left = view.units.1.saturating_sub(view.units.0);
    let unit = words::level(say.0, Level::Unit);
    let (done, total) = (words::count(view.units.0), words::count(view.units.1));
    scan.set_units(say.made(
        || format!("{done} / {total} {unit} · 未扫 {}", words::count(left)),
        || format!("{done} / {total} {unit} · {} to scan", words::count(left)),
    ));
    slot(&scan, view, say);
    let orders = view.orders.iter().map(|order| order_row(order, say)).collect();
    beside::put(window, view.scan.beside.as_ref(), (orders, say.of("订单", "Orders")), say);
    set(&scan.get_acts(), handed(acts(view, say), left_handed), |model| scan.set_acts(model));
    heading(words::stage(say.0, view.scan.stage), view.scan.title.as_str())
}

fn slot(scan: &Scan<'_>, view: &SortView, say: Say) {
    scan.set_slot_head(if view.slot.is_some() { say.of("格口", "Slot") } else { SharedString::new() });
    if let Some(instead) = &view.instead {
        let words = say.pair(instead);
        scan.set_slot(if view.whole.is_some() {
            scan.set_waiting(say.of("再逐盒扫", "Then scan each unit"));
            say.of("拆箱分", "Open the case")
        } else {
            say.of("先停下", "Hold on")
        });
        scan.set_retailer(SharedString::new());
        scan.set_left(words.clone());
        scan.set_slot_label(words);
        return;
    }
    let Some(slot) = &view.slot else {
        scan.set_slot(SharedString::from("–"));
        let first = say.of("扫一盒，看格口", "Scan one to see its slot");
        scan.set_retailer(first.clone());
        scan.set_left(SharedString::new());
        scan.set_slot_label(first);
        return;
    };
    scan.set_slot(slot.slot.to_string().into());
    scan.set_retailer(format!("{}  {}", slot.retailer, share(slot, say)).into());
    scan.set_left(left(slot, say));
    let word = say.of("格口", "Slot");
    scan.set_slot_label(format!("{word} {} {} {}", slot.slot, slot.retailer, share(slot, say)).into());
}

pub(super) fn share(slot: &SlotView, say: Say) -> String {
    let unit = words::level(say.0, Level::Unit);
    format!("{} / {} {unit}", words::count(slot.units.0), words::count(slot.units.1))
}

pub(super) fn left(slot: &SlotView, say: Say) -> SharedString {
    match slot.units.1.saturating_sub(slot.units.0) {
        0 => say.made(|| format!("{} · 已齐", slot.order), || format!("{} · complete", slot.order)),
        left => say.made(
            || format!("{} · 还差 {} 盒", slot.order, words::count(left)),
            || format!("{} · {} to go", slot.order, words::units(left)),
        ),
    }
}

/// Whether every order has what it wants.
fn is_complete(view: &SortView) -> bool {
    view.units.1 > 0 && view.units.0 >= view.units.1
}

fn order_row(order: &SlotView, say: Say) -> Row {
    let title = format!("{}  {}", order.slot, order.retailer);
    with_side(plain(title, order.order.as_str()), share(order, say))
}

fn acts(view: &SortView, say: Say) -> Vec<Act> {
    let close = act(say.of("结束", "Close"), &Intent::Go(Page::Close));
    let other = if let Some((place, slot)) = view.whole {
        act(say.made(|| format!("整箱进 {slot}"), || format!("All to slot {slot}")), &Intent::PutWhole(place))
    } else {
        let other = act(say.of("换格口", "Other slot"), &Intent::OtherSlot);
        // Only what lies in a slot can go to another.
        let last = view.scan.result.as_ref().filter(|last| !last.undone);
        let lies = last.is_some_and(|last| last.outcome.result == ScanResult::Accepted);
        if lies { other } else { Act { key: SharedString::new(), ..other } }
    };
    let undo = beside::undo(view.scan.beside.as_ref(), say);
    let undo = undo.unwrap_or_else(|| scan_page::undo(view.scan.result.as_ref(), say));
    let (close, undo) = scan_page::next_in_blue(close, undo, is_complete(view));
    vec![close, other, undo]
}
