//! Events of this terminal: numbered, made now, appended.

use shared::event::{Act, Event};

use super::{Identity, Session, anchor};
use crate::device::{Contact, Device};
use crate::store::{Store, StoreError};

impl Session {
    /// Records acts that are not judged one by one, and whatever `beside` writes, in one commit.
    pub(super) fn record(
        &mut self,
        acts: Vec<Act>,
        beside: impl Fn(&rusqlite::Connection) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let first_seq = self.store.next_seq()?;
        let bears_on_sums = acts.iter().any(bears_on_sums);
        let events: Vec<Event> = (first_seq..).zip(acts).map(|(seq, act)| self.event(seq, act)).collect();
        self.store.append(&events, beside)?;
        if bears_on_sums {
            self.knowledge.forget_sums();
        }
        Ok(())
    }

    pub(super) fn event(&self, seq: u64, act: Act) -> Event {
        event(&self.store, self.device.as_ref(), &self.identity, self.knowledge.position, (seq, act))
    }

    /// Writes a clock anchor, if a contact with the server gives cause.
    pub fn contact(&mut self, contact: &Contact) -> Result<(), StoreError> {
        if anchor(&mut self.store, self.device.as_ref(), &self.identity, contact)? {
            self.knowledge.load_log(&self.store)?;
        }
        Ok(())
    }
}

/// The first event of an epoch, while it has none. An epoch that the server closed is left here, between two tasks.
pub(super) fn start_of_log(store: &mut Store, device: &dyn Device) -> Result<Option<Act>, StoreError> {
    if store.epoch_is_closed()? {
        store.leave_closed_epoch(device.epoch())?;
    }
    let is_new = store.next_seq()? == 1;
    if is_new { Ok(Some(Act::EpochStarted { previous: store.previous_epoch()? })) } else { Ok(None) }
}

/// An event of this terminal, made now.
pub(super) fn event(
    store: &Store,
    device: &dyn Device,
    identity: &Identity,
    data_as_of: u64,
    (seq, act): (u64, Act),
) -> Event {
    Event {
        terminal: store.terminal(),
        epoch: store.epoch(),
        seq,
        event_id: None,
        at: device.now(),
        mono_ms: device.mono_ms(),
        boot: device.boot(),
        operator: identity.operator.clone(),
        site: identity.site.clone(),
        app: env!("CARGO_PKG_VERSION").to_owned(),
        data_as_of,
        act,
    }
}

/// Whether an act changes what stands on a line.
fn bears_on_sums(act: &Act) -> bool {
    act.movement().is_some()
        || matches!(
            act,
            Act::Associate { .. }
                | Act::Dissociate { .. }
                | Act::Void { .. }
                | Act::SetAside { .. }
                | Act::Released { .. }
                | Act::Relabel { .. }
                | Act::DocumentDrafted { .. }
                | Act::Report(_)
        )
}
