//! One terminal's connection: sends, waits for the answer, and comes again where the server asks for it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tests::server::Server;
use tests::tls::{Connection, Identity};

use super::stream::Ready;

/// How long a terminal that is told to wait waits.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection, and how long its batches took.
pub struct Sender {
    connection: Connection,
    /// From the first byte to the answer, ms.
    pub times_ms: Vec<f64>,
    /// How often the server said "later".
    pub put_off: u64,
}

impl Sender {
    /// A connection to the server.
    pub fn new(server: &Server) -> Result<Self> {
        Ok(Self { connection: Identity::new(server, None)?.connect()?, times_ms: Vec::new(), put_off: 0 })
    }

    /// Sends one batch until it is taken in.
    pub fn send(&mut self, ready: &Ready) -> Result<()> {
        let start = Instant::now();
        let content = [("content-type", "application/x-ndjson+zstd")];
        loop {
            let answer = self.connection.ask("POST", "/v1/batches", &content, &ready.compressed)?;
            if matches!(answer.status, 429 | 503) {
                self.put_off += 1;
                std::thread::sleep(PAUSE);
                continue;
            }
            ensure!(answer.status == 200, "the server refused a batch ({}): {}", answer.status, answer.text);
            self.times_ms.push(start.elapsed().as_secs_f64() * 1e3);
            return Ok(());
        }
    }
}
