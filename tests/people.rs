//! People on real terminals: credentials from the server, sign-in without a network, practice, diagnostics.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tests::said;
use tests::server::Server;
use tests::terminal::Terminal;
use tests::world;

const STAFF: &str = r#"[
    {"set": "operator", "operator": "1001", "member": "M", "name": "李梅", "role": "clerk", "sites": ["SZ-GATE"]},
    {"set": "operator", "operator": "2001", "member": "M", "name": "王芳", "role": "clerk", "sites": ["OTHER"]}
]"#;

/// Runs a command that reads from standard input.
fn with_input(command: &mut Command, input: &str) -> Output {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

struct Place {
    folder: tempfile::TempDir,
    server: Server,
    gate: Terminal,
    badge: String,
}

/// A server with staff, one of them with badge and PIN, and a synced terminal at the gate whose network is cut since.
fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    world::set_up(&server, folder.path()).unwrap();
    let staff = folder.path().join("staff.json");
    std::fs::write(&staff, STAFF).unwrap();
    let sites = folder.path().join("sites.csv");
    std::fs::write(&sites, "site,member,name,region\nOTHER,M,另一处,4403\n").unwrap();
    server.run(["import".as_ref(), sites.as_os_str(), staff.as_os_str()]).unwrap();
    for number in ["1001", "2001"] {
        let set = with_input(&mut server.command(["operators", "set-pin", number]).unwrap(), "739164\n");
        assert!(set.status.success(), "{}", said(&set));
    }
    let badge = server.lines(["operators", "badge", "1001"]).unwrap().remove(0)["badge"].as_str().unwrap().to_owned();
    let gate = Terminal::enrol_by_key(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    gate.sync().unwrap();
    gate.cable.cut();
    Place { folder, server, gate, badge }
}

fn operators(gate: &Terminal, command: &str) -> Command {
    let mut operators = Command::new(tests::program("scanner-app").unwrap());
    operators.args(["operators", command, "--config"]).arg(gate.config());
    operators
}

fn sign_in(gate: &Terminal, who: [&str; 2], pin: &str) -> Value {
    let output = with_input(operators(gate, "sign-in").args(who).arg("--json"), &format!("{pin}\n"));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}

#[test]
fn a_person_signs_in_without_a_network_and_events_carry_the_number() {
    let place = place();
    let gate = &place.gate;
    let wrong = sign_in(gate, ["--number", "1001"], "000000");
    assert_eq!((&wrong["result"], &wrong["tries_left"]), (&"wrong".into(), &4.into()));
    assert_eq!(sign_in(gate, ["--number", "9999"], "739164")["result"], "wrong");
    assert_eq!(sign_in(gate, ["--number", "2001"], "739164")["result"], "not-of-this-site");
    assert_eq!(sign_in(gate, ["--badge", "TALLYMAN-BADGE/0"], "739164")["result"], "unknown-badge");
    let welcome = sign_in(gate, ["--badge", &place.badge], "739164");
    assert_eq!((&welcome["result"], &welcome["operator"]), (&"signed-in".into(), &"1001".into()), "{welcome}");
    let mut scan = gate.command("scan").unwrap();
    scan.args(["--task", "outbound", "--basis", "HT-2031", "--document", "FH-2031", "--json", "--source", "wedge:-"]);
    let scanned = with_input(&mut scan, "(01)16901234567899(21)NEVER1SSUED\n");
    assert!(scanned.status.success(), "{}", said(&scanned));
    gate.cable.heal();
    gate.sync().unwrap();
    let events = place.server.lines(["events"]).unwrap();
    let signed_in = events.iter().position(|event| event["kind"] == "signed_in").unwrap();
    assert!(events.len() > signed_in + 2);

    let store = gate.config().with_file_name("terminal.sqlite");
    let conn = rusqlite::Connection::open(store).unwrap();
    let mut bodies = conn.prepare("select cast(body as text) from log order by seq").unwrap();
    let bodies: Vec<Value> = bodies
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .map(|body| serde_json::from_str(&body.unwrap()).unwrap())
        .collect();
    // A clock anchor is the terminal's own: nobody makes it.
    let by_people = bodies.iter().filter(|event| event["kind"] != "clock_anchor");
    let after = by_people.skip_while(|event| event["kind"] != "signed_in");
    assert!(after.clone().count() >= 3 && after.clone().all(|event| event["operator"] == "1001"));
    let operator = "select body from reference where reference_set = 'operator' and record_key = ?1";
    let record = |number: &str| conn.query_row(operator, [number], |row| row.get::<_, String>(0)).unwrap();
    assert!(record("1001").contains("argon2id-sealed") && !record("1001").contains("$argon2id$"));
    assert!(!record("2001").contains("argon2id"), "credentials go to the person's own sites only");
}

#[test]
fn a_kill_during_the_check_does_not_give_a_try_back() {
    let place = place();
    for pause_ms in [0, 5, 10, 20, 30, 40, 60, 80] {
        let mut command = operators(&place.gate, "sign-in");
        let mut process = command.args(["--number", "1001", "--json"]).stdin(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(b"000000\n").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause_ms));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let store = place.gate.config().with_file_name("terminal.sqlite");
    let conn = rusqlite::Connection::open(store).unwrap();
    let counted: u32 = conn.query_row("select coalesce(max(wrong), 0) from sign_in_try", [], |row| row.get(0)).unwrap();
    drop(conn);
    // Those killed before they came to the check have told the thief nothing; all others are counted, and go on being so.
    let left = sign_in(&place.gate, ["--number", "1001"], "000000");
    match 4_u32.checked_sub(counted) {
        Some(left_tries) if left_tries > 0 => assert_eq!(left["tries_left"], left_tries, "{left}"),
        _ => assert_eq!(left["result"], "locked", "{counted} {left}"),
    }
}

#[test]
fn practice_is_marked_and_nothing_of_it_is_sent() {
    let place = place();
    let labels = Command::new(tests::program("scanner-app").unwrap()).arg("training-labels").output().unwrap();
    let labels = String::from_utf8(labels.stdout).unwrap();
    let texts =
        labels.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned());
    let real = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD".to_owned();
    let input: String = texts.chain([real]).map(|text| text + "\n").collect();
    let before = place.gate.verified_events().unwrap();
    let mut scan = place.gate.command("scan").unwrap();
    scan.args(["--training", "--task", "outbound", "--json", "--source", "wedge:-", "--close", "final"]);
    let output = with_input(&mut scan, &input);
    assert!(output.status.success(), "{}", said(&output));
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let results: Vec<&str> = lines.iter().filter_map(|line| line["result"].as_str()).collect();
    assert_eq!(results, ["accepted", "accepted", "accepted", "accepted", "wrong", "blocked", "real-label"]);
    assert!(lines.iter().all(|line| line["training"] == true), "{lines:?}");
    assert_eq!(place.gate.verified_events().unwrap(), before);
    place.gate.cable.heal();
    assert_eq!(place.gate.sync().unwrap()["sent"], before);
    assert!(place.gate.config().with_file_name("terminal.training.sqlite").exists());

    let mut both = place.gate.command("scan").unwrap();
    let refused = both.args(["--task", "outbound", "--source", "wedge:-"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "without --training a basis is needed: {}", said(&refused));
}

#[test]
fn diagnostics_are_made_beside_a_running_app_and_hold_no_key() {
    let place = place();
    sign_in(&place.gate, ["--number", "1001"], "739164");
    let mut scan = place.gate.command("scan").unwrap();
    scan.args(["--task", "outbound", "--basis", "HT-2031", "--document", "FH-2031", "--json", "--source", "wedge:-"]);
    let mut running = scan.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let to = place.folder.path().join("help.tar.zst");
    let mut diagnostics = place.gate.command("diagnostics").unwrap();
    let made = diagnostics.arg("--to").arg(&to).arg("--json").output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    let told: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(told["parts"].as_array().unwrap().len(), 8);
    drop(running.stdin.take());
    assert!(running.wait().unwrap().success());
    let plain = zstd::decode_all(std::fs::read(&to).unwrap().as_slice()).unwrap();
    let key = std::fs::read(place.gate.config().with_file_name("keys").join("terminal.pk8")).unwrap();
    assert!(!plain.windows(32).any(|window| window == &key[16..48]));
    assert!(!String::from_utf8_lossy(&plain).contains("argon2id"));
    assert!(String::from_utf8_lossy(&plain).contains("begins"), "the app's log is in it");
    let again = diagnostics.output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("name another file"), "{}", said(&again));
}
