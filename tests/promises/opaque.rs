//! Codes of the national platform whose form only a configured pattern knows (`domain.md`, Codes): server and terminals read them by the
//! same grammars, whatever came first, the goods or the pattern.

use serde_json::Value;
use tests::server::Server;
use tests::succeed;
use tests::terminal::{TaskArgs, Terminal};
use tests::world::set_up;

/// A label of the platform, as any text that is no GS1 code.
fn label(n: usize) -> String {
    format!("YC26-{n:08}")
}

const PATTERN: &str = "\n[[codes.opaque]]\nnamespace = \"YC\"\npattern = \"YC26-[0-9]{8}\"\nupper_case = true\n";

const TASK: TaskArgs<'static> = TaskArgs { stage: "outbound", basis: "HT-2044", document: "FH-2044" };

/// Kinds of mismatches that stand, each with its subject.
fn standing(server: &Server) -> Vec<(String, String)> {
    let found = server.lines(["mismatches", "--json"]).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found.iter().map(|one| (text(&one["kind"]), text(&one["subject"]))).collect()
}

fn stages_of(server: &Server, code: &str) -> Vec<Value> {
    server.lines(["trace", code, "--json"]).unwrap().into_iter().map(|line| line["stage"].clone()).collect()
}

fn says(server: &Server, args: &[&str]) -> String {
    let output = server.command(args).unwrap().output().unwrap();
    assert!(!output.status.success(), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_code_of_the_platform_is_scanned_before_and_after_its_pattern_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("server")).unwrap();
    set_up(&server, folder.path()).unwrap();
    let terminal = Terminal::enrol_by_key(&server, &folder.path().join("t"), "M", "SZ-GATE", "gate").unwrap();
    terminal.sync().unwrap();

    // Nobody has said what such a text is: it is recorded, set aside, and told of.
    let pack = folder.path().join("pack.csv");
    let row = |n| format!("NP-7002,MINT,case,HT-2044,{}\n", label(n));
    std::fs::write(&pack, format!("pack,product,level,basis,code\n{}{}", row(1), row(2))).unwrap();
    let import = ["codes", "import", pack.to_str().unwrap()];
    assert!(says(&server, &import).contains("is not a code"), "{}", says(&server, &import));
    let summary = terminal.type_labels(TASK, &[label(1)], None).unwrap();
    assert_eq!((&summary["scanned"], &summary["set_aside"]), (&0.into(), &1.into()), "{summary}");
    terminal.sync().unwrap();
    let malformed = ("malformed-code".to_owned(), format!("{:?}", label(1)));
    assert!(standing(&server).contains(&malformed), "{:?}", standing(&server));

    // The pattern is configured: the scan that is there is found again, and judged again.
    server.restart(PATTERN).unwrap();
    assert!(!standing(&server).iter().any(|(kind, _)| kind == "malformed-code"), "{:?}", standing(&server));
    server.run(import).unwrap();
    assert!(!standing(&server).iter().any(|(_, subject)| subject.contains("YC26")), "{:?}", standing(&server));
    assert_eq!(stages_of(&server, &label(1)), ["outbound"]);
    terminal.sync().unwrap();

    // The terminal has pulled pattern and pack: it knows the package that it set aside, which counts once, and takes the next one.
    let summary = terminal.type_labels(TASK, &[label(1), label(2).to_lowercase()], None).unwrap();
    assert_eq!((&summary["scanned"], &summary["set_aside"]), (&1.into(), &1.into()), "{summary}");
    terminal.sync().unwrap();
    assert_eq!(stages_of(&server, &label(2)), ["outbound"], "a text in small letters is the same code");
    // Another pattern is added while packs of the first are in use: nothing about them changes.
    let before = standing(&server);
    let other = TaskArgs { document: "FH-2031", basis: "HT-2031", ..TASK };
    terminal.type_labels(TASK, &["YD-0001".to_owned()], None).unwrap();
    terminal.type_labels(other, &["YD-0001".to_owned()], None).unwrap();
    terminal.sync().unwrap();
    server.restart("\n[[codes.opaque]]\nnamespace = \"YD\"\npattern = \"YD-[0-9]{4}\"\n").unwrap();
    let after = standing(&server);
    assert!(before.iter().all(|found| after.contains(found)), "{before:?}\n{after:?}");
    let new: Vec<_> = after.iter().filter(|found| !before.contains(found)).map(|(kind, of)| (&**kind, &**of)).collect();
    assert_eq!(new, [("unregistered-code", "FH-2031"), ("unregistered-code", "FH-2044")], "of the new pattern's alone");
    let trace = server.lines(["trace", "YD-0001", "--json"]).unwrap();
    assert_eq!(trace.len(), 2, "{trace:?}");
    let verified: Value = serde_json::from_str(&server.run(["verify-log"]).unwrap()).unwrap();
    assert_eq!(verified["ok"], true, "{verified}");
    succeed(&mut terminal.command("verify-log").unwrap()).unwrap();
}

#[test]
fn a_configuration_that_would_lose_codes_is_refused_and_one_beneath_a_running_server_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(&folder.path().join("server"), PATTERN).unwrap();
    set_up(&server, folder.path()).unwrap();
    let pack = folder.path().join("pack.csv");
    std::fs::write(&pack, format!("pack,product,level,basis,code\nNP-7002,MINT,case,HT-2044,{}\n", label(1))).unwrap();
    server.run(["codes", "import", pack.to_str().unwrap()]).unwrap();

    let config = folder.path().join("server/server.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let added = "\n[[codes.opaque]]\nnamespace = \"YD\"\npattern = \"YD[0-9]{4}\"\n";
    std::fs::write(&config, format!("{text}{added}")).unwrap();
    let said = says(&server, &["terminals", "list"]);
    assert!(said.contains("restart it") && said.contains("another sync-server serves the database"), "{said}");
    std::fs::write(&config, text.replace("YC26-", "YC27-")).unwrap();
    let mut server = server;
    server.kill();
    for command in ["serve", "events"] {
        let said = says(&server, &[command]);
        let lost = "`text/YC/YC26-00000001` is stored and was read as text/YC/YC26-00000001; now it would be no code";
        assert!(said.contains(lost) && said.contains("Put back what read it"), "{said}");
    }
    std::fs::write(&config, text.replace("{8}", "{8")).unwrap();
    let said = says(&server, &["serve"]);
    assert!(
        said.contains("is wrong in `[codes]`: the pattern of the namespace `YC` is no regular expression"),
        "{said}"
    );
    // What was added after the others is adopted by whatever command comes first.
    std::fs::write(&config, format!("{text}{added}")).unwrap();
    server.run(["terminals", "list"]).unwrap();
}
