//! Applying for codes against a contract line (traceability/2022 art. 15), and who may (art. 16). The server grants and issues by this,
//! and the rules judge by it what was applied for.

use std::fmt;

use crate::ids::{BasisId, MemberId, ProductId};
use crate::reference::{Basis, BasisKind, CodeApplication, Market, References, Role};
use crate::time::Timestamp;

/// What speaks against codes for a contract line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Nobody knows the contract.
    Unknown(BasisId),
    /// It is an order, a transfer, a return.
    NoContract(BasisId),
    /// Export goods carry no codes.
    Export,
    /// It has no line for the product.
    NoLine(BasisId, ProductId),
    /// It is over, cancelled, or was made outside the platform.
    NotInForce(BasisId),
    /// Who applies neither sells nor buys.
    NoParty(MemberId, BasisId),
    /// Who applies may not for imported goods.
    NoImporter(MemberId),
    /// Who applies makes nothing.
    NoMaker(MemberId),
    /// The line covers less.
    Beyond {
        /// Units applied for.
        units: u64,
        /// Units that the line still covers.
        covered: u64,
        /// Units of the line.
        line: u64,
        /// Units that were granted before.
        granted: u64,
    },
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(basis) => write!(f, "the contract {basis} is not known"),
            Self::NoContract(basis) => {
                write!(f, "{basis} is no contract: codes are applied for against the contract with a wholesaler")
            }
            Self::Export => write!(f, "export goods carry no codes (traceability/2022 art. 2)"),
            Self::NoLine(basis, product) => write!(f, "the contract {basis} has no line for {product}"),
            Self::NotInForce(basis) => {
                write!(f, "the contract {basis} is not in force, or was made outside the platform")
            }
            Self::NoParty(member, basis) => write!(f, "{member} is no party of the contract {basis}"),
            Self::NoImporter(member) => write!(
                f,
                "{member} may not apply for codes of imported goods: importers, institutions of foreign brand holders and wholesalers \
                 that one commissioned may (traceability/2022 art. 16); the registry says so with `import_codes`"
            ),
            Self::NoMaker(member) => {
                write!(f, "{member} makes no products: makers apply for codes (traceability/2022 art. 15)")
            }
            Self::Beyond { units, covered, line, granted } => write!(
                f,
                "{units} units are applied for, the line covers {covered} more ({line} in all, {granted} granted before)"
            ),
        }
    }
}

/// What is answered to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Which.
    pub application: &'a CodeApplication,
    /// Units that the line still covers, without this application.
    pub covered: u64,
    /// What speaks against it; it is granted where nothing does.
    pub objections: Vec<Objection>,
}

impl Answer<'_> {
    /// Whether codes may be issued for it.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        self.objections.is_empty()
    }

    /// Units that it asks for beyond what it could get.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        match self.objections.as_slice() {
            [Objection::Beyond { units, line, granted, .. }] => granted.saturating_add(*units).saturating_sub(*line),
            _ => self.application.units,
        }
    }
}

/// Answers all applications for one line, the first first: a refused one covers nothing, and one that was withdrawn is none.
#[must_use]
pub fn answers<'a>(
    references: &References,
    applications: impl IntoIterator<Item = &'a CodeApplication>,
) -> Vec<Answer<'a>> {
    let mut in_order: Vec<&CodeApplication> =
        applications.into_iter().filter(|application| application.withdrawn_at.is_none()).collect();
    in_order.sort_by_key(|application| (application.at, &application.application));
    let mut granted: u64 = 0;
    let answer = |application: &'a CodeApplication| {
        let (contract, product, at) = (&application.basis, &application.product, application.at);
        let basis = references.bases.get(contract).map(|basis| basis.version(at, u64::MAX));
        let mut objections = against_version((contract, basis.as_deref()), product, at);
        let party = basis.as_deref().map(|basis| against_member(references, basis, &application.member, at));
        objections.extend(party.unwrap_or_default());
        let line = basis.as_ref().map_or(0, |basis| basis.units_of(product));
        let (units, covered) = (application.units, line.saturating_sub(granted));
        if units > covered && basis.is_some() {
            objections.push(Objection::Beyond { units, covered, line, granted });
        }
        if objections.is_empty() {
            granted = granted.saturating_add(units);
        }
        Answer { application, covered, objections }
    };
    in_order.into_iter().map(answer).collect()
}

/// Units for which codes were granted on a line until a moment.
#[must_use]
pub fn granted(references: &References, contract: &BasisId, product: &ProductId, until: Timestamp) -> u64 {
    let of_line = references.applications.values().filter(|application| {
        application.basis == *contract && application.product == *product && application.at <= until
    });
    let answers = answers(references, of_line);
    answers
        .iter()
        .filter(|answer| answer.is_granted())
        .fold(0, |sum, answer| sum.saturating_add(answer.application.units))
}

/// What speaks against codes for a line, whoever applies.
#[must_use]
pub fn against_contract(
    references: &References,
    contract: &BasisId,
    product: &ProductId,
    at: Timestamp,
) -> Vec<Objection> {
    let basis = references.bases.get(contract).map(|basis| basis.version(at, u64::MAX));
    against_version((contract, basis.as_deref()), product, at)
}

/// The same of a contract as it read then; none where nobody knows it.
fn against_version(
    (contract, basis): (&BasisId, Option<&Basis>),
    product: &ProductId,
    at: Timestamp,
) -> Vec<Objection> {
    let Some(basis) = basis else { return vec![Objection::Unknown(contract.clone())] };
    let mut objections = Vec::new();
    if basis.kind != BasisKind::Contract {
        objections.push(Objection::NoContract(contract.clone()));
    }
    if basis.market == Market::Export {
        objections.push(Objection::Export);
    }
    if !basis.has(product) {
        objections.push(Objection::NoLine(contract.clone(), product.clone()));
    }
    let ended = [basis.until, basis.cancelled_at].into_iter().flatten().any(|end| at >= end);
    if ended || basis.off_platform {
        objections.push(Objection::NotInForce(contract.clone()));
    }
    objections
}

/// What speaks against codes for a contract of which neither side may apply for them; about its seller.
#[must_use]
pub fn against_parties(references: &References, contract: &BasisId, at: Timestamp) -> Vec<Objection> {
    let Some(basis) = references.bases.get(contract).map(|basis| basis.version(at, u64::MAX)) else {
        return Vec::new();
    };
    let of = |member| against_member(references, &basis, member, at);
    if of(&basis.buyer).is_empty() { Vec::new() } else { of(&basis.seller) }
}

/// Whether a member may apply for codes under a contract: what was issued for it is the member's to keep.
#[must_use]
pub fn may_apply(references: &References, contract: &BasisId, member: &MemberId, at: Timestamp) -> bool {
    let basis = references.bases.get(contract).map(|basis| basis.version(at, u64::MAX));
    basis.is_some_and(|basis| against_member(references, &basis, member, at).is_empty())
}

/// Makers apply for what they sell; for imports the importer, the foreign brand holder's institution here, or a wholesaler that it
/// commissioned. What is not known of a member does not speak against it.
fn against_member(references: &References, basis: &Basis, member: &MemberId, at: Timestamp) -> Vec<Objection> {
    let mut objections = Vec::new();
    if !is_party(basis, member) {
        objections.push(Objection::NoParty(member.clone(), basis.basis.clone()));
    }
    let Some(member) = references.members.get(member) else { return objections };
    let has = |roles: &[Role]| roles.iter().any(|role| member.has_role(*role, at));
    if basis.market == Market::Import {
        if !has(&[Role::Importer, Role::Brand]) && !member.import_codes_at(at) {
            objections.push(Objection::NoImporter(member.member.clone()));
        }
    } else if !has(&[Role::Maker, Role::ContractMaker, Role::Brand]) {
        objections.push(Objection::NoMaker(member.member.clone()));
    }
    objections
}

fn is_party(basis: &Basis, member: &MemberId) -> bool {
    basis.seller == *member || basis.buyer == *member
}
