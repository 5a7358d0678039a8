//! P11: revocation holds on the next request, whatever connection or TLS session it comes over; what a revoked terminal scanned is
//! still delivered, into quarantine; only a supervisor brings it back.

use scanner_app::device::{Device as _, Machine};
use scanner_app::store::Store;
use scanner_app::sync::{SyncError, TransportError, sync_once};
use shared::wire::ProblemCode;
use tempfile::TempDir;
use tests::camera::photograph;
use tests::server::Server;
use tests::terminal::{TaskArgs, Terminal};
use tests::world::set_up;

use crate::enrolled::Device;

const CHANGES: &str = "/v1/changes?since=0";

fn server(folder: &TempDir) -> Server {
    let server = Server::start(&folder.path().join("server")).unwrap();
    set_up(&server, folder.path()).unwrap();
    server
}

fn quarantined(server: &Server, reason: &str) -> u64 {
    let database = rusqlite::Connection::open(server.data().join("tallyman.sqlite")).unwrap();
    let sql = "select count(*) from quarantine where reason like ?1";
    let count: i64 = database.query_row(sql, [format!("%{reason}%")], |row| row.get(0)).unwrap();
    u64::try_from(count).unwrap()
}

#[test]
fn p11_open_connections_and_resumed_sessions_are_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let device = Device::enrol(&server, 1);
    let identity = device.identity(&server);
    let mut open = identity.connect().unwrap();
    assert_eq!(open.get(CHANGES, &[]).unwrap().status, 200);
    let mut resumed = identity.connect().unwrap();
    assert_eq!(resumed.get(CHANGES, &[]).unwrap().status, 200);
    assert!(resumed.is_resumed(), "the second connection took the first one's session up");

    server.run(["terminals", "revoke", &device.terminal.to_string()]).unwrap();
    for connection in [&mut open, &mut resumed, &mut identity.connect().unwrap()] {
        let answer = connection.get(CHANGES, &[]).unwrap();
        assert_eq!((answer.status, answer.json["code"].as_str()), (403, Some("revoked")), "{answer:?}");
    }
    // The one thing that is left to it: what it recorded is taken, apart.
    let answer = open.post("/v1/batches", &device.first_batch(&device.key())).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(quarantined(&server, "revoked"), 1);
    assert!(server.lines(["events"]).unwrap().is_empty());
    // Nor can it renew what it has.
    let renewal = format!("{{\"terminal\":\"{}\"}}", device.terminal);
    assert_eq!(open.post("/v1/renew", renewal.as_bytes()).unwrap().json["code"], "revoked");
}

#[test]
fn p11_the_app_hears_of_it_on_its_open_http2_connection() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let enrolled = Device::enrol(&server, 1);
    let (device, transport) = (Machine::new(), enrolled.transport(&server));
    let path = enrolled.folder.path().join("t.sqlite");
    let mut store = Store::open(&path, enrolled.terminal, device.epoch()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sync_once(&mut store, &transport, &device)).unwrap();
    server.run(["terminals", "revoke", &enrolled.terminal.to_string()]).unwrap();
    let refused = runtime.block_on(sync_once(&mut store, &transport, &device)).unwrap_err();
    let SyncError::Transport(TransportError::Refused(problem)) = refused else { panic!("{refused:?}") };
    assert_eq!(problem.code, ProblemCode::Revoked);
}

#[test]
fn p11_its_scans_are_quarantined_its_queue_drains_and_only_an_invitation_brings_it_back() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let labels = set_up(&server, folder.path()).unwrap();
    let gate = Terminal::enrol(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    gate.sync().unwrap();
    let before = server.lines(["events"]).unwrap();
    let frames = folder.path().join("frames");
    photograph(&labels.cases[..1], &frames, 1).unwrap();
    let task = TaskArgs { stage: "outbound", basis: "HT-2031", document: "FH-2031" };
    gate.scan(task, &frames, None).unwrap();
    server.run(["terminals", "revoke", &gate.id]).unwrap();
    let said = gate.sync_fails().unwrap();
    assert!(said.contains("was revoked"), "{said}");
    assert_eq!(server.lines(["events"]).unwrap(), before, "nothing of it entered the ledger");
    assert!(quarantined(&server, "revoked") > 0);

    gate.enrol_again(&server, "M", "SZ-GATE", "gate").unwrap();
    gate.sync().unwrap();
    let acts: Vec<_> = server.lines(["terminals", "acts"]).unwrap();
    let acts: Vec<&str> = acts.iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["invited", "approved", "revoked", "invited", "reinstated"]);
}
