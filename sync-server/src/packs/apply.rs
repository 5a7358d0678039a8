//! Applying for codes against a contract line (traceability/2022 art. 15, 16). An application that is refused is kept as it came: the
//! rules refuse it by the same checks (`shared::rules::application`), and say so to the regulator.

use shared::reference::{CodeApplication, References};
use shared::rules::application::{self as rules, answers};
use shared::wire::Record;

use crate::people::View;
use crate::registry::Set;
use crate::registry::edit::{Deed, Edit};
use crate::registry::fault::Fault;
use crate::registry::outcome::{EditError, Why};
use sqlx::AnyConnection;

/// What an application came to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Answer {
    /// Its number.
    pub application: String,
    /// Whether codes may be issued for it.
    pub granted: bool,
    /// Units that the contract line still covers, without this application.
    pub covered_units: u64,
    /// Why not, one sentence each.
    pub reasons: Vec<String>,
}

/// Takes an application in and answers it. A member applies for itself, under its own contracts, and now.
pub async fn apply(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    application: CodeApplication,
) -> Result<Answer, EditError> {
    let application = CodeApplication { withdrawn_at: None, withdrawn_why: String::new(), ..application };
    let before = edit.look(Set::Application, &application.application)?;
    if let Some(Record::Application(CodeApplication { withdrawn_at: Some(at), .. })) = before {
        let problem = format!("was withdrawn {}; take another number", at.to_minute());
        return Err(EditError::Faults(vec![Fault::new("application", application.application, problem)]));
    }
    let application = match edit.view() {
        Some(view) => own(edit, view, application)?,
        None => application,
    };
    let body = Set::body(&Record::Application(application.clone())).map_err(crate::store::StoreError::from)?;
    let record = edit.record(Set::Application, body).map_err(EditError::Faults)?;
    let answer = judge(&edit.known, &application);
    edit.put_allowed(conn, record, Why::Entry).await?;
    Ok(answer)
}

/// What a member may say. Others' members and contracts are not there for it; what it applied for stays as it was.
fn own(edit: &Edit, view: &View, application: CodeApplication) -> Result<CodeApplication, EditError> {
    let missing = |set: Set, key: &str| Err(EditError::Missing { set, key: key.to_owned() });
    if !view.sees_member(&application.member) {
        return missing(Set::Member, application.member.as_str());
    }
    if !view.sees_basis(&application.basis) {
        return missing(Set::Basis, application.basis.as_str());
    }
    let Some(Record::Application(before)) = edit.look(Set::Application, &application.application)? else {
        return Ok(CodeApplication { at: edit.now(), ..application });
    };
    if (CodeApplication { at: before.at, ..application.clone() }) == before {
        return Ok(before);
    }
    let problem = "is there already, and says something else; take another number";
    Err(EditError::Faults(vec![Fault::new("application", application.application, problem)]))
}

/// What the audit log says of an answer.
#[must_use]
pub fn deed(answer: &Answer) -> Deed<'_> {
    ("codes-applied", &answer.application, if answer.granted { "granted" } else { "not granted" })
}

/// What speaks for and against an application, given all earlier ones; the rules judge by the same.
#[must_use]
pub fn judge(known: &References, application: &CodeApplication) -> Answer {
    let earlier = known.applications.values().filter(|other| {
        other.application != application.application
            && other.basis == application.basis
            && other.product == application.product
            && (other.at, &other.application) < (application.at, &application.application)
    });
    let answers = answers(known, earlier.chain([application]));
    let answer = answers.last().filter(|answer| answer.application.application == application.application);
    let withdrawn = application.withdrawn_at.map(|at| format!("it was withdrawn {}", at.to_minute()));
    let objections = answer.into_iter().flat_map(|answer| &answer.objections).map(ToString::to_string);
    let reasons = withdrawn.into_iter().chain(objections).collect();
    Answer {
        application: application.application.clone(),
        granted: answer.is_some_and(rules::Answer::is_granted),
        covered_units: answer.map_or(0, |answer| answer.covered),
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::time::Timestamp;

    use super::*;

    fn known() -> References {
        let mut known = References::default();
        let insert = |known: &mut References, set: Set, body: Value| {
            let Value::Object(body) = body else { panic!("an object") };
            known.insert(set.record(body).unwrap());
        };
        for (member, role, import) in
            [("M", "maker", false), ("W", "wholesaler", false), ("V", "wholesaler", true), ("I", "importer", false)]
        {
            insert(
                &mut known,
                Set::Member,
                json!({"member": member, "name": "x", "role": role, "import_codes": import}),
            );
        }
        for (basis, kind, seller, buyer, market) in [
            ("C1", "contract", "M", "W", "domestic"),
            ("C2", "contract", "I", "V", "import"),
            ("C3", "contract", "I", "W", "import"),
            ("C4", "contract", "M", "W", "export"),
            ("O1", "order", "M", "W", "domestic"),
        ] {
            let body = json!({"basis": basis, "kind": kind, "seller": seller, "buyer": buyer, "market": market,
                "until": "2026-12-01T00:00:00+08:00", "lines": [{"product": "POD", "units": 100}]});
            insert(&mut known, Set::Basis, body);
        }
        known
    }

    fn application(number: &str, member: &str, basis: &str, units: u64, at: &str) -> CodeApplication {
        let at: Timestamp = at.parse().unwrap();
        CodeApplication::new((number.into(), at), member.into(), ("POD".into(), units), basis.into())
    }

    #[test]
    fn who_may_apply_for_what() {
        const DAY: &str = "2026-10-01T00:00:00+08:00";
        let known = known();
        for (member, basis, at, granted, why) in [
            ("M", "C1", DAY, true, ""),
            ("W", "C1", DAY, false, "makes no products"),
            ("I", "C2", DAY, true, ""),
            ("V", "C2", DAY, true, ""),
            ("W", "C3", DAY, false, "may not apply for codes of imported goods"),
            ("V", "C3", DAY, false, "is no party"),
            ("M", "C4", DAY, false, "carry no codes"),
            ("M", "O1", DAY, false, "is no contract"),
            ("M", "C9", DAY, false, "is not known"),
            ("M", "C1", "2026-12-01T00:00:00+08:00", false, "is not in force"),
        ] {
            let answer = judge(&known, &application("A1", member, basis, 100, at));
            assert_eq!(answer.granted, granted, "{member} {basis}: {answer:?}");
            assert!(granted || answer.reasons.iter().any(|reason| reason.contains(why)), "{answer:?}");
        }
    }

    #[test]
    fn earlier_applications_use_the_line_up() {
        let mut known = known();
        known.insert(Record::Application(application("A1", "M", "C1", 60, "2026-10-01T00:00:00+08:00")));
        let answer = judge(&known, &application("A2", "M", "C1", 41, "2026-10-02T00:00:00+08:00"));
        assert_eq!((answer.granted, answer.covered_units), (false, 40));
        assert!(judge(&known, &application("A2", "M", "C1", 40, "2026-10-02T00:00:00+08:00")).granted);
        // A refused one covers nothing: the line is still there for what fits.
        known.insert(Record::Application(application("A2", "M", "C1", 999, "2026-10-02T00:00:00+08:00")));
        known.insert(Record::Application(application("A3", "W", "C1", 40, "2026-10-02T00:00:00+08:00")));
        let answer = judge(&known, &application("A4", "M", "C1", 40, "2026-10-03T00:00:00+08:00"));
        assert_eq!((answer.granted, answer.covered_units), (true, 40), "{answer:?}");
        // The same application again is judged as it was.
        assert!(judge(&known, &application("A1", "M", "C1", 60, "2026-10-01T00:00:00+08:00")).granted);
    }
}
