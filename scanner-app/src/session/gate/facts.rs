//! Reasons of a gate that say one thing. A short load is a mismatch on its line and a difference between the sets: two reasons of the rules,
//! of which a supervisor settles the one, and one fact for whoever stands at the gate.

use shared::ids::ProductId;
use shared::mismatch::Kind;
use shared::rules::gate::Reason;

use super::watch::{GateStanding, kind};

/// What is wrong, and the reasons that say it: the one with the figures first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<'r> {
    /// By what it is called.
    pub kind: Kind,
    /// All that say it; never none.
    pub reasons: Vec<&'r Reason>,
}

/// Each fact once.
#[must_use]
pub fn facts(standing: &GateStanding) -> Vec<Fact<'_>> {
    let is_told = |reason: &&Reason| matches!(reason, Reason::Mismatch { .. });
    let (told, measured): (Vec<&Reason>, Vec<&Reason>) = standing.reasons.iter().partition(is_told);
    let fact = |reason| Fact { kind: kind(reason), reasons: vec![reason] };
    let mut facts: Vec<Fact<'_>> = measured.into_iter().map(fact).collect();
    for reason in told {
        match facts.iter_mut().find(|fact| is_same(fact.reasons[0], reason)) {
            Some(fact) => fact.reasons.push(reason),
            None => facts.push(fact(reason)),
        }
    }
    facts
}

/// How many reasons a gate has for whoever stands at it: each fact, and each thing that is waited for.
#[must_use]
pub fn reasons(standing: &GateStanding) -> usize {
    facts(standing).len() + standing.waits.len()
}

/// Whether a mismatch says what was measured at the gate.
fn is_same(measured: &Reason, told: &Reason) -> bool {
    let Reason::Mismatch { kind: of, subject } = told else { return false };
    let product = match measured {
        Reason::SetDiffers { product, .. } | Reason::DocumentBeyondBasis { product, .. } => Some(product),
        Reason::NoBasis | Reason::NoDocument => None,
        Reason::Mismatch { .. } => return false,
    };
    let is_about = |product: &ProductId| subject.line(|named| (named == product.as_str()).then_some(())).is_some();
    kind(measured) == *of && product.is_none_or(is_about)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::event::GateState;
    use shared::mismatch::Subject;

    use super::*;

    fn standing(reasons: &[Reason]) -> GateStanding {
        let (waits, settled) = (BTreeSet::new(), Vec::new());
        let reasons = reasons.iter().cloned().collect();
        GateStanding { state: GateState::Held, reasons, waits, by: None, position: None, settled }
    }

    fn told(kind: Kind, subject: &str) -> Reason {
        Reason::Mismatch { kind, subject: Subject(subject.into()) }
    }

    fn differs(product: &str, document_units: u64, scanned_units: u64) -> Reason {
        Reason::SetDiffers { product: product.into(), document_units, scanned_units }
    }

    fn told_of(reasons: &[Reason]) -> Vec<(Kind, usize)> {
        facts(&standing(reasons)).iter().map(|fact| (fact.kind, fact.reasons.len())).collect()
    }

    #[test]
    fn a_short_line_is_one_fact_and_two_reasons_with_the_figures_first() {
        let reasons = [told(Kind::ShortQuantity, "FH-1/POD outbound"), differs("POD", 20, 10)];
        assert_eq!(told_of(&reasons), [(Kind::ShortQuantity, 2)]);
        let standing = standing(&reasons);
        assert_eq!(facts(&standing)[0].reasons, [&reasons[1], &reasons[0]]);
    }

    #[test]
    fn another_product_another_kind_and_a_name_that_only_ends_alike_stay_apart() {
        for other in [
            told(Kind::ShortQuantity, "FH-1/MINT outbound"),
            told(Kind::ShortQuantity, "FH-1/XPOD outbound"),
            told(Kind::OverQuantity, "FH-1/POD outbound"),
            told(Kind::FrozenCode, "POD"),
        ] {
            let reasons = [differs("POD", 20, 10), other];
            assert_eq!(told_of(&reasons).iter().map(|(_, count)| count).sum::<usize>(), 2);
            assert_eq!(told_of(&reasons).len(), 2, "{reasons:?}");
        }
    }

    #[test]
    fn what_is_missing_altogether_is_said_once_and_two_lines_stay_two() {
        assert_eq!(told_of(&[Reason::NoBasis, told(Kind::NoBasis, "C9")]), [(Kind::NoBasis, 2)]);
        assert_eq!(told_of(&[Reason::NoDocument, told(Kind::DocumentMissing, "C9")]), [(Kind::DocumentMissing, 2)]);
        let beyond = Reason::DocumentBeyondBasis { product: "POD".into(), document_units: 9, basis_units: 8 };
        let reasons =
            [beyond, told(Kind::DocumentsExceedBasis, "C1/POD"), differs("POD", 9, 10), differs("MINT", 1, 2)];
        let expected = [(Kind::DocumentsExceedBasis, 2), (Kind::OverQuantity, 1), (Kind::OverQuantity, 1)];
        assert_eq!(told_of(&reasons), expected);
    }
}
