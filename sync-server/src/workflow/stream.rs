//! `GET /api/v1/mismatches/stream`: mismatches as they change, as server-sent events. The id of an event is a ledger position; who
//! comes back with it in `Last-Event-ID` misses nothing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};

use super::news;
use crate::http::state::AppState;
use crate::people::actor::still;
use crate::people::{Actor, Refusal, View};
use crate::store::{self as ledger, StoreError};

/// How often the ledger is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// A word when nothing changes, so that nobody on the way gives the connection up.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Cases read at once.
const READ: usize = 500;

/// Where one listener stands.
struct Listener {
    state: AppState,
    actor: Actor,
    /// What the actor proved itself with.
    headers: HeaderMap,
    /// Everything up to here was told.
    told: u64,
    waiting: VecDeque<Event>,
}

/// Streams changes in the actor's view, from now on or from where the listener was.
pub async fn stream(
    State(state): State<AppState>,
    actor: Actor,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let told = match last {
        Some(position) => position,
        None => ledger::position(&mut *state.store.read().await?).await?,
    };
    let listener = Listener { state, actor, headers, told, waiting: VecDeque::new() };
    Ok(Sse::new(events(listener)).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("still here")))
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async move {
        loop {
            if let Some(event) = listener.waiting.pop_front() {
                return Some((Ok(event), listener));
            }
            match listener.look().await {
                Ok(true) => {}
                Ok(false) if listener.state.stopping.is_set() => return None,
                Ok(false) => tokio::time::sleep(LOOK).await,
                // Whoever may not look any more is told by the end of the stream: signing in again begins another.
                Err(Refusal::SignIn | Refusal::Token) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a listener could not be told of changes; tried again");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    })
}

impl Listener {
    /// Looks once. Answers whether the ledger went on, in the view or not.
    async fn look(&mut self) -> Result<bool, Refusal> {
        // Anew each time: the token may be revoked by now, the session ended, the person be another's.
        self.actor = still(&self.state, &self.headers, &self.actor.from).await?;
        let mut conn = self.state.store.read().await?;
        let view = View::of(&mut conn, self.actor.scope()).await?;
        let Some(news) = news::since(&mut conn, &view, self.told, READ).await? else { return Ok(false) };
        for (place, changed) in news.changed.iter().enumerate() {
            // Only the last of a position carries it: who breaks off in between hears the whole position again.
            let is_last = news.changed.get(place + 1).is_none_or(|next| next.position() > changed.position());
            let mut events = changed.events(&self.state.allowances).into_iter().peekable();
            while let Some(one) = events.next() {
                let event = Event::default().event("mismatch").json_data(one).map_err(|error| {
                    tracing::error!(%error, "a mismatch cannot be written");
                    StoreError::Corrupt("a mismatch")
                })?;
                let ends = is_last && events.peek().is_none();
                self.waiting.push_back(if ends { event.id(changed.position().to_string()) } else { event });
            }
        }
        self.told = news.position;
        Ok(true)
    }
}
