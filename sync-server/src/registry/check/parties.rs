//! Members, operators, and what members report.

use shared::reference::{CodeApplication, Member, Operator, Relocation, StockReport};
use shared::time::Timestamp;

use super::Findings;

pub(super) fn member(found: &mut Findings<'_>, member: &Member) {
    if let Some(licence) = &member.licence {
        found.in_order(("licence.from", licence.from), ("licence.until", licence.until));
        licence_number(found, member, &licence.number);
    }
    found.distinct("statuses", member.statuses.iter().map(|status| status.from), "moment");
    for (at, more) in member.more_roles.iter().enumerate() {
        if more.value == member.role {
            found.fault(&format!("more_roles[{at}].value"), "", "the member has this role already".into());
        }
    }
    let roles = member.more_roles.iter().map(|more| more.value);
    found.distinct("more_roles", roles, "role");
    if !member.region.bytes().all(|byte| byte.is_ascii_digit()) {
        let problem = format!("`{}` is not a region: digits of the administrative code, such as 4401", member.region);
        found.fault("region", &member.region, problem);
    }
}

/// A licence is issued to one enterprise, and nobody else trades by it (trading/2022-trial art. 20). A member that left for good keeps its
/// record: the same enterprise may come back under another code.
fn licence_number(found: &mut Findings<'_>, member: &Member, number: &str) {
    let has = |other: &&Member| other.licence.as_ref().is_some_and(|licence| licence.number == number);
    let mut others = found.known.members.values().filter(|other| other.member != member.member);
    if number.is_empty() || member.is_cancelled() {
        return;
    }
    if let Some(other) = others.find(|other| has(other) && !other.is_cancelled()) {
        let problem = format!("the licence {number} is of the member {}; one of the two is wrong", other.member);
        found.fault("licence.number", number, problem);
    }
}

pub(super) fn operator(found: &mut Findings<'_>, operator: &Operator) {
    found.member("member", &operator.member);
    for site in &operator.sites {
        found.own_site("sites", site, &operator.member);
    }
}

/// Who withdrew an application said when and why, and it was there before.
pub(super) fn withdrawal(found: &mut Findings<'_>, application: &CodeApplication) {
    let CodeApplication { at, withdrawn_at, withdrawn_why, .. } = application;
    if let Some(withdrawn) = withdrawn_at.filter(|withdrawn| withdrawn < at) {
        let problem = format!("{} is before the application, {}", withdrawn.to_minute(), at.to_minute());
        found.fault("withdrawn_at", &withdrawn.to_string(), problem);
    }
    if withdrawn_at.is_some() == withdrawn_why.is_empty() {
        let problem = "an application that was withdrawn says when and why: fill both, or none".into();
        found.fault("withdrawn_why", withdrawn_why, problem);
    }
}

pub(super) fn relocation(found: &mut Findings<'_>, relocation: &Relocation) {
    found.member("member", &relocation.member);
    found.product("product", &relocation.product);
    if relocation.from == relocation.to {
        found.fault("to", relocation.to.as_str(), "the goods would stay where they are".into());
    }
}

pub(super) fn stock_report(found: &mut Findings<'_>, report: &StockReport) {
    found.member("member", &report.member);
    let start: Option<Timestamp> = format!("{}-01T00:00:00+08:00", report.month).parse().ok();
    let end = start.map(|start| start.plus_months(1));
    if end.is_some_and(|end| report.due < end) {
        let problem = format!("{} is before the month {} is over", report.due.to_minute(), report.month);
        found.fault("due", &report.due.to_string(), problem);
    }
}
