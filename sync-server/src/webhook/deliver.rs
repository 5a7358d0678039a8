//! Queueing what changed and telling it, message by message, in order.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use serde_json::json;
use shared::time::{Clock, HOUR_MS, Timestamp};

use super::address::{AddressError, parse, reach};
use super::sign::{SIGNATURE, signature};
use super::store::{self, Delivery, Webhook};
use crate::audit;
use crate::http::state::AppState;
use crate::people::{Actor, Scope, View};
use crate::store::{Store, StoreError};
use crate::workflow::Allowances;
use crate::workflow::news::{self, NewsJson};

/// How often the ledger is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The longest that a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Mismatches of one message, at most.
const TOLD_AT_ONCE: usize = 100;

/// Messages to one receiver before the others have their turn.
const IN_A_ROW: usize = 20;

/// The first wait after a failure; each next is twice as long.
const WAIT_MS: i64 = 10_000;

/// The longest wait.
const WAIT_MAX_MS: i64 = HOUR_MS;

/// A webhook that fails for so long is given up: 7 days.
pub const GIVE_UP_MS: i64 = 7 * 24 * HOUR_MS;

/// What delivering needs.
#[derive(Clone)]
pub struct Delivering {
    /// The database.
    pub store: Store,
    /// Each message is signed with the moment at which it is sent.
    pub clock: Arc<dyn Clock>,
    /// How long mismatches may wait: they are told with their due time.
    pub allowances: Allowances,
    /// Whether webhooks may go to inner networks, and there without TLS.
    pub may_be_inner: bool,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("the receiver answered {0}")]
    Status(u16),
    #[error("the receiver could not be reached, or took longer than 10 s")]
    Connection(#[from] reqwest::Error),
}

/// Tells webhooks of changes until the server stops.
pub async fn run_for_ever(state: AppState, may_be_inner: bool) {
    let (store, clock) = (state.store.clone(), Arc::clone(&state.clock));
    let delivering = Delivering { store, clock, allowances: state.allowances, may_be_inner };
    while !state.stopping.is_set() {
        if let Err(error) = delivering.once().await {
            tracing::error!(%error, "webhooks could not be served; tried again later");
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Delivering {
    /// Queues what changed and tells what is due. A receiver that does not answer holds up no other for longer than its turn.
    pub async fn once(&self) -> Result<(), StoreError> {
        let webhooks = store::list(&mut *self.store.read().await?).await?;
        for webhook in webhooks.iter().filter(|webhook| webhook.disabled_at.is_none()) {
            self.queue(webhook).await?;
            for _ in 0..IN_A_ROW {
                let first = store::first(&mut *self.store.read().await?, &webhook.webhook_id).await?;
                let Some(delivery) = first.filter(|delivery| delivery.next_at <= self.clock.now()) else { break };
                if !self.tell(webhook, &delivery).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn queue(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let mut conn = self.store.read().await?;
        let scope = webhook.member.clone().map_or(Scope::All, Scope::Member);
        let view = View::of(&mut conn, scope).await?;
        let Some(news) = news::since(&mut conn, &view, webhook.position, TOLD_AT_ONCE).await? else { return Ok(()) };
        drop(conn);
        let position = news.position;
        let told: Vec<NewsJson<'_>> =
            news.changed.iter().flat_map(|changed| changed.events(&self.allowances)).collect();
        let bodies =
            told.chunks(TOLD_AT_ONCE).map(|some| json!({ "position": position, "mismatches": some }).to_string());
        let mut tx = self.store.write().await?;
        store::queue(&mut tx, &webhook.webhook_id, &bodies.collect::<Vec<_>>(), position).await?;
        Ok(tx.commit().await?)
    }

    /// Answers whether the receiver took it.
    async fn tell(&self, webhook: &Webhook, delivery: &Delivery) -> Result<bool, StoreError> {
        let sent = self.send(webhook, delivery, self.clock.now()).await;
        let mut tx = self.store.write().await?;
        let (id, now) = (&webhook.webhook_id, self.clock.now());
        // As it is now: a message before this one was taken, or somebody removed it or let it try again meanwhile.
        let Some(held) = store::find(&mut tx, id).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let is_taken = sent.is_ok();
        match sent {
            Ok(()) => store::taken(&mut tx, id, delivery.delivery_no).await?,
            Err(error) => {
                tracing::warn!(webhook = %id, %error, "a webhook's message was not taken; tried again later");
                let gives_up = held.failing_since.is_some_and(|since| since.plus_ms(GIVE_UP_MS) <= now);
                let next_at = now.plus_ms(wait_ms(delivery.tries));
                let why = error.to_string();
                store::failed(&mut tx, id, (delivery.delivery_no, next_at), &why, (now, gives_up)).await?;
                if gives_up {
                    tracing::error!(webhook = %id, "a webhook failed for 7 days and was given up");
                    audit::append(&mut tx, &Actor::server(), ("webhook-given-up", id, &why), now).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(is_taken)
    }

    async fn send(&self, webhook: &Webhook, delivery: &Delivery, now: Timestamp) -> Result<(), DeliveryError> {
        let url = parse(&webhook.url, self.may_be_inner)?;
        let addresses = reach(&url, self.may_be_inner).await?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let client = client(url.scheme() == "https").resolve_to_addrs(&host, &addresses).build()?;
        let secret = hex::decode(&webhook.secret).unwrap_or_default();
        let signed = signature(&secret, now.as_ms() / 1_000, &delivery.body);
        let answer = client
            .post(url)
            .header("content-type", "application/json")
            .header("tallyman-delivery", format!("{}-{}", webhook.webhook_id, delivery.delivery_no))
            .header(SIGNATURE, signed)
            .body(delivery.body.clone())
            .send()
            .await?;
        if answer.status().is_success() { Ok(()) } else { Err(DeliveryError::Status(answer.status().as_u16())) }
    }
}

/// A client that goes where it is told and nowhere else.
fn client(is_encrypted: bool) -> ClientBuilder {
    // The process has one TLS provider; that it is there already is no fault.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(TIMEOUT);
    if is_encrypted {
        return client;
    }
    // Without TLS no certificate of the system is needed, and there may be none.
    let nobody = rustls::RootCertStore::empty();
    let config = rustls::ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth();
    client.tls_backend_preconfigured(config)
}

fn wait_ms(tries: u32) -> i64 {
    (WAIT_MS << tries.min(20)).min(WAIT_MAX_MS)
}
