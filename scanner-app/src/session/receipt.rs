//! Receipt in one tap (全部收到): the list that was known then is confirmed, package by package, not scanned. What is sorted later is
//! not in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use shared::chain::Hash;
use shared::code::PackageCode;
use shared::event::{Act, Capture, Event, Movement, ReportKind, Stage, VoidReason};
use shared::ids::{EventRef, ProductId};
use shared::mismatch::Mismatch;
use shared::rules::{awaited, judge, on_terminal};
use shared::trail::History;

use super::Session;
use super::note::digest;
use super::reports::{ReportError, Reported};
use super::told::feedback;
use crate::store::{Entry, Shown, StoreError};

/// What differs on one line, as counted by the person who receives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineDiffers {
    /// Packages that did not come.
    pub short: u64,
    /// Packages that came damaged, and are taken in.
    pub damaged: u64,
    /// Packages that are not taken in.
    pub refused: u64,
}

/// What was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListConfirmed {
    /// The event that says which list.
    pub seq: u64,
    /// Packages confirmed.
    pub count: u64,
    /// SHA-256 over their codes, sorted.
    pub digest: Hash,
    /// Packages that were not confirmed because their line differs: which of them came is told by scanning those that did.
    pub to_scan: Vec<PackageCode>,
}

/// Why nothing was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// Only a receipt is confirmed by a list.
    #[error("only a receipt is confirmed in one tap; scan the packages of this task. Nothing was recorded")]
    NotAReceipt,
    /// Nobody here knows what was sorted to the order.
    #[error(
        "what was sorted to this order is not known here yet, so there is no list to confirm; sync, or scan each package. \
         Nothing was recorded"
    )]
    ListUnknown,
    /// Everything on the list is here already.
    #[error("every package on the list is received already; nothing is left to confirm")]
    NothingDue,
    /// More is said to differ than is due.
    #[error("{said} packages of {product} are said to differ, {due} are due; count again. Nothing was recorded")]
    TooMany {
        /// Of which product.
        product: ProductId,
        /// How many differ.
        said: u64,
        /// How many are due.
        due: u64,
    },
    /// A count that cannot be meant.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Session {
    /// Confirms all that is due, with nothing to show of what differs: see `confirm_with`.
    pub fn confirm_all(&mut self, differs: &BTreeMap<ProductId, LineDiffers>) -> Result<ListConfirmed, ConfirmError> {
        self.confirm_with(differs, &[])
    }

    /// Confirms all that is due, but for the lines of `differs`: of a line that is short or partly refused nobody knows which
    /// packages came, so none of it is confirmed. Damaged and refused ones are reported by number. All in one commit.
    /// `photos` that the store has kept stand on the first of the reports.
    pub fn confirm_with(
        &mut self,
        differs: &BTreeMap<ProductId, LineDiffers>,
        photos: &[Hash],
    ) -> Result<ListConfirmed, ConfirmError> {
        if self.task.stage != Stage::Receipt {
            return Err(ConfirmError::NotAReceipt);
        }
        let task = self.task.clone();
        let history = self.history_of(&task.basis)?;
        let list = awaited(&history, self.references(), &task.basis, &task.document, task.stage);
        let list: BTreeSet<PackageCode> =
            list.ok_or(ConfirmError::ListUnknown)?.into_iter().map(|awaited| awaited.code).collect();
        if list.is_empty() {
            return Err(ConfirmError::NothingDue);
        }
        self.check_differs(differs, &list)?;
        let unsure = |code: &PackageCode| {
            let line = self.references().product_of(code).and_then(|(product, _)| differs.get(&product.product));
            line.is_some_and(|line| line.short + line.refused > 0)
        };
        let (to_scan, confirmed): (Vec<PackageCode>, Vec<PackageCode>) = list.into_iter().partition(unsure);
        let (digest, count) = (digest(&confirmed), confirmed.len() as u64);
        let (basis, document) = (task.basis, task.document);
        let mut acts = vec![Act::ListConfirmed { task: task.task, basis, document, digest, count }];
        // The label was not read: the canonical form stands for it.
        acts.extend(confirmed.iter().map(|code| Act::Receipt(self.confirmed(code.to_string()))));
        let mut photos = photos.to_vec();
        for line in differs.values() {
            for (what, count) in [(ReportKind::Damaged, line.damaged), (ReportKind::Refused, line.refused)] {
                if count > 0 {
                    let reported = Reported { photos: std::mem::take(&mut photos), ..Reported::counted(what, count) };
                    acts.extend(self.report_acts(&reported)?);
                }
            }
        }
        let seq = self.record_confirmed(acts, history)?;
        Ok(ListConfirmed { seq, count, digest, to_scan })
    }

    /// Takes the last confirmation of this task back as a whole: its list and every package of it that was not undone before, in
    /// one commit. Answers how many packages, or none where nothing was confirmed.
    pub fn undo_confirmation(&mut self) -> Result<Option<u64>, StoreError> {
        let stands = self.own_facts(&self.task.basis.clone())?;
        let newest = stands.iter().rev().find_map(|fact| match &fact.act {
            Act::ListConfirmed { task, count, .. } if *task == self.task.task => Some((fact.by, *count)),
            _ => None,
        });
        let Some((list, count)) = newest else { return Ok(None) };
        let of_list = |by: &EventRef| by.epoch == list.epoch && (list.seq + 1..=list.seq + count).contains(&by.seq);
        let packages: Vec<EventRef> = stands.iter().map(|fact| fact.by).filter(of_list).collect();
        let void = |voids: &EventRef| Act::Void { voids: *voids, reason: VoidReason::DidNotOccur };
        self.record(packages.iter().chain([&list]).map(void).collect(), |_| Ok(()))?;
        let undone: BTreeSet<u64> = packages.iter().map(|by| by.seq).collect();
        for place in undone.iter().filter_map(|seq| self.by_seq.get(seq).copied()).collect::<Vec<_>>() {
            self.forget(place);
        }
        Ok(Some(packages.len() as u64))
    }

    fn confirmed(&self, text: String) -> Movement {
        Movement {
            task: self.task.task.clone(),
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            text,
            how: Capture::Confirmed,
            label: None,
            frame: None,
            reason: None,
        }
    }

    fn check_differs(
        &self,
        differs: &BTreeMap<ProductId, LineDiffers>,
        list: &BTreeSet<PackageCode>,
    ) -> Result<(), ConfirmError> {
        for (product, line) in differs {
            let of = |code: &&PackageCode| {
                self.references().product_of(code).is_some_and(|(found, _)| found.product == *product)
            };
            let due = list.iter().filter(of).count() as u64;
            let said = line.short.saturating_add(line.damaged).saturating_add(line.refused);
            if said > due {
                return Err(ConfirmError::TooMany { product: product.clone(), said, due });
            }
        }
        Ok(())
    }

    /// Records what was confirmed, each package with what speaks against it: it stands among what was scanned, to be looked at and
    /// undone. Answers the number of the first event.
    fn record_confirmed(&mut self, acts: Vec<Act>, mut history: History) -> Result<u64, StoreError> {
        let first_seq = self.store.next_seq()?;
        let events: Vec<Event> = (first_seq..).zip(acts).map(|(seq, act)| self.event(seq, act)).collect();
        history.facts.extend(events.iter().map(|event| self.knowledge.fact(event.clone())));
        let references = self.references();
        let judged = on_terminal(judge(&history, references, &references.policy(), self.device.now()));
        let against = Against::new(&judged);
        let (mut entries, mut answers) = (Vec::new(), Vec::new());
        for event in events {
            let Some((_, movement)) = event.act.movement() else {
                entries.push(Entry { event, shown: None });
                continue;
            };
            let code = self.knowledge.read(&movement.text);
            let answer = feedback(&movement.text, code, against.verdict(event.by()), (&event, first_seq));
            let shown = Shown { result: answer.result, verdict: answer.verdict.clone() };
            entries.push(Entry { event, shown: Some(shown) });
            answers.push(answer);
        }
        self.store.append_shown(entries, |_| Ok(()))?;
        self.knowledge.forget_sums();
        for answer in answers {
            self.remember(answer);
        }
        Ok(first_seq)
    }
}

/// What speaks against each of many scans. A mismatch about a whole document names thousands of packages: beside one of them it
/// is told without the others, or a list would be kept once for each package on it.
struct Against<'m> {
    by_event: HashMap<EventRef, Vec<&'m Mismatch>>,
}

impl<'m> Against<'m> {
    fn new(judged: &'m [Mismatch]) -> Self {
        let mut by_event: HashMap<EventRef, Vec<&Mismatch>> = HashMap::new();
        for found in judged {
            for event in &found.events {
                by_event.entry(*event).or_default().push(found);
            }
        }
        Self { by_event }
    }

    fn verdict(&self, by: EventRef) -> Vec<Mismatch> {
        let found = self.by_event.get(&by).into_iter().flatten();
        let alone = |found: &&Mismatch| Mismatch {
            kind: found.kind,
            subject: found.subject.clone(),
            state: found.state,
            severity: found.severity,
            scope: found.scope.clone(),
            basis: found.basis.clone(),
            document: found.document.clone(),
            count: found.count,
            codes: BTreeSet::new(),
            events: [by].into(),
            at: found.at,
            due: found.due,
        };
        found.map(alone).collect()
    }
}
