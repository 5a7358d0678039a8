//! Cases: building one (装箱), opening one (拆箱), checking what is inside an opened one (开箱核对).
//!
//! An association is one immutable event, and a case that is given up must leave none: so the children scanned so far are kept as
//! a draft beside the log, durable before each answer, and become an event only when the case is finished. A kill in between
//! resumes the draft; giving up deletes it.

mod check;
mod child;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::code::{CodeError, PackageCode};
use shared::event::Act;
use shared::ids::EventRef;
use shared::reference::Level;
use shared::trail::{Fact, History};

use super::Session;
use crate::store::{StoreError, remember};

pub use check::{CheckStanding, FoundAnswer};
pub use child::{ChildAnswer, Filling};

/// Under what name the draft is remembered.
const NAME: &str = "case";

/// Bytes of children's texts in one event, at most: well below the longest body that travels. A case with more is written as
/// several associations with the same parent, in one commit.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// A case that is being built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDraft {
    /// The case's label text.
    pub parent: String,
    /// The children's label texts, in the order of their scans.
    pub children: Vec<String>,
}

/// Why a case cannot be begun, finished or opened.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The label names no package.
    #[error("the label names no package ({0}); scan the case's own label. Nothing was recorded")]
    NotACode(CodeError),
    /// A single unit holds nothing.
    #[error("this is a single unit, nothing goes into it; scan the case's label. Nothing was recorded")]
    NotACase,
    /// Another case is being built.
    #[error("the case with the label {0} is being built; finish it or give it up first. Nothing is lost")]
    AnotherDraft(String),
    /// No case is being built.
    #[error("no case is being built; scan a case's label first")]
    NoDraft,
    /// Nothing is in it.
    #[error("nothing is in the case yet; scan what goes in, or give it up")]
    Empty,
    /// It is not full.
    #[error(
        "{children} of {of} are in the case; scan the rest, or finish it as a remainder case (尾箱). Nothing is lost"
    )]
    NotFull {
        /// Children in it.
        children: u64,
        /// Children that make it full.
        of: u64,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Session {
    /// The case that is being built, as it was left.
    pub fn case_draft(&mut self) -> Result<Option<(CaseDraft, Filling)>, CaseError> {
        let Some(draft) = self.store.remembered::<CaseDraft>(&self.task.task, NAME)? else { return Ok(None) };
        let (parent, children) = self.codes(&draft)?;
        self.around(children.iter().chain([&parent]).cloned())?;
        let filling = child::filling(self.references(), &parent, &children);
        Ok(Some((draft, filling)))
    }

    /// Begins to build a case; the same label again goes on.
    pub fn build_case(&mut self, parent: &str) -> Result<Filling, CaseError> {
        let code = self.case_code(parent)?;
        if let Some((draft, filling)) = self.case_draft()? {
            let is_same = self.references().grammars.parse(&draft.parent).is_ok_and(|known| known == code);
            return if is_same { Ok(filling) } else { Err(CaseError::AnotherDraft(draft.parent)) };
        }
        let draft = CaseDraft { parent: parent.to_owned(), children: Vec::new() };
        self.store.remember(&self.task.task, NAME, Some(&draft))?;
        self.around([code.clone()])?;
        Ok(child::filling(self.references(), &code, &BTreeSet::new()))
    }

    /// Puts a child in, durably before the answer. `despite` is the clerk's confirmation for one on record in another case.
    pub fn put_in(&mut self, text: &str, despite: bool) -> Result<ChildAnswer, CaseError> {
        let (mut draft, _) = self.case_draft()?.ok_or(CaseError::NoDraft)?;
        let Ok(code) = self.references().grammars.parse(text) else { return Ok(ChildAnswer::NotACode) };
        let (parent, children) = self.codes(&draft)?;
        let history = self.containment(children.iter().chain([&parent, &code]).cloned())?;
        let confirmed = (despite, self.device.now());
        let answer = child::judge(self.references(), &history, (&parent, &children), &code, confirmed);
        if let ChildAnswer::Added(_) = answer {
            draft.children.push(text.to_owned());
            self.store.remember(&self.task.task, NAME, Some(&draft))?;
        }
        Ok(answer)
    }

    /// Takes the last child out again. Answers its text, or none where nothing is in.
    pub fn take_out_last(&mut self) -> Result<Option<String>, CaseError> {
        let (mut draft, _) = self.case_draft()?.ok_or(CaseError::NoDraft)?;
        let last = draft.children.pop();
        self.store.remember(&self.task.task, NAME, Some(&draft))?;
        Ok(last)
    }

    /// Finishes the case: from now on its children are in it. One that is not full is finished only as a remainder case, with
    /// the units that are in it. The event and the end of the draft are one commit.
    pub fn finish_case(&mut self, as_remainder: bool) -> Result<Filling, CaseError> {
        let (draft, filling) = self.case_draft()?.ok_or(CaseError::NoDraft)?;
        if draft.children.is_empty() {
            return Err(CaseError::Empty);
        }
        if let Some(of) = filling.of.filter(|of| filling.children < *of && !as_remainder) {
            return Err(CaseError::NotFull { children: filling.children, of });
        }
        let remainder_units = (as_remainder && !filling.is_full()).then_some(filling.units);
        let associate = |children: &[String]| Act::Associate {
            parent: draft.parent.clone(),
            children: children.to_vec(),
            remainder_units,
        };
        let acts = parts(&draft.children).into_iter().map(associate).collect();
        let task = self.task.task.clone();
        self.record(acts, move |conn| remember(conn, &task, NAME, None))?;
        Ok(filling)
    }

    /// Gives the case up: nothing of it was written, and nothing stays.
    pub fn give_up_case(&mut self) -> Result<(), CaseError> {
        Ok(self.store.remember::<CaseDraft>(&self.task.task, NAME, None)?)
    }

    /// Opens a case: these children, or with none all that are in it, are out of it from now on. Answers whether that is new: a case
    /// that was opened and holds nothing since is not opened twice.
    pub fn open_case(&mut self, parent: &str, children: &[String]) -> Result<bool, CaseError> {
        let code = self.case_code(parent)?;
        if children.is_empty() && self.is_opened(&code)? {
            return Ok(false);
        }
        let acts = if children.is_empty() { vec![&[][..]] } else { parts(children) };
        let dissociate = |children: &[String]| Act::Dissociate {
            parent: parent.to_owned(),
            children: children.to_vec(),
            ends: Vec::new(),
        };
        let acts = acts.into_iter().map(dissociate).collect();
        self.record(acts, |_| Ok(()))?;
        Ok(true)
    }

    /// Whether the newest word on a case is that all of it came out.
    fn is_opened(&mut self, code: &PackageCode) -> Result<bool, CaseError> {
        let history = self.containment([code.clone()])?;
        let grammars = &self.references().grammars;
        let is_of = |text: &String| grammars.parse(text).is_ok_and(|parent| parent == *code);
        let voids = |fact: &Fact| match fact.act {
            Act::Void { voids, .. } => Some(voids),
            _ => None,
        };
        let voided: BTreeSet<EventRef> = history.facts.iter().filter_map(voids).collect();
        let told = history.facts.iter().filter(|fact| !voided.contains(&fact.by)).filter_map(|fact| match &fact.act {
            Act::Dissociate { parent, children, .. } if is_of(parent) => Some((fact.at, fact.by, children.is_empty())),
            Act::Associate { parent, .. } if is_of(parent) => Some((fact.at, fact.by, false)),
            _ => None,
        });
        Ok(told.max_by_key(|(at, by, _)| (*at, by.seq)).is_some_and(|(_, _, all)| all))
    }

    /// Whether a label is of a package that may hold others, as far as is known here.
    pub fn is_of_a_case(&mut self, text: &str) -> Result<bool, CaseError> {
        match self.case_code(text) {
            Ok(code) => Ok(self.references().product_of(&code).is_some()),
            Err(CaseError::NotACode(_) | CaseError::NotACase) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Records what was found inside an opened case, label by label; the rules compare it with what should be in it.
    pub fn check_case(&mut self, parent: &str, found: &[String]) -> Result<(), CaseError> {
        self.case_code(parent)?;
        let checked = |children: &[String]| Act::CaseChecked {
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            parent: parent.to_owned(),
            children: children.to_vec(),
        };
        let acts = if found.is_empty() { vec![&[][..]] } else { parts(found) };
        let acts = acts.into_iter().map(checked).collect();
        Ok(self.record(acts, |_| Ok(()))?)
    }

    fn case_code(&mut self, parent: &str) -> Result<PackageCode, CaseError> {
        let code = self.references().grammars.parse(parent).map_err(CaseError::NotACode)?;
        // Of a code that names no product only its registration says the level.
        self.around([code.clone()])?;
        let is_unit = self.references().product_of(&code).is_some_and(|(_, level)| level.level == Level::Unit);
        if is_unit { Err(CaseError::NotACase) } else { Ok(code) }
    }

    fn codes(&self, draft: &CaseDraft) -> Result<(PackageCode, BTreeSet<PackageCode>), CaseError> {
        let grammars = &self.references().grammars;
        let parent = grammars.parse(&draft.parent).map_err(CaseError::NotACode)?;
        Ok((parent, draft.children.iter().filter_map(|child| grammars.parse(child).ok()).collect()))
    }

    /// What is known of what is inside what, around some packages.
    fn containment(&mut self, codes: impl IntoIterator<Item = PackageCode>) -> Result<History, StoreError> {
        let mut history = self.around(codes)?;
        let says = |act: &Act| {
            matches!(act, Act::Associate { .. } | Act::Dissociate { .. } | Act::Relabel { .. } | Act::Void { .. })
        };
        history.facts.retain(|fact| says(&fact.act));
        Ok(history)
    }
}

/// Texts in parts that each fit in an event's body.
fn parts(texts: &[String]) -> Vec<&[String]> {
    let (mut parts, mut from, mut bytes) = (Vec::new(), 0, 0);
    for (place, text) in texts.iter().enumerate() {
        if bytes + text.len() > TEXT_BYTES_MAX && place > from {
            parts.push(&texts[from..place]);
            (from, bytes) = (place, 0);
        }
        bytes += text.len();
    }
    parts.push(&texts[from..]);
    parts
}
