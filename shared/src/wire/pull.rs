//! `GET /v1/changes?since=POSITION`: what a site needs to work alone, in pages; the cursor is stored in the page's transaction.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SignedRestored;
use super::signed::{Signable, Signed};
use crate::chain::sha256;
use crate::code::{GrammarConfig, Grammars, PackageCode};
use crate::enrolment::Address;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, EventRef, MemberId};
use crate::mismatch::{Mismatch, State};
use crate::reference::{
    Basis, Carrier, CodeApplication, CodeRecord, Member, Namespace, Operator, Pack, Policy, Product, Quota, References,
    Relocation, ShippingDocument, Site, StockReport,
};
use crate::time::Timestamp;

/// What a consignor sent on one document, disclosed to the consignee: the list that an arrival is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The basis.
    pub basis: BasisId,
    /// The document.
    pub document: DocumentId,
    /// The sending stage: outbound or sort.
    pub stage: Stage,
    /// Who sent.
    pub consignor: MemberId,
    /// Whether the sending side is complete.
    pub complete: bool,
    /// Every package sent: its code, when, and the event that says so.
    pub sent: Vec<(PackageCode, Timestamp, EventRef)>,
}

/// A mismatch as a site sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteMismatch {
    /// What the server judged.
    pub mismatch: Mismatch,
    /// Its state now; closed and resolved ones are withdrawn from lists.
    pub state: State,
    /// When it was first raised.
    pub raised_at: Timestamp,
}

/// Where the server listens and which CAs it is known by. A terminal keeps the newest and tries the addresses in turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRecord {
    /// The best first; none: where it was reached.
    pub addresses: Vec<Address>,
    /// The CA now, PEM.
    pub ca: String,
    /// The CA after it, PEM, where one was made: to be trusted as well from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_ca: Option<String>,
}

impl Signable for ServerRecord {
    const DOMAIN: &'static [u8] = b"tallyman/server/1";
}

impl ServerRecord {
    /// Tells one record from another: `&server=` of the question says which the terminal holds.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        Ok(short(&serde_json::to_string(self)?))
    }
}

/// Signed by the key of the acknowledgements: whoever stands between with a stolen TLS key names no CA of its own.
pub type SignedServer = Signed<ServerRecord>;

impl SignedServer {
    /// The digest of the record, as it was signed.
    #[must_use]
    pub fn digest(&self) -> String {
        short(self.text())
    }
}

fn short(text: &str) -> String {
    sha256(&[text.as_bytes()]).to_string().chars().take(16).collect()
}

impl References {
    /// Takes a record in. Gives back what is no reference data: manifests, mismatches, the server.
    pub fn insert(&mut self, record: Record) -> Option<Record> {
        match record {
            Record::Member(member) => drop(self.members.insert(member.member.clone(), member)),
            Record::Site(site) => drop(self.sites.insert(site.site.clone(), site)),
            Record::Product(product) => drop(self.products.insert(product.product.clone(), product)),
            Record::Namespace(namespace) => drop(self.namespaces.insert(namespace.namespace.clone(), namespace)),
            Record::Basis(basis) => drop(self.bases.insert(basis.basis.clone(), basis)),
            Record::Document(document) => drop(self.documents.insert(document.document.clone(), document)),
            Record::Pack(pack) => drop(self.packs.insert(pack.pack.clone(), pack)),
            Record::Code(code) => self.insert_code(code),
            Record::Operator(operator) => drop(self.operators.insert(operator.operator.clone(), operator)),
            Record::Carrier(carrier) => drop(self.carriers.insert(carrier.carrier.clone(), carrier)),
            Record::Quota(quota) => drop(self.quotas.insert((quota.member.clone(), quota.class, quota.year), quota)),
            Record::Application(application) => {
                drop(self.applications.insert(application.application.clone(), application));
            }
            Record::Relocation(relocation) => drop(self.relocations.insert(relocation.relocation.clone(), relocation)),
            Record::StockReport(report) => {
                drop(self.stock_reports.insert((report.member.clone(), report.month.clone()), report));
            }
            Record::Policy(policy) => self.policy = Some(policy),
            // The server refuses to start with patterns that it cannot compile: it never publishes any.
            Record::Grammars(config) => self.grammars = Grammars::try_from(config).unwrap_or_default(),
            found @ (Record::Manifest(_) | Record::Mismatch(_) | Record::Server(_)) => return Some(found),
        }
        None
    }
}

/// One changed record. A later change of the same record replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "set", rename_all = "kebab-case")]
pub enum Record {
    /// A member.
    Member(Member),
    /// A site.
    Site(Site),
    /// A product.
    Product(Product),
    /// A namespace of codes; only where the question says `wire=3` or more.
    Namespace(Namespace),
    /// A contract or order.
    Basis(Basis),
    /// A shipping document.
    Document(ShippingDocument),
    /// A code pack.
    Pack(Pack),
    /// A registered code.
    Code(CodeRecord),
    /// A person who may sign in.
    Operator(Operator),
    /// A logistics provider.
    Carrier(Carrier),
    /// A year's quota.
    Quota(Quota),
    /// An application for codes.
    Application(CodeApplication),
    /// A relocation of export goods.
    Relocation(Relocation),
    /// A monthly stock report.
    StockReport(StockReport),
    /// The agreed thresholds.
    Policy(Policy),
    /// Which label texts are codes, beside GS1's; only where the question says `wire=3` or more.
    Grammars(GrammarConfig),
    /// What was sent on a document.
    Manifest(Manifest),
    /// A verdict.
    Mismatch(SiteMismatch),
    /// Where the server is and whom to trust; only where the question says `wire=3` or more.
    Server(SignedServer),
}

impl Record {
    /// The name of the record's set.
    #[must_use]
    pub const fn set(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Site(_) => "site",
            Self::Product(_) => "product",
            Self::Namespace(_) => "namespace",
            Self::Basis(_) => "basis",
            Self::Document(_) => "document",
            Self::Pack(_) => "pack",
            Self::Code(_) => "code",
            Self::Operator(_) => "operator",
            Self::Carrier(_) => "carrier",
            Self::Quota(_) => "quota",
            Self::Application(_) => "application",
            Self::Relocation(_) => "relocation",
            Self::StockReport(_) => "stock-report",
            Self::Policy(_) => "policy",
            Self::Grammars(_) => "grammars",
            Self::Manifest(_) => "manifest",
            Self::Mismatch(_) => "mismatch",
            Self::Server(_) => "server",
        }
    }

    /// The record's key within its set.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Member(member) => member.member.to_string(),
            Self::Site(site) => site.site.to_string(),
            Self::Product(product) => product.product.to_string(),
            Self::Namespace(namespace) => namespace.namespace.clone(),
            Self::Basis(basis) => basis.basis.to_string(),
            Self::Document(document) => document.document.to_string(),
            Self::Pack(pack) => pack.pack.to_string(),
            Self::Code(code) => code.code.to_string(),
            Self::Operator(operator) => operator.operator.to_string(),
            Self::Carrier(carrier) => carrier.carrier.clone(),
            Self::Quota(quota) => format!("{} {} {}", quota.member, quota.class.as_str(), quota.year),
            Self::Application(application) => application.application.clone(),
            Self::Relocation(relocation) => relocation.relocation.clone(),
            Self::StockReport(report) => format!("{} {}", report.member, report.month),
            Self::Policy(_) => "policy".to_owned(),
            Self::Grammars(_) => "grammars".to_owned(),
            Self::Server(_) => "server".to_owned(),
            Self::Manifest(manifest) => {
                format!("{} {} {}", manifest.basis, manifest.document, manifest.stage.as_str())
            }
            Self::Mismatch(found) => {
                format!("{} {} {}", found.mismatch.kind, found.mismatch.subject, found.mismatch.scope)
            }
        }
    }
}

/// A record and the ledger position at which it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Position in the server's ledger.
    pub position: u64,
    /// The record as it is now.
    pub record: Record,
}

/// One page of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesPage {
    /// Which ledger; an unknown one means: forget all references and pull from 0.
    pub ledger_id: Uuid,
    /// Where the next page starts: ask again with this.
    pub cursor: u64,
    /// Where within the position after `cursor` the next page starts, where a position is too large for one page: ask with it as
    /// `resume`, to the letter. Only sent to those who read wire version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// Whether another page follows now.
    pub more: bool,
    /// About how many records the pages after this one hold; only said to those who ask for it (`left=true`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// The server's clock when it answered.
    pub as_of: Timestamp,
    /// The changes, by position.
    pub changes: Vec<Change>,
    /// Each restore that led to this ledger, the newest last: only then may its history end before what was acknowledged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restored: Vec<SignedRestored>,
}
