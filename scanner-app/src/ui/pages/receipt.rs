//! S7: receipt in one tap, and what differs.

use slint::{ComponentHandle, SharedString};

use shared::reference::Level;

use super::super::generated::{Act, MainWindow, Mark, OrderLine, Receipt, Row, RowKind};
use super::super::sheet::{
    Say, Sheet, act, act_with_hint, choice, digits, fact, handed, main_act, sentence, set, with_side,
};
use super::super::view::{DifferLine, DiffersView, OrderView, ReceiptLine, ReceiptView, SignView};
use super::super::{Intent, words};
use super::{Heading, beside, heading};
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
    let is_done = due > 0 && confirmed >= due;
    global.set_is_done(is_done);
    global.set_state(state(view, (is_done, due.saturating_sub(confirmed)), say));
    set(&global.get_lines(), view.lines.iter().map(|line| order_line(line, say)).collect(), |model| {
        global.set_lines(model);
    });
    let orders = view.orders.iter().map(|order| order_row(order, say)).collect();
    beside::put(window, view.beside.as_ref(), (orders, say.of("订单", "Orders")), say);
    // One way to one page: three buttons would promise three.
    let differ = act_with_hint(
        say.of("货与单不同", "Not as ordered"),
        say.of("少货、破损、拒收", "short, damaged, refused"),
        &Intent::Go(Page::Differs),
    );
    let differ =
        if is_done || view.confirmed.is_some() || view.due_packages.is_none() { Vec::new() } else { vec![differ] };
    set(&global.get_differ_acts(), differ, |model| global.set_differ_acts(model));
    set(&global.get_acts(), handed(acts(view, is_done, say), left_handed), |model| global.set_acts(model));
    heading(format!("{} {}", words::stage(say.0, shared::event::Stage::Receipt), view.document), view.sender.as_str())
}

/// What the figure alone does not say: how many units are still due beyond those that come.
fn state(view: &ReceiptView, (is_done, left): (bool, u64), say: Say) -> SharedString {
    let missing = left.saturating_sub(view.coming_units);
    match (view.confirmed, view.due_packages) {
        (Some(count), _) => say.made(
            || format!("已确认 {count} 个包装，未逐个扫码"),
            || format!("{} not scanned", words::counted(count, "package")),
        ),
        (None, _) if is_done => say.of("已收齐", "all received"),
        (None, None) => {
            say.of("不知道配送清单。先同步，或逐个扫码。", "The list is not known here. Sync, or scan each.")
        }
        (None, Some(_)) if missing > 0 => say.made(
            || format!("还有 {} 盒没有发来", words::count(missing)),
            || format!("{} not sent yet", words::units(missing)),
        ),
        (None, Some(_)) => SharedString::new(),
    }
}

fn acts(view: &ReceiptView, is_done: bool, say: Say) -> Vec<Act> {
    if view.confirmed.is_some() {
        let undo = act(say.of("撤销", "Undo"), &Intent::UndoConfirm);
        let left = view.undo_s;
        let undo = Act { hint: say.made(|| format!("还有 {left} 秒"), || format!("{left} s left")), ..undo };
        // What is short is closed where its figures stand, never on the way to the next order.
        return vec![undo, if is_done { done(view, say) } else { close_short(view, say) }];
    }
    // The row of the history that was tapped: its undo takes the place of what is not needed meanwhile.
    let undo = beside::undo(view.beside.as_ref(), say).map(|undo| Act { main: false, ..undo });
    if is_done || view.due_packages == Some(0) {
        // Nothing is left to scan. No other act takes the place where Undo stood a second ago: a late finger would open it.
        let last = if is_done && !view.has_notes { done(view, say) } else { close(say) };
        return undo.into_iter().chain([last]).collect();
    }
    let each = undo.unwrap_or_else(|| act(say.of("逐个扫码", "Scan each"), &Intent::ScanEach));
    if view.due_packages.is_none() {
        let close = Act { main: false, ..close(say) };
        return vec![close, Act { main: true, ..each }];
    }
    // What it records: what was sent and has not come, which may be less than what was ordered.
    let coming = view.coming_units;
    let units = say.made(|| format!("{} 盒", words::count(coming)), || words::units(coming));
    let all = act_with_hint(say.of("全部收到", "All received"), units, &Intent::ConfirmAll);
    vec![each, Act { main: true, ..all }]
}

fn close(say: Say) -> Act {
    main_act(say.of("结束", "Close"), &Intent::Go(Page::Close))
}

/// The same where less is here than was ordered: it says by how much.
fn close_short(view: &ReceiptView, say: Say) -> Act {
    let short = view.lines.iter().map(|line| line.due.saturating_sub(line.confirmed)).sum();
    let hint = say.made(|| format!("还差 {} 盒", words::count(short)), || format!("{} short", words::units(short)));
    Act { main: true, ..act_with_hint(say.of("结束", "Close"), hint, &Intent::Go(Page::Close)) }
}

/// What ends a receipt of which nothing is left, and leads on to the order that is due next.
fn done(view: &ReceiptView, say: Say) -> Act {
    let done = say.of("完成", "Done");
    let Some((key, next)) = &view.next else { return main_act(done, &Intent::CloseFinal) };
    let next = say.made(|| format!("下一单 {next}"), || format!("next: {next}"));
    Act { main: true, ..act_with_hint(done, next, &Intent::CloseAndOpen(key.clone())) }
}

fn order_line(line: &ReceiptLine, say: Say) -> OrderLine {
    let units = |number| say.made(|| format!("{} 盒", words::count(number)), || words::units(number));
    let (due, confirmed) = (words::count(line.due), words::count(line.confirmed));
    OrderLine {
        title: line.product.as_str().into(),
        label: say.made(
            || format!("{} 应收 {due} 已确认 {confirmed}", line.product),
            || format!("{} due {due}, confirmed {confirmed}", line.product),
        ),
        due: units(line.due),
        confirmed: units(line.confirmed),
    }
}

fn order_row(order: &OrderView, say: Say) -> Row {
    let is_in = order.units.1 > 0 && order.units.0 >= order.units.1;
    let stands = if is_in { say.of("已收", "received") } else { say.of("待收", "due") };
    let unit = words::level(say.0, Level::Unit);
    let shown = with_side(
        choice(order.order.as_str(), stands, &Intent::OpenTask(order.key.clone())),
        format!("{} {unit}", words::figure(order.units.0, Some(order.units.1))),
    );
    Row { selected: order.is_open, ..shown }
}

pub(super) fn differs(view: &DiffersView, say: Say) -> (Heading, Sheet) {
    let mut rows = Vec::new();
    if let Some(trouble) = &view.trouble {
        rows.push(sentence(Mark::Bad, say.pair(trouble), ""));
    }
    if view.lines.iter().any(|line| line.differs[2] < line.due) {
        let all = say.of("全部拒收", "Refuse all");
        rows.push(choice(all, say.of("都按应收记为拒收", "every line, as much as is due"), &Intent::RefuseAll));
    }
    // Of what was not sent nothing can differ; what was said of it before can still be taken back. A line keeps its place among all.
    let may_differ = |(_, line): &(usize, &DifferLine)| line.due > 0 || line.differs != [0; 3];
    for (place, line) in view.lines.iter().enumerate().filter(may_differ) {
        // A product's name is no word of ours: it is not set in bold, whose face may lack its letters.
        rows.push(fact(Mark::None, line.product.as_str(), due_words((line.due, line.in_units), say)));
        rows.extend([Differ::Short, Differ::Damaged, Differ::Refused].map(|what| stepper((place, line), what, say)));
    }
    // The act says what will be recorded.
    let sign =
        Act { main: true, ..act_with_hint(say.of("签收", "Sign"), sums(view.sums(), say), &Intent::Go(Page::Sign)) };
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
    (heading(say.of("货与单不同", "What differs"), view.document.as_str()), Sheet { rows, acts, ..Sheet::default() })
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

/// `少 1 · 破损 2`, what is none left out.
fn sums([short, damaged, refused]: [u64; 3], say: Say) -> SharedString {
    let kinds = [(short, "少", "short"), (damaged, "破损", "damaged"), (refused, "拒收", "refused")];
    let said = kinds.into_iter().filter(|(count, _, _)| *count > 0);
    let said: Vec<String> = said
        .map(|(count, zh, en)| say.made(|| format!("{zh} {count}"), || format!("{count} {en}")).to_string())
        .collect();
    said.join(" · ").into()
}

/// How many are due, in 盒 where they all are.
fn due_words((due, in_units): (u64, bool), say: Say) -> SharedString {
    let zh = words::count(due);
    if in_units {
        say.made(|| format!("应收 {zh} 盒"), || format!("{} due", words::units(due)))
    } else {
        say.made(|| format!("应收 {zh} 个包装"), || format!("{} due", words::counted(due, "package")))
    }
}

/// The PIN signs what stands above it.
pub(super) fn sign(view: &SignView, say: Say) -> (Heading, Sheet) {
    let mut rows = vec![sentence(Mark::None, due_words((view.due, view.in_units), say), sums(view.differs, say))];
    rows.extend(view.trouble.as_ref().map(|words| sentence(Mark::Bad, say.pair(words), "")));
    let sheet = Sheet {
        rows,
        pad_enter: say.of("签收", "Sign"),
        pad: digits(),
        typed_label: say.of("输入您的 PIN，签收", "Your PIN signs the receipt"),
        typed_hidden: true,
        pad_answers: view.answers,
        ..Sheet::default()
    };
    (heading(say.of("签收", "Sign"), view.document.as_str()), sheet)
}
