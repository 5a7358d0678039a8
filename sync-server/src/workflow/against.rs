//! Against whom a mismatch is raised, and so who settles it. What concerns the own house alone (the catalogue tells its supervisor) its
//! supervisor settles. Of what lies between two parties the one that is owed settles it: who did not get what was sent, or got what it
//! should not (trading/2022-trial art. 17). What goes to the monopoly administration nobody settles for himself. The member against whom
//! alone it is raised says what it found, and waits.

use shared::ids::MemberId;
use shared::mismatch::{Mismatch, Scope as Judged, Tell};
use shared::reference::{Basis, BasisKind};

use super::stage::Stage;
use super::store::Case;
use crate::people::{Actor, Refusal, Role, View};
use crate::told::Told;

/// Whether the actor may settle it, as far as parties are concerned.
pub fn may_settle(actor: &Actor, case: &Case, view: &View) -> Result<(), Refusal> {
    let mismatch = &case.found.mismatch;
    match (actor.role, &actor.member) {
        (Some(Role::Supervisor), Some(member)) if is_against_alone(mismatch, member, view) => Err(Refusal::Against),
        // The members settle their trade; the regulator settles what they left lying, and what none of them may.
        (Some(Role::Regulator), _) if case.stage != Stage::Escalated && !is_the_regulators(mismatch, view) => {
            Err(Refusal::Conflict(Told::fixed(
                "the members have time left to settle this; it is not escalated yet",
                "会员的处理期限未到，尚未上报监管。",
            )))
        }
        _ => Ok(()),
    }
}

/// Whether the actor may say until when it is to be settled: who may settle it, and the regulator. A day that nobody can keep goes into
/// another member's credit record.
pub fn may_set_due(actor: &Actor, case: &Case, view: &View) -> Result<(), Refusal> {
    match actor.role {
        Some(Role::Supervisor) => may_settle(actor, case, view),
        _ => Ok(()),
    }
}

fn is_against_alone(mismatch: &Mismatch, member: &MemberId, view: &View) -> bool {
    match mismatch.kind.info().tell {
        Tell::Nobody | Tell::Supervisor | Tell::Administrator => false,
        tell @ (Tell::Consignor | Tell::Consignee) => {
            has_counterpart(mismatch, view) && end(mismatch, view, tell) == Some(member.clone())
        }
        Tell::Regulator => {
            let own = |by: &shared::ids::EventRef| view.own_terminals().contains(&by.terminal);
            let acted_alone = !mismatch.events.is_empty() && mismatch.events.iter().all(own);
            mismatch.scope == Judged::Member(member.clone()) || acted_alone
        }
    }
}

/// Nobody else is there to settle it.
fn is_the_regulators(mismatch: &Mismatch, view: &View) -> bool {
    mismatch.kind.info().tell == Tell::Regulator && !has_counterpart(mismatch, view)
}

fn has_counterpart(mismatch: &Mismatch, view: &View) -> bool {
    let is_of_two = |basis: &Basis| basis.seller != basis.version(mismatch.at, u64::MAX).buyer;
    mismatch.basis.as_ref().and_then(|basis| view.references.bases.get(basis)).is_some_and(is_of_two)
}

/// Who sent, or who was to receive: as the document says, or else the basis at that time.
fn end(mismatch: &Mismatch, view: &View, tell: Tell) -> Option<MemberId> {
    let sends = tell == Tell::Consignor;
    let document = mismatch.document.as_ref().and_then(|document| view.references.documents.get(document));
    let named = document.map(|document| if sends { &document.consignor } else { &document.consignee });
    if let Some(named) = named.filter(|named| !named.as_str().is_empty()) {
        return Some(named.clone());
    }
    let basis = view.references.bases.get(mismatch.basis.as_ref()?)?.version(mismatch.at, u64::MAX);
    // Goods that are taken back go from the buyer to the seller.
    let from_seller = (basis.kind != BasisKind::ReturnApproval) == sends;
    Some(if from_seller { basis.seller.clone() } else { basis.buyer.clone() })
}
