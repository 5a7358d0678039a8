//! Binding, serving, stopping.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum_server::Handle;
use serde::Serialize;

use super::accept::TlsAcceptor;
use super::state::{AppState, Stopping};
use super::terminal_routes;
use super::web::web_routes;
use crate::checkpoint;
use crate::config::Config;
use crate::identity::tls;
use crate::keys::KeyError;
use crate::store::{Store, StoreError};
use crate::{metrics, reconcile, registry, sealed, webhook, workflow};

/// How long open requests may finish after a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// How often what time alone changes is judged again.
const SWEEP: Duration = Duration::from_secs(30);

/// How often the right to serve is confirmed where nobody writes: it is taken again before another server asks for it.
const CONFIRM: Duration = Duration::from_secs(2);

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {source}. Another program may use the port: name another in the configuration, or stop that program"
    )]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A listener broke.
    #[error("a listener stopped: {0}")]
    Io(#[from] std::io::Error),
}

/// What `serve` prints on stdout, as one line of JSON, once both listeners are up.
#[derive(Debug, Serialize)]
pub struct Ready {
    /// Where terminals connect.
    pub terminal: String,
    /// Where people open the console.
    pub web: String,
    /// Where metrics and probes are read, where that is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<String>,
    /// PEM file of the CA that terminals pin.
    pub ca: String,
    /// Key of the acknowledgements, which terminals pin.
    pub server_key: String,
    /// What parcels are sealed for where there is no network.
    pub server_recipient: String,
}

/// Serves until SIGTERM or SIGINT. `ready` is called once, when both listeners are bound.
pub async fn serve(config: &Config, state: AppState, ready: impl FnOnce(&Ready)) -> Result<(), ServeError> {
    let terminal_tls = TlsAcceptor::new(tls::terminal_config(&state.identity.authority)?);
    let web_tls = TlsAcceptor::new(tls::web_config(&state.identity.authority)?);
    let (terminal, web) = (bind(config.terminal_listen)?, bind(config.web_listen)?);
    let shown = |listener: &TcpListener| {
        let address = listener.local_addr()?;
        let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
        Ok::<_, std::io::Error>(format!("https://{host}:{}", address.port()))
    };
    let operations = config.operations_listen.map(bind).transpose()?;
    ready(&Ready {
        operations: operations
            .as_ref()
            .map(|listener| Ok::<_, std::io::Error>(format!("http://{}", listener.local_addr()?)))
            .transpose()?,
        terminal: shown(&terminal)?,
        web: shown(&web)?,
        ca: state.keys.ca_file.display().to_string(),
        server_key: state.keys.server_key.to_string(),
        server_recipient: state.keys.sealed.recipient(),
    });
    let handle = Handle::new();
    let stopping = state.stopping.clone();
    tokio::spawn(stop_on_signal(handle.clone(), stopping));
    tokio::spawn(sweep_for_ever(state.clone()));
    tokio::spawn(confirm_for_ever(state.store.clone()));
    tokio::spawn(webhook::run_for_ever(state.clone(), config.webhooks_inner));
    let operations = operations.map(axum_server::from_tcp).transpose()?;
    let operations_routes = metrics::operations_routes(state.clone()).into_make_service();
    let operations_handle = handle.clone();
    let operations = async move {
        match operations {
            Some(server) => server.handle(operations_handle).serve(operations_routes).await,
            None => Ok(()),
        }
    };
    let terminal = axum_server::from_tcp(terminal)?
        .acceptor(terminal_tls)
        .handle(handle.clone())
        .serve(terminal_routes(state.clone()).into_make_service_with_connect_info::<SocketAddr>());
    let web = axum_server::from_tcp(web)?
        .acceptor(web_tls)
        .handle(handle)
        .serve(web_routes(state).into_make_service_with_connect_info::<SocketAddr>());
    tokio::try_join!(terminal, web, operations)?;
    Ok(())
}

fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|source| ServeError::Listen { address, source })
}

async fn stop_on_signal(handle: Handle<SocketAddr>, stopping: Stopping) {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: open requests may finish");
    stopping.set();
    handle.graceful_shutdown(Some(GRACE));
}

async fn count_mismatches(state: &AppState) -> Result<(), StoreError> {
    state.metrics.flow.look(&mut *state.store.read().await?, state.clock.now()).await
}

/// Says once, not every time, that the right could not be taken again.
async fn confirm_for_ever(store: Store) {
    let mut told = false;
    loop {
        tokio::time::sleep(CONFIRM).await;
        match store.confirm_serving().await {
            Ok(()) => told = false,
            Err(error) if !told => {
                told = true;
                tracing::error!(%error, "the right to serve could not be taken again; asked for every 2 s");
            }
            Err(_) => {}
        }
    }
}

async fn sweep_for_ever(state: AppState) {
    loop {
        if let Err(error) = count_mismatches(&state).await {
            tracing::error!(%error, "mismatches could not be counted; tried again later");
        }
        if let Err(error) = checkpoint::make_if_due(&state.store, &state.keys.ack, state.clock.now()).await {
            tracing::error!(%error, "no checkpoint could be made; tried again later");
        }
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = registry::edit::enter_into_force(&state.store, state.clock.now()).await {
            tracing::error!(%error, "amendments whose day has come are not in force; tried again later");
        }
        if let Err(error) = reconcile::sweep(&state.store, state.clock.now()).await {
            tracing::error!(%error, "the sweep failed; tried again later");
        }
        match workflow::take::escalate(&state.store, &state.allowances, state.clock.now()).await {
            Ok(0) => {}
            Ok(escalated) => tracing::info!(escalated, "mismatches that nobody settled in time went to the regulator"),
            Err(error) => tracing::error!(%error, "mismatches could not be escalated; tried again later"),
        }
        if let Err(error) = sealed::take_all_waiting(&state.store, &state.keys.ack, state.clock.now()).await {
            tracing::error!(%error, "batches that wait for earlier ones could not be looked at; tried again later");
        }
    }
}
