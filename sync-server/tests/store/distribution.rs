//! The schema stays fit for a distributed `PostgreSQL` (`docs/scaling.md`): how each table would be spread, said here once and held
//! against the schema and the statements.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlx::Row;

use crate::on::postgres;
use crate::schema;

/// Where the rows of a table lie.
#[derive(Clone, Copy, Debug)]
enum Spread {
    /// On the node that the value of this column names.
    By(&'static str),
    /// A copy on each node: read by every judgement, changed seldom.
    Everywhere,
    /// On one node: it is an order of everything, or a matter of few rows and people.
    OneNode,
}

use Spread::{By, Everywhere, OneNode};

const SPREAD: &[(&str, Spread)] = &[
    // A terminal's log, and what is known of the terminal.
    ("terminal", By("terminal")),
    ("terminal_contact", By("terminal")),
    ("heartbeat", By("terminal")),
    ("head", By("terminal")),
    ("batch", By("terminal")),
    ("event", By("terminal")),
    ("open_task", By("terminal")),
    ("unjudged", By("terminal")),
    ("log_fault", By("terminal")),
    ("sealed_waiting", By("terminal")),
    ("upload", By("terminal")),
    ("upload_part", By("terminal")),
    // What is judged together lies together.
    ("mismatch", By("scope")),
    ("due", By("scope")),
    ("trail", By("code_key")),
    ("basis_batch", By("basis")),
    ("named", By("name_key")),
    ("manifest", By("manifest_key")),
    ("code", By("code_key")),
    ("workflow_step", By("scope")),
    ("pack_act", By("pack")),
    ("relabelling", By("old_key")),
    ("attachment", By("member")),
    ("reference", Everywhere),
    ("reference_version", By("record_key")),
    ("certificate", Everywhere),
    // The ledger's own order: one chain, one counter.
    ("ledger", OneNode),
    ("ledger_entry", OneNode),
    ("checkpoint", OneNode),
    ("restore", OneNode),
    ("admission", OneNode),
    ("quarantine", OneNode),
    // Acts of people, and who they are.
    ("person", OneNode),
    ("session", OneNode),
    ("api_token", OneNode),
    ("audit", OneNode),
    ("audit_head", OneNode),
    ("webhook", OneNode),
    ("webhook_delivery", OneNode),
    ("enrolment", OneNode),
    ("identity_act", OneNode),
    ("sealed_delivery", OneNode),
];

/// Statements that ask every node, and why that may be: by the beginning that names them.
const ASKS_EVERY_NODE: &[(&str, &str)] = &[
    (
        "select terminal, epoch, seq, member, about, body from event where basis in",
        "a case is judged from all logs: one question to each node",
    ),
    ("select terminal, epoch, seq, member, about, body from event where code_key in", "the same for trails"),
    (
        "select terminal, epoch, seq, member, about, body from event where kind in ('task_opened'",
        "the same for completeness",
    ),
    ("select terminal, epoch, seq, member, about, body from event where about in", "the same for what was taken back"),
    ("select code_key from event where code_key in", "before a pack is cancelled: one question to each node"),
    ("select entry, first_seq, received_at, body, member, apart from batch where entry", "batches that trails name"),
    ("select entry, terminal, epoch, first_seq, member from batch where entry in", "the same, for an account"),
    ("select member, about from event where kind = 'void'", "the account of a pack, for a person"),
    ("select coalesce(cast(sum(length(refs)) as bigint), 0) as bytes", "the verifier"),
    ("select terminal, epoch, seq, kind from event", "a person's list"),
    ("select body from event where kind in ('report', 'papers_checked') and basis in", "a person's list of photos"),
    ("select distinct basis from event where basis is not null", "only when a threshold changes"),
    ("select distinct basis from mismatch where due_at", "the sweep, once a minute"),
    ("select scope from due where due_at", "the same"),
    (
        "select terminal, epoch, seq, member, about, body from event where kind in ('gate_asked'",
        "a terminal's own node",
    ),
    ("select distinct event.basis from event join code", "a pack is put into use: one question to each node"),
    ("select epoch, about, body from event where kind in", "once, after an upgrade"),
    ("select 1 as behind where", "at start"),
    ("select count(*) as runs from unjudged", "how long the backlog is, for people and for putting off"),
    ("select terminal, epoch, first_seq, last_seq from unjudged where (terminal", "the backlog, when there is time"),
    ("select 1 as named from event where kind = 'report' and member", "photos, a few a day"),
    ("select 1 as named from event where kind = 'papers_checked' and member", "photos, a few a day"),
    ("select body from attachment where sha256", "a person looks at a photo"),
    ("select 1 as held from attachment where sha256", "a person looks at a photo"),
    ("select body, state, workflow, raised_at, changed_at from mismatch", "a person's list"),
    ("select body, state, workflow, raised_at, changed_at, opened_at", "what changed, and what nobody settled in time"),
    ("select kind, severity, workflow, count(*) as n from mismatch", "metrics, where somebody reads them"),
    ("select body, state, raised_at, position from mismatch where position", "a pull page: one question to each node"),
    ("select body, position from manifest where position", "the same"),
    ("select body, state, coalesce(resolved_by, '')", "goods that are to leave: once for each task that is closed"),
    ("update batch set entry", "once, after an upgrade"),
    (
        "select code, pack, product, parent, associated_at, cancelled_at from code where pack",
        "a pack file; a pack's codes share a tag",
    ),
    ("select parent_key, pack, count(*) as codes from code", "what a production line fills: a question for each list"),
    ("select count(*) as issued", "the account of a pack, for a person; a pack's codes share a tag"),
    ("select code from code where pack", "the account of a lost pack, for a person"),
    ("select pack, count(*) as issued", "a list of packs, for a person"),
    ("update code set position", "a contract gets another buyer: one question to each node"),
    ("select count(*) as n from code where pack in", "before codes are issued"),
    ("select count(*) as n from code where position", "the first page of a long pull"),
    (
        "select code, pack, product, parent, associated_at, cancelled_at, position from code",
        "a pull page of registry changes",
    ),
];

#[tokio::test]
async fn every_unique_key_includes_what_its_table_is_spread_by() {
    let here = postgres().await;
    let tables = schema::of_postgres(&mut here.store.read().await.unwrap()).await;
    let spread: BTreeMap<&str, Spread> = SPREAD.iter().copied().collect();
    for (name, table) in &tables {
        let Some(spread) = spread.get(&**name) else { panic!("say in SPREAD how `{name}` is distributed") };
        if let By(column) = spread {
            assert!(table.columns.contains_key(*column), "{name} has no column {column}");
            for key in table.keys.iter().filter(|key| key.is_unique) {
                let includes = key.columns.split(',').any(|part| part == *column);
                assert!(includes, "the unique key ({}) of {name} lacks {column}", key.columns);
            }
        }
    }
    assert_eq!(tables.len(), spread.len(), "SPREAD names a table that is gone");
}

#[tokio::test]
async fn nothing_ties_nodes_together() {
    let here = postgres().await;
    let mut conn = here.store.read().await.unwrap();
    let ties = "select cast(tgname as text) as tie from pg_trigger where not tgisinternal \
                union all select cast(conname as text) from pg_constraint where contype = 'f'";
    let ties: Vec<String> =
        sqlx::query(ties).fetch_all(&mut *conn).await.unwrap().iter().map(|row| row.get("tie")).collect();
    assert!(ties.is_empty(), "triggers and foreign keys cannot be distributed: {ties:?}");
    let drawn = "select cast(table_name as text) as name from information_schema.columns \
                 where table_schema = current_schema() and is_identity = 'YES'";
    for row in sqlx::query(drawn).fetch_all(&mut *conn).await.unwrap() {
        let name: String = row.get("name");
        let on_one_node = SPREAD.iter().any(|(table, spread)| *table == name && matches!(spread, OneNode));
        assert!(on_one_node, "{name} draws numbers from a sequence: nodes cannot share one");
    }
}

/// The SQL in the sources: texts that begin with one of its verbs, and that no test alone asks.
fn statements() -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let words = |text: &str| text.replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        let texts = text.split('"').map(words);
        found.extend(texts.filter(|text| {
            ["select ", "insert into ", "update ", "delete from ", "with "].iter().any(|verb| text.starts_with(verb))
        }));
    }
    found
}

/// Every file of sources that is not of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let is_of_tests = |name: &str| name.contains("tests") || name.starts_with("testing");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if is_of_tests(&name) {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_statement_says_on_which_node() {
    let statements = statements();
    assert!(statements.len() > 200, "only {} statements were found", statements.len());
    let mut strays = Vec::new();
    for sql in &statements {
        for (table, spread) in SPREAD {
            let By(column) = spread else { continue };
            let names =
                [format!("from {table}"), format!("into {table}"), format!("update {table}"), format!("join {table}")];
            let touched = names.iter().any(|name| {
                let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', ')']);
                sql.match_indices(&**name).any(|(at, _)| ends(&sql[at + name.len()..]))
            });
            // Whole tables are read for people's lists alone.
            let is_list = touched && sql.starts_with("select") && !sql.contains(" where ");
            let says = sql.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *column);
            let allowed = ASKS_EVERY_NODE.iter().any(|(start, _)| sql.starts_with(start));
            if touched && !says && !is_list && !allowed {
                strays.push(format!("{sql}\n    does not say `{column}` of {table}"));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
    for (start, why) in ASKS_EVERY_NODE {
        assert!(
            statements.iter().any(|sql| sql.starts_with(start)),
            "no statement begins with `{start}` ({why}) any more"
        );
    }
}
