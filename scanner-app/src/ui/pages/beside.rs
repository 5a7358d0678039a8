//! A tablet's second pane: the lists and the history of the task beside the work, or what stands there by itself.

use slint::{ComponentHandle, SharedString};

use super::super::Intent;
use super::super::generated::{Act, Beside, MainWindow, Row};
use super::super::long_rows::{self, Rows};
use super::super::sheet::{Say, act, set};
use super::super::view::BesideView;
use super::{history, lists};

/// Shows it. `plain` are the rows that stand there by themselves; where there are any, a tab leads back to them.
pub(super) fn put(window: &MainWindow, view: Option<&BesideView>, (plain, back): (Vec<Row>, SharedString), say: Say) {
    let global = window.global::<Beside>();
    let back = || act(back.clone(), &Intent::BesideAgain);
    let (tabs, rows, empty) = match view {
        None => (Vec::new(), Rows::Few(plain), SharedString::new()),
        Some(BesideView::Lists(view)) => {
            let first = (!plain.is_empty()).then(back).into_iter().chain(found(&view.search, say));
            (first.chain(lists::tabs(view, say)).collect(), Rows::Many(lists::rows(view, say)), say.pair(&view.empty))
        }
        Some(BesideView::History(view)) => {
            let first = [back()].into_iter().chain(found(&view.search, say));
            let rows = Rows::Many(history::rows(view, say));
            (first.chain(history::tabs(view, say)).collect(), rows, history::empty(view, say))
        }
    };
    set(&global.get_tabs(), tabs, |model| global.set_tabs(model));
    long_rows::put(&global.get_rows(), rows, |model| global.set_rows(model));
    global.set_empty(empty);
}

/// What was searched for; a tap ends the search.
fn found(search: &str, say: Say) -> Option<Act> {
    (!search.is_empty()).then(|| {
        let label = say.made(|| format!("不再查找 {search}"), || format!("Search {search} no more"));
        let text = say.made(|| format!("清除 …{search}"), || format!("Clear …{search}"));
        Act { label, ..act(text, &Intent::ClearSearch) }
    })
}

/// Undo of the history's chosen row, in the place of the page's own.
pub(super) fn undo(view: Option<&BesideView>, say: Say) -> Option<Act> {
    match view {
        Some(BesideView::History(view)) => history::undo(view, say),
        _ => None,
    }
}
