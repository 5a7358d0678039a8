//! Reference data: what events are judged against. Plain records, the same in import files, in pull pages and in both stores.

mod basis;
mod document;
mod member;
mod pack;
mod product;

use std::collections::{BTreeMap, BTreeSet};

pub use basis::{Basis, BasisKind, Line};
pub use document::ShippingDocument;
pub use member::{Member, Role, Site};
pub use pack::{CodeRecord, Pack, PackLoss};
pub use product::{Level, PackLevel, Product, Registry};

use crate::code::PackageCode;
use crate::ids::{BasisId, DocumentId, MemberId, PackId, ProductId, SiteId};

/// What one judge knows: everything on the server, what was pulled on a terminal.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// Members by code.
    pub members: BTreeMap<MemberId, Member>,
    /// Sites by code.
    pub sites: BTreeMap<SiteId, Site>,
    /// Products by number.
    pub products: BTreeMap<ProductId, Product>,
    /// Contracts and orders by number.
    pub bases: BTreeMap<BasisId, Basis>,
    /// Shipping documents by number.
    pub documents: BTreeMap<DocumentId, ShippingDocument>,
    /// Code packs by number.
    pub packs: BTreeMap<PackId, Pack>,
    /// Registered codes. A server loads those that a judgement touches.
    pub codes: BTreeMap<PackageCode, CodeRecord>,
    /// Codes of each parent, as registered.
    pub children: BTreeMap<PackageCode, BTreeSet<PackageCode>>,
}

impl References {
    /// Adds a registered code, and its place in its parent.
    pub fn insert_code(&mut self, record: CodeRecord) {
        if let Some(parent) = &record.parent {
            self.children.entry(parent.clone()).or_default().insert(record.code.clone());
        }
        self.codes.insert(record.code.clone(), record);
    }

    /// The product and level of a code: by the registry first, by its GTIN where the code is not registered.
    #[must_use]
    pub fn product_of(&self, code: &PackageCode) -> Option<(&Product, &PackLevel)> {
        let gtin = code.gtin()?;
        let registered = self.codes.get(code).and_then(|record| self.products.get(&record.product));
        let mut candidates = registered.into_iter().chain(self.products.values());
        candidates.find_map(|product| product.level_of(gtin).map(|level| (product, level)))
    }

    /// The name that people know a member by, or its code where it is unknown.
    #[must_use]
    pub fn member_name<'a>(&'a self, member: &'a MemberId) -> &'a str {
        self.members.get(member).map_or(member.as_str(), |found| found.name.as_str())
    }
}
