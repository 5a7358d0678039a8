//! Where the app's own messages go: warnings to standard error, more of them to the log file beside the store.

use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::log_file::{LOG_BYTES_MAX, LogFile};

/// What standard error shows where `RUST_LOG` does not say.
const SHOWN: &str = "warn,winit=error";

/// What the file keeps.
const KEPT: &str = "warn,scanner_app=info,winit=error";

/// Starts logging, once in a process. A file that cannot be opened is said and done without: it must not stop a scan.
pub fn start(file: Option<&Path>) {
    let shown = EnvFilter::new(std::env::var("RUST_LOG").unwrap_or_else(|_| SHOWN.to_owned()));
    let shown = layer().with_writer(std::io::stderr).with_filter(shown);
    let opened = file.map(|path| (path, LogFile::open(path, LOG_BYTES_MAX)));
    let (kept, trouble) = match opened {
        Some((_, Ok(log))) => {
            let layer = layer().with_ansi(false).with_writer(Mutex::new(log));
            (Some(layer.with_filter(EnvFilter::new(KEPT))), None)
        }
        Some((path, Err(error))) => (None, Some(format!("the log {} cannot be written: {error}", path.display()))),
        None => (None, None),
    };
    tracing_subscriber::registry().with(shown).with(kept).init();
    if let Some(trouble) = trouble {
        tracing::warn!("{trouble}; messages go to standard error only");
    }
    keep_panics();
    tracing::info!("scanner-app {} begins", env!("CARGO_PKG_VERSION"));
}

/// A panic is said on standard error as ever, and kept where whoever helps will find it.
fn keep_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("panic: {panic}");
        before(panic);
    }));
}
