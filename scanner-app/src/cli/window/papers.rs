//! The papers beside the goods (S11): marked field by field, recorded as one event.

use anyhow::Result;
use shared::event::{PaperField, PaperMark};
use shared::reference::{Element, ShippingDocument};

use super::clerk::Clerk;
use super::state::Recorded;
use crate::session::papers::PapersChecked;

/// The six fields of a note (logistics rules 2022, art. 30), in their order.
pub(super) const ELEMENTS: [Element; 6] = [
    Element::Consignor,
    Element::Consignee,
    Element::Goods,
    Element::Specification,
    Element::Quantity,
    Element::Carrier,
];

impl Clerk {
    /// What was recorded last of the papers of the open task, read once until something changes it.
    pub(super) fn papers_checked(&mut self) -> Result<Option<PapersChecked>> {
        if matches!(self.state.papers.recorded, Recorded::Unasked) {
            let found = self.work.session().map(crate::session::Session::papers_checked).transpose()?.flatten();
            self.state.papers.recorded = found.map_or(Recorded::Nothing, Recorded::Checked);
        }
        Ok(match &self.state.papers.recorded {
            Recorded::Checked(checked) => Some(checked.clone()),
            Recorded::Unasked | Recorded::Nothing => None,
        })
    }

    /// The document of the open task, where it is known here.
    pub(super) fn own_document(&self) -> Option<ShippingDocument> {
        let session = self.work.session_ref()?;
        session.pulled().references.documents.get(&session.task().document).cloned()
    }

    /// The marks as they show: tapped, else recorded, else none.
    pub(super) fn paper_marks(&mut self) -> Result<[Option<PaperMark>; 6]> {
        let recorded = self.papers_checked()?;
        let touched = self.state.papers.marks;
        let of = |element: Element| {
            recorded.as_ref()?.marks.iter().find(|field| field.element == element).map(|field| field.mark)
        };
        let mut marks = ELEMENTS.map(of);
        for (mark, touched) in marks.iter_mut().zip(touched) {
            *mark = touched.or(*mark);
        }
        Ok(marks)
    }

    /// Equal, differs, missing, in turn; the first tap says that something is wrong.
    pub(super) fn mark_paper(&mut self, place: usize) -> Result<()> {
        let marks = self.paper_marks()?;
        let Some(mark) = marks.get(place) else { return Ok(()) };
        let has_value = self.own_document().is_some_and(|document| !is_lacking(&document, ELEMENTS[place]));
        let next = match mark {
            None if has_value => PaperMark::Differs,
            None | Some(PaperMark::Missing) => PaperMark::Equal,
            Some(PaperMark::Equal) => PaperMark::Differs,
            Some(PaperMark::Differs) => PaperMark::Missing,
        };
        self.state.papers.marks[place] = Some(next);
        Ok(())
    }

    /// Records what the page says. A field that was not tapped is equal, one that is not on record missing.
    pub(super) fn record_papers(&mut self) -> Result<()> {
        let marks = self.paper_marks()?;
        let document = self.own_document();
        let field = |(element, mark): (Element, Option<PaperMark>)| {
            let lacking = document.as_ref().is_none_or(|document| is_lacking(document, element));
            let otherwise = if lacking { PaperMark::Missing } else { PaperMark::Equal };
            PaperField { element, mark: mark.unwrap_or(otherwise) }
        };
        let fields = ELEMENTS.into_iter().zip(marks).map(field).collect();
        let photos = self.state.papers.photos.clone();
        let Some(session) = self.work.session() else { return Ok(()) };
        let done = session.check_papers(fields, photos);
        if self.or_full(done)?.is_some() {
            self.state.papers = super::state::PapersState::default();
            self.worker.wake();
        }
        Ok(())
    }
}

/// Whether a field is not on record.
pub(super) fn is_lacking(document: &ShippingDocument, element: Element) -> bool {
    let is_empty = match element {
        Element::Consignor => document.consignor.as_str().trim().is_empty(),
        Element::Consignee => document.consignee.as_str().trim().is_empty(),
        Element::Goods | Element::Specification => document.lines.is_empty(),
        Element::Quantity => document.lines.iter().all(|line| line.units == 0),
        Element::Carrier => document.carrier.trim().is_empty(),
    };
    is_empty || document.lacks.contains(&element)
}
