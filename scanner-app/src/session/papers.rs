//! The papers beside the goods (单证核对): six fields (logistics rules 2022, art. 30), each compared by a person and recorded.

use shared::chain::Hash;
use shared::event::{Act, PaperField, PaperMark};
use shared::trail::Fact;

use super::Session;
use crate::store::StoreError;

/// What was recorded of a document's papers: a mark for each of the six fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PapersChecked {
    /// The marks, in the order of the fields.
    pub marks: Vec<PaperField>,
    /// Photos kept with it.
    pub photos: usize,
}

impl PapersChecked {
    /// Whether every field is there and equal.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.marks.iter().all(|field| field.mark == PaperMark::Equal)
    }
}

impl Session {
    /// Records what a person found on the papers that go with the goods. A later check of the same document replaces it; nothing is
    /// refused.
    pub fn check_papers(&mut self, fields: Vec<PaperField>, photos: Vec<Hash>) -> Result<(), StoreError> {
        let act = Act::PapersChecked {
            stage: self.task.stage,
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            fields,
            photos,
        };
        self.record(vec![act], |_| Ok(()))
    }

    /// What this terminal recorded last of the papers of this task.
    pub fn papers_checked(&mut self) -> Result<Option<PapersChecked>, StoreError> {
        let own = self.own_facts(&self.task.basis.clone())?;
        let of_task = |fact: &Fact| match &fact.act {
            Act::PapersChecked { stage, document, fields, photos, .. }
                if *stage == self.task.stage && *document == self.task.document =>
            {
                Some(PapersChecked { marks: fields.clone(), photos: photos.len() })
            }
            _ => None,
        };
        Ok(own.iter().rev().find_map(of_task))
    }
}
