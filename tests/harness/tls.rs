//! A client of a test's own: one TLS connection, HTTP/1.1 by hand, so that a test knows exactly what was sent over which connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};
use serde_json::Value;

use crate::server::Server;

/// Longest silence that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client trusts and shows; connections of one configuration share its TLS sessions.
#[derive(Clone)]
pub struct Identity {
    config: Arc<ClientConfig>,
    server: SocketAddr,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its head, in lower case.
    pub head: String,
    /// Its body; null where it is no JSON.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Identity {
    /// Trusts the server's CA and shows a certificate (PEM) for a key (PKCS#8), or none.
    pub fn new(server: &Server, own: Option<(&str, &[u8])>) -> Result<Self> {
        // A second call in one process finds the provider installed: that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&server.ready.ca)?)?;
        let builder = ClientConfig::builder().with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some((pem, key)) => {
                let certificate = CertificateDer::from_pem_slice(pem.as_bytes())?;
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec()));
                builder.with_client_auth_cert(vec![certificate], key)?
            }
        };
        Ok(Self { config: Arc::new(config), server: server.socket()? })
    }

    /// The same towards another listener of the server, `https://HOST:PORT`.
    pub fn at(mut self, address: &str) -> Result<Self> {
        let address = address.trim_start_matches("https://");
        self.server = address.parse().with_context(|| format!("`{address}` is no address"))?;
        Ok(self)
    }

    /// A new connection.
    pub fn connect(&self) -> Result<Connection> {
        let tcp = TcpStream::connect(self.server)?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        let name = "127.0.0.1".try_into()?;
        Ok(Connection { stream: StreamOwned::new(ClientConnection::new(Arc::clone(&self.config), name)?, tcp) })
    }
}

/// One TLS connection, kept open between requests.
pub struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Connection {
    /// Whether this connection took up an earlier TLS session.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.stream.conn.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// Asks without a body.
    pub fn get(&mut self, target: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.ask("GET", target, headers, b"")
    }

    /// Sends a body.
    pub fn post(&mut self, target: &str, body: &[u8]) -> Result<Answer> {
        self.ask("POST", target, &[], body)
    }

    /// One request and its answer.
    pub fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut request =
            format!("{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        self.stream.write_all(&[request.as_bytes(), b"\r\n", body].concat())?;
        self.stream.flush()?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if self.stream.read(&mut byte)? == 0 {
                bail!("the connection ended within an answer");
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
        let mut body = vec![0; length.trim().parse()?];
        self.stream.read_exact(&mut body)?;
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Answer { status, head, json, text: String::from_utf8_lossy(&body).into_owned() })
    }
}
