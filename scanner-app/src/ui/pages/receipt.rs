//! S7: receipt in one tap, and what differs.

use slint::{ComponentHandle, SharedString};

use shared::reference::Level;

use super::super::generated::{Act, MainWindow, Mark, OrderLine, Receipt, Row, RowKind};
use super::super::sheet::{
    Say, Sheet, act, act_with_hint, choice, digits, handed, heading as row_heading, main_act, sentence, set, with_side,
};
use super::super::view::{DifferLine, DiffersView, OrderView, Pair, ReceiptLine, ReceiptView};
use super::super::{Intent, words};
use super::{Heading, heading};
use crate::ui::intent::Differ;
use crate::ui::route::Page;

pub(super) fn put(window: &MainWindow, view: &ReceiptView, (say, left_handed): (Say, bool)) -> Heading {
    let global = window.global::<Receipt>();
    let unit = words::level(say.0, Level::Unit);
    let due: u64 = view.lines.iter().map(|line| line.due).sum();
    let confirmed: u64 = view.lines.iter().map(|line| line.confirmed).sum();
    global.set_product_head(say.of("品规", "Product"));
    global.set_due_head(say.of("应收", "Due"));
    global.set_confirmed_head(say.of("已确认", "Confirmed"));
    global.set_figure(words::figure(confirmed, Some(due)).into());
    global.set_figure_unit(unit.into());
    let is_done = view.confirmed.is_some() || (due > 0 && confirmed >= due);
    global.set_is_done(is_done);
    global.set_state(state(view, is_done, say));
    set(&global.get_lines(), view.lines.iter().map(|line| order_line(line, say)).collect(), |model| {
        global.set_lines(model);
    });
    set(&global.get_orders(), view.orders.iter().map(|order| order_row(order, say)).collect(), |model| {
        global.set_orders(model);
    });
    global.set_differs(say.of("货与单不同?", "Goods not as ordered?"));
    let differ = [("少货", "Short"), ("破损", "Damaged"), ("拒收", "Refused")];
    let differ = differ.map(|(zh, en)| act(say.of(zh, en), &Intent::Go(Page::Differs)));
    let differ = if is_done || view.due_packages.is_none() { Vec::new() } else { differ.to_vec() };
    set(&global.get_differ_acts(), differ, |model| global.set_differ_acts(model));
    set(&global.get_acts(), handed(acts(view, is_done, say), left_handed), |model| global.set_acts(model));
    heading(format!("{} {}", words::stage(say.0, shared::event::Stage::Receipt), view.document), view.sender.as_str())
}

fn state(view: &ReceiptView, is_done: bool, say: Say) -> SharedString {
    match (view.confirmed, view.due_packages) {
        (Some(count), _) => {
            say.made(|| format!("已确认 {count} 个包装,未逐个扫码"), || format!("{count} confirmed, not scanned"))
        }
        (None, _) if is_done => say.of("已收齐", "all received"),
        (None, None) => {
            say.of("不知道配送清单。先同步,或逐个扫码。", "The list is not known here. Sync, or scan each.")
        }
        (None, Some(_)) => SharedString::new(),
    }
}

fn acts(view: &ReceiptView, is_done: bool, say: Say) -> Vec<Act> {
    if view.confirmed.is_some() {
        return vec![
            act(say.of("撤销", "Undo"), &Intent::UndoConfirm),
            main_act(say.of("完成", "Done"), &Intent::CloseFinal),
        ];
    }
    let each = act(say.of("逐个扫码", "Scan each"), &Intent::ScanEach);
    if is_done || view.due_packages.is_none() {
        return vec![each, main_act(say.of("结束", "Close"), &Intent::Go(Page::Close))];
    }
    let due: u64 = view.lines.iter().map(|line| line.due.saturating_sub(line.confirmed)).sum();
    let units = say.made(|| format!("{} 盒", words::count(due)), || format!("{} units", words::count(due)));
    let all = act_with_hint(say.of("全部收到", "All received"), units, &Intent::ConfirmAll);
    vec![each, Act { main: true, ..all }]
}

fn order_line(line: &ReceiptLine, say: Say) -> OrderLine {
    let unit = words::level(say.0, Level::Unit);
    let (due, confirmed) = (words::count(line.due), words::count(line.confirmed));
    OrderLine {
        title: line.product.as_str().into(),
        label: say.made(
            || format!("{} 应收 {due} 已确认 {confirmed}", line.product),
            || format!("{} due {due}, confirmed {confirmed}", line.product),
        ),
        due: format!("{due} {unit}").into(),
        confirmed: confirmed.into(),
    }
}

fn order_row(order: &OrderView, say: Say) -> Row {
    let unit = words::level(say.0, Level::Unit);
    let shown = with_side(
        choice(order.order.as_str(), "", &Intent::OpenTask(order.key.clone())),
        format!("{} {unit}", words::figure(order.units.0, Some(order.units.1))),
    );
    Row { selected: order.is_open, ..shown }
}

pub(super) fn differs(view: &DiffersView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if let Some(trouble) = &view.trouble {
        rows.push(sentence(Mark::Bad, say.pair(trouble), ""));
    }
    for (place, line) in view.lines.iter().enumerate() {
        let due = say.made(
            || format!("{} · 应收 {} 个包装", line.product, line.due),
            || format!("{} · {} packages due", line.product, line.due),
        );
        rows.push(row_heading(due));
        rows.extend([Differ::Short, Differ::Damaged, Differ::Refused].map(|what| stepper((place, line), what, say)));
    }
    let sign = main_act(say.of("签收", "Sign"), &Intent::Go(Page::Sign));
    let photo = view.has_camera.then(|| {
        let photos = view.photos;
        let text = if photos == 0 {
            say.of("拍照", "Photo")
        } else {
            say.made(|| format!("拍照 {photos}"), || format!("Photo {photos}"))
        };
        act(text, &Intent::Photo)
    });
    let nothing = view.lines.iter().all(|line| line.differs == [0; 3]);
    let back = act(say.of("返回", "Back"), &Intent::Back);
    let acts: Vec<Act> = if nothing { vec![back] } else { [back].into_iter().chain(photo).chain([sign]).collect() };
    (heading(say.of("货与单不同", "What differs"), ""), Sheet { rows, acts, ..Sheet::default() })
}

fn stepper((place, line): (usize, &DifferLine), what: Differ, say: Say) -> Row {
    let (name, count) = match what {
        Differ::Short => (say.of("少货", "Short"), line.differs[0]),
        Differ::Damaged => (say.of("破损", "Damaged"), line.differs[1]),
        Differ::Refused => (say.of("拒收", "Refused"), line.differs[2]),
    };
    let step = |by| Intent::Step { line: place, what, by }.key().into();
    Row {
        kind: RowKind::Stepper,
        label: format!("{} {name} {count}", line.product).into(),
        less_label: say
            .made(|| format!("{} {name} 减一", line.product), || format!("{} {name} one less", line.product)),
        more_label: say
            .made(|| format!("{} {name} 加一", line.product), || format!("{} {name} one more", line.product)),
        title: name,
        side: count.to_string().into(),
        less: step(-1),
        more: step(1),
        ..Row::default()
    }
}

pub(super) fn sign(trouble: Option<&Pair>, say: Say) -> (Heading, Sheet) {
    let rows = trouble.map(|words| sentence(Mark::Bad, say.pair(words), ""));
    let sheet = Sheet {
        rows: rows.into_iter().collect(),
        pad: digits(),
        typed_label: say.of("输入您的 PIN,签收", "Your PIN signs the receipt"),
        typed_hidden: true,
        ..Sheet::default()
    };
    (heading(say.of("签收", "Sign"), ""), sheet)
}
