//! Facts out of events: what the rules reason over. A set, not a state machine, so the order of arrival cannot matter.
//!
//! | to find | look in |
//! |---|---|
//! | when an event happened, whatever the terminal's clock said | [`clock`] |
//! | which facts are effective, who scanned what where | [`Index`] |
//! | which package was inside which, and until when | `containment` |
//! | the facts around one scan, and sums over all others | [`beside`] |

pub mod beside;
pub mod clock;
mod collect;
mod containment;
mod index;
mod manifest;
mod package;
mod side;

use std::collections::BTreeMap;

pub use beside::{Beside, LineSum, Place, PlaceSum, Sums};
pub use index::{Index, Parties, SideKey};
pub use manifest::manifests;
pub use package::{BasisNo, CodeNo, DocumentNo, Malformed, Package, Scan, Token};
pub use side::Side;

use crate::code::{PackageCode, format_digital_link};
use crate::event::{Act, Capture, Close, Event, Movement};
use crate::ids::{EventRef, MemberId, OperatorId, SiteId, TaskId, TerminalId};
use crate::time::Timestamp;
use crate::wire::Manifest;

/// One event as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which event.
    pub by: EventRef,
    /// Whose terminal made it; from the enrolment, never from the body.
    pub member: MemberId,
    /// At which site.
    pub site: SiteId,
    /// Who was signed in.
    pub operator: Option<OperatorId>,
    /// When it happened (`effective_at`).
    pub at: Timestamp,
    /// Where the time is unsure: the earliest and latest it can have happened.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Ledger position of the references that the terminal judged with.
    pub data_as_of: u64,
    /// The package that a scan's label names, where whoever holds the fact has read it already.
    pub code: Option<PackageCode>,
    /// What happened.
    pub act: Act,
}

impl Fact {
    /// The fact that an event of a member's terminal states, by the terminal's own clock. [`clock::Anchors`] gives a better time.
    #[must_use]
    pub fn of(event: Event, member: MemberId) -> Self {
        let moment = clock::Moment { at: event.at, window: None };
        Self::at(event, member, moment)
    }

    /// The fact that an event states, at the moment that the log's anchors give it.
    #[must_use]
    pub fn at(event: Event, member: MemberId, moment: clock::Moment) -> Self {
        Self {
            by: event.by(),
            member,
            site: event.site,
            operator: event.operator,
            at: moment.at,
            window: moment.window,
            data_as_of: event.data_as_of,
            code: None,
            act: event.act,
        }
    }
}

/// What is known of the past: facts in any order, and how far each terminal's log is held without a gap.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The facts.
    pub facts: Vec<Fact>,
    /// Time of the last held event of each terminal.
    pub reached: BTreeMap<TerminalId, Timestamp>,
    /// What stands beside the facts, where they are only a slice; none where they are all.
    pub beside: Option<Beside>,
}

impl History {
    /// Takes in what a consignor is known to have sent, as if its terminal's events were here.
    pub fn add_manifest(&mut self, manifest: &Manifest) {
        let task = TaskId::from("manifest");
        let reference = (manifest.basis.clone(), manifest.document.clone());
        for (code, at, by) in &manifest.sent {
            let movement = Movement {
                task: task.clone(),
                basis: reference.0.clone(),
                document: reference.1.clone(),
                text: format_digital_link("M", code),
                how: Capture::File,
                label: None,
                frame: None,
                reason: None,
            };
            self.push_manifest(manifest, *by, *at, Act::scan(manifest.stage, movement));
        }
        let Some((_, at, by)) = manifest.sent.iter().max_by_key(|(_, at, _)| *at).filter(|_| manifest.complete) else {
            return;
        };
        let close = Act::TaskClosed {
            task,
            stage: manifest.stage,
            basis: reference.0,
            document: reference.1,
            close: Close::Final,
            counted: manifest.sent.len() as u64,
            carrier: None,
        };
        // Number 0 is no event's: this fact stands for a close that the server has seen and this terminal has not.
        self.push_manifest(manifest, EventRef { seq: 0, ..*by }, *at, close);
    }

    fn push_manifest(&mut self, manifest: &Manifest, by: EventRef, at: Timestamp, act: Act) {
        let member = manifest.consignor.clone();
        let site = SiteId::from("");
        let data_as_of = u64::MAX;
        self.facts.push(Fact { by, member, site, operator: None, at, window: None, data_as_of, code: None, act });
    }
}
