//! What each route takes and answers: media types, and the names of schemas (`components.json`, [`super::sets`]).

use crate::workflow::act::ActKind;

/// JSON, as a rule.
pub const JSON: &str = "application/json";
/// Refusals of the web API.
pub const PROBLEM: &str = "application/problem+json";
const CSV: &str = "text/csv";
const BYTES: &str = "application/octet-stream";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A body: its media types, and the schema of what is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Media types that it may have.
    pub media: Vec<&'static str>,
    /// The name of its schema; none: it is no JSON.
    pub schema: Option<&'static str>,
    /// Whether it may be left out.
    pub may_lack: bool,
}

/// A body of JSON.
fn json(schema: &'static str) -> Body {
    Body { media: vec![JSON], schema: Some(schema), may_lack: false }
}

fn file(media: &[&'static str]) -> Body {
    Body { media: media.to_vec(), schema: None, may_lack: false }
}

/// What a request brings, and what each status of success answers; without a body where there is none.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request's body.
    pub request: Option<Body>,
    /// Statuses, each with its body.
    pub answers: Vec<(&'static str, Option<Body>)>,
}

fn answers(answer: Body) -> Exchange {
    Exchange { request: None, answers: vec![("200", Some(answer))] }
}

fn takes(request: Body, answer: Body) -> Exchange {
    Exchange { request: Some(request), ..answers(answer) }
}

/// The exchange of a route; none where nobody said what it is.
#[must_use]
pub fn exchange(method: &str, path: &str) -> Option<Exchange> {
    let found = terminals(method, path).or_else(|| mismatches(method, path)).or_else(|| registry(method, path));
    found.or_else(|| packs(method, path))
}

fn terminals(method: &str, path: &str) -> Option<Exchange> {
    Some(match (method, path) {
        ("POST", "/v1/batches") => takes(file(&["application/x-ndjson+zstd"]), json("PushReply")),
        ("POST", "/v1/sealed") => takes(file(&[BYTES]), json("ParcelAnswers")),
        ("GET", "/v1/changes") => answers(json("ChangesPage")),
        ("GET", "/v1/codes/{key}") => answers(json("CodeAnswer")),
        ("GET", "/v1/checkpoints") => answers(json("Checkpoints")),
        ("PUT", "/v1/attachments/{sha256}") => takes(file(&[BYTES]), json("AttachmentState")),
        ("HEAD", "/v1/attachments/{sha256}") => Exchange { request: None, answers: vec![("200", None)] },
        ("POST", "/v1/heartbeat") => takes(json("Heartbeat"), json("HeartbeatReply")),
        ("POST", "/v1/enrol") => takes(json("EnrolRequest"), json("EnrolState")),
        ("POST", "/v1/enrol/status") => takes(json("EnrolQuestion"), json("EnrolState")),
        ("POST", "/v1/renew") => takes(json("RenewRequest"), json("RenewAnswer")),
        ("GET", "/v1/time") => answers(json("Time")),
        _ => return None,
    })
}

fn mismatches(method: &str, path: &str) -> Option<Exchange> {
    if let Some(kind) = ActKind::ALL.into_iter().find(|kind| path == act_path(*kind)) {
        let (schema, may_lack) = match kind {
            ActKind::Seen | ActKind::Start | ActKind::Wait => ("ActComment", true),
            ActKind::Comment | ActKind::Reopen => ("ActSaid", false),
            ActKind::Assign => ("ActAssign", false),
            ActKind::Due => ("ActDue", false),
            ActKind::Resolve => ("ActResolve", false),
        };
        return Some(takes(Body { may_lack, ..json(schema) }, json("Done")));
    }
    Some(match (method, path) {
        ("GET", "/api/v1/mismatches") => answers(json("MismatchPage")),
        ("GET", "/api/v1/mismatches.csv") => answers(file(&[CSV])),
        ("GET", "/api/v1/mismatches/stream") => answers(file(&["text/event-stream"])),
        ("GET", "/api/v1/mismatches/{id}") => answers(json("MismatchDetail")),
        ("GET", "/api/v1/members/credit") => answers(json("CreditRecords")),
        ("GET", "/api/v1/openapi.json") => answers(json("Description")),
        ("GET", "/api/v1/audit") => answers(json("AuditPage")),
        _ => return None,
    })
}

/// Where an act is done.
#[must_use]
pub fn act_path(kind: ActKind) -> String {
    format!("/api/v1/mismatches/{{id}}/{}", kind.as_str())
}

fn registry(method: &str, path: &str) -> Option<Exchange> {
    let files = || Body { media: vec![CSV, XLSX, JSON], schema: None, may_lack: false };
    let entered = || Exchange {
        request: Some(json("RecordEntry")),
        answers: vec![("200", Some(json("Record"))), ("201", Some(json("Record")))],
    };
    Some(match (method, path) {
        ("GET", "/api/v1/registry") => answers(json("SetDescriptions")),
        ("GET", "/api/v1/registry/terminal") => answers(json("TerminalList")),
        ("GET", "/api/v1/registry/terminal/{terminal}") => answers(json("Terminal")),
        ("GET", "/api/v1/registry/{set}") => answers(json("RecordPage")),
        ("POST", "/api/v1/registry/{set}/import") => {
            let media = [CSV, JSON, "application/x-ndjson", BYTES, XLSX, "application/vnd.ms-excel"];
            takes(file(&media), json("ImportReport"))
        }
        ("GET", "/api/v1/registry/{set}/export" | "/api/v1/registry/{set}/template") => answers(files()),
        ("GET", "/api/v1/registry/{set}/{key}") => answers(json("Record")),
        ("PUT", "/api/v1/registry/{set}/{key}") => entered(),
        ("POST", "/api/v1/registry/{set}/{key}/correct") => takes(json("RecordEntry"), json("Record")),
        ("POST", "/api/v1/registry/{set}/{key}/amend") => takes(json("Amendment"), json("Record")),
        ("GET", "/api/v1/registry/{set}/{key}/versions") => answers(json("Versions")),
        _ => return None,
    })
}

fn packs(method: &str, path: &str) -> Option<Exchange> {
    let why = || Body { may_lack: true, ..json("PackReason") };
    Some(match (method, path) {
        ("GET", "/api/v1/packs") => answers(json("PackList")),
        ("POST", "/api/v1/packs/import") => takes(file(&[CSV, JSON, BYTES]), json("PacksImported")),
        ("POST", "/api/v1/packs/apply") => takes(json("CodeApplication"), json("ApplicationAnswer")),
        ("POST", "/api/v1/applications/{application}/withdraw") => {
            takes(json("Withdrawing"), json("ApplicationAnswer"))
        }
        ("POST", "/api/v1/packs/issue") => {
            Exchange { request: Some(json("Issuing")), answers: vec![("201", Some(json("Issued")))] }
        }
        ("GET", "/api/v1/packs/{pack}") => answers(json("PackDetail")),
        ("GET", "/api/v1/packs/{pack}/file") => answers(file(&[BYTES])),
        (
            "POST",
            "/api/v1/packs/{pack}/activate"
            | "/api/v1/packs/{pack}/lose"
            | "/api/v1/packs/{pack}/release"
            | "/api/v1/packs/{pack}/cancel",
        ) => takes(why(), json("PackDetail")),
        ("POST", "/api/v1/codes/associate") => takes(file(&[CSV]), json("PutTogether")),
        ("POST", "/api/v1/codes/cancel") => takes(json("Ending"), json("Ended")),
        ("POST", "/api/v1/codes/relabel") => takes(json("Relabelling"), json("Relabelled")),
        ("GET", "/api/v1/stock-counts") => answers(json("StockCounts")),
        _ => return None,
    })
}
