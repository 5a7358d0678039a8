//! Handing over to a terminal nearby, or taking from one (S17): beside the session's thread, which the network must not stop.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use anyhow::Result;
use tokio::sync::Notify;

use super::super::carry::{packed, reachable};
use super::clerk::Clerk;
use crate::carry::lan::{Called, Event, LanFault, Listener, call, pairing_code};
use crate::carry::{picture, settle};
use crate::device::Machine;
use crate::store::Store;
use crate::ui::carry::Modules;
use crate::ui::view::{NearbyView, Pair};

/// What the QR code of a terminal that waits begins with: address and code follow.
pub(super) const PAIRING: &str = "TALLYMAN-LAN/1 ";

/// Where a terminal listens.
const LISTEN: &str = "0.0.0.0:7700";

/// Sentences that are kept on the page, at most.
const MESSAGES_MAX: usize = 6;

/// What comes from the thread that waits.
enum Told {
    Bound(String),
    Happened(Event),
    Ended(String),
}

struct Waiting {
    told: Receiver<Told>,
    stop: Arc<Notify>,
    code: String,
    address: Option<String>,
}

/// The state of the page.
#[derive(Default)]
pub(super) struct NearbyState {
    calling: Option<Receiver<Result<Called, String>>>,
    waiting: Option<Waiting>,
    messages: Vec<(Pair, bool)>,
}

impl NearbyState {
    fn tell(&mut self, zh: impl Into<String>, en: impl Into<String>, is_trouble: bool) {
        if self.messages.len() == MESSAGES_MAX {
            self.messages.remove(0);
        }
        self.messages.push(((zh.into(), en.into()), is_trouble));
    }

    /// Waits no more; what was taken stays.
    pub(super) fn stop(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.stop.notify_one();
        }
    }
}

impl Clerk {
    /// Waits for terminals that hand their records over.
    pub(super) fn listen(&mut self) -> Result<()> {
        if self.state.nearby.waiting.is_some() {
            return Ok(());
        }
        let code = pairing_code(self.device.epoch());
        let store = Store::open_beside(&self.config.store, self.config.terminal, self.device.epoch())?;
        let (tell, told) = channel();
        let stop = Arc::new(Notify::new());
        let (stopped, pairing) = (Arc::clone(&stop), code.clone());
        std::thread::spawn(move || {
            let ended = serve(store, pairing, &stopped, &|what| {
                // Nobody looks any more once the window is closed.
                let _ = tell.send(what);
            });
            if let Err(error) = ended {
                let _ = tell.send(Told::Ended(error.to_string()));
            }
        });
        self.state.nearby.waiting = Some(Waiting { told, stop, code, address: None });
        Ok(())
    }

    /// Hands everything that waits to the terminal of an address and code: typed, or read from its screen.
    pub(super) fn call_nearby(&mut self, text: &str) {
        let text = text.trim().trim_start_matches(PAIRING.trim_end());
        let mut parts = text.split_whitespace();
        let (Some(address), Some(code), None) = (parts.next(), parts.next(), parts.next()) else {
            self.state.nearby.tell(
                "要“地址 配对码”，例如 10.0.0.7:7700 123456。",
                "Type address and code, such as 10.0.0.7:7700 123456.",
                true,
            );
            return;
        };
        let Some(store) = self.work.store() else { return };
        let parcels = match packed(&self.config, store, self.device.as_ref()) {
            Ok(parcels) => parcels,
            Err(error) => {
                self.state.nearby.tell(
                    format!("没有转交：{error}。记录都在本机。"),
                    format!("Nothing was handed over: {error}. All records are here."),
                    true,
                );
                return;
            }
        };
        let (tell, answer) = channel();
        let (address, code, terminal) = (address.to_owned(), code.to_owned(), self.config.terminal);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let called = match runtime {
                Ok(runtime) => {
                    runtime.block_on(call(&address, (terminal, &code), &parcels)).map_err(|error| error.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            let _ = tell.send(called);
        });
        self.state.nearby.calling = Some(answer);
    }

    /// What happened nearby since the last look. Whether something changed.
    pub(super) fn watch_nearby(&mut self) -> Result<bool> {
        let mut changed = self.hear_waiting();
        let Some(calling) = &self.state.nearby.calling else { return Ok(changed) };
        let called = match calling.try_recv() {
            Err(TryRecvError::Empty) => return Ok(changed),
            Err(TryRecvError::Disconnected) => Err("the call ended without an answer".to_owned()),
            Ok(called) => called,
        };
        self.state.nearby.calling = None;
        changed = true;
        match called {
            Ok(called) => self.receipts_of(&called)?,
            Err(why) => self.state.nearby.tell(
                format!("没有转交：{why}。记录都在本机，再试一次。"),
                format!("Nothing was handed over: {why}. All records are here; try again."),
                true,
            ),
        }
        Ok(changed)
    }

    /// The receipt of the hand-over, and the server's answers that the other terminal had for this one.
    fn receipts_of(&mut self, called: &Called) -> Result<()> {
        let key = self.config.server_key;
        let Some(store) = self.work.store_mut() else { return Ok(()) };
        let settled = settle(store, &key, &called.answers);
        let pending = store.pending()?.0;
        let kept = called.kept;
        self.state.nearby.tell(
            format!("回执：对方已收 {kept} 包，将代传。待传仍为 {pending}，等服务器回执。"),
            format!("Handed over, parcels: {kept}. {pending} records stay queued until the server confirms."),
            false,
        );
        if let Err(error) = settled {
            self.state.nearby.tell(
                format!("带回的服务器回执用不了：{error}。"),
                format!("The server's acknowledgements that came back cannot be used: {error}."),
                true,
            );
        }
        Ok(())
    }

    fn hear_waiting(&mut self) -> bool {
        let nearby = &mut self.state.nearby;
        let Some(waiting) = &mut nearby.waiting else { return false };
        let told: Vec<Told> = waiting.told.try_iter().collect();
        let changed = !told.is_empty();
        let mut has_kept = false;
        for what in told {
            match what {
                Told::Bound(address) => {
                    if let Some(waiting) = &mut nearby.waiting {
                        waiting.address = Some(address);
                    }
                }
                Told::Happened(event) => {
                    has_kept |= matches!(event, Event::Kept { .. });
                    let (zh, en, is_trouble) = event_words(&event);
                    nearby.tell(zh, en, is_trouble);
                }
                Told::Ended(why) => {
                    nearby.waiting = None;
                    nearby.tell(format!("不再等候：{why}"), format!("Waiting ended: {why}"), true);
                }
            }
        }
        if has_kept {
            // What was taken for others goes on without waiting for a scan here.
            self.worker.wake();
        }
        changed
    }

    pub(super) fn nearby_view(&self) -> Result<NearbyView> {
        let nearby = &self.state.nearby;
        let events = self.work.store().map(Store::pending).transpose()?.map_or(0, |(pending, _)| pending);
        let listening = nearby.waiting.as_ref().and_then(|waiting| {
            let address = waiting.address.clone()?;
            let modules = picture::modules(&format!("{PAIRING}{address} {}", waiting.code));
            Some((address, waiting.code.clone(), modules.map(|(side, dark)| Modules { side, dark })))
        });
        let is_calling = nearby.calling.is_some() || (nearby.waiting.is_some() && listening.is_none());
        Ok(NearbyView { listening, is_calling, events, messages: nearby.messages.clone() })
    }
}

/// Serves one caller after the other until it is stopped.
fn serve(mut store: Store, code: String, stop: &Notify, tell: &dyn Fn(Told)) -> Result<(), LanFault> {
    let device = Machine::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut listener = Listener::bind(LISTEN, &mut store, &device, code).await?;
        tell(Told::Bound(reachable(listener.address()?).to_string()));
        loop {
            let mut happened = |event| tell(Told::Happened(event));
            tokio::select! {
                served = listener.serve_one(&mut happened) => served?,
                () = stop.notified() => return Ok(()),
            }
        }
    })
}

fn event_words(event: &Event) -> (String, String, bool) {
    match event {
        Event::Kept { terminal, events } => {
            let name = tail(&terminal.to_string());
            (format!("已收终端 …{name} 的 {events} 条"), format!("Taken: {events} records of …{name}"), false)
        }
        Event::Given { terminal, parcels } => {
            let name = tail(&terminal.to_string());
            (
                format!("已交终端 …{name} {parcels} 份回执"),
                format!("Gave terminal …{name} {parcels} acknowledgements"),
                false,
            )
        }
        Event::WrongCode => ("有人输错配对码。".to_owned(), "Somebody typed a wrong code.".to_owned(), true),
        Event::Broken(why) => (format!("一次转交中断：{why}"), format!("A hand-over broke off: {why}"), true),
    }
}

fn tail(identity: &str) -> String {
    identity.chars().skip(identity.chars().count().saturating_sub(4)).collect()
}
