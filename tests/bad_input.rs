//! Whatever is put in, the answer says what, why and what next; nothing is lost, and other people's files stay as they are.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tests::camera::photograph;
use tests::server::Server;
use tests::terminal::{TaskArgs, Terminal};
use tests::world::{self, Labels};
use tests::{program, said};

struct Place {
    folder: tempfile::TempDir,
    server: Server,
    labels: Labels,
    gate: Terminal,
}

/// A server with the demo's references and one terminal at the factory gate.
fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let labels = world::set_up(&server, folder.path()).unwrap();
    let gate = Terminal::enrol_by_key(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate").unwrap();
    gate.sync().unwrap();
    Place { folder, server, labels, gate }
}

const TASK: TaskArgs<'_> = TaskArgs { stage: "outbound", basis: "HT-2031", document: "FH-2031" };

fn scan(gate: &Terminal, task: TaskArgs<'_>, source: &str) -> Output {
    let mut command = gate.command("scan").unwrap();
    command.args(["--task", task.stage, "--basis", task.basis, "--document", task.document, "--json"]);
    command.args(["--source", source]).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_unreadable_picture_is_named_and_the_others_are_scanned() {
    let place = place();
    let frames = place.folder.path().join("frames");
    photograph(&place.labels.cases[..2], &frames, 1).unwrap();
    std::fs::write(frames.join("000-a.jpg"), b"this is no picture").unwrap();
    let output = scan(&place.gate, TASK, &format!("images:{}", frames.display()));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(stderr(&output).contains("000-a.jpg"), "{}", said(&output));
    let summary: Value = serde_json::from_str(String::from_utf8_lossy(&output.stdout).lines().last().unwrap()).unwrap();
    assert_eq!(summary["scanned"], 2);
}

#[test]
fn decode_answers_each_file_and_fails_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    photograph(&["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD".to_owned()], folder.path(), 3).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let mut decode = Command::new(program("scanner-app").unwrap());
    let output = decode.args(["decode", "--json"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[3]["error"].as_str().unwrap().contains("notes.txt"), "{}", lines[3]);
    let symbol = &lines[0]["symbols"][0];
    assert_eq!(symbol["text"], "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD");
    assert_eq!((&symbol["version"], &symbol["ec_level"], &symbol["accepted"]), (&3.into(), &"M".into(), &true.into()));
}

#[test]
fn an_unknown_contract_is_recorded_and_said() {
    let place = place();
    let frames = place.folder.path().join("frames");
    photograph(&place.labels.cases[..1], &frames, 1).unwrap();
    let task = TaskArgs { basis: "HT-9999", document: "FH-9999", ..TASK };
    let output = scan(&place.gate, task, &format!("images:{}", frames.display()));
    assert!(output.status.success(), "{}", said(&output));
    assert!(stderr(&output).contains("HT-9999 is not in the data of this terminal"), "{}", said(&output));
    let first: Value = serde_json::from_str(String::from_utf8_lossy(&output.stdout).lines().next().unwrap()).unwrap();
    assert_eq!((&first["result"], &first["kinds"][0]), (&"blocked".into(), &"no-basis".into()));
}

#[test]
fn a_missing_camera_and_a_misspelt_source_say_what_next() {
    let place = place();
    let output = scan(&place.gate, TASK, "camera:63");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("camera 63 gives no picture") && stderr(&output).contains("wedge:-"),
        "{}",
        said(&output)
    );
    let output = scan(&place.gate, TASK, "webcam");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("images:FOLDER"), "{}", said(&output));
}

#[test]
fn a_broken_line_imports_nothing_and_is_named() {
    let place = place();
    let path = place.folder.path().join("more.csv");
    let header = "basis,kind,seller,buyer,product,units";
    std::fs::write(&path, format!("{header}\nHT-3001,contract,M,W,POD,6\nHT-3002,contract,M,W,POD,lots\n")).unwrap();
    let output = place.server.command(["import".as_ref(), path.as_os_str()]).unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("line 3, column units"), "{}", said(&output));
    std::fs::write(&path, format!("{header}\nHT-3001,contract,M,W,POD,6\n")).unwrap();
    let again = place.server.run(["import".as_ref(), path.as_os_str()]).unwrap();
    assert!(again.contains("\"imported\":1"), "nothing of the broken file had stayed: {again}");
}

#[test]
fn an_unreachable_server_and_a_foreign_one_lose_nothing() {
    let place = place();
    let frames = place.folder.path().join("frames");
    photograph(&place.labels.cases[..1], &frames, 1).unwrap();
    place.gate.scan(TASK, &frames, None).unwrap();
    place.gate.cable.cut();
    let said = place.gate.sync_fails().unwrap();
    assert!(said.contains("cannot be reached") && said.contains("3 events wait safely"), "{said}");
    place.gate.cable.heal();

    // Another server's CA: the terminal must not send it anything.
    let other = Server::start(&place.folder.path().join("other")).unwrap();
    let config = std::fs::read_to_string(place.gate.config()).unwrap();
    let own_ca = place.server.ready.ca.display().to_string();
    let foreign = config.replace(&own_ca, &other.ready.ca.display().to_string());
    assert_ne!(foreign, config);
    std::fs::write(place.gate.config(), foreign).unwrap();
    let said = place.gate.sync_fails().unwrap();
    assert!(said.contains("is not the server of the enrolment") && said.contains("3 events wait safely"), "{said}");

    std::fs::write(place.gate.config(), config).unwrap();
    // The epoch's start, the task, the scan; and the clock anchor of this contact.
    assert_eq!(place.gate.sync().unwrap()["recorded"], 4);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    let text = format!(
        "revised_rules_from = \"never\"\nterminal_listen = \"{}\"\nweb_listen = \"127.0.0.1:0\"\n",
        taken.local_addr().unwrap()
    );
    std::fs::write(&config, text).unwrap();
    let mut serve = Command::new(program("sync-server").unwrap());
    let output = serve.arg("--config").arg(&config).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Another program may use the port"), "{}", said(&output));
}

fn foreign_database(path: &Path) -> Vec<u8> {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("create table notes (text text); insert into notes values ('mine');").unwrap();
    drop(other);
    std::fs::read(path).unwrap()
}

#[test]
fn a_database_of_another_program_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    std::fs::write(&config, "revised_rules_from = \"never\"\ndata = \"data\"\n").unwrap();
    let database = folder.path().join("data/tallyman.sqlite");
    let before = foreign_database(&database);
    let mut serve = Command::new(program("sync-server").unwrap());
    let output = serve.arg("--config").arg(&config).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("an SQLite file of another program"), "{}", said(&output));
    assert_eq!(std::fs::read(&database).unwrap(), before);

    let place = place();
    let store = place.gate.config().with_file_name("terminal.sqlite");
    std::fs::remove_file(&store).unwrap();
    let before = foreign_database(&store);
    let output = place.gate.command("queue").unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is not a Tallyman terminal's store"), "{}", said(&output));
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn a_revoked_terminal_is_heard_and_set_aside() {
    let place = place();
    let frames = place.folder.path().join("frames");
    photograph(&place.labels.cases[..1], &frames, 1).unwrap();
    place.gate.scan(TASK, &frames, None).unwrap();
    place.server.run(["terminals", "revoke", &place.gate.id]).unwrap();
    let output = place.gate.command("sync").unwrap().args(["--once", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("was revoked"), "{}", said(&output));
    assert!(place.server.lines(["events"]).unwrap().is_empty(), "nothing of it entered the ledger");
}
