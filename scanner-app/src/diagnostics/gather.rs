//! What goes into a bundle. Each part is built from what may be told; nothing is copied and then cleaned, but for log lines.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};
use shared::enrolment::Certificate;
use shared::ids::{MemberId, OperatorId, SiteId, TerminalId};
use shared::time::Timestamp;
use shared::wire::WIRE_VERSION;

use super::log_file::{last_lines, log_path};
use super::scrub::{Codes, scrubbed, suspects};
use super::store_figures::{StoreFigures, codes_among};
use crate::capture::CaptureSettings;
use crate::config::{Config, Language};
use crate::device::Device;
use crate::feedback::FeedbackSettings;
use crate::keys;
use crate::operators::{OperatorSettings, last_on_duty};
use crate::store::{Store, StoreError};

/// Log lines in a bundle, at most.
const LOG_LINES: usize = 2_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Whole codes in log lines: only where the person who asked says so.
    pub codes: bool,
}

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The settings that may be told: no key, no path that names a person, no password in an address.
#[derive(Serialize)]
struct Settings<'c> {
    terminal: TerminalId,
    site: &'c SiteId,
    member: &'c MemberId,
    operator: Option<&'c OperatorId>,
    store: String,
    key: &'static str,
    certificate_until: Option<Timestamp>,
    server: String,
    ca: String,
    server_key_begins: String,
    language: Language,
    capture: &'c CaptureSettings,
    feedback: &'c FeedbackSettings,
    operators: &'c OperatorSettings,
}

impl<'c> Settings<'c> {
    fn of(config: &'c Config) -> Self {
        Self {
            terminal: config.terminal,
            site: &config.site,
            member: &config.member,
            operator: config.operator.as_ref(),
            store: file_name(&config.store),
            key: if keys::is_there(&config.key) { "there" } else { "missing" },
            certificate_until: certificate_until(config),
            server: address(&config.server),
            ca: file_name(&config.ca),
            server_key_begins: config.server_key.to_string().chars().take(8).collect(),
            language: config.language,
            capture: &config.capture,
            feedback: &config.feedback,
            operators: &config.operators,
        }
    }
}

/// Only the date: whether a certificate is there and holds is what helps.
fn certificate_until(config: &Config) -> Option<Timestamp> {
    let bytes = std::fs::read(config.certificate.as_ref()?).ok()?;
    serde_json::from_slice::<Certificate>(&bytes).ok().map(|certificate| certificate.expires_at)
}

/// All parts of a bundle. `cameras` is what was found of them, or why it could not be. A part that cannot be made says why: a bundle
/// is wanted when something does not work.
#[must_use]
pub fn gather(config: &Config, device: &dyn Device, cameras: &Value, wanted: Wanted) -> Vec<Part> {
    let mut figures = StoreFigures::of(&config.store);
    let store = open_existing(config, device);
    let sync = match &store {
        Ok(Some(store)) => {
            figures.add_from(store);
            sync_state(store).unwrap_or_else(|error| json!({ "trouble": error.to_string() }))
        }
        Ok(None) => json!({ "trouble": "nothing was ever synced" }),
        Err(error) => {
            figures.note(error.to_string());
            json!({ "trouble": error.to_string() })
        }
    };
    vec![
        part("README.txt", readme(wanted)),
        json_part("versions.json", &versions()),
        json_part("config.json", &Settings::of(config)),
        json_part("store.json", &figures),
        json_part("sync.json", &sync),
        json_part("device.json", &device_state(config, device)),
        json_part("cameras.json", cameras),
        part("app.log", log(config, store.ok().flatten().as_ref(), wanted)),
    ]
}

/// The store, beside whoever has it open; none where there is none yet, which this must not make.
fn open_existing(config: &Config, device: &dyn Device) -> Result<Option<Store>, StoreError> {
    if !config.store.exists() {
        return Ok(None);
    }
    Store::open_beside(&config.store, config.terminal, device.epoch()).map(Some)
}

fn versions() -> Value {
    json!({
        "app": env!("CARGO_PKG_VERSION"), "wire": WIRE_VERSION, "sqlite": rusqlite::version(),
        "system": std::env::consts::OS, "machine": std::env::consts::ARCH, "kernel": kernel_file("osrelease"),
        "camera": cfg!(feature = "camera"), "window": cfg!(feature = "winit"),
    })
}

fn sync_state(store: &Store) -> Result<Value, StoreError> {
    let (ledger, cursor) = store.cursor()?;
    let operators = store.operators()?;
    Ok(json!({
        "ledger": ledger, "cursor": cursor, "data_as_of": store.data_as_of()?,
        "operators": operators.len(),
        "operators_with_pin": operators.iter().filter(|operator| operator.pin.is_some()).count(),
        "last_on_duty": last_on_duty(store)?,
    }))
}

fn device_state(config: &Config, device: &dyn Device) -> Value {
    let folder = config.store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let room = match rustix::fs::statvfs(folder) {
        Ok(found) => json!({
            "free_bytes": found.f_bavail.saturating_mul(found.f_frsize),
            "size_bytes": found.f_blocks.saturating_mul(found.f_frsize),
        }),
        Err(error) => json!({ "trouble": format!("the disk's room cannot be asked: {error}") }),
    };
    json!({ "wall": device.now(), "mono_ms": device.mono_ms(), "boot": device.boot(), "disk": room })
}

fn kernel_file(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?;
    Some(text.trim().to_owned())
}

fn log(config: &Config, store: Option<&Store>, wanted: Wanted) -> String {
    let lines = last_lines(&log_path(&config.store), LOG_LINES);
    let codes = (!wanted.codes).then(|| Codes {
        on_record: codes_among(&config.store, &suspects(&lines)),
        grammars: store.and_then(|store| store.grammars().ok()).unwrap_or_default(),
    });
    lines.iter().map(|line| scrubbed(line, codes.as_ref()) + "\n").collect()
}

fn readme(wanted: Wanted) -> String {
    let codes = if wanted.codes { "whole, as was asked for (--codes)" } else { "by their last four characters" };
    format!(
        "What this terminal says of itself, to be read by whoever helps.\n\
         In it: versions, settings, figures of the store, the state of sync, clock and disk, cameras, the app's last log lines.\n\
         Not in it: keys, PINs and what tells them, badges, photos, events. Codes are told {codes}.\n"
    )
}

fn address(server: &str) -> String {
    let Ok(url) = server.parse::<reqwest::Url>() else { return "no address".to_owned() };
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn part(name: &'static str, text: String) -> Part {
    Part { name, bytes: text.into_bytes() }
}

fn json_part(name: &'static str, value: &impl Serialize) -> Part {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("cannot be told: {error}"));
    part(name, text + "\n")
}
