//! Each page's view to what its part of the window reads; every word in both languages stands beside its twin.

mod beside;
mod carry;
mod case;
mod check;
mod close;
mod enrol;
mod gate;
mod health;
mod history;
mod lists;
mod menu;
mod package;
mod papers;
mod queue;
mod receipt;
mod report;
mod returns;
mod scan;
mod settings;
mod shift;
mod sign_in;
mod sort;
mod tasks;

use slint::{ComponentHandle, SharedString};

use super::generated::{Chrome, MainWindow, PageKind, Scan};
use super::sheet::{Say, Sheet, keys};
use super::view::{CaseView, PageView, SearchFor, View};

/// What a page says in the header.
pub(super) struct Heading {
    title: SharedString,
    sub: SharedString,
}

fn heading(title: impl Into<SharedString>, sub: impl Into<SharedString>) -> Heading {
    Heading { title: title.into(), sub: sub.into() }
}

/// Shows the page of a view.
pub(super) fn put(window: &MainWindow, view: &View, say: Say) {
    let hand = view.chrome.look.left_handed;
    let (kind, heading) = match &view.page {
        PageView::Enrol(page) => (PageKind::Enrol, enrol::put(window, page, (say, hand))),
        PageView::SignIn(page) => (PageKind::SignIn, sign_in::put(window, page, say)),
        PageView::Tasks(page) => (PageKind::Tasks, tasks::put(window, page, (say, &view.sync))),
        PageView::Scan(page) => (PageKind::Scan, scan::put(window, page, (say, hand))),
        PageView::Sort(page) => (PageKind::Sort, sort::put(window, page, (say, hand))),
        PageView::Receipt(page) => (PageKind::Receipt, receipt::put(window, page, (say, hand))),
        PageView::Gate(page) => (PageKind::Gate, gate::put(window, page, (say, hand))),
        other => {
            let (heading, mut sheet) = sheet(other, say);
            if let PageView::Case(CaseView { finder: Some(finder), .. }) = other {
                scan::picture(&window.global::<Scan>(), finder, false, say);
                sheet.finder = true;
            }
            sheet.put(window, (say, hand), view.chrome.turn);
            (PageKind::Sheet, heading)
        }
    };
    let chrome = window.global::<Chrome>();
    chrome.set_title(heading.title);
    chrome.set_sub(heading.sub);
    chrome.set_page(kind);
    let is_list = match &view.page {
        PageView::Tasks(_) | PageView::Lists(_) | PageView::History(_) => true,
        PageView::Scan(page) => page.beside.is_some(),
        PageView::Sort(page) => page.scan.beside.is_some(),
        PageView::Receipt(page) => page.beside.is_some(),
        _ => false,
    };
    chrome.set_has_search(is_list);
    chrome.set_has_menu(!matches!(view.page, PageView::Menu(_) | PageView::Enrol(_)));
    chrome.set_has_language(matches!(view.page, PageView::Menu(_) | PageView::Enrol(_) | PageView::Settings(_)));
}

fn sheet(page: &PageView, say: Say) -> (Heading, Sheet) {
    match page {
        PageView::Check(page) => check::sheet(page, say),
        PageView::Differs(page) => receipt::differs(page, say),
        PageView::Sign(page) => receipt::sign(page, say),
        PageView::Lists(page) => lists::sheet(page, say),
        PageView::Package(page) => package::sheet(page, say),
        PageView::Case(page) => case::sheet(page, say),
        PageView::Papers(page) => papers::sheet(page, say),
        PageView::Close(page) => close::sheet(page, say),
        PageView::History(page) => history::sheet(page, say),
        PageView::Report(page) => report::sheet(page, say),
        PageView::Queue(page) => queue::sheet(page, say),
        PageView::Carry(page) => carry::sheet(page, say),
        PageView::Shift(page) => shift::sheet(page, say),
        PageView::Health(page) => health::sheet(page, say),
        PageView::Settings(page) => settings::sheet(page, say),
        PageView::About(page) => settings::about(page, say),
        PageView::Menu(page) => menu::sheet(page, say),
        PageView::WhichStage(page) => tasks::which_stage(page, say),
        PageView::Practice { stages, is_open } => menu::practice(stages, *is_open, say),
        PageView::Search(what) => search(*what, say),
        PageView::Returns(documents) => returns::sheet(documents, say),
        PageView::Reason(page) => returns::reason(page, say),
        PageView::Packs(packs) => report::packs(packs, say),
        PageView::Count => report::typed_count(say),
        PageView::UndoWhy(seq, tail, is_others) => history::why((*seq, tail, *is_others), say),
        PageView::Call(page) => gate::call(page, say),
        PageView::Nearby(page) => carry::nearby(page, say),
        // Pages of their own.
        PageView::Enrol(_)
        | PageView::SignIn(_)
        | PageView::Tasks(_)
        | PageView::Scan(_)
        | PageView::Sort(_)
        | PageView::Receipt(_)
        | PageView::Gate(_) => (heading("", ""), Sheet::default()),
    }
}

/// A text is typed: for whom is said above it.
fn search(what: SearchFor, say: Say) -> (Heading, Sheet) {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXY";
    let find = || say.of("查找", "Find");
    let (title, sub, label, (pad, letters, enter)) = match what {
        SearchFor::Code => (
            say.of("查找", "Search"),
            say.of("扫码，或输入末 4 位", "Scan it, or type its last 4"),
            say.of("码的末 4 位", "Last 4 of the code"),
            ("123456789-0.", LETTERS, find()),
        ),
        SearchFor::Task => (
            say.of("查找", "Search"),
            say.of("扫码查包装，或输入单证号", "Scan it, or type its end"),
            say.of("单证号的末几位", "End of the document's number"),
            ("123456789-0.", LETTERS, find()),
        ),
        SearchFor::Address => (
            say.of("附近的终端", "A terminal nearby"),
            say.of("如 10.0.0.7:7700 402817", "like 10.0.0.7:7700 402817"),
            say.of("地址、空格、配对码", "Address, space, code"),
            ("123456789.0: ", "", say.of("连接", "Connect")),
        ),
        SearchFor::Invitation => (
            say.of("登记", "Enrol"),
            say.of("输入登记码下的文字", "Type the text under the code"),
            say.of("登记码的文字", "The code's text"),
            ("123456789-0.: ", LETTERS, say.of("登记", "Enrol")),
        ),
    };
    let (pad, pad_letters) = (keys(pad), keys(letters));
    let pad_rest = if letters.is_empty() { "" } else { "Z" }.into();
    let sheet = Sheet { pad, pad_letters, pad_rest, pad_enter: enter, typed_label: label, ..Sheet::default() };
    (heading(title, sub), sheet)
}
