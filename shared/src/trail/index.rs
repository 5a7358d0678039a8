//! The facts, sorted out once for all rules: effective scans in order, who holds what open, what is inside what.
//!
//! Ids are numbered once, so that rules compare and look up small numbers. Nothing here depends on the order of the facts:
//! they are sorted before anything is numbered.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::collect::{Effective, effective, set_aside};
use super::package::{BasisNo, CodeNo, DocumentNo, Malformed, Package, Scan};
use super::side::Side;
use super::{Beside, Fact, History};
use crate::code::PackageCode;
use crate::event::{Act, Close, Stage};
use crate::ids::{BasisId, DocumentId, MemberId, PackId, SiteId, TerminalId};
use crate::reference::{Basis, Member, Pack, PackLevel, Product, References, ShippingDocument};
use crate::time::Timestamp;

/// One (basis, document, stage).
pub type SideKey = (BasisNo, DocumentNo, Stage);

/// What is known of the parties of a basis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parties<'a> {
    /// Who sells.
    pub seller: Option<&'a Member>,
    /// Who buys.
    pub buyer: Option<&'a Member>,
}

/// All effective facts, and what rules ask of them.
#[derive(Debug)]
pub struct Index<'a> {
    /// What they are judged against.
    pub references: &'a References,
    /// Effective scans by (time, event).
    pub scans: Vec<Scan<'a>>,
    /// Effective facts that are no scans, by (time, event).
    pub others: Vec<&'a Fact>,
    /// Whether any scan takes goods back: mostly none does, and then no leg needs to be asked.
    pub has_returns: bool,
    /// Voids without effect, each with the event it names.
    pub invalid_voids: Vec<(&'a Fact, &'a Fact)>,
    /// Voids with effect, each with the event it undid.
    pub valid_voids: Vec<(&'a Fact, &'a Fact)>,
    pub(super) packages: Vec<Package<'a>>,
    pub(super) trails: Vec<OnceCell<Box<[u32]>>>,
    numbers: HashMap<PackageCode, CodeNo>,
    texts: HashMap<&'a str, Result<CodeNo, Malformed>>,
    bases: Vec<(&'a BasisId, Option<&'a Basis>)>,
    parties: Vec<Parties<'a>>,
    basis_numbers: HashMap<&'a BasisId, BasisNo>,
    documents: Vec<(&'a DocumentId, Option<&'a ShippingDocument>)>,
    document_numbers: HashMap<&'a DocumentId, DocumentNo>,
    sides: HashMap<SideKey, Side<'a>>,
    reached: &'a BTreeMap<TerminalId, Timestamp>,
    /// What stands beside the facts, where they are a slice.
    pub beside: Option<&'a Beside>,
    /// Products by GTIN, once a code that is not registered asks for them.
    gtins: Option<HashMap<&'a str, (&'a Product, &'a PackLevel)>>,
    /// The code pack that was asked for last: those of one pack are scanned together.
    last_pack: Option<(&'a PackId, Option<&'a Pack>)>,
}

impl<'a> Index<'a> {
    /// Sorts a history out.
    #[must_use]
    pub fn new(history: &'a History, references: &'a References) -> Self {
        Self::over(history.facts.iter().collect(), (&history.reached, history.beside.as_ref()), references)
    }

    /// Sorts facts out wherever they lie. `reached` tells how far each log is held, `beside` what stands beside a slice of the facts.
    #[must_use]
    pub fn over(
        facts: Vec<&'a Fact>,
        (reached, beside): (&'a BTreeMap<TerminalId, Timestamp>, Option<&'a Beside>),
        references: &'a References,
    ) -> Self {
        Self::naming(None, facts, (reached, beside), references)
    }

    /// Sorts a history out in which one package is known even if no fact names it.
    #[must_use]
    pub fn around(code: &PackageCode, history: &'a History, references: &'a References) -> Self {
        let beside = (&history.reached, history.beside.as_ref());
        Self::naming(Some(code), history.facts.iter().collect(), beside, references)
    }

    fn naming(
        code: Option<&PackageCode>,
        facts: Vec<&'a Fact>,
        (reached, beside): (&'a BTreeMap<TerminalId, Timestamp>, Option<&'a Beside>),
        references: &'a References,
    ) -> Self {
        let Effective { facts, invalid_voids, valid_voids } = effective(facts);
        let mut index = Self {
            references,
            scans: Vec::with_capacity(facts.len()),
            others: Vec::new(),
            has_returns: false,
            invalid_voids,
            valid_voids,
            packages: Vec::new(),
            trails: Vec::new(),
            numbers: HashMap::new(),
            texts: HashMap::new(),
            bases: Vec::new(),
            parties: Vec::new(),
            basis_numbers: HashMap::new(),
            documents: Vec::new(),
            document_numbers: HashMap::new(),
            sides: HashMap::new(),
            reached,
            beside,
            gtins: None,
            last_pack: None,
        };
        let _ = code.map(|code| index.code_no(code));
        index.collect_scans(&facts);
        index.collect_sides();
        index.collect_containment();
        index.trails = index.packages.iter().map(|_| OnceCell::new()).collect();
        index
    }

    /// Packages that scans or associations name, and those around them.
    pub fn packages(&self) -> impl Iterator<Item = (CodeNo, &Package<'a>)> {
        self.packages.iter().enumerate().map(|(place, package)| (CodeNo::new(place), package))
    }

    /// What is known of a package.
    #[must_use]
    pub fn package(&self, code: CodeNo) -> &Package<'a> {
        &self.packages[code.place()]
    }

    /// The number of a code that some fact or its family names.
    #[must_use]
    pub fn number(&self, code: &PackageCode) -> Option<CodeNo> {
        self.numbers.get(code).copied()
    }

    /// The package that a label's text names.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<CodeNo> {
        self.texts.get(text).and_then(|read| read.as_ref().ok().copied())
    }

    /// The scans of a package itself, in order.
    pub fn own_scans(&self, code: CodeNo) -> impl Iterator<Item = &Scan<'a>> + Clone + use<'_, 'a> {
        self.packages[code.place()].own.iter().map(|place| &self.scans[*place as usize])
    }

    /// A basis's number and record.
    #[must_use]
    pub fn basis(&self, basis: BasisNo) -> (&'a BasisId, Option<&'a Basis>) {
        self.bases[basis.place()]
    }

    /// The bases that facts name, as they are on record.
    pub fn bases(&self) -> impl Iterator<Item = &'a Basis> + use<'_, 'a> {
        self.bases.iter().filter_map(|(_, record)| *record)
    }

    /// What is known of a basis's first parties.
    #[must_use]
    pub fn parties(&self, basis: BasisNo) -> Parties<'a> {
        self.parties[basis.place()]
    }

    /// A document's number and record: as registered, else as the terminal drafted it.
    #[must_use]
    pub fn document(&self, document: DocumentNo) -> (&'a DocumentId, Option<&'a ShippingDocument>) {
        self.documents[document.place()]
    }

    /// Every (basis, document, stage) that some fact names, sorted by their ids.
    #[must_use]
    pub fn sides(&self) -> Vec<(SideKey, &Side<'a>)> {
        let mut sides: Vec<_> = self.sides.iter().map(|(key, side)| (*key, side)).collect();
        sides.sort_by_key(|((basis, document, stage), _)| (self.basis(*basis).0, self.document(*document).0, *stage));
        sides
    }

    /// One side.
    #[must_use]
    pub fn side(&self, key: SideKey) -> Option<&Side<'a>> {
        self.sides.get(&key)
    }

    /// The scans on a side, in order.
    pub fn scans_at(&self, key: SideKey) -> impl Iterator<Item = &Scan<'a>> + use<'_, 'a> {
        let places = self.sides.get(&key).map_or(&[][..], |side| side.scans.as_slice());
        places.iter().map(|place| &self.scans[*place as usize])
    }

    /// Whether a side is complete (see [`Side::is_complete`]).
    #[must_use]
    pub fn is_side_complete(&self, key: SideKey) -> bool {
        self.sides.get(&key).is_some_and(|side| side.is_complete(self.reached))
    }

    /// The same, by ids.
    #[must_use]
    pub fn is_complete(&self, basis: &BasisId, document: &DocumentId, stage: Stage) -> bool {
        self.key(basis, document, stage).is_some_and(|key| self.is_side_complete(key))
    }

    /// The numbers of a side that some fact names.
    #[must_use]
    pub fn key(&self, basis: &BasisId, document: &DocumentId, stage: Stage) -> Option<SideKey> {
        Some((*self.basis_numbers.get(basis)?, *self.document_numbers.get(document)?, stage))
    }

    /// Every (basis, document, stage) that some fact names, by ids.
    #[must_use]
    pub fn worked_on(&self) -> BTreeSet<(BasisId, DocumentId, Stage)> {
        let by_id = |(basis, document, stage): &SideKey| {
            (self.basis(*basis).0.clone(), self.document(*document).0.clone(), *stage)
        };
        self.sides.keys().map(by_id).collect()
    }

    /// Whether anything was scanned under a basis.
    #[must_use]
    pub fn has_scans(&self, basis: &BasisId) -> bool {
        let Some(number) = self.basis_numbers.get(basis) else { return false };
        self.sides.iter().any(|((of, _, _), side)| of == number && !side.scans.is_empty())
    }

    /// Documents that are registered, and those that terminals drafted.
    pub fn known_documents(&self) -> impl Iterator<Item = &'a ShippingDocument> + use<'_, 'a> {
        let drafted = self.documents.iter().filter(|(id, _)| !self.references.documents.contains_key(*id));
        self.references.documents.values().chain(drafted.filter_map(|(_, document)| *document))
    }

    fn collect_scans(&mut self, facts: &[&'a Fact]) {
        let aside = set_aside(facts);
        let mut said = HashSet::with_capacity(facts.len());
        // One copy of each id for all scans: the facts' own copies lie all over memory.
        let mut members: HashMap<&MemberId, (&'a MemberId, Option<&'a Member>)> = HashMap::new();
        let mut sites: HashMap<&SiteId, &'a SiteId> = HashMap::new();
        for fact in facts {
            let Some((stage, movement)) = fact.act.movement() else {
                self.others.push(fact);
                continue;
            };
            self.has_returns |= stage.returns();
            let code = match &fact.code {
                Some(code) => Ok(self.code_no(code)),
                None => self.text(&movement.text),
            };
            let (basis, document) = (self.basis_no(&movement.basis), self.document_no(&movement.document));
            let place = u32::try_from(self.scans.len()).unwrap_or(u32::MAX);
            let repeat = code.as_ref().is_ok_and(|code| !said.insert((*code, stage, basis, document)));
            if let Ok(code) = code {
                self.packages[code.place()].own.push(place);
            }
            self.sides.entry((basis, document, stage)).or_default().scans.push(place);
            let known = || (&fact.member, self.references.members.get(&fact.member));
            let (member, member_record) = *members.entry(&fact.member).or_insert_with(known);
            self.scans.push(Scan {
                place,
                by: fact.by,
                member,
                member_record,
                site: sites.entry(&fact.site).or_insert(&fact.site),
                operator: fact.operator.as_ref(),
                at: fact.at,
                window: fact.window,
                data_as_of: fact.data_as_of,
                stage,
                movement,
                how: movement.how,
                frame: movement.frame,
                code,
                basis,
                document,
                set_aside: aside.get(&fact.by).copied(),
                repeat,
            });
        }
    }

    fn collect_sides(&mut self) {
        let others = std::mem::take(&mut self.others);
        for fact in &others {
            match &fact.act {
                Act::TaskOpened { stage, basis, document, reserved, .. } => {
                    let side = self.side_mut(basis, document, *stage);
                    side.open(fact.by.terminal, fact.at);
                    side.reserved |= *reserved;
                }
                Act::TaskClosed { stage, basis, document, close, carrier, .. } => {
                    // A close behind a hole in its log says nothing yet.
                    let held = self.reached.get(&fact.by.terminal).is_none_or(|reached| *reached >= fact.at);
                    let side = self.side_mut(basis, document, *stage);
                    if !held {
                        continue;
                    }
                    side.close(fact.by.terminal, fact.at);
                    side.carriers.extend(carrier.iter().map(|carrier| (carrier.as_str(), fact.by)));
                    if *close == Close::Final {
                        side.final_close = side.final_close.max(Some(fact.at));
                    }
                }
                Act::DocumentDrafted { note } => {
                    self.basis_no(&note.basis);
                    let document = self.document_no(&note.document);
                    self.documents[document.place()].1.get_or_insert(note);
                }
                _ => {}
            }
        }
        self.others = others;
    }

    fn pack(&mut self, id: &'a PackId) -> Option<&'a Pack> {
        if let Some((last, pack)) = self.last_pack
            && last == id
        {
            return pack;
        }
        let pack = self.references.packs.get(id);
        self.last_pack = Some((id, pack));
        pack
    }

    fn product_by_gtin(&mut self, code: &PackageCode) -> Option<(&'a Product, &'a PackLevel)> {
        let gtin = self.references.grammars.gtin_of(code)?;
        let references = self.references;
        let gtins = self.gtins.get_or_insert_with(|| {
            let levels = references.products.values().flat_map(|product| product.every_level().zip(repeat(product)));
            levels.map(|(level, product)| (level.gtin.as_str(), (product, level))).collect()
        });
        gtins.get(gtin).copied()
    }

    fn side_mut(&mut self, basis: &'a BasisId, document: &'a DocumentId, stage: Stage) -> &mut Side<'a> {
        let key = (self.basis_no(basis), self.document_no(document), stage);
        self.sides.entry(key).or_default()
    }

    fn basis_no(&mut self, basis: &'a BasisId) -> BasisNo {
        *self.basis_numbers.entry(basis).or_insert_with(|| {
            let record = self.references.bases.get(basis);
            let known = |party: &MemberId| self.references.members.get(party);
            let parties = record.map(|record| Parties { seller: known(&record.seller), buyer: known(&record.buyer) });
            self.bases.push((basis, record));
            self.parties.push(parties.unwrap_or_default());
            BasisNo::new(self.bases.len() - 1)
        })
    }

    fn document_no(&mut self, document: &'a DocumentId) -> DocumentNo {
        *self.document_numbers.entry(document).or_insert_with(|| {
            self.documents.push((document, self.references.documents.get(document)));
            DocumentNo::new(self.documents.len() - 1)
        })
    }

    /// Reads a label's text once, however often it was scanned.
    pub(super) fn text(&mut self, text: &'a str) -> Result<CodeNo, Malformed> {
        if let Some(read) = self.texts.get(text) {
            return *read;
        }
        let read = self.references.grammars.parse(text).map(|code| self.code_no(&code)).map_err(|_| Malformed);
        self.texts.insert(text, read);
        read
    }

    /// The number of a code, registered or not.
    pub(super) fn code_no(&mut self, code: &PackageCode) -> CodeNo {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        let number = CodeNo::new(self.packages.len());
        let record = self.references.codes.get(code);
        let pack = record.and_then(|record| self.pack(&record.pack));
        let registered = record.and_then(|record| self.references.registered_product(record, code));
        let product = registered.or_else(|| self.product_by_gtin(code));
        self.numbers.insert(code.clone(), number);
        self.packages.push(Package {
            code: code.clone(),
            record,
            pack,
            product,
            tokens: Vec::new(),
            children: Vec::new(),
            remainder_units: None,
            replaces: None,
            replaced_at: None,
            own: Vec::new(),
        });
        number
    }
}
