//! How often one may ask: each person, whatever the session or token, and each terminal, over all routes. Whoever asks more is told how
//! long to wait; nothing is lost by it. Counts are in memory: a restart forgives.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use shared::chain::Hash;
use shared::wire::ProblemCode;

use super::error::ApiError;
use super::state::AppState;
use crate::identity::caller::PeerCertificate;
use crate::people::Refusal;
use crate::people::tries::Who as Network;

/// Keys that are remembered before those that have their whole allowance again are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Requests of a minute, at most; as many may come at once. 0: as many as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowed {
    /// Of a person, with all sessions and tokens.
    pub person_per_minute: u32,
    /// Of a terminal; of those that show no certificate, of an address.
    pub terminal_per_minute: u32,
}

impl Default for Allowed {
    fn default() -> Self {
        Self { person_per_minute: 3_000, terminal_per_minute: 12_000 }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A person or a program, by the person's name.
    Person(String),
    /// A terminal, by its certificate.
    Terminal(Hash),
    /// Somebody without a certificate, by the address.
    Stranger(Network),
}

impl Asker {
    const fn kind(&self) -> usize {
        match self {
            Self::Person(_) => 0,
            Self::Terminal(_) => 1,
            Self::Stranger(_) => 2,
        }
    }
}

/// The words of the kinds, for those who count.
const KINDS: [&str; 3] = ["person", "terminal", "address"];

/// Time since the server began.
#[derive(Clone)]
struct Since(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock for Since {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

type Limiter = RateLimiter<Asker, HashMapStateStore<Asker>, Since, NoOpMiddleware<Duration>>;

/// Who asked how often lately.
#[derive(Clone)]
pub struct Rates {
    since: Since,
    people: Option<Arc<Limiter>>,
    terminals: Option<Arc<Limiter>>,
    refused: Arc<[AtomicU64; KINDS.len()]>,
    /// When idle keys were forgotten last, in whole seconds: at most once in each.
    swept_s: Arc<AtomicU64>,
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rates").field("refused", &self.refused).finish_non_exhaustive()
    }
}

impl Rates {
    /// By the time that goes by: a clock that is set back refuses nobody.
    #[must_use]
    pub fn new(allowed: Allowed) -> Self {
        let start = Instant::now();
        Self::since(allowed, move || start.elapsed())
    }

    /// By a time that is handed in.
    pub fn since(allowed: Allowed, since: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let since = Since(Arc::new(since));
        let limiter = |per_minute| {
            let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
            Some(Arc::new(RateLimiter::new(quota, HashMapStateStore::default(), since.clone())))
        };
        let (people, terminals) = (limiter(allowed.person_per_minute), limiter(allowed.terminal_per_minute));
        Self { people, terminals, since, refused: Arc::default(), swept_s: Arc::default() }
    }

    /// Counts a request; seconds to wait where it is one too many.
    pub fn ask(&self, asker: &Asker) -> Result<(), u64> {
        let limiter = if matches!(asker, Asker::Person(_)) { &self.people } else { &self.terminals };
        let Some(limiter) = limiter else { return Ok(()) };
        let now_s = self.since.now().as_secs();
        if limiter.len() > REMEMBERED_MAX && self.swept_s.swap(now_s, Ordering::Relaxed) != now_s {
            limiter.retain_recent();
        }
        limiter.check_key(asker).map_err(|until| {
            self.refused[asker.kind()].fetch_add(1, Ordering::Relaxed);
            until.wait_time_from(self.since.now()).as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX).max(1)
        })
    }

    /// How many were refused since the start, by what they are.
    #[must_use]
    pub fn refused(&self) -> [(&'static str, u64); KINDS.len()] {
        std::array::from_fn(|kind| (KINDS[kind], self.refused[kind].load(Ordering::Relaxed)))
    }
}

/// Lets a terminal ask, or says how long to wait.
pub async fn of_terminals(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let shown = request.extensions().get().and_then(|PeerCertificate(shown)| *shown);
    let asker = shown.map_or_else(|| Asker::Stranger(address(&request)), Asker::Terminal);
    match state.rates.ask(&asker) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            let told = format!("more requests than the server allows; wait {seconds} s and go on, nothing is lost");
            ApiError::new(ProblemCode::TooManyTries, told).retry_after(seconds).into_response()
        }
    }
}

fn address(request: &Request) -> Network {
    let from: Option<&ConnectInfo<std::net::SocketAddr>> = request.extensions().get();
    Network::from_address(&from.map(|ConnectInfo(from)| from.ip().to_string()).unwrap_or_default())
}

/// Lets a person ask, or refuses.
pub fn of_person(state: &AppState, name: &str) -> Result<(), Refusal> {
    state.rates.ask(&Asker::Person(name.to_owned())).map_err(Refusal::TooOften)
}

#[cfg(test)]
mod tests;
