//! A TCP relay on loopback: a cable that can be cut and healed, and all that befalls cables.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use super::fault::{Faults, Way};
use super::pipe::{Line, Pipe};

/// One cable.
pub struct Cable {
    address: SocketAddr,
    server: Arc<Mutex<SocketAddr>>,
    cut: Arc<AtomicBool>,
    faults: Arc<Mutex<Faults>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    lines: [Arc<Line>; 2],
}

impl Cable {
    /// Lays a cable to the server's port.
    pub fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port for the relay")?;
        let cable = Self {
            address: listener.local_addr()?,
            server: Arc::new(Mutex::new(server)),
            cut: Arc::default(),
            faults: Arc::default(),
            open: Arc::default(),
            lines: [Arc::default(), Arc::default()],
        };
        let (is_cut, server, held) = (Arc::clone(&cable.cut), Arc::clone(&cable.server), Arc::clone(&cable.open));
        let pipes = [Way::Up, Way::Down].map(|way| Pipe {
            way,
            faults: Arc::clone(&cable.faults),
            line: Arc::clone(&cable.lines[usize::from(way == Way::Down)]),
        });
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if is_cut.load(Ordering::SeqCst) {
                    let _ = client.shutdown(Shutdown::Both);
                    continue;
                }
                let server = *server.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(server) = TcpStream::connect(server) {
                    relay(&client, &server, &held, &pipes);
                }
            }
        });
        Ok(cable)
    }

    /// Where the terminal's end is.
    #[must_use]
    pub fn address(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Cuts it: open connections die, new ones are dropped.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.break_open();
    }

    /// Joins it again, and takes every fault away.
    pub fn heal(&self) {
        self.fail(Faults::default());
        self.cut.store(false, Ordering::SeqCst);
    }

    /// Lets something befall the bytes, of open connections as well, until the next call or [`Self::heal`].
    pub fn fail(&self, faults: Faults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Leads to another port from the next connection on: the server was started again.
    pub fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
        self.break_open();
    }

    /// Bytes that were delivered, up and down.
    #[must_use]
    pub fn delivered_bytes(&self) -> (u64, u64) {
        (self.lines[0].bytes(), self.lines[1].bytes())
    }

    fn break_open(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn relay(client: &TcpStream, server: &TcpStream, held: &Mutex<Vec<TcpStream>>, pipes: &[Pipe; 2]) {
    for stream in [client, server] {
        let _ = stream.set_nodelay(true);
    }
    for ((from, to), pipe) in [(client, server), (server, client)].into_iter().zip(pipes) {
        let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else { return };
        if let Ok(handle) = from.try_clone() {
            held.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        }
        pipe.clone().carry(from, to);
    }
}
