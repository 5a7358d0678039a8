//! What the server says of a package that is looked up and not registered here.

use shared::event::Stage;
use shared::mismatch::Kind;
use shared::reference::Level;
use shared::rules::Standing;
use shared::wire::{CodeAnswer, CodeStep};

use super::super::clerk::Clerk;
use crate::session::look_up::LookUp;
use crate::sync::Looked;
use crate::ui::view::{ServerSays, StepView};

/// What of its answer stands where the terminal's own knowledge does.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) product: Option<String>,
    pub(super) level: Option<(Level, u32)>,
    pub(super) trail: Vec<StepView>,
}

impl Clerk {
    /// Asks where the package is not registered here, never in practice. The answer comes by itself, and the page is shown anew.
    pub(super) fn server_says(&self, found: &LookUp) -> Option<(ServerSays, Told)> {
        if found.pack.is_some() || self.work.is_drill() {
            return None;
        }
        Some(match self.worker.look_up(&found.code) {
            Looked::Asking => (ServerSays::Asking, Told::default()),
            Looked::Unreachable => (ServerSays::Unreachable, Told::default()),
            Looked::Answered(answer) => self.told(*answer),
        })
    }

    fn told(&self, answer: CodeAnswer) -> (ServerSays, Told) {
        let mut kinds: Vec<_> = answer.mismatches.iter().map(|found| found.mismatch.kind).collect();
        kinds.dedup();
        kinds.retain(|kind| !is_said_by(answer.standing, *kind));
        let name = |step: &CodeStep| {
            let references = self.work.session_ref().map(|session| &session.pulled().references);
            references.map_or_else(|| step.member.to_string(), |known| known.member_name(&step.member).to_owned())
        };
        let trail = answer.trail.iter().map(|step| StepView {
            stage: step.stage,
            document: step.document.to_string(),
            member: name(step),
            at: step.at,
            is_scanned: step.is_scanned,
            is_set_aside: step.is_set_aside,
        });
        let told = Told {
            trail: trail.collect(),
            level: answer.product.as_ref().map(|product| (product.level, product.units)),
            product: answer.product.map(|product| product.name),
        };
        (ServerSays::Answered(answer.standing, answer.as_of, kinds), told)
    }
}

/// Whether how the code stands says what a kind would say once more.
const fn is_said_by(standing: Standing, kind: Kind) -> bool {
    matches!(
        (standing, kind),
        (Standing::Unregistered, Kind::UnregisteredCode | Kind::UnknownCode)
            | (Standing::Inactive, Kind::InactiveCode)
            | (Standing::Frozen, Kind::FrozenCode)
            | (Standing::Cancelled, Kind::CancelledCode)
            | (Standing::Ended, Kind::MovementAfterEnd)
    )
}

/// The terminal's own steps with those that only the server knows, oldest first.
pub(super) fn with_told(own: Vec<StepView>, told: Vec<StepView>) -> Vec<StepView> {
    let said = |step: &StepView| -> (Stage, String) { (step.stage, step.document.clone()) };
    let known: Vec<_> = own.iter().map(said).collect();
    let new = told.into_iter().filter(|step| !known.contains(&said(step)));
    let mut trail: Vec<StepView> = own.into_iter().chain(new).collect();
    trail.sort_by_key(|step| step.at);
    trail
}

#[cfg(test)]
mod tests {
    use shared::time::Timestamp;

    use super::*;

    fn step(stage: Stage, document: &str, ms: i64) -> StepView {
        StepView {
            stage,
            document: document.to_owned(),
            member: "M".to_owned(),
            at: Timestamp::from_ms(ms),
            is_scanned: true,
            is_set_aside: false,
        }
    }

    #[test]
    fn a_step_that_both_know_is_told_once() {
        let own = vec![step(Stage::Inbound, "N1", 20), step(Stage::Sort, "D1", 30)];
        let told = vec![step(Stage::Outbound, "N1", 10), step(Stage::Inbound, "N1", 21)];
        let stages: Vec<_> = with_told(own, told).into_iter().map(|step| (step.stage, step.at.as_ms())).collect();
        assert_eq!(stages, [(Stage::Outbound, 10), (Stage::Inbound, 20), (Stage::Sort, 30)]);
    }
}
