//! What a member does over time: quotas, applications for codes, relocations of export goods and their monthly reports.

use std::collections::{BTreeMap, BTreeSet};

use super::application::answers;
use super::tally::is_live;
use super::units::{counted, units};
use super::verdict::Verdict;
use crate::event::Stage;
use crate::ids::{BasisId, MemberId, ProductId};
use crate::mismatch::{Kind, Severity};
use crate::reference::{CodeApplication, GoodsClass, Quota, References, Role};
use crate::trail::{Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    quotas(verdict);
    applications(verdict);
    export_stock(verdict);
}

/// The stage that ends a member's own act (`settled.md` 17).
fn executing_stage(references: &References, member: &MemberId) -> Stage {
    match references.members.get(member).map(|found| found.role) {
        Some(Role::Wholesaler) => Stage::Sort,
        _ => Stage::Outbound,
    }
}

/// The year's executed volume against the quota (trading/2022-trial art. 17, trading/revised art. 18).
fn quotas(verdict: &mut Verdict<'_>) {
    let references = verdict.references;
    if references.quotas.is_empty() {
        return;
    }
    for quota in references.quotas.values() {
        let executed = executed(verdict.index, quota, executing_stage(references, &quota.member));
        let (tell, warn) = verdict.limits.quota_percent;
        let reaches =
            |percent: u64| u128::from(executed) * 100 >= u128::from(quota.units) * u128::from(percent) && executed > 0;
        if executed > quota.units {
            verdict.raise_member(Kind::QuotaExceeded, &quota.member, executed - quota.units, None);
        } else if reaches(warn) {
            verdict.raise_member(Kind::QuotaNearing, &quota.member, executed, Some(Severity::Warn));
        } else if reaches(tell) {
            verdict.raise_member(Kind::QuotaNearing, &quota.member, executed, None);
        }
    }
}

/// Units that a member executed in the quota's year.
fn executed(index: &Index<'_>, quota: &Quota, stage: Stage) -> u64 {
    let mut sum: u64 = 0;
    for (side, _) in index.sides().into_iter().filter(|(side, _)| side.2 == stage) {
        let own = index.basis(side.0).1.is_some_and(|basis| basis.seller == quota.member);
        let in_year = |scan: &Scan<'_>| scan.at.year() == quota.year;
        if !own {
            continue;
        }
        for (product, scans) in counted(index, side, |scan| in_year(scan) && is_live(index, scan)) {
            let class = index.references.products.get(product).map_or(GoodsClass::Product, |found| found.class);
            if class == quota.class {
                sum = sum.saturating_add(units(index, &scans));
            }
        }
    }
    sum
}

/// Codes applied for beyond, or without, a valid contract line, or by who may not (traceability/2022 art. 15, 16).
fn applications(verdict: &mut Verdict<'_>) {
    let references = verdict.references;
    let mut lines: BTreeMap<(&BasisId, &ProductId), Vec<&CodeApplication>> = BTreeMap::new();
    for application in references.applications.values() {
        lines.entry((&application.basis, &application.product)).or_default().push(application);
    }
    for ((basis, product), applications) in lines {
        for answer in answers(references, applications).iter().filter(|answer| !answer.is_granted()) {
            verdict.raise_basis_line(Kind::ApplicationRefused, basis, product, answer.beyond());
        }
    }
}

/// Export goods in a warehouse on the way (logistics/2022 art. 21).
fn export_stock(verdict: &mut Verdict<'_>) {
    let references = verdict.references;
    let unreported = references.relocations.values().filter(|relocation| !relocation.reported);
    let members: BTreeSet<&MemberId> =
        unreported.filter(|moved| moved.at <= verdict.now).map(|moved| &moved.member).collect();
    for member in members {
        verdict.raise_member(Kind::RelocationUnreported, member, 1, None);
    }
    let due = references.stock_reports.values().filter(|report| report.due <= verdict.now);
    let missing: BTreeSet<&MemberId> =
        due.filter(|report| report.received_at.is_none()).map(|report| &report.member).collect();
    for member in missing {
        verdict.raise_member(Kind::StockReportDue, member, 1, None);
    }
}
