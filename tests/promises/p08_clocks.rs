//! P8 over real TLS with a real server: a clock that is years off, jumps or stands still stops nothing, and only `clock-skew` tells.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use scanner_app::device::{Device as Clocked, Machine};
use scanner_app::session::{Identity, Session, anchor};
use scanner_app::store::Store;
use scanner_app::sync::sync_once;
use shared::enrolment::Certificate;
use shared::event::{Capture, Stage};
use shared::ids::EpochId;
use shared::time::Timestamp;
use sync_server::identity::authority::Authority;
use tempfile::TempDir;
use tests::server::Server;
use tests::tls;
use tests::world::set_up;
use uuid::Uuid;

use crate::enrolled::Device;

const YEARS_10_MS: i64 = 10 * 365 * 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What is wrong with a clock.
#[derive(Clone, Copy)]
enum Clock {
    /// Off by so much.
    Off(i64),
    /// Off by another amount at each look, up to ten years to either side.
    Jumping,
    /// Always the same moment.
    Frozen,
}

/// The machine with a wrong wall clock.
struct Wrong {
    machine: Machine,
    clock: Clock,
    looks: AtomicI64,
    start: Timestamp,
}

impl Clocked for Wrong {
    fn now(&self) -> Timestamp {
        match self.clock {
            Clock::Off(ms) => Clocked::now(&self.machine).plus_ms(ms),
            Clock::Frozen => self.start,
            Clock::Jumping => {
                let look = self.looks.fetch_add(1, Ordering::Relaxed);
                let sign = if look % 2 == 0 { 1 } else { -1 };
                Clocked::now(&self.machine).plus_ms(sign * (YEARS_10_MS / 7) * (look % 7 + 1))
            }
        }
    }

    fn mono_ms(&self) -> u64 {
        self.machine.mono_ms()
    }

    fn boot(&self) -> Uuid {
        self.machine.boot()
    }

    fn epoch(&self) -> EpochId {
        self.machine.epoch()
    }

    fn jitter(&self) -> f64 {
        self.machine.jitter()
    }
}

/// Enrols, syncs, scans three cases, syncs, renews, syncs. Answers the kinds of live mismatches.
fn day_with(clock: Clock) -> BTreeSet<String> {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let labels = set_up(&server, folder.path()).unwrap();
    let enrolled = Device::enrol(&server, 1);
    let machine = Machine::new();
    let start = Clocked::now(&machine).plus_ms(-YEARS_10_MS);
    let device: Arc<dyn Clocked> = Arc::new(Wrong { machine, clock, looks: AtomicI64::new(0), start });
    let transport = enrolled.transport(&server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let path = enrolled.folder.path().join("t.sqlite");
    let open = || Store::open(&path, enrolled.terminal, device.epoch()).unwrap();
    let identity = Identity { member: "M".into(), site: "SZ-GATE".into(), operator: Some("1024".into()) };

    let mut store = open();
    let first = runtime.block_on(sync_once(&mut store, &transport, device.as_ref())).unwrap();
    anchor(&mut store, device.as_ref(), &identity, &first.contact.unwrap()).unwrap();
    let task = (Stage::Outbound, "HT-2031".into(), "FH-2031".into());
    let mut session = Session::open(store, Arc::clone(&device), identity.clone(), task).unwrap();
    for label in &labels.cases[..3] {
        session.scan(&[(label.clone(), None)], Capture::Camera).unwrap();
    }
    drop(session);
    let mut store = open();
    let sent = runtime.block_on(sync_once(&mut store, &transport, device.as_ref())).unwrap();
    assert!(sent.recorded >= 5, "{sent:?}");
    assert_eq!(store.pending().unwrap().0, 0);
    if let Clock::Off(ms) = clock {
        let told = sent.clock_skew_ms.unwrap();
        assert!((told - ms).abs() < HOUR_MS, "the terminal knows how far its clock is off: {told} ms");
    }

    // A certificate to be renewed since long: the next sync does, whatever the wall clock says.
    let mut old = enrolled.enrolled.certificate.clone();
    old.renew_from = Timestamp::from_ms(0);
    std::fs::write(enrolled.certificate_file(), serde_json::to_vec(&old).unwrap()).unwrap();
    age_certificates(&server);
    let transport = enrolled.transport_of_file(&server);
    runtime.block_on(sync_once(&mut store, &transport, device.as_ref())).unwrap();
    let renewed: Certificate = serde_json::from_slice(&std::fs::read(enrolled.certificate_file()).unwrap()).unwrap();
    assert!(renewed.pem != old.pem && renewed.expires_at >= old.expires_at, "renewed");

    let live = server.lines(["mismatches", "--json"]).unwrap();
    live.iter().map(|found| found["kind"].as_str().unwrap().to_owned()).collect()
}

/// The server gives a certificate of the last minutes again rather than another: these become older.
fn age_certificates(server: &Server) {
    let database = rusqlite::Connection::open(server.data().join("tallyman.sqlite")).unwrap();
    let aged = database
        .execute("update certificate set issued_at = issued_at - 3600000, expires_at = expires_at - 3600000", []);
    assert_eq!(aged.unwrap(), 1);
}

fn but_for_the_clock(kinds: BTreeSet<String>) -> Vec<String> {
    kinds.into_iter().filter(|kind| kind != "clock-skew").collect()
}

#[test]
fn p8_a_right_clock_raises_nothing() {
    assert_eq!(day_with(Clock::Off(0)), BTreeSet::new());
}

#[test]
fn p8_ten_years_ahead_and_nothing_stops() {
    assert_eq!(but_for_the_clock(day_with(Clock::Off(YEARS_10_MS))), [""; 0]);
}

#[test]
fn p8_ten_years_behind_and_nothing_stops() {
    assert_eq!(but_for_the_clock(day_with(Clock::Off(-YEARS_10_MS))), [""; 0]);
}

#[test]
fn p8_a_clock_that_jumps_stops_nothing() {
    assert_eq!(but_for_the_clock(day_with(Clock::Jumping)), [""; 0]);
}

#[test]
fn p8_a_frozen_clock_stops_nothing() {
    assert_eq!(but_for_the_clock(day_with(Clock::Frozen)), [""; 0]);
}

#[test]
fn p8_a_server_whose_certificate_is_out_of_date_is_still_the_server_and_no_other_is() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("server");
    let long_ago = Clocked::now(&Machine::new()).plus_ms(-1_500 * DAY_MS);
    drop(Authority::open(&place.join("data"), &[], long_ago).unwrap());
    // The note beside the certificate says that it holds: the server shows the old one, as if it had run for years.
    let note = place.join("data/keys/server.json");
    let mut made: serde_json::Value = serde_json::from_slice(&std::fs::read(&note).unwrap()).unwrap();
    made["expires_at"] = "2099-01-01T00:00:00+08:00".into();
    std::fs::write(&note, made.to_string()).unwrap();
    let server = Server::start(&place).unwrap();
    set_up(&server, folder.path()).unwrap();
    let strict = tls::Identity::new(&server, None).unwrap().connect().unwrap().get("/v1/time", &[]);
    assert!(format!("{:#}", strict.unwrap_err()).to_lowercase().contains("expired"), "the certificate is out of date");

    let enrolled = Device::enrol(&server, 1);
    let transport = enrolled.transport(&server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let device = Machine::new();
    let path = enrolled.folder.path().join("t.sqlite");
    let mut store = Store::open(&path, enrolled.terminal, device.epoch()).unwrap();
    assert!(runtime.block_on(sync_once(&mut store, &transport, &device)).unwrap().pulled > 0);
    assert!(transport.are_dates_wrong(), "and it is told");

    // Another server, out of date or not, is refused.
    let other = Server::start(&folder.path().join("other")).unwrap();
    let own = (enrolled.terminal, enrolled.key());
    let ca = enrolled.enrolled.ca.as_bytes();
    let astray =
        scanner_app::sync::Transport::new(&other.ready.terminal, ca, own, enrolled.enrolled.server_key).unwrap();
    let error = runtime.block_on(sync_once(&mut store, &astray, &device)).unwrap_err().to_string();
    assert!(error.contains("is not the server of the enrolment"), "{error}");
}
