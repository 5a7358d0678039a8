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

use super::export::CaseJson;
use super::store;
use crate::http::state::AppState;
use crate::people::actor::still;
use crate::people::{Actor, Refusal, View};
use crate::store as ledger;

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
        let cases = store::since(&mut conn, self.told, READ).await?;
        let Some(last) = cases.last().map(|case| case.position) else { return Ok(false) };
        let view = View::of(&mut conn, self.actor.scope()).await?;
        let shown: Vec<_> = cases.iter().filter(|case| view.sees(&case.found.mismatch)).collect();
        for (place, case) in shown.iter().enumerate() {
            let json = CaseJson::new(case, &self.state.allowances);
            let event = Event::default().event("mismatch").json_data(json).map_err(|error| {
                tracing::error!(%error, "a mismatch cannot be written");
                Refusal::Conflict(error.to_string())
            })?;
            // Only the last of a position carries it: who breaks off in between hears the whole position again.
            let is_last = shown.get(place + 1).is_none_or(|next| next.position > case.position);
            self.waiting.push_back(if is_last { event.id(case.position.to_string()) } else { event });
        }
        self.told = last;
        Ok(true)
    }
}
