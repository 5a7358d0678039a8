//! Returns: the document, the reason, then scans as in any task.

use anyhow::Result;
use shared::event::ReturnReason;
use shared::ids::DocumentId;

use super::clerk::Clerk;
use crate::session::opening::{Opening, Papers, Place};
use crate::session::returning::{Approved, approvals_in, returnable, returned};
use crate::store::Store;
use crate::ui::route::{Move, Page};
use crate::ui::view::{ApprovedView, ReasonView, ReturnableView};

impl Clerk {
    const fn own_place(&self) -> Place<'_> {
        Place { member: &self.config.member, site: &self.config.site }
    }

    /// The documents whose goods can go back, read when their page is opened.
    pub(super) fn load_returns(&mut self) -> Result<()> {
        let found = self.work.store().map(|store| returnable(store, self.own_place())).transpose()?.unwrap_or_default();
        let view = |found: crate::session::returning::Returnable| ReturnableView {
            stage: found.stage,
            document: found.document.to_string(),
            counterparty: found.counterparty,
            units: found.units,
        };
        self.state.returns = found.into_iter().map(view).collect();
        Ok(())
    }

    /// A document of the returns' list, or one whose QR code was scanned there.
    pub(super) fn return_of(&mut self, document: &DocumentId) -> Result<()> {
        let references = self.work.store().map(Store::pulled).transpose()?.unwrap_or_default().references;
        let Some(found) = returned(&references, self.own_place(), document) else {
            let words = (
                format!("{document} 不能在这里退：不是本单位的单证。先同步，或核对编号。"),
                format!("{document} cannot go back here: this member has no part in it. Sync, or check the number."),
            );
            self.say(crate::ui::view::StripTone::Trouble, words, None);
            return Ok(());
        };
        let papers = Papers::Named(found.document);
        self.ask_reason(Opening { stage: found.stage, basis: found.basis, papers, reason: None })
    }

    /// A return is opened once its reason is chosen.
    pub(super) fn ask_reason(&mut self, opening: Opening) -> Result<()> {
        let now = self.device.now();
        let under = (&opening.basis, opening.stage);
        let approved =
            self.work.store().map(|store| approvals_in(store, &self.config.member, under, now)).transpose()?;
        let document = match &opening.papers {
            Papers::Named(document) => document.to_string(),
            Papers::Reserved | Papers::Without => opening.basis.to_string(),
        };
        let approved = approved.unwrap_or_default().into_iter().map(approved_view).collect();
        let view = ReasonView { stage: opening.stage, document, approved };
        self.state.reason = Some((opening, view));
        self.go(Move::To(Page::Reason));
        Ok(())
    }

    /// The reason was chosen.
    pub(super) fn because(&mut self, reason: ReturnReason) -> Result<()> {
        let Some((opening, _)) = self.state.reason.take() else { return Ok(()) };
        self.begin_task(&Opening { reason: Some(reason), ..opening })
    }

    /// What approvals cover of the return that is open, read once until something changes it.
    pub(super) fn open_return(&mut self) -> Result<Option<(ReturnReason, Vec<ApprovedView>)>> {
        let Some(session) = self.work.session() else { return Ok(None) };
        let Some(reason) = session.return_reason() else { return Ok(None) };
        if self.state.approved.is_none() {
            self.state.approved = Some(session.approvals()?.into_iter().map(approved_view).collect());
        }
        Ok(Some((reason, self.state.approved.clone().unwrap_or_default())))
    }
}

fn approved_view(approved: Approved) -> ApprovedView {
    let numbers: Vec<String> = approved.approvals.iter().map(ToString::to_string).collect();
    ApprovedView {
        product: approved.product,
        approvals: numbers.join(" "),
        units: (approved.used_units, approved.approved_units),
    }
}
