//! P12: no terminal can speak for another; replay changes nothing.

use shared::wire::{REQUEST_HEADER, RequestSignature};
use tempfile::TempDir;
use tests::server::Server;
use tests::tls::Identity;
use tests::world::set_up;

use crate::enrolled::Device;

const CHANGES: &str = "/v1/changes?since=0";

fn server(folder: &TempDir) -> Server {
    let server = Server::start(&folder.path().join("server")).unwrap();
    set_up(&server, folder.path()).unwrap();
    server
}

fn signed(device: &Device, as_terminal: &Device) -> String {
    RequestSignature::sign(as_terminal.terminal, "GET", CHANGES, &device.key()).to_string()
}

#[test]
fn p12_a_valid_certificate_delivers_for_its_own_terminal_only() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let (own, other) = (Device::enrol(&server, 1), Device::enrol(&server, 2));
    let mut connection = own.identity(&server).connect().unwrap();
    let foreign = connection.post("/v1/batches", &other.first_batch(&other.key())).unwrap();
    assert_eq!((foreign.status, foreign.json["code"].as_str()), (403, Some("wrong-terminal")), "{foreign:?}");
    let forged = connection.post("/v1/batches", &own.first_batch(&other.key())).unwrap();
    assert_eq!((forged.status, forged.json["code"].as_str()), (401, Some("bad-signature")), "{forged:?}");
    assert!(server.lines(["events"]).unwrap().is_empty());
    assert_eq!(connection.post("/v1/batches", &own.first_batch(&own.key())).unwrap().status, 200);
    // The other is not touched by any of it.
    let mut connection = other.identity(&server).connect().unwrap();
    assert_eq!(connection.post("/v1/batches", &other.first_batch(&other.key())).unwrap().status, 200);
    assert_eq!(server.lines(["events"]).unwrap().len(), 2);
}

#[test]
fn p12_a_batch_that_was_overheard_changes_nothing_when_sent_again() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let own = Device::enrol(&server, 1);
    let batch = own.first_batch(&own.key());
    let mut connection = own.identity(&server).connect().unwrap();
    assert_eq!(connection.post("/v1/batches", &batch).unwrap().status, 200);
    let before = server.lines(["events"]).unwrap();
    // Without any certificate: the signature inside is the authority, and the numbers are used already.
    let mut thief = Identity::new(&server, None).unwrap().connect().unwrap();
    let replayed = thief.post("/v1/batches", &batch).unwrap();
    assert_eq!(replayed.status, 200);
    assert!(replayed.json.to_string().contains("already-recorded"), "{replayed:?}");
    assert_eq!(server.lines(["events"]).unwrap(), before);
}

#[test]
fn p12_once_there_is_a_certificate_a_signature_alone_reads_nothing() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let (own, other) = (Device::enrol(&server, 1), Device::enrol(&server, 2));
    let mut bare = Identity::new(&server, None).unwrap().connect().unwrap();
    let answer = bare.get(CHANGES, &[(REQUEST_HEADER, &signed(&own, &own))]).unwrap();
    assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("certificate-required")), "{answer:?}");
    let answer = bare.get(CHANGES, &[(REQUEST_HEADER, &signed(&other, &own))]).unwrap();
    assert_eq!((answer.status, answer.json["code"].as_str()), (401, Some("bad-signature")), "{answer:?}");
    assert_eq!(bare.get(CHANGES, &[]).unwrap().json["code"], "bad-signature");
    // Over a certificate, whatever a header claims: the certificate says who it is.
    let mut connection = own.identity(&server).connect().unwrap();
    let answer = connection.get(CHANGES, &[(REQUEST_HEADER, &signed(&other, &other))]).unwrap();
    assert_eq!(answer.status, 200);
}

#[test]
fn p12_nobody_renews_for_another_and_no_nonce_serves_twice_elsewhere() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let (own, other) = (Device::enrol(&server, 1), Device::enrol(&server, 2));
    let mut bare = Identity::new(&server, None).unwrap().connect().unwrap();
    let mut renew = |body: &str| bare.post("/v1/renew", body.as_bytes()).unwrap();
    let nonce = renew(&format!("{{\"terminal\":\"{}\"}}", own.terminal)).json["nonce"].as_str().unwrap().to_owned();
    let request = |terminal, key: &ring::signature::Ed25519KeyPair| {
        serde_json::to_string(&shared::enrolment::RenewRequest::sign(terminal, nonce.clone(), key)).unwrap()
    };
    let stolen = renew(&request(own.terminal, &other.key()));
    assert_eq!((stolen.status, stolen.json["code"].as_str()), (401, Some("bad-signature")), "{stolen:?}");
    let elsewhere = renew(&request(other.terminal, &other.key()));
    assert_eq!((elsewhere.status, elsewhere.json["code"].as_str()), (401, Some("bad-signature")), "{elsewhere:?}");
    assert_eq!(renew(&request(own.terminal, &own.key())).json["state"], "renewed");
}
