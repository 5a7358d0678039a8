//! Enrolment and certificates by real processes: the good way, and everything that may come instead.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{GrayImage, Luma};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::server::Server;
use tests::terminal::{Terminal, enrol, invite};
use tests::tls::Identity;
use tests::world::set_up;
use tests::{program, said};

const GATE: [&str; 6] = ["--member", "M", "--site", "SZ-GATE", "--name", "gate"];

fn place() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    set_up(&server, folder.path()).unwrap();
    (folder, server)
}

fn invitation(server: &Server, more: &[&str]) -> Value {
    let args = ["terminals", "invite", "--json", "--address", &server.ready.terminal];
    server.lines(args.iter().chain(&GATE).chain(more)).unwrap().remove(0)
}

fn enrol_with(folder: &Path, text: &str) -> Output {
    let mut command = Command::new(program("scanner-app").unwrap());
    command.arg("enrol").arg("--config").arg(folder.join("terminal.toml")).args([text, "--json"]);
    command.stdin(Stdio::null()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The drawing of a shell as a picture: a character is two modules, one above the other; full is light.
fn picture(drawn: &str, path: &Path) {
    const MODULE: u32 = 6;
    let rows: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
    let width = u32::try_from(rows.iter().map(Vec::len).max().unwrap()).unwrap();
    let height = u32::try_from(rows.len()).unwrap() * 2;
    let module = |x: u32, y: u32| {
        let c = rows[y as usize / 2].get(x as usize).copied().unwrap_or('█');
        let light = matches!((c, y % 2), ('█', _) | ('▀', 0) | ('▄', 1));
        if light { 255 } else { 0 }
    };
    GrayImage::from_fn(width * MODULE, height * MODULE, |x, y| Luma([module(x / MODULE, y / MODULE)]))
        .save(path)
        .unwrap();
}

#[test]
fn the_qr_of_the_shell_is_read_from_a_picture_and_enrols() {
    let (folder, server) = place();
    let args = ["terminals", "invite", "--address", &server.ready.terminal];
    let shown = server.run(args.iter().chain(&GATE)).unwrap();
    let drawn: Vec<&str> = shown.lines().take_while(|line| !line.is_empty()).collect();
    assert!(drawn.iter().all(|line| line.chars().count() == drawn[0].chars().count()), "{shown}");
    let image = folder.path().join("invitation.png");
    picture(&drawn.join("\n"), &image);
    let config = folder.path().join("gate/terminal.toml");
    let mut command = Command::new(program("scanner-app").unwrap());
    command.arg("enrol").arg("--config").arg(&config).arg("--image").arg(&image).args([
        "--json",
        "--wait-minutes",
        "0",
    ]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    // Nobody decides at once: it says so, and the same command later goes on where it was.
    assert!(stderr(&output).contains("the asking still stands"), "{}", said(&output));
    let pending = server.lines(["terminals", "pending"]).unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(pending[0]["check_code"], shown["check_code"]);
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    server.run(["terminals", "approve", &text("terminal"), "--code", &text("check_code")]).unwrap();
    let output = command.output().unwrap();
    assert!(output.status.success() && config.exists(), "{}", said(&output));
    let sync = Command::new(program("scanner-app").unwrap())
        .args(["sync", "--once", "--json", "--config"])
        .arg(&config)
        .output()
        .unwrap();
    assert!(sync.status.success(), "{}", said(&sync));
}

#[test]
fn it_is_typed_as_well_and_a_refusal_is_told() {
    let (folder, server) = place();
    let code = invitation(&server, &[])["code"].as_str().unwrap().to_lowercase().replace('-', " ");
    let address = server.ready.terminal.trim_start_matches("https://").to_owned();
    let mut command = Command::new(program("scanner-app").unwrap());
    command.arg("enrol").arg("--config").arg(folder.path().join("gate/terminal.toml")).arg("--json");
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(format!("{address}\n{code}\n").as_bytes()).unwrap();
    let id = loop {
        if let Some(pending) = server.lines(["terminals", "pending"]).unwrap().first() {
            break pending["terminal"].as_str().unwrap().to_owned();
        }
        assert!(process.try_wait().unwrap().is_none(), "the enrolment ended by itself");
        std::thread::sleep(Duration::from_millis(50));
    };
    // A code that is not the terminal's approves nothing.
    let wrong = server.command(["terminals", "approve", &id, "--code", "0000-0000"]).unwrap().output().unwrap();
    assert!(stderr(&wrong).contains("somebody stands between"), "{}", said(&wrong));
    server.run(["terminals", "refuse", &id]).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("refused this enrolment"), "{}", said(&output));
    assert!(!folder.path().join("gate/terminal.toml").exists());
}

#[test]
fn used_expired_and_wrong_invitations_are_told_apart_and_too_many_are_shut_out() {
    let (folder, server) = place();
    let text = |made: &Value| made["text"].as_str().unwrap().to_owned();
    let used = text(&invitation(&server, &[]));
    enrol(&server, &folder.path().join("one/terminal.toml"), &used).unwrap();
    let again = enrol_with(&folder.path().join("two"), &used);
    assert!(stderr(&again).contains("was used by another terminal"), "{}", said(&again));

    let late = text(&invitation(&server, &["--minutes", "1"]));
    let database = rusqlite::Connection::open(server.data().join("tallyman.sqlite")).unwrap();
    database.execute("update enrolment set expires_at = expires_at - 60000 where state = 'invited'", []).unwrap();
    let output = enrol_with(&folder.path().join("two"), &late);
    assert!(stderr(&output).contains("is out of date"), "{}", said(&output));

    let mut client = Identity::new(&server, None).unwrap().connect().unwrap();
    let guess = json!({
        "token": "0000000000000000", "terminal": "00000000-0000-4000-8000-000000000001", "public_key": "0".repeat(64),
        "app": "guess", "proof": "0".repeat(128),
    });
    let mut ask = || client.post("/v1/enrol", guess.to_string().as_bytes()).unwrap();
    for _ in 0..20 {
        let answer = ask();
        assert_eq!((answer.status, answer.json["code"].as_str()), (403, Some("enrolment-code")), "{answer:?}");
    }
    let shut = ask();
    assert_eq!((shut.status, shut.json["code"].as_str()), (429, Some("too-many-tries")), "{shut:?}");
    let wait: u64 = shut.head.lines().find_map(|line| line.strip_prefix("retry-after: ")).unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}

#[test]
fn who_answers_with_another_ca_hears_nothing() {
    let (folder, server) = place();
    let other = Server::start(&folder.path().join("other")).unwrap();
    let code = invitation(&server, &[])["code"].as_str().unwrap().to_owned();
    let astray = format!("{} {code}", other.ready.terminal.trim_start_matches("https://"));
    let output = enrol_with(&folder.path().join("gate"), &astray);
    assert!(stderr(&output).contains("is not the server of the invitation"), "{}", said(&output));
    assert!(!folder.path().join("gate/terminal.toml").exists());
    assert!(server.lines(["terminals", "pending"]).unwrap().is_empty());
}

#[test]
fn bodies_that_are_no_requests_are_refused_small_and_clear() {
    let (_folder, server) = place();
    let mut client = Identity::new(&server, None).unwrap().connect().unwrap();
    let deep = "[".repeat(100_000);
    for route in ["/v1/enrol", "/v1/enrol/status", "/v1/renew"] {
        for body in [b"".as_slice(), b"{}", b"\xFF\xFE", b"{\"terminal\":\"\\u0000\"}", b"[1e999]", deep.as_bytes()] {
            let answer = client.post(route, body).unwrap();
            assert_eq!((answer.status, answer.json["code"].as_str()), (400, Some("bad-request")), "{route}");
        }
    }
    let answer = client.post("/v1/renew", br#"{"terminal":"00000000-0000-4000-8000-000000000001"}"#).unwrap();
    assert_eq!((answer.status, answer.json["code"].as_str()), (403, Some("unknown-terminal")));
}

#[test]
fn plain_http_and_foreign_certificates_get_a_word_and_a_log_line() {
    let (folder, server) = place();
    let mut plain = TcpStream::connect(server.socket().unwrap()).unwrap();
    plain.write_all(b"GET /v1/time HTTP/1.1\r\nhost: here\r\n\r\n").unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("speaks TLS only"), "{answer}");

    let other = Server::start(&folder.path().join("other")).unwrap();
    set_up(&other, folder.path()).unwrap();
    let foreign = Terminal::enrol_by_key(&other, &folder.path().join("foreign"), "M", "SZ-GATE", "x").unwrap();
    let (pem, key) = certificate_of(&other, &foreign);
    let refused = Identity::new(&server, Some((&pem, &key))).unwrap().connect().unwrap().get("/v1/time", &[]);
    assert!(refused.is_err(), "{refused:?}");
    // Who is refused hears it before the line is written.
    let lines = || server.log().unwrap().lines().filter(|line| line.contains("a connection was refused")).count();
    let patience = Instant::now();
    while lines() < 2 && patience.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(lines(), 2, "{}", server.log().unwrap());
}

/// A certificate that a server's own CA signs for a terminal enrolled by key, and the key.
fn certificate_of(server: &Server, terminal: &Terminal) -> (String, Vec<u8>) {
    use ring::signature::KeyPair;
    let key = std::fs::read(terminal.config().with_file_name("keys").join("terminal.pk8")).unwrap();
    let pair = ring::signature::Ed25519KeyPair::from_pkcs8(&key).unwrap();
    let public = shared::chain::PublicKey::new(pair.public_key().as_ref().try_into().unwrap());
    let now = shared::time::Clock::now(&sync_server::clock::SystemClock);
    let authority = sync_server::identity::authority::Authority::open(&server.data(), &[], now).unwrap();
    let made = authority.certify(terminal.id.parse().unwrap(), &public, now, 30).unwrap();
    (sync_server::identity::authority::as_kept(&made).pem, key)
}

/// Makes everything that the server knows of certificates, and the terminal's own, end in the past.
fn expire(server: &Server, gate: &Terminal) {
    let database = rusqlite::Connection::open(server.data().join("tallyman.sqlite")).unwrap();
    let sql = "update certificate set issued_at = issued_at - 4000000000, expires_at = expires_at - 4000000000";
    assert!(database.execute(sql, []).unwrap() > 0);
    let file = gate.config().with_file_name("keys").join("certificate.json");
    assert!(std::fs::read(&file).is_ok());
}

#[test]
fn a_certificate_that_ran_out_is_renewed_on_the_way_without_anybody() {
    let (folder, server) = place();
    let gate = Terminal::enrol(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    let file = gate.config().with_file_name("keys").join("certificate.json");
    let before = std::fs::read(&file).unwrap();
    gate.sync().unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), before, "a fresh one stays");
    expire(&server, &gate);
    gate.sync().unwrap();
    assert_ne!(std::fs::read(&file).unwrap(), before);
    // One that is gone altogether comes back the same way.
    std::fs::remove_file(&file).unwrap();
    gate.sync().unwrap();
    assert!(file.exists());
}

#[test]
fn the_ca_changes_under_terminals_in_the_field() {
    let (folder, mut server) = place();
    let gate = Terminal::enrol(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    let away = Terminal::enrol(&server, &folder.path().join("away"), "M", "SZ-GATE", "away").unwrap();
    gate.sync().unwrap();
    away.sync().unwrap();
    server.run(["keys", "next-ca"]).unwrap();
    server.restart("").unwrap();
    gate.sync().unwrap();
    server.run(["keys", "adopt-next-ca"]).unwrap();
    server.restart("").unwrap();
    // Who pulled meanwhile goes on, with a certificate of the old CA, and renews it under the new one.
    gate.sync().unwrap();
    expire(&server, &gate);
    gate.sync().unwrap();
    gate.sync().unwrap();
    // Who did not must be invited again: nothing else could tell the new CA from an impostor's.
    let said = away.sync_fails().unwrap();
    assert!(said.contains("is not the server of the enrolment"), "{said}");
    away.enrol_again(&server, "M", "SZ-GATE", "away").unwrap();
    away.sync().unwrap();
}

#[test]
fn addresses_are_tried_in_turn_and_the_servers_own_list_is_pulled() {
    let (folder, mut server) = place();
    let gate = Terminal::enrol(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    let settings = format!("addresses = [\"https://127.0.0.1:9\", \"{}\"]\n", server.ready.terminal);
    server.restart(&settings).unwrap();
    gate.sync().unwrap();
    // The cable of the enrolment is cut for good: the pulled list has a dead address first, then the living one.
    gate.cable.cut();
    gate.sync().unwrap();
}

#[test]
fn the_console_approves_from_its_own_page_only() {
    let (folder, server) = place();
    let cable = tests::network::Cable::to(server.socket().unwrap()).unwrap();
    let text = invite(&server, &cable, &GATE).unwrap();
    let mut command = Command::new(program("scanner-app").unwrap());
    command.arg("enrol").arg("--config").arg(folder.path().join("gate/terminal.toml")).args(["--json", &text]);
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut stdout = std::io::BufReader::new(process.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut first).unwrap();
    let shown: Value = serde_json::from_str(&first).unwrap();
    let (id, code) = (shown["terminal"].as_str().unwrap(), shown["check_code"].as_str().unwrap());
    let mut console = Identity::new(&server, None).unwrap().at(&server.ready.web).unwrap().connect().unwrap();
    let page = console.get("/terminals?lang=en", &[]).unwrap();
    assert!(page.text.contains(code) && page.text.contains("Same code: approve"), "{}", page.text);
    let target = format!("/terminals/{id}/approve/{code}?lang=en");
    let foreign = console.ask("POST", &target, &[("sec-fetch-site", "cross-site")], b"").unwrap();
    assert_eq!(foreign.status, 403);
    assert_eq!(server.lines(["terminals", "pending"]).unwrap().len(), 1);
    let own = console.ask("POST", &target, &[("sec-fetch-site", "same-origin")], b"").unwrap();
    assert_eq!(own.status, 303, "{own:?}");
    assert!(process.wait().unwrap().success());
    let page = console.get("/terminals?lang=en", &[]).unwrap();
    assert!(page.text.contains("gate") && !page.text.contains("Waiting for approval"), "{}", page.text);
}
