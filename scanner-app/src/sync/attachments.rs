//! Photos up: one chunk a request, from where the server stands. A photo is given only after an event names it.

use reqwest::Method;
use shared::chain::Hash;
use shared::wire::{
    ATTACHMENT_CHUNK_BYTES_MAX, AttachmentState, Problem, ProblemCode, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET,
};

use super::sender::Round;
use super::transport::Call;
use super::{SyncError, SyncPolicy, TransportError};
use crate::store::Store;

/// How the photo under way stands, and whether photos rest after a refusal.
#[derive(Clone, Debug, Default)]
pub(super) struct Photos {
    /// The photo under way, and how many of its bytes the server holds.
    under_way: Option<(Hash, u64)>,
    failures: u32,
    rests_until_ms: u64,
    problem: Option<Problem>,
}

impl Photos {
    /// How many photos may be offered now.
    pub(super) fn waiting(&self, store: &Store, now_ms: u64) -> Result<u64, SyncError> {
        if self.rests(now_ms) {
            return Ok(0);
        }
        Ok(u64::from(store.next_photo()?.is_some()))
    }

    /// When photos may be offered again after a refusal, in milliseconds from now.
    pub(super) fn wakes_in_ms(&self, now_ms: u64) -> Option<u64> {
        self.rests(now_ms).then(|| self.rests_until_ms.saturating_sub(now_ms))
    }

    /// Why the server would not take the last one.
    pub(super) const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    const fn rests(&self, now_ms: u64) -> bool {
        self.problem.is_some() && now_ms < self.rests_until_ms
    }

    /// Asks where the server stands, or sends the next chunk.
    pub(super) async fn send(&mut self, round: &mut Round<'_>, policy: &SyncPolicy) -> Result<(), SyncError> {
        let Some(hash) = round.store.next_photo()? else { return Ok(()) };
        let held = self.under_way.filter(|(under_way, _)| *under_way == hash).map(|(_, offset)| offset);
        let state = match held {
            None => ask(round, hash).await,
            Some(offset) => put(round, hash, offset, policy).await,
        };
        match state {
            Ok(AttachmentState { complete: true, .. }) => {
                (self.under_way, self.problem, self.failures) = (None, None, 0);
                round.store.photo_sent(hash, round.device.now())?;
                round.synced.photos += 1;
                Ok(())
            }
            // Chunk after chunk that moves nothing is a fault, and waits like one.
            Ok(AttachmentState { offset, .. }) if held.is_some_and(|held| offset <= held) => {
                self.under_way = None;
                Err(TransportError::Answer("the server took a part of a photo and holds no more than before".into())
                    .into())
            }
            Ok(AttachmentState { offset, .. }) => {
                self.under_way = Some((hash, offset));
                Ok(())
            }
            Err(SyncError::Transport(TransportError::Refused(problem))) => {
                self.under_way = None;
                self.failures = self.failures.saturating_add(1);
                let wait_ms = policy.wait_ms(self.failures, None, round.device.jitter());
                self.rests_until_ms = round.device.mono_ms().saturating_add(wait_ms);
                self.problem = Some(*problem);
                Ok(())
            }
            Err(error) => {
                // Whether the chunk arrived is not known: the server is asked again.
                self.under_way = None;
                Err(error)
            }
        }
    }
}

async fn ask(round: &Round<'_>, hash: Hash) -> Result<AttachmentState, SyncError> {
    let response = match round.transport.send_for_response(Call::new(Method::HEAD, target(hash))).await {
        // The answer to HEAD has no body that could give a reason.
        Err(TransportError::Answer(message)) => {
            let problem = Problem { code: ProblemCode::Other, message, head: None };
            return Err(TransportError::Refused(Box::new(problem)).into());
        }
        answered => answered?,
    };
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let offset = header(UPLOAD_OFFSET).and_then(|offset| offset.parse().ok());
    let offset = offset.ok_or_else(|| TransportError::Answer("the server does not say how much it holds".into()))?;
    Ok(AttachmentState { offset, complete: header(UPLOAD_COMPLETE) == Some("?1") })
}

async fn put(round: &Round<'_>, hash: Hash, offset: u64, policy: &SyncPolicy) -> Result<AttachmentState, SyncError> {
    let body = round.store.photo(hash)?.unwrap_or_default();
    // A server that claims more than there is gets the photo from its beginning.
    let start = usize::try_from(offset).ok().filter(|start| *start < body.len()).unwrap_or(0);
    let chunk = &body[start..body.len().min(start + ATTACHMENT_CHUNK_BYTES_MAX)];
    let call = Call::new(Method::PUT, target(hash))
        .header(UPLOAD_OFFSET, start.to_string())
        .header(UPLOAD_LENGTH, body.len().to_string())
        .body("application/octet-stream", chunk.to_vec())
        .within(std::time::Duration::from_millis(policy.timeout_ms(chunk.len() as u64)));
    Ok(round.transport.send(call).await?)
}

fn target(hash: Hash) -> String {
    format!("/v1/attachments/{hash}")
}
