//! A code that a person looks up and that is not known here: the server is asked before what is sent next. No scan waits for it, nothing is
//! recorded by it, and who is offline hears so at once.

use std::sync::{Arc, Mutex, PoisonError};

use shared::code::PackageCode;
use shared::wire::CodeAnswer;

use super::SyncState;

/// How far the question of a code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is on its way.
    Asking,
    /// What the server knows, as far as this member may see it.
    Answered(Box<CodeAnswer>),
    /// The server is not reached, or does not answer such questions.
    Unreachable,
}

/// How far the question of a code is. A code that is not the last one asked for becomes that; the second says whether somebody must ask.
pub(super) fn begin(shown: &Mutex<SyncState>, code: &PackageCode) -> (Looked, bool) {
    let mut state = shown.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((asked, looked)) = &state.looked
        && asked == code
    {
        return (looked.clone(), false);
    }
    let looked = if state.online { Looked::Asking } else { Looked::Unreachable };
    state.looked = Some((code.clone(), looked.clone()));
    let must_ask = looked == Looked::Asking;
    (looked, must_ask)
}

/// The code that waits for an answer.
pub(super) fn waiting(shown: &Arc<Mutex<SyncState>>) -> Option<PackageCode> {
    let state = shown.lock().unwrap_or_else(PoisonError::into_inner);
    state.looked.as_ref().filter(|(_, looked)| *looked == Looked::Asking).map(|(code, _)| code.clone())
}

/// Keeps an answer, where the same code is still asked for.
pub(super) fn answered(shown: &Mutex<SyncState>, code: &PackageCode, looked: Looked) {
    let mut state = shown.lock().unwrap_or_else(PoisonError::into_inner);
    if state.looked.as_ref().is_some_and(|(asked, _)| asked == code) {
        state.looked = Some((code.clone(), looked));
        state.looks += 1;
    }
}

impl SyncState {
    /// The server is there again: a page that said it is not asks once more.
    pub(super) fn take_look_up_up(&mut self) {
        if self.looked.as_ref().is_some_and(|(_, looked)| *looked == Looked::Unreachable) {
            self.looked = None;
            self.looks += 1;
        }
    }

    /// The server is not there: who waits for its answer waits no longer.
    pub(super) fn give_look_up_up(&mut self) {
        if let Some((_, looked)) = &mut self.looked
            && *looked == Looked::Asking
        {
            *looked = Looked::Unreachable;
            self.looks += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(serial: &str) -> PackageCode {
        PackageCode::item("16901234567899", serial).unwrap()
    }

    #[test]
    fn who_is_offline_hears_so_at_once_and_nobody_asks() {
        let shown = Arc::new(Mutex::new(SyncState::default()));
        assert_eq!(begin(&shown, &code("A")), (Looked::Unreachable, false));
        assert_eq!(waiting(&shown), None);
    }

    #[test]
    fn a_code_is_asked_for_once_and_an_answer_is_of_the_code_that_is_shown() {
        let shown = Arc::new(Mutex::new(SyncState { online: true, ..SyncState::default() }));
        assert_eq!(begin(&shown, &code("A")), (Looked::Asking, true));
        assert_eq!(begin(&shown, &code("A")), (Looked::Asking, false), "it is on its way");
        assert_eq!(waiting(&shown), Some(code("A")));
        assert_eq!(begin(&shown, &code("B")), (Looked::Asking, true));
        answered(&shown, &code("A"), Looked::Unreachable);
        assert_eq!(begin(&shown, &code("B")), (Looked::Asking, false), "the answer was another code's");
        shown.lock().unwrap().give_look_up_up();
        assert_eq!(begin(&shown, &code("B")), (Looked::Unreachable, false));
        assert_eq!((waiting(&shown), shown.lock().unwrap().looks), (None, 1));
        shown.lock().unwrap().take_look_up_up();
        assert_eq!(begin(&shown, &code("B")), (Looked::Asking, true), "the server is there again");
    }
}
