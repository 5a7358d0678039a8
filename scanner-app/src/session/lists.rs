//! The lists of a task: still to scan, extra, duplicate, set aside, notes. Rows are made once, pages are slices of them, so that a
//! list of ten thousand costs no more to show than one of ten.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::{Act, Stage};
use shared::mismatch::{Kind, ScanResult, Severity};
use shared::rules::awaited;
use shared::time::Timestamp;
use shared::trail::Fact;

use super::note::Side;
use super::said::Said;
use super::{Feedback, Session};
use crate::store::StoreError;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    /// 未扫: sent here, not seen yet.
    ToScan,
    /// 多货: here, and on no list of this document.
    Extra,
    /// 重复: already in this task, not counted.
    Duplicate,
    /// 隔离: held or blocked, and not released.
    SetAside,
    /// 提示: went on with a note.
    Notes,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The package, where the label named one.
    pub code: Option<PackageCode>,
    /// The label's text, or the canonical code of a package that is still to come.
    pub text: String,
    /// The scan's number; none for what is still to come.
    pub seq: Option<u64>,
    /// When it was scanned, or sent.
    pub at: Timestamp,
    /// What speaks against it, gravest first.
    pub kinds: Vec<Kind>,
}

/// The lists as they were when asked for.
#[derive(Clone, Debug)]
pub struct Lists {
    stage: Stage,
    to_scan: Option<Vec<Row>>,
    extra: Vec<Row>,
    duplicate: Vec<Row>,
    set_aside: Vec<Row>,
    notes: Vec<Row>,
}

/// Kinds that say: this package is not on the list of this document.
const EXTRA: [Kind; 6] = [
    Kind::UnannouncedGoods,
    Kind::InboundWithoutOutbound,
    Kind::ReceiptWithoutSort,
    Kind::WrongDestination,
    Kind::ProductNotOnBasis,
    Kind::OverQuantity,
];

/// What stands held at a stage: each package once, by its newest scan that holds it, newest first. A package is scanned again while it
/// is held wherever a task is opened anew.
fn held(feedback: &[Feedback], stage: Stage) -> impl Iterator<Item = &Feedback> {
    let mut met = BTreeSet::new();
    feedback.iter().rev().filter(move |answer| {
        let is_held = !answer.undone && answer.result >= ScanResult::Wrong;
        // Where goods leave, the scan that set it aside is the one to be released: its repeat is none.
        let is_repeat = stage.sends() && answer.verdict.iter().any(|found| found.kind == Kind::RepeatedScan);
        is_held && !is_repeat && met.insert(answer.what())
    })
}

/// How many packages stand held, whether or not they are free again.
#[must_use]
pub fn held_count(feedback: &[Feedback], stage: Stage) -> usize {
    held(feedback, stage).count()
}

impl Lists {
    /// Sorts out what was scanned. `to_scan` are the packages still to come, none where the consignor's list is not known;
    /// `released` are the numbers of scans whose package is free again.
    #[must_use]
    pub fn new(feedback: &[Feedback], stage: Stage, to_scan: Option<Vec<Row>>, released: &BTreeSet<u64>) -> Self {
        let held: BTreeSet<u64> = held(feedback, stage).map(|answer| answer.seq).collect();
        let mut lists = Self { to_scan, ..Self::empty(stage) };
        let mut extra = BTreeSet::new();
        // Newest first: what was just scanned stands on top.
        for answer in feedback.iter().rev().filter(|answer| !answer.undone) {
            let kinds: Vec<Kind> = answer.verdict.iter().map(|found| found.kind).collect();
            let row = || Row {
                code: answer.code.clone(),
                text: answer.text.clone(),
                seq: Some(answer.seq),
                at: answer.at,
                kinds: kinds.clone(),
            };
            if answer.result == ScanResult::Duplicate {
                lists.duplicate.push(row());
                continue;
            }
            if kinds.iter().any(|kind| EXTRA.contains(kind)) && extra.insert(answer.what()) {
                lists.extra.push(row());
            }
            if held.contains(&answer.seq) && !released.contains(&answer.seq) {
                lists.set_aside.push(row());
            } else if answer.verdict.iter().any(|found| found.severity == Severity::Warn) {
                lists.notes.push(row());
            }
        }
        lists
    }

    /// Of a task in which nothing was scanned.
    #[must_use]
    pub fn empty(stage: Stage) -> Self {
        Self {
            stage,
            to_scan: None,
            extra: Vec::new(),
            duplicate: Vec::new(),
            set_aside: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn rows(&self, tab: Tab) -> &[Row] {
        match tab {
            Tab::ToScan => self.to_scan.as_deref().unwrap_or_default(),
            Tab::Extra => &self.extra,
            Tab::Duplicate => &self.duplicate,
            Tab::SetAside => &self.set_aside,
            Tab::Notes => &self.notes,
        }
    }

    /// How many rows a list has. None for what is still to come where nobody here knows it.
    #[must_use]
    pub fn count(&self, tab: Tab) -> Option<usize> {
        let unknown = tab == Tab::ToScan && self.to_scan.is_none();
        (!unknown).then(|| self.rows(tab).len())
    }

    /// Rows from `offset` on, at most `limit`.
    #[must_use]
    pub fn page(&self, tab: Tab, offset: usize, limit: usize) -> &[Row] {
        let rows = self.rows(tab);
        let from = offset.min(rows.len());
        &rows[from..from.saturating_add(limit).min(rows.len())]
    }

    /// Rows of a list whose code ends like this, as people read the last four off a label; letters in either case.
    pub fn search(&self, tab: Tab, ending: &str) -> impl Iterator<Item = &Row> {
        let ending = ending.trim().to_ascii_uppercase();
        self.rows(tab).iter().filter(move |row| {
            let tail = row.code.as_ref().map_or(row.text.as_str(), PackageCode::tail);
            tail.to_ascii_uppercase().ends_with(&ending)
        })
    }

    /// What an empty list says.
    #[must_use]
    pub fn when_empty(&self, tab: Tab) -> Said {
        match tab {
            Tab::ToScan if self.to_scan.is_none() => unknown(self.stage),
            Tab::ToScan => Said::new("没有未扫的", "Nothing to scan"),
            Tab::Extra => Said::new("没有多货", "No extra goods"),
            Tab::Duplicate => Said::new("没有重复", "No duplicates"),
            Tab::SetAside => Said::new("没有隔离的", "Nothing set aside"),
            Tab::Notes => Said::new("没有提示", "No notes"),
        }
    }
}

/// Why nobody here knows what is still to come.
fn unknown(stage: Stage) -> Said {
    if stage == Stage::Sort {
        return Said::new(
            "订单上没有逐盒清单。照常扫码分拣，数量按订单比对。",
            "The order lists no single packages. Scan what you sort; quantities are compared with the order.",
        );
    }
    if stage.sends() {
        return Said::new(
            "单证上没有逐箱清单。照常扫码装车，数量按单证比对。",
            "The note lists no single packages. Scan what is loaded; quantities are compared with the note.",
        );
    }
    Said::new(
        "不知道应到清单。发货方的扫码还没传到。照常扫码，同步后再比对。",
        "Expected list unknown. The sender's scans have not come. Keep scanning; it is compared after a sync.",
    )
}

impl Session {
    /// The lists as they stand.
    pub fn lists(&mut self) -> Result<Lists, StoreError> {
        // Known where it is known of every order of a sort.
        let mut to_scan = Some(Vec::new());
        for Side { basis, document, stage } in self.sides()? {
            let history = self.history_of(&basis)?;
            let list = awaited(&history, self.references(), &basis, &document, stage);
            to_scan = to_scan.zip(list).map(|(mut rows, list)| {
                rows.extend(list.into_iter().map(|awaited| Row {
                    text: awaited.code.to_string(),
                    code: Some(awaited.code),
                    seq: None,
                    at: awaited.sent_at,
                    kinds: Vec::new(),
                }));
                rows
            });
        }
        let released = self.released()?;
        Ok(Lists::new(&self.feedback, self.task.stage, to_scan, &released))
    }

    /// Numbers of this task's scans whose package was set aside and is free again.
    pub(super) fn released(&self) -> Result<BTreeSet<u64>, StoreError> {
        Ok(self.released_of(&self.own_facts_of_task()?))
    }

    fn released_of(&self, own: &[Fact]) -> BTreeSet<u64> {
        let freed = own.iter().filter_map(|fact| match &fact.act {
            Act::Released { task, scan_seq } if *task == self.task.task => Some(*scan_seq),
            _ => None,
        });
        freed.collect()
    }

    /// Whether the scan of this number set its package aside, and nobody has released it: only where goods leave.
    pub fn is_set_aside(&self, scan_seq: u64) -> Result<bool, StoreError> {
        let own = self.own_facts_of_task()?;
        let is_aside = own.iter().any(|fact| match &fact.act {
            Act::SetAside { task, scan_seq: seq, .. } => *task == self.task.task && *seq == scan_seq,
            _ => false,
        });
        Ok(is_aside && !self.released_of(&own).contains(&scan_seq))
    }
}
