//! The first look at the store: who is on duty, which task was open, what the policy allows.

use anyhow::Result;
use shared::event::Stage;
use shared::reference::References;

use super::clerk::Clerk;
use crate::operators::{Stir, touched_ms};
use crate::store::Store;
use crate::ui::route::{Page, Route};

impl Clerk {
    /// A task that was open when the app ended is open again.
    pub(super) fn begin(&mut self) -> Result<()> {
        self.gaze.stir(self.device.mono_ms());
        self.read_agreed()?;
        self.recall_person()?;
        let open = self.work.store().map(Store::open_tasks).transpose()?.and_then(|tasks| tasks.into_iter().next());
        // The list sums up every task, and the session its own once more: the list waits until somebody sees it. A receipt stands
        // beside its list, a sort takes its orders from it.
        if open.as_ref().is_none_or(|task| matches!(task.stage, Stage::Receipt | Stage::Sort)) {
            self.refresh_tasks()?;
        } else {
            self.read_place()?;
        }
        if let Some(task) = open {
            self.open_task((task.stage, task.basis, task.document))?;
        }
        if self.must_sign_in() {
            self.route = Route::at(Page::SignIn);
        } else {
            // Who was away before a restart has not come back by it.
            let touched_ms = self.work.store().map(touched_ms).transpose()?.flatten();
            self.lock = self.lock.after(Stir::SignedIn, touched_ms.unwrap_or(self.device.mono_ms()));
            if self.work.task().is_none() {
                self.open_due_receipt()?;
            }
        }
        Ok(())
    }

    /// What is agreed for everybody on this server: limits, and by what labels are read.
    pub(super) fn read_agreed(&mut self) -> Result<()> {
        let of = |references: &References| (references.policy().limits, references.grammars.clone());
        let agreed = match self.work.session_ref() {
            Some(session) => Some(of(&session.pulled().references)),
            None => self.work.store().map(Store::pulled).transpose()?.map(|pulled| of(&pulled.references)),
        };
        let (limits, grammars) = agreed.unwrap_or_default();
        self.limits = limits;
        self.eye.read_by(grammars);
        Ok(())
    }
}
