//! Accepting a connection: TLS or a clear word, and whose certificate it shows.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use shared::chain::sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tower_layer::Layer;

use crate::identity::caller::PeerCertificate;

/// From connecting to the end of the handshake, at most.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The first byte of a TLS connection: a handshake record.
const TLS_HANDSHAKE: u8 = 22;

/// Of what somebody without TLS sends so much is read, at most: reads of 1 KB, each waited for so long.
const PLAIN_READS_MAX: usize = 64;
const PLAIN_PAUSE: Duration = Duration::from_millis(500);

/// What somebody hears who speaks HTTP to a TLS port.
const PLAIN_ANSWER: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                            content-length: 63\r\n\r\nThis port speaks TLS only: write https:// before the address.\r\n";

/// Accepts TLS connections of one listener.
#[derive(Clone)]
pub struct TlsAcceptor(RustlsAcceptor);

impl TlsAcceptor {
    /// With the TLS of that listener.
    #[must_use]
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self(RustlsAcceptor::new(RustlsConfig::from_config(config)).handshake_timeout(HANDSHAKE))
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for TlsAcceptor {
    type Stream = TlsStream<TcpStream>;
    type Service = AddExtension<S, PeerCertificate>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let tls = self.0.clone();
        Box::pin(async move {
            let from = stream.peer_addr()?;
            let stream = encrypted_or_told(stream).await.inspect_err(|error| refused(from, error))?;
            let (stream, service) = tls.accept(stream, service).await.inspect_err(|error| refused(from, error))?;
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
            let peer = PeerCertificate(shown.map(|certificate| sha256(&[certificate])));
            Ok((stream, Extension(peer).layer(service)))
        })
    }
}

/// The stream, if it begins as TLS does. Who speaks plain HTTP is told so and closed.
async fn encrypted_or_told(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    let mut first = [0];
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "nothing was said for 10 s");
    match timeout(HANDSHAKE, stream.peek(&mut first)).await.map_err(late)?? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "closed before a word was said")),
        _ if first[0] == TLS_HANDSHAKE => Ok(stream),
        _ => {
            // Whoever does not wait for the answer loses nothing by it, and nobody here waits for him.
            tokio::spawn(timeout(HANDSHAKE, tell(stream)));
            Err(io::Error::new(io::ErrorKind::InvalidData, "no TLS: plain HTTP or something else"))
        }
    }
}

/// What was sent is read before closing: the system would otherwise break the connection before the answer is heard.
async fn tell(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN_ANSWER.as_bytes()).await?;
    stream.shutdown().await?;
    let mut unread = [0; 1_024];
    for _ in 0..PLAIN_READS_MAX {
        if timeout(PLAIN_PAUSE, stream.read(&mut unread)).await.unwrap_or(Ok(0))? == 0 {
            break;
        }
    }
    Ok(())
}

fn refused(from: std::net::SocketAddr, error: &io::Error) {
    tracing::warn!(%from, "a connection was refused: {error}");
}
