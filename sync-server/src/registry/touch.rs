//! What a changed record may change in verdicts.

use std::collections::BTreeSet;

use shared::ids::{BasisId, MemberId};
use shared::reference::{Quota, References, Relocation, StockReport};
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::reconcile::Touched;
use crate::store::{self, StoreError};

/// What the changes of one transaction may change in verdicts.
#[derive(Debug, Default)]
pub struct Changes {
    touched: Touched,
    /// Members that changed: what they applied for is judged again.
    applicants: BTreeSet<MemberId>,
    /// Something changed that may concern any basis: a member, a product, a carrier.
    anything: bool,
}

impl Changes {
    /// A record changed; `before` is what it was.
    pub fn note(&mut self, record: &Record, before: Option<&Record>) {
        self.note_one(record);
        if let Some(before) = before {
            // A document that moves leaves its old basis.
            self.note_one(before);
        }
    }

    /// A basis was touched.
    pub fn note_basis(&mut self, basis: &BasisId) {
        self.touched.bases.insert(basis.clone());
    }

    fn note_one(&mut self, record: &Record) {
        let touched = &mut self.touched;
        match record {
            Record::Basis(basis) => drop(touched.bases.insert(basis.basis.clone())),
            Record::Document(document) => drop(touched.bases.insert(document.basis.clone())),
            Record::Pack(pack) => drop(touched.bases.insert(pack.basis.clone())),
            Record::Code(code) => drop(touched.codes.insert(code.code.clone())),
            Record::Application(application) => drop(touched.bases.insert(application.basis.clone())),
            Record::Quota(Quota { member, .. })
            | Record::Relocation(Relocation { member, .. })
            | Record::StockReport(StockReport { member, .. }) => drop(touched.members.insert(member.clone())),
            // A product decides the level and the count of every code that carries its GTINs, whatever basis it was scanned under.
            Record::Member(member) => {
                self.applicants.insert(member.member.clone());
                self.anything = true;
            }
            Record::Site(_)
            | Record::Product(_)
            | Record::Namespace(_)
            | Record::Operator(_)
            | Record::Carrier(_)
            | Record::Policy(_)
            | Record::Grammars(_) => self.anything = true,
            Record::Manifest(_) | Record::Mismatch(_) | Record::Server(_) => {}
        }
    }

    /// All of it, with the bases that were worked on where anything may have changed, and those that a changed member applied under.
    pub async fn finish(mut self, conn: &mut AnyConnection, known: &References) -> Result<Touched, StoreError> {
        let applied = known.applications.values().filter(|one| self.applicants.contains(&one.member));
        self.touched.bases.extend(applied.map(|one| one.basis.clone()));
        if self.anything {
            self.touched.bases.extend(store::event::bases_worked_on(conn).await?);
        }
        Ok(self.touched)
    }
}
