//! Checking a case that was opened (开箱核对): each label inside is scanned; the count is durable, and becomes one event at the end.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::code::PackageCode;
use shared::trail::Index;

use super::CaseError;
use crate::session::Session;
use crate::session::said::Said;

/// Under what name the check under way is remembered.
const NAME: &str = "case-check";

/// A check under way: labels only, in the order of their scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseCheck {
    /// The case's label text.
    pub parent: String,
    /// Label texts found inside.
    pub found: Vec<String>,
}

/// How a check stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckStanding {
    /// The case's label text.
    pub parent: String,
    /// Labels found inside, in the order of their scans, each with whether it is on record in this case. Where nothing is on record,
    /// nothing is said to be foreign.
    pub found: Vec<(String, bool)>,
    /// Packages on record in the case; none where nothing is known of its inside.
    pub on_record: Option<u64>,
    /// Packages on record that were not found yet.
    pub missing: Vec<PackageCode>,
}

impl CheckStanding {
    /// Labels found that are not on record in this case.
    #[must_use]
    pub fn foreign(&self) -> usize {
        self.found.iter().filter(|(_, belongs)| !belongs).count()
    }
}

/// What a label inside is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundAnswer {
    /// It is on record in this case, or nobody knows what should be inside.
    Belongs,
    /// Found before.
    Already,
    /// On record in another case.
    OfAnotherCase(PackageCode),
    /// Not on record in this case, nor in another.
    NotOnRecord,
    /// The label names no package.
    NotACode,
    /// It is the case itself.
    TheCase,
}

impl FoundAnswer {
    /// What the clerk is told: what, why, what next.
    #[must_use]
    pub fn words(&self) -> Said {
        match self {
            Self::Belongs => Said::new("在此箱，已核", "Belongs here, checked"),
            Self::Already => Said::new("重复 · 已核过，不计数", "Duplicate · checked already, not counted"),
            Self::OfAnotherCase(other) => Said::new(
                format!("不符：记录在箱 …{} 里。放一边，继续核。", other.tail()),
                format!("On record in case …{}. Put it aside, keep checking.", other.tail()),
            ),
            Self::NotOnRecord => Said::new(
                "不符：不在此箱的记录中。放一边，继续核。",
                "Not on record in this case. Put it aside, keep checking.",
            ),
            Self::NotACode => {
                Said::new("不是包装码。换个角度再扫。", "No package code. Scan it again from another angle.")
            }
            Self::TheCase => Said::new("这是箱本身。扫里面的包装。", "This is the case itself. Scan what is inside."),
        }
    }
}

impl Session {
    /// Begins to check a case; the same label again goes on, another ends nothing: finish or leave the first.
    pub fn begin_check(&mut self, parent: &str) -> Result<(), CaseError> {
        let code = self.case_code(parent)?;
        if let Some(check) = self.check_draft()? {
            let is_same = self.references().grammars.parse(&check.parent).is_ok_and(|known| known == code);
            return if is_same { Ok(()) } else { Err(CaseError::AnotherDraft(check.parent)) };
        }
        let check = CaseCheck { parent: parent.to_owned(), found: Vec::new() };
        Ok(self.store.remember(&self.task.task, NAME, Some(&check))?)
    }

    fn check_draft(&self) -> Result<Option<CaseCheck>, CaseError> {
        Ok(self.store.remembered(&self.task.task, NAME)?)
    }

    /// Notes a label found inside, durably before the answer. What does not belong is noted all the same: it was found there.
    pub fn found_inside(&mut self, text: &str) -> Result<FoundAnswer, CaseError> {
        let mut check = self.check_draft()?.ok_or(CaseError::NoDraft)?;
        let grammars = &self.references().grammars;
        let Ok(code) = grammars.parse(text) else { return Ok(FoundAnswer::NotACode) };
        let parent = grammars.parse(&check.parent).map_err(CaseError::NotACode)?;
        if code == parent {
            return Ok(FoundAnswer::TheCase);
        }
        if check.found.iter().any(|known| grammars.parse(known).is_ok_and(|known| known == code)) {
            return Ok(FoundAnswer::Already);
        }
        check.found.push(text.to_owned());
        self.store.remember(&self.task.task, NAME, Some(&check))?;
        let inside = self.inside(&parent, std::slice::from_ref(&code))?;
        if inside.is_none_or(|inside| inside.contains(&code)) {
            return Ok(FoundAnswer::Belongs);
        }
        Ok(self.holder(&code)?.map_or(FoundAnswer::NotOnRecord, FoundAnswer::OfAnotherCase))
    }

    /// How the check stands; none where none is under way.
    pub fn case_check(&mut self) -> Result<Option<CheckStanding>, CaseError> {
        let Some(check) = self.check_draft()? else { return Ok(None) };
        let parent = self.references().grammars.parse(&check.parent).map_err(CaseError::NotACode)?;
        let codes: Vec<Option<PackageCode>> =
            check.found.iter().map(|text| self.references().grammars.parse(text).ok()).collect();
        let known: Vec<PackageCode> = codes.iter().flatten().cloned().collect();
        let inside = self.inside(&parent, &known)?;
        let belongs = |code: &Option<PackageCode>| {
            inside.as_ref().is_none_or(|inside| code.as_ref().is_some_and(|code| inside.contains(code)))
        };
        let found = check.found.iter().cloned().zip(codes.iter().map(belongs)).collect();
        let missing = inside.iter().flatten().filter(|code| !known.contains(code)).cloned().collect();
        let on_record = inside.as_ref().map(|inside| inside.len() as u64);
        Ok(Some(CheckStanding { parent: check.parent, found, on_record, missing }))
    }

    /// Takes the last label out of the check. Answers it, or none where nothing was found yet.
    pub fn unfind_last(&mut self) -> Result<Option<String>, CaseError> {
        let mut check = self.check_draft()?.ok_or(CaseError::NoDraft)?;
        let last = check.found.pop();
        self.store.remember(&self.task.task, NAME, Some(&check))?;
        Ok(last)
    }

    /// Records what was found and ends the check; the rules compare it with what should be inside.
    pub fn finish_check(&mut self) -> Result<CheckStanding, CaseError> {
        let standing = self.case_check()?.ok_or(CaseError::NoDraft)?;
        let found: Vec<String> = standing.found.iter().map(|(text, _)| text.clone()).collect();
        self.check_case(&standing.parent, &found)?;
        self.leave_check()?;
        Ok(standing)
    }

    /// Leaves the check: nothing of it is recorded.
    pub fn leave_check(&mut self) -> Result<(), CaseError> {
        Ok(self.store.remember::<CaseCheck>(&self.task.task, NAME, None)?)
    }

    /// What is on record inside a case now; none where nothing is known of it.
    fn inside(
        &mut self,
        parent: &PackageCode,
        beside: &[PackageCode],
    ) -> Result<Option<BTreeSet<PackageCode>>, CaseError> {
        let now = self.device.now();
        let history = self.containment(beside.iter().chain([parent]).cloned())?;
        let references = self.references();
        let index = Index::new(&history, references);
        let inside: BTreeSet<PackageCode> = match index.number(parent) {
            Some(number) => {
                let children = index.package(number).children.iter().map(|child| index.package(*child));
                let here = children
                    .filter(|child| child.tokens.iter().any(|token| token.parent == number && token.held_at(now)));
                here.map(|child| child.code.clone()).collect()
            }
            // Nothing ever happened to it: it is as it was registered.
            None => references.children.get(parent).cloned().unwrap_or_default(),
        };
        Ok(if inside.is_empty() { None } else { Some(inside) })
    }

    /// The other case that holds a package, as far as known.
    fn holder(&mut self, code: &PackageCode) -> Result<Option<PackageCode>, CaseError> {
        let now = self.device.now();
        let history = self.containment([code.clone()])?;
        let references = self.references();
        let index = Index::new(&history, references);
        let Some(number) = index.number(code) else {
            return Ok(references.codes.get(code).and_then(|record| record.parent.clone()));
        };
        let token = index.package(number).tokens.iter().rev().find(|token| token.held_at(now));
        Ok(token.map(|token| index.package(token.parent).code.clone()))
    }
}
