//! The facts, sorted out once for all rules: effective scans in order, who holds what open, what is set aside.

use std::collections::{BTreeMap, BTreeSet};

use super::History;
use crate::code::{CodeError, PackageCode, parse};
use crate::event::{Act, Close, Movement, Stage};
use crate::ids::{BasisId, DocumentId, EventRef, MemberId, TerminalId};
use crate::mismatch::Kind;
use crate::reference::References;
use crate::time::Timestamp;

/// One effective scan: a movement that no void names.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    /// Which event.
    pub by: EventRef,
    /// Whose terminal scanned.
    pub member: &'a MemberId,
    /// When.
    pub at: Timestamp,
    /// Which of the four scans.
    pub stage: Stage,
    /// What the event says.
    pub movement: &'a Movement,
    /// The package, or why the text names none.
    pub code: Result<PackageCode, CodeError>,
    /// What the terminal set the package aside for, where it did.
    pub set_aside: Option<&'a [Kind]>,
    /// Whether an earlier scan says the same (code, stage, basis, document).
    pub repeat: bool,
}

impl Scan<'_> {
    /// The leg's basis and document.
    #[must_use]
    pub fn reference(&self) -> (&BasisId, &DocumentId) {
        (&self.movement.basis, &self.movement.document)
    }

    /// Whether the package went on: scanned, and not set aside. An arrival counts even when it is held.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !self.repeat && (!self.stage.sends() || self.set_aside.is_none())
    }

    /// Whether the scan is evidence for `kind`: it went on, or was set aside for just this kind. The remedy of a mismatch
    /// must not erase it.
    #[must_use]
    pub fn counts_for(&self, kind: Kind) -> bool {
        self.counts() || (!self.repeat && self.set_aside.is_some_and(|kinds| kinds.contains(&kind)))
    }
}

/// One side of a document: who works on it and whether it is closed.
#[derive(Clone, Debug, Default)]
struct Side {
    final_close: Option<Timestamp>,
    opened: BTreeMap<TerminalId, Timestamp>,
    closed: BTreeMap<TerminalId, Timestamp>,
}

type SideKey = (BasisId, DocumentId, Stage);

/// All effective scans, and what rules ask of them.
#[derive(Debug)]
pub struct Index<'a> {
    /// Effective scans by (time, event).
    pub scans: Vec<Scan<'a>>,
    by_code: BTreeMap<PackageCode, Vec<usize>>,
    sides: BTreeMap<SideKey, Side>,
    reached: &'a BTreeMap<TerminalId, Timestamp>,
    pub(super) references: &'a References,
}

impl<'a> Index<'a> {
    /// Sorts a history out.
    #[must_use]
    pub fn new(history: &'a History, references: &'a References) -> Self {
        let voided = voided(history);
        let aside = set_aside(history, &voided);
        let mut index = Self {
            scans: effective_scans(history, &voided, &aside),
            by_code: BTreeMap::new(),
            sides: BTreeMap::new(),
            reached: &history.reached,
            references,
        };
        for (place, scan) in index.scans.iter().enumerate() {
            if let Ok(code) = &scan.code {
                index.by_code.entry(code.clone()).or_default().push(place);
            }
        }
        index.collect_sides(history, &voided);
        index
    }

    /// Codes with scans of their own.
    pub fn codes(&self) -> impl Iterator<Item = &PackageCode> {
        self.by_code.keys()
    }

    /// The scans of a code itself, in order.
    pub fn own_scans(&self, code: &PackageCode) -> impl Iterator<Item = &Scan<'a>> + use<'_, 'a> {
        self.by_code.get(code).into_iter().flatten().map(|place| &self.scans[*place])
    }

    /// Every (basis, document, stage) that some fact names.
    #[must_use]
    pub fn worked_on(&self) -> BTreeSet<SideKey> {
        let scanned = self.scans.iter().map(|scan| {
            let (basis, document) = scan.reference();
            (basis.clone(), document.clone(), scan.stage)
        });
        self.sides.keys().cloned().chain(scanned).collect()
    }

    /// Whether the side is complete: its final close is held and, for each terminal that opened it, that terminal's log is
    /// held through its own close or beyond the final one.
    #[must_use]
    pub fn is_complete(&self, basis: &BasisId, document: &DocumentId, stage: Stage) -> bool {
        let Some(side) = self.sides.get(&(basis.clone(), document.clone(), stage)) else { return false };
        let Some(final_close) = side.final_close else { return false };
        side.opened.iter().all(|(terminal, opened)| {
            let closed = side.closed.get(terminal).is_some_and(|closed| closed >= opened);
            closed || self.reached.get(terminal).is_some_and(|reached| *reached >= final_close)
        })
    }

    fn collect_sides(&mut self, history: &History, voided: &BTreeSet<EventRef>) {
        for fact in history.facts.iter().filter(|fact| !voided.contains(&fact.by)) {
            match &fact.act {
                Act::TaskOpened { stage, basis, document, .. } => {
                    let side = self.sides.entry((basis.clone(), document.clone(), *stage)).or_default();
                    latest(&mut side.opened, fact.by.terminal, fact.at);
                }
                Act::TaskClosed { stage, basis, document, close, .. } => {
                    let side = self.sides.entry((basis.clone(), document.clone(), *stage)).or_default();
                    latest(&mut side.closed, fact.by.terminal, fact.at);
                    if *close == Close::Final {
                        side.final_close = side.final_close.max(Some(fact.at));
                    }
                }
                _ => {}
            }
        }
    }
}

fn latest(times: &mut BTreeMap<TerminalId, Timestamp>, terminal: TerminalId, at: Timestamp) {
    let time = times.entry(terminal).or_insert(at);
    *time = at.max(*time);
}

/// Events named by a void of the same member. A void cannot be voided; any other void has no effect.
fn voided(history: &History) -> BTreeSet<EventRef> {
    let made_by: BTreeMap<EventRef, (&MemberId, bool)> =
        history.facts.iter().map(|fact| (fact.by, (&fact.member, matches!(fact.act, Act::Void { .. })))).collect();
    let named = history.facts.iter().filter_map(|fact| match &fact.act {
        Act::Void { voids, .. } => Some((*voids, &fact.member)),
        _ => None,
    });
    named
        .filter(|(voids, member)| made_by.get(voids).is_some_and(|(maker, is_void)| maker == member && !is_void))
        .map(|(voids, _)| voids)
        .collect()
}

fn set_aside<'a>(history: &'a History, voided: &BTreeSet<EventRef>) -> BTreeMap<EventRef, &'a [Kind]> {
    let effective = history.facts.iter().filter(|fact| !voided.contains(&fact.by));
    effective
        .filter_map(|fact| match &fact.act {
            Act::SetAside { scan_seq, kinds, .. } => Some((EventRef { seq: *scan_seq, ..fact.by }, kinds.as_slice())),
            _ => None,
        })
        .collect()
}

fn effective_scans<'a>(
    history: &'a History,
    voided: &BTreeSet<EventRef>,
    aside: &BTreeMap<EventRef, &'a [Kind]>,
) -> Vec<Scan<'a>> {
    let mut seen = BTreeSet::new();
    let mut scans: Vec<Scan<'a>> = history
        .facts
        .iter()
        .filter(|fact| !voided.contains(&fact.by) && seen.insert(fact.by))
        .filter_map(|fact| {
            let (stage, movement) = fact.act.movement()?;
            Some(Scan {
                by: fact.by,
                member: &fact.member,
                at: fact.at,
                stage,
                movement,
                code: parse(&movement.text),
                set_aside: aside.get(&fact.by).copied(),
                repeat: false,
            })
        })
        .collect();
    scans.sort_by_key(|scan| (scan.at, scan.by));
    let mut first = BTreeSet::new();
    for scan in &mut scans {
        if let Ok(code) = &scan.code {
            let said = (code.clone(), scan.stage, scan.movement.basis.clone(), scan.movement.document.clone());
            scan.repeat = !first.insert(said);
        }
    }
    scans
}
