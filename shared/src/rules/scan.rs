//! What one scan alone shows: a text that is no code, a scan said before, a typed code, a label that is not as prescribed, a site
//! or an operator that is not the member's.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Certainty, Raised, Verdict};
use crate::code::label_faults;
use crate::event::Capture;
use crate::ids::{BasisId, MemberId, OperatorId, SiteId};
use crate::mismatch::{Kind, Severity};
use crate::reference::{Operator, Site};
use crate::trail::Scan;

/// Typed codes are rated from this many scans on.
const RATED_SCANS_MIN: u64 = 10;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let staffed: BTreeSet<&MemberId> = index.references.operators.values().flat_map(Operator::members).collect();
    let placed: BTreeSet<&MemberId> = index.references.sites.values().flat_map(Site::members).collect();
    for scan in &index.scans {
        if scan.code.is_err() {
            malformed(verdict, scan);
        } else if scan.repeat {
            super::returns::repeated(verdict, scan);
        }
        label(verdict, scan);
        if placed.contains(scan.member) {
            site(verdict, scan);
        }
        if staffed.contains(scan.member) {
            operator(verdict, scan);
        }
    }
    manual_entries(verdict);
}

fn malformed(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    verdict.explain(scan);
    let subject = format!("{:?}", scan.movement.text);
    let mut raised = Raised::under(Kind::MalformedCode, subject, scan.reference(), scan.at);
    raised.events.push(scan.by);
    verdict.raise(raised);
}

/// A label inspection comes with each scan; the subject is the pack, since its printer is to be mended.
fn label(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let Some(label) = &scan.movement.label else { return };
    let Ok(code) = scan.code else { return };
    let faults = label_faults(label.version, label.ec_level.as_deref(), label.mode.as_deref(), &scan.movement.text);
    if faults.is_empty() {
        return;
    }
    let Some(record) = verdict.index.package(code).record else {
        verdict.raise_document(Kind::NonconformingLabel, scan, Certainty::Sure);
        return;
    };
    let subject = record.pack.to_string();
    let mut raised = Raised::under(Kind::NonconformingLabel, subject, scan.reference(), scan.at);
    raised.codes.push(code);
    raised.events.push(scan.by);
    verdict.raise(raised);
}

fn site(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let registered = verdict.references.sites.get(scan.site);
    // A consignor's list says no site: it was scanned on another member's terminal.
    let elsewhere = registered.is_none_or(|site| site.member_at(scan.at) != scan.member);
    if elsewhere && *scan.site != SiteId::from("") {
        verdict.raise_document(Kind::UnregisteredSite, scan, Certainty::Sure);
    }
}

fn operator(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let (Some(operator), Ok(code)) = (scan.operator, &scan.code) else { return };
    let known = verdict.references.operators.get(operator);
    let wrong = |at| !known.is_some_and(|known| known.may(scan.member, scan.site, scan.stage, at));
    if verdict.surely(scan, wrong) {
        verdict.raise_code(Kind::UnauthorisedOperator, *code, &[scan], Certainty::Sure);
    }
}

/// Typed codes: told once per document; a warning where an operator types more than the agreed share under a basis.
fn manual_entries(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    if !index.scans.iter().any(|scan| scan.how == Capture::Manual) {
        return;
    }
    let mut rates: BTreeMap<(&BasisId, Option<&OperatorId>), (u64, u64)> = BTreeMap::new();
    for ((basis, operator), counts) in index.beside.iter().flat_map(|beside| &beside.sums.typed) {
        rates.insert((basis, operator.as_ref()), *counts);
    }
    for scan in &index.scans {
        let (typed, all) = rates.entry((&scan.movement.basis, scan.operator)).or_default();
        *typed += u64::from(scan.how == Capture::Manual);
        *all += 1;
    }
    for scan in index.scans.iter().filter(|scan| scan.how == Capture::Manual) {
        let (typed, all) = rates.get(&(&scan.movement.basis, scan.operator)).copied().unwrap_or_default();
        let often = all >= RATED_SCANS_MIN && typed * 100 > verdict.limits.manual_percent.saturating_mul(all);
        let severity = if often { Severity::Warn } else { Severity::Info };
        verdict.raise_document_as(Kind::ManualEntry, scan, Certainty::Sure, Some(severity));
    }
}
