//! Reference data: what events are judged against. Plain records, the same in import files, in pull pages and in both stores.

mod basis;
pub mod dated;
mod document;
mod member;
mod namespace;
mod pack;
mod policy;
mod product;
mod report;

use std::collections::{BTreeMap, BTreeSet};

pub use basis::{Amendment, Basis, BasisKind, Line};
pub use dated::{Dated, Earlier};
pub use document::{Carrier, CarrierTerms, Element, ShippingDocument};
use foldhash::HashMap;
pub use member::{Duties, Licence, Member, MemberStatus, MemberTerms, Operator, Role, Site, SiteTerms};
pub use namespace::{Namespace, NamespaceTerms};
pub use pack::{CodeRecord, Loss, Pack, PackLoss};
pub use policy::{Limits, Policy, Unpaid};
pub use product::{GoodsClass, Level, Listing, Market, PackLevel, Price, PriceKind, Product, ProductTerms, Registry};
pub use report::{CodeApplication, Quota, Relocation, StockReport};

use crate::citation::Rulebook;
use crate::code::PackageCode;
use crate::ids::{BasisId, DocumentId, MemberId, OperatorId, PackId, ProductId, SiteId};
use crate::time::Timestamp;

/// What one judge knows: everything on the server, what was pulled on a terminal.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// Members by code.
    pub members: BTreeMap<MemberId, Member>,
    /// Sites by code.
    pub sites: BTreeMap<SiteId, Site>,
    /// Operators by staff number. A member none of whose staff is here has its operators unchecked.
    pub operators: BTreeMap<OperatorId, Operator>,
    /// Carriers by name. While none is here, carriers are unchecked.
    pub carriers: BTreeMap<String, Carrier>,
    /// Products by number.
    pub products: BTreeMap<ProductId, Product>,
    /// Namespaces of codes of which it is said whether our registry has all of them, by how they begin.
    pub namespaces: BTreeMap<String, Namespace>,
    /// Contracts, orders, transfer notes and return approvals by number.
    pub bases: BTreeMap<BasisId, Basis>,
    /// Shipping documents by number.
    pub documents: BTreeMap<DocumentId, ShippingDocument>,
    /// Code packs by number.
    pub packs: BTreeMap<PackId, Pack>,
    /// Quotas by (member, class, year).
    pub quotas: BTreeMap<(MemberId, GoodsClass, i32), Quota>,
    /// Applications for codes by number.
    pub applications: BTreeMap<String, CodeApplication>,
    /// Relocations of export goods by number.
    pub relocations: BTreeMap<String, Relocation>,
    /// Stock reports by (member, month).
    pub stock_reports: BTreeMap<(MemberId, String), StockReport>,
    /// Registered codes. A server loads those that a judgement touches.
    pub codes: HashMap<PackageCode, CodeRecord>,
    /// Codes of each parent, as registered.
    pub children: HashMap<PackageCode, BTreeSet<PackageCode>>,
    /// The thresholds agreed for this server; none before the first pull.
    pub policy: Option<Policy>,
    /// The grammars that label texts are read by.
    pub grammars: crate::code::Grammars,
}

impl References {
    /// The thresholds to judge by: those agreed, or before anything was pulled the trial rules with the usual ones.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy.unwrap_or_else(|| Policy::new(Rulebook::Trial))
    }

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
        if let Some(found) = self.codes.get(code).and_then(|record| self.registered_product(record, code)) {
            return Some(found);
        }
        let gtin = code.gtin()?;
        self.products.values().find_map(|product| product.level_of(gtin).map(|level| (product, level)))
    }

    /// The product and level of a registered code: its GTIN's level, else its pack's (an opaque code has no GTIN).
    pub(crate) fn registered_product(&self, record: &CodeRecord, code: &PackageCode) -> Option<(&Product, &PackLevel)> {
        let product = self.products.get(&record.product)?;
        // A case that was packed by six stays a case of six.
        if !product.earlier.is_empty() {
            let pack = self.packs.get(&record.pack)?;
            let mut then = product.levels_at(pack.issued_at).iter();
            let level = then.find(|listed| match code.gtin() {
                Some(gtin) => listed.gtin == gtin,
                None => listed.level == pack.level,
            });
            return Some((product, level.or_else(|| product.level_of(code.gtin()?))?));
        }
        let by_gtin = code.gtin().and_then(|gtin| product.level_of(gtin));
        let by_pack = || {
            let level = self.packs.get(&record.pack)?.level;
            product.levels.iter().find(|listed| listed.level == level)
        };
        by_gtin.or_else(by_pack).map(|level| (product, level))
    }

    /// Whether a namespace says that our registry has every code like this one at a moment.
    #[must_use]
    pub fn is_complete_for(&self, code: &PackageCode, when: Timestamp) -> bool {
        let mut complete =
            self.namespaces.values().filter(|namespace| namespace.registry_at(when) == Registry::Complete);
        complete.any(|namespace| namespace.has(code))
    }

    /// The name that people know a member by, or its code where nobody here knows the name.
    #[must_use]
    pub fn member_name<'a>(&'a self, member: &'a MemberId) -> &'a str {
        let name = self.members.get(member).map(|found| found.name.as_str());
        name.filter(|name| !name.is_empty()).unwrap_or(member.as_str())
    }
}
