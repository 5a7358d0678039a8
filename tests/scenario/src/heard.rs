//! What a terminal has heard from the server: records as pull pages bring them, as of its last contact. Its core gets only these, and
//! the whole history that its core must agree with is made of these and of its own log.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use shared::code::PackageCode;
use shared::event::Act;
use shared::mismatch::Mismatch;
use shared::reference::References;
use shared::rules::{Policy, judge, on_terminal};
use shared::trail::clock::Anchors;
use shared::trail::{History, Index, manifests};
use shared::wire::{Manifest, Record};

use crate::knowledge::fact;
use crate::terminal::Terminal;

type Key = (&'static str, String);

/// Records by set and key.
pub(crate) type Known = BTreeMap<Key, Record>;

/// All that was delivered to one terminal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Ledger position of the last page.
    pub position: u64,
    /// What it was made of: how many statements about references, how many events of others.
    pub made_of: (usize, usize),
    records: Rc<BTreeMap<Key, Record>>,
    pub references: Rc<References>,
    pub manifests: Rc<Vec<Manifest>>,
}

impl Heard {
    /// What the server would have delivered by now: references, the registry with what lines have uploaded, the policy, and what
    /// was sent to the terminal's member.
    pub(crate) fn new(
        terminal: &Terminal,
        (position, made_of): (u64, (usize, usize)),
        known: &References,
        policy: &Policy,
        held: &History,
    ) -> Self {
        let mut records = records_of(known, &registry(known, held));
        add(&mut records, Record::Policy(*policy));
        for manifest in sent_to(terminal, known, held) {
            add(&mut records, Record::Manifest(manifest));
        }
        // A list that has become empty is delivered as such: a page only ever replaces records.
        for (key, record) in terminal.heard.records.iter().filter(|(key, _)| key.0 == "manifest") {
            if let (false, Record::Manifest(gone)) = (records.contains_key(key), record) {
                let empty = Manifest { complete: false, sent: Vec::new(), ..gone.clone() };
                records.insert(key.clone(), Record::Manifest(empty));
            }
        }
        let mut references = References::default();
        let mut manifests = Vec::new();
        for record in records.values() {
            if let Some(Record::Manifest(manifest)) = references.insert(record.clone()) {
                manifests.push(manifest);
            }
        }
        let (references, manifests) = (Rc::new(references), Rc::new(manifests));
        Self { position, made_of, records: Rc::new(records), references, manifests }
    }

    /// The records that are new or changed since.
    pub(crate) fn beyond(&self, before: &Self) -> Vec<Record> {
        if Rc::ptr_eq(&self.records, &before.records) {
            return Vec::new();
        }
        let changed = self.records.iter().filter(|(key, record)| before.records.get(*key) != Some(*record));
        changed.map(|(_, record)| record.clone()).collect()
    }

    /// Everything that a terminal has to judge by: its whole log up to a number, at the times that its anchors give, and all that
    /// it heard.
    pub(crate) fn whole_history(&self, terminal: &Terminal, through: u64) -> History {
        let mut history = History::default();
        let log = || terminal.log.iter().map(|logged| &logged.event).filter(|event| event.seq <= through);
        let anchors = Anchors::of(log());
        history.facts.extend(log().map(|event| fact(event, terminal, &anchors)));
        if let Some(last) = history.facts.iter().map(|fact| fact.at).max() {
            history.reached.insert(terminal.id, last);
        }
        for manifest in self.manifests.iter() {
            history.add_manifest(manifest);
        }
        history
    }

    /// What the rules say of the whole history when its last event happens, as a terminal shows it.
    pub(crate) fn judge_whole(&self, history: &History, policy: &Policy) -> Vec<Mismatch> {
        let now = history.reached.values().max().copied().unwrap_or_default();
        on_terminal(judge(history, &self.references, policy, now))
    }
}

fn add(records: &mut BTreeMap<Key, Record>, record: Record) {
    records.insert((record.set(), record.key()), record);
}

/// Every reference as its own record, as a server stores it: what lines upload of codes are events there.
#[cfg(feature = "ledgers")]
pub(crate) fn known_records(known: &References) -> Known {
    records_of(known, &Registry::default())
}

fn records_of(known: &References, registry: &Registry) -> BTreeMap<Key, Record> {
    let mut records = BTreeMap::new();
    let plain = (known.members.values().cloned().map(Record::Member))
        .chain(known.sites.values().cloned().map(Record::Site))
        .chain(known.operators.values().cloned().map(Record::Operator))
        .chain(known.carriers.values().cloned().map(Record::Carrier))
        .chain(known.products.values().cloned().map(Record::Product))
        .chain(known.bases.values().cloned().map(Record::Basis))
        .chain(known.documents.values().cloned().map(Record::Document))
        .chain(known.quotas.values().cloned().map(Record::Quota))
        .chain(known.applications.values().cloned().map(Record::Application))
        .chain(known.relocations.values().cloned().map(Record::Relocation))
        .chain(known.stock_reports.values().cloned().map(Record::StockReport));
    for record in plain {
        add(&mut records, record);
    }
    for pack in known.packs.values() {
        let mut pack = pack.clone();
        pack.inactive &= !registry.active.contains(pack.pack.as_str());
        add(&mut records, Record::Pack(pack));
    }
    for code in known.codes.values() {
        let mut code = code.clone();
        if let Some(parent) = registry.parents.get(&code.code) {
            code.parent.clone_from(parent);
        }
        add(&mut records, Record::Code(code));
    }
    records
}

/// What lines have uploaded of codes, as it stands in the registry. A code's record has no word for a remainder case (尾箱): what is in
/// one is left out, for a terminal that heard of its content alone would take it for a short case and set it aside.
#[derive(Debug, Default)]
struct Registry {
    parents: BTreeMap<PackageCode, Option<PackageCode>>,
    remainders: BTreeSet<PackageCode>,
    active: BTreeSet<String>,
}

fn registry(known: &References, held: &History) -> Registry {
    let mut registry = Registry::default();
    let mut facts: Vec<_> = held.facts.iter().collect();
    facts.sort_by_key(|fact| (fact.at, fact.by));
    let read = |text: &String| known.grammars.parse(text).ok();
    for fact in facts {
        match &fact.act {
            Act::Associate { parent, children, remainder_units } => {
                let parent = read(parent);
                registry.parents.extend(children.iter().filter_map(read).map(|child| (child, parent.clone())));
                registry.remainders.extend(parent.filter(|_| remainder_units.is_some()));
            }
            Act::Dissociate { parent, children, .. } => {
                let (parent, named): (_, BTreeSet<_>) = (read(parent), children.iter().filter_map(read).collect());
                let leaves = |child: &PackageCode, of: &Option<PackageCode>| {
                    *of == parent && (named.is_empty() || named.contains(child))
                };
                let left = registry.parents.iter_mut().filter(|(child, of)| leaves(child, of));
                left.for_each(|(_, of)| *of = None);
            }
            Act::PackActivated { pack } => drop(registry.active.insert(pack.as_str().to_owned())),
            _ => {}
        }
    }
    let told = |of: &mut Option<PackageCode>| {
        if of.as_ref().is_some_and(|parent| registry.remainders.contains(parent)) {
            *of = None;
        }
    };
    registry.parents.values_mut().for_each(told);
    registry
}

/// What consignors sent to a terminal's member, as far as the server knew.
fn sent_to(terminal: &Terminal, known: &References, held: &History) -> Vec<Manifest> {
    let index = Index::new(held, known);
    let to_it = |manifest: &Manifest| {
        let basis = known.bases.get(&manifest.basis);
        basis.is_some_and(|basis| basis.buyer == terminal.member && basis.seller != terminal.member)
    };
    manifests(&index, |_, _| true).into_iter().filter(to_it).collect()
}
