//! The thread that gives cues: the session hands one over after its commit and goes on.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::cue::Cue;
use super::output::{Lamp, OutputError, Speaker, Vibrator};
use super::player::Player;
use super::synth::samples;

/// How long the thread sleeps while nothing is due.
const IDLE: Duration = Duration::from_mins(1);

/// The ways in which this device tells.
pub struct Outputs {
    /// By ear.
    pub speaker: Box<dyn Speaker>,
    /// By hand.
    pub vibrator: Box<dyn Vibrator>,
    /// By eye.
    pub lamp: Box<dyn Lamp>,
}

/// What was measured and what went wrong.
#[derive(Clone, Debug, Default)]
pub struct DeckState {
    /// Cues given.
    pub given: u64,
    /// The longest time from a cue to its first samples handed on, in microseconds.
    pub longest_us: u64,
    /// The same of the last cue.
    pub last_us: u64,
    /// Why something is not told, in the words for a person.
    pub trouble: Option<String>,
    /// The same for a screen, in Chinese and in English.
    pub said: Option<(&'static str, &'static str)>,
}

enum Order {
    Cue(Box<Cue>, Instant),
    Acknowledge,
}

/// The running thread; ends when dropped, after the cue that it gives.
pub struct Deck {
    orders: Option<Sender<Order>>,
    state: Arc<Mutex<DeckState>>,
    thread: Option<JoinHandle<()>>,
}

impl Deck {
    /// Starts it.
    #[must_use]
    pub fn start(outputs: Outputs) -> Self {
        let (orders, wanted) = channel();
        let state = Arc::new(Mutex::new(DeckState::default()));
        let told = Arc::clone(&state);
        let work =
            move || Work { outputs, state: told, player: Player::default(), started: Instant::now() }.run(&wanted);
        let thread = std::thread::Builder::new().name("feedback".to_owned()).spawn(work).ok();
        Self { orders: Some(orders), state, thread }
    }

    /// Gives a cue. To be called after the commit of what it tells; for an alarm that was open when the app ended, at the start.
    pub fn give(&self, cue: Cue) {
        self.send(Order::Cue(Box::new(cue), Instant::now()));
    }

    /// Somebody acknowledged the alarm.
    pub fn acknowledge(&self) {
        self.send(Order::Acknowledge);
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> DeckState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn send(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // A thread that could not be started tells nothing; the screen does.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Deck {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked told nothing that is not on the screen.
            let _ = thread.join();
        }
    }
}

struct Work {
    outputs: Outputs,
    state: Arc<Mutex<DeckState>>,
    player: Player,
    started: Instant,
}

impl Work {
    fn run(mut self, wanted: &Receiver<Order>) {
        loop {
            let now_ms = self.now_ms();
            let wait = self.player.due_ms().map_or(IDLE, |due| Duration::from_millis(due.saturating_sub(now_ms)));
            match wanted.recv_timeout(wait) {
                Ok(Order::Cue(cue, asked)) => {
                    let now_ms = self.now_ms();
                    if let Some(cue) = self.player.offer(*cue, now_ms) {
                        self.give(&cue, asked);
                    }
                }
                Ok(Order::Acknowledge) => {
                    self.player.acknowledge();
                    self.outputs.speaker.stop();
                }
                Err(RecvTimeoutError::Timeout) => {
                    let now_ms = self.now_ms();
                    if let Some(cue) = self.player.tick(now_ms) {
                        self.give(&cue, Instant::now());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn give(&mut self, cue: &Cue, asked: Instant) {
        let (mut trouble, mut said) = (None, None);
        let mut told = |given: Result<(), OutputError>| {
            if let Err(error) = given {
                trouble = Some(error.to_string());
                said = Some(error.words());
            }
        };
        if !cue.tones.is_empty() {
            told(self.outputs.speaker.play(&samples(&cue.tones, cue.volume)));
        }
        let handed_us = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        if !cue.buzzes.is_empty() {
            told(self.outputs.vibrator.buzz(&cue.buzzes));
        }
        if cue.edge_ms > 0 {
            self.outputs.lamp.show(cue.colour, cue.edge_ms);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = &trouble
            && state.trouble.as_ref() != Some(trouble)
        {
            // Once, not at each scan.
            tracing::warn!("{trouble}");
        }
        state.given += 1;
        state.longest_us = state.longest_us.max(handed_us);
        state.last_us = handed_us;
        (state.trouble, state.said) = (trouble, said);
    }
}
