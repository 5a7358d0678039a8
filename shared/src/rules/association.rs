//! What is inside what (traceability/2022 art. 18): cases without record, miscounted, opened, mixed, children in two cases.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Certainty, Raised, Verdict};
use crate::event::Act;
use crate::mismatch::{Kind, Scope};
use crate::time::Timestamp;
use crate::trail::{CodeNo, Index, Scan, Token};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for (code, package) in index.packages() {
        if package.is_parent_level() {
            moved_whole(verdict, code);
            mixed(verdict, code);
        }
        if package.tokens.len() > 1 {
            several_parents(verdict, code);
        }
    }
    checked(verdict);
    parent_and_child(verdict);
}

/// A case that moved as a whole: nothing on record inside, something gone from it, or another count than its pack ratio.
fn moved_whole(verdict: &mut Verdict<'_>, code: CodeNo) {
    let index = verdict.index;
    let package = index.package(code);
    let empty = package.children.is_empty();
    // Of a case that is not registered here, what is inside is not known either.
    if empty && package.record.is_none() {
        return;
    }
    for scan in index.own_scans(code).filter(|scan| !scan.repeat) {
        if verdict.is_explained(scan) {
            continue;
        }
        if empty {
            verdict.raise_document(Kind::EmptyParent, scan, Certainty::Sure);
        } else if has_lost_children(index, code, scan) {
            verdict.raise_code(Kind::OpenedParent, code, &[scan], Certainty::Sure);
        } else if has_another_count(index, code, scan) {
            verdict.raise_code(Kind::PackCount, code, &[scan], Certainty::Sure);
        }
    }
}

/// Whether a child that was inside had left before the scan: taken out on record, or moved on its own.
fn has_lost_children(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let left_before = |child: &CodeNo| {
        let mut tokens =
            index.package(*child).tokens.iter().filter(|token| token.parent == code && token.from <= scan.at);
        let gone = |token: &Token| index.left_at(*child, token).is_some_and(|left| left <= scan.at);
        tokens.any(gone) && !index.is_inside(*child, code, scan.at)
    };
    index.package(code).children.iter().any(left_before)
}

fn has_another_count(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let package = index.package(code);
    let Some((product, level)) = package.product else { return false };
    let ratio = package.remainder_units.unwrap_or(u64::from(level.units));
    let units = |child: CodeNo| match index.package(child).product {
        // What is inside of another product is told as a mixed case.
        Some((_, level)) => u64::from(level.units),
        None => u64::from(product.levels.iter().map(|level| level.units).min().unwrap_or(1)),
    };
    let inside: u64 = index.inside_at(code, scan.at).map(units).sum();
    inside != ratio
}

/// A case that mixes products, or batches where one batch a case is asked (traceability/2022 art. 25(4)).
fn mixed(verdict: &mut Verdict<'_>, code: CodeNo) {
    let index = verdict.index;
    let package = index.package(code);
    let Some((product, _)) = package.product else { return };
    let tokens = package.children.iter().flat_map(|child| &index.package(*child).tokens);
    let own: Vec<&Token> = tokens.filter(|token| token.parent == code).collect();
    let Some(filled_at) = own.iter().map(|token| token.from).max() else { return };
    let when = index.own_scans(code).map(|scan| scan.at).chain([filled_at]);
    let is_mixed = |at: Timestamp| {
        let mut batches = BTreeSet::new();
        for child in index.inside_at(code, at) {
            let inside = index.package(child);
            if inside.product.is_some_and(|(other, _)| other.product != product.product) {
                return true;
            }
            batches.extend(inside.pack.and_then(|pack| pack.batch.as_ref()));
        }
        batches.len() > 1 && !product.mixed_batches
    };
    if when.into_iter().any(is_mixed) {
        let scans: Vec<&Scan<'_>> = index.own_scans(code).filter(|scan| !scan.repeat).collect();
        raise_association(verdict, Kind::MixedParent, code, &own, &scans, filled_at);
    }
}

/// A child with two parents at once.
fn several_parents(verdict: &mut Verdict<'_>, code: CodeNo) {
    let index = verdict.index;
    let tokens = &index.package(code).tokens;
    let span = |token: &Token| (token.from, index.left_at(code, token).unwrap_or(Timestamp::from_ms(i64::MAX)));
    for (place, one) in tokens.iter().enumerate() {
        for other in tokens[place + 1..].iter().filter(|other| other.parent != one.parent) {
            let (from, until) = span(one);
            let (other_from, other_until) = span(other);
            if from < other_until && other_from < until {
                raise_association(verdict, Kind::SeveralParents, code, &[one, other], &[], from.max(other_from));
            }
        }
    }
}

/// About a package, from the associations that concern it and its scans.
fn raise_association(
    verdict: &mut Verdict<'_>,
    kind: Kind,
    code: CodeNo,
    tokens: &[&Token],
    scans: &[&Scan<'_>],
    at: Timestamp,
) {
    let text = &verdict.index.package(code).code;
    let mut raised = Raised::new(kind, text.to_string(), Scope::Code(text.clone()), at);
    if let Some(last) = scans.last() {
        raised.at = raised.at.max(last.at);
        raised.basis = Some(last.movement.basis.clone());
        raised.document = Some(last.movement.document.clone());
    }
    raised.codes.push(code);
    raised.events.extend(tokens.iter().filter_map(|token| token.by).chain(scans.iter().map(|scan| scan.by)));
    verdict.raise(raised);
}

/// Children found in an opened case that are recorded in another.
fn checked(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for fact in &index.others {
        let Act::CaseChecked { parent, children, .. } = &fact.act else { continue };
        let Some(parent) = index.read(parent) else { continue };
        for child in children.iter().filter_map(|child| index.read(child)) {
            let mut held = index.package(child).tokens.iter().filter(|token| token.held_at(fact.at)).peekable();
            if held.peek().is_some() && held.all(|token| token.parent != parent) {
                verdict.raise_code_fact(Kind::WrongParent, child, fact);
            }
        }
    }
}

/// A case and a package in it, both scanned in one stage of one document.
fn parent_and_child(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for (side, _) in index.sides() {
        let evidence = |scan: &&Scan<'_>| scan.counts_for(Kind::ParentAndChild);
        let here = index.scans_at(side).filter(evidence).filter_map(|scan| Some((*scan.code.as_ref().ok()?, scan)));
        let here: BTreeMap<CodeNo, &Scan<'_>> = here.collect();
        for (child, scan) in &here {
            for token in &index.package(*child).tokens {
                let Some(whole) = here.get(&token.parent).filter(|whole| token.held_at(whole.at)) else { continue };
                if index.is_inside(*child, token.parent, whole.at) {
                    verdict.raise_code(Kind::ParentAndChild, *child, &[*scan, *whole], Certainty::Sure);
                }
            }
        }
    }
}
