//! Who works: signing in, the change of shift, signing out, as events. Nothing that waits is touched.

use shared::event::{Act, Event};
use shared::ids::OperatorId;

use super::{Identity, Session};
use crate::device::Device;
use crate::store::{Store, StoreError};

impl Session {
    /// Who is signed in.
    #[must_use]
    pub const fn operator(&self) -> Option<&OperatorId> {
        self.identity.operator.as_ref()
    }

    /// Another person goes on with the same task at the same package: `signed_in` where nobody was, `operator_changed` where
    /// somebody else was, nothing where it is the same person. Every event from this one on carries the new person's number.
    pub fn sign_in(&mut self, operator: OperatorId) -> Result<(), StoreError> {
        if self.identity.operator.as_ref() == Some(&operator) {
            return Ok(());
        }
        let before = self.identity.operator.replace(operator);
        let act = if before.is_some() { Act::OperatorChanged } else { Act::SignedIn };
        let recorded = self.record(vec![act], |_| Ok(()));
        if recorded.is_err() {
            self.identity.operator = before;
        }
        recorded
    }

    /// The person goes; the task stays open. The event still carries the person's number, those after it none.
    pub fn sign_out(&mut self) -> Result<(), StoreError> {
        if self.identity.operator.is_some() {
            self.record(vec![Act::SignedOut], |_| Ok(()))?;
            self.identity.operator = None;
        }
        Ok(())
    }
}

/// Records a sign-in, a change or a sign-out while no task is open. `identity` names the person whom the event concerns.
pub fn record_at_desk(store: &mut Store, device: &dyn Device, identity: &Identity, act: Act) -> Result<(), StoreError> {
    let first_seq = store.next_seq()?;
    let data_as_of = store.cursor()?.1;
    let start = (first_seq == 1).then_some(Act::EpochStarted { previous: None });
    let acts = start.into_iter().chain([act]);
    let event = |(seq, act)| Event {
        terminal: store.terminal(),
        epoch: store.epoch(),
        seq,
        event_id: device.event_id(),
        at: device.now(),
        mono_ms: device.mono_ms(),
        boot: device.boot(),
        operator: identity.operator.clone(),
        site: identity.site.clone(),
        app: env!("CARGO_PKG_VERSION").to_owned(),
        data_as_of,
        act,
    };
    let events: Vec<Event> = (first_seq..).zip(acts).map(event).collect();
    store.append(&events, |_| Ok(()))?;
    Ok(())
}
