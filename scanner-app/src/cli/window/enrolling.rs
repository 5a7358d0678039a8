//! S1: a terminal without a configuration is enrolled by its window.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Result;
use shared::enrolment::{Address, EnrolState, Invitation};
use shared::event::Capture;
use shared::paper::PREFIX;
use tokio::runtime::Runtime;

use super::eye::{Eye, Readings};
use super::faults::Fault;
use crate::capture::{CaptureSettings, SourceName};
use crate::config::Language;
use crate::device::{Device, Machine};
use crate::enrol::{Asking, EnrolError, Place};
use crate::keys::Wrapper;
use crate::sync::TransportError;
use crate::ui::route::Page;
use crate::ui::view::{ChromeView, EnrolView, PageView, Pair, SearchFor, SyncView, View};
use crate::ui::{Intent, WindowHandle};

/// How often the server is asked whether somebody decided.
const ASK_EVERY: Duration = Duration::from_secs(1);

struct Enrolling<'w> {
    eye: Eye,
    device: Machine,
    window: &'w WindowHandle,
    language: Language,
    view: EnrolView,
    turn: u64,
}

/// Scans an invitation, shows the code to compare, waits for the approval, writes the configuration. Answers whether it was done;
/// `false`: the window was closed.
pub(super) fn enrol(
    path: &Path,
    source: &SourceName,
    window: &WindowHandle,
    wanted: &Receiver<Intent>,
) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut enrolling = Enrolling {
        eye: Eye::new(source.clone(), CaptureSettings::default()),
        device: Machine::new(),
        window,
        language: Language::Zh,
        view: EnrolView::default(),
        turn: 0,
    };
    loop {
        let Some(text) = enrolling.invitation(wanted) else { return Ok(false) };
        match enrolling.ask(&text, path, &runtime, wanted) {
            Ok(Asked::Done) => return Ok(true),
            Ok(Asked::Closed) => return Ok(false),
            Ok(Asked::Again) => {}
            Err(words) => enrolling.view = EnrolView { trouble: Some(words), ..EnrolView::default() },
        }
    }
}

enum Asked {
    Done,
    Closed,
    Again,
}

impl Enrolling<'_> {
    /// The text of an invitation that was scanned or typed; none where the window was closed.
    fn invitation(&mut self, wanted: &Receiver<Intent>) -> Option<String> {
        loop {
            let now = Device::now(&self.device);
            let seen = self.eye.look(now).map(|(new, _): (Readings, Capture)| new).unwrap_or_default();
            let scanned = seen.into_iter().map(|(text, _)| text).find(|text| is_invitation(text));
            if scanned.is_some() {
                return scanned;
            }
            loop {
                match wanted.try_recv() {
                    Ok(Intent::Line(text) | Intent::Typed(text)) => return Some(text),
                    Ok(Intent::Go(Page::Search)) => (self.view.is_typing, self.turn) = (true, self.turn + 1),
                    Ok(Intent::Back) => (self.view.is_typing, self.turn) = (false, self.turn + 1),
                    Ok(other) => self.other(&other),
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return None,
                }
            }
            self.view.frame = self.eye.picture();
            self.view.camera_trouble = self.eye.trouble();
            self.show(false);
        }
    }

    fn ask(&mut self, text: &str, path: &Path, runtime: &Runtime, wanted: &Receiver<Intent>) -> Result<Asked, Pair> {
        let invitation = Invitation::read(text).map_err(|error| error.pair())?;
        self.view = EnrolView { is_asking: true, ..EnrolView::default() };
        self.show(true);
        let place = Place::of(path).map_err(|error| error.pair())?;
        let terminal = place.terminal(Machine::terminal_id()).map_err(|error| error.pair())?;
        let key = place.key(Wrapper::of_this_machine().as_ref()).map_err(|error| error.pair())?;
        let asking = runtime.block_on(Asking::begin(&invitation, (terminal, key), env!("CARGO_PKG_VERSION")));
        let asking = asking.map_err(|error| error.pair())?;
        self.view = EnrolView { code: Some(asking.check_code().to_string()), ..EnrolView::default() };
        loop {
            self.show(true);
            match wanted.recv_timeout(ASK_EVERY) {
                Ok(Intent::EnrolAgain) => {
                    self.view = EnrolView::default();
                    return Ok(Asked::Again);
                }
                Ok(other) => self.other(&other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Asked::Closed),
            }
            match runtime.block_on(asking.state()) {
                Ok(EnrolState::Approved(enrolled)) => {
                    let addresses: Vec<Address> = invitation.addresses.clone();
                    place.keep(terminal, &enrolled, &addresses).map_err(|error| error.pair())?;
                    return Ok(Asked::Done);
                }
                Ok(EnrolState::Refused) => {
                    return Err((
                        "主管已拒绝登记。让主管重新生成登记码。".to_owned(),
                        "The supervisor refused it. Ask for a new code.".to_owned(),
                    ));
                }
                Ok(EnrolState::Pending { .. })
                | Err(EnrolError::Transport(TransportError::Offline { .. } | TransportError::Busy { .. })) => {}
                Err(error) => return Err(error.pair()),
            }
        }
    }

    fn other(&mut self, intent: &Intent) {
        if *intent == Intent::SwitchLanguage {
            self.language = if self.language == Language::Zh { Language::En } else { Language::Zh };
        }
    }

    fn show(&self, must: bool) {
        let page = if self.view.is_typing {
            PageView::Search(SearchFor::Invitation)
        } else {
            PageView::Enrol(self.view.clone())
        };
        let chrome = ChromeView { can_go_back: self.view.is_typing, turn: self.turn, ..ChromeView::default() };
        let sync = SyncView { now: Device::now(&self.device), ..SyncView::default() };
        // What is dropped is shown with the next turn.
        let _ = self.window.show(View { chrome, sync, page, alarm: None }, self.language, must);
    }
}

fn is_invitation(text: &str) -> bool {
    text.trim().to_ascii_uppercase().starts_with(PREFIX)
}
