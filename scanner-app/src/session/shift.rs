//! Who works: signing in, the change of shift, signing out, as events. Nothing that waits is touched.

use shared::event::{Act, Event};
use shared::ids::OperatorId;

use super::{Identity, Session, event, start_of_log};
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
    record_all_at_desk(store, device, identity, vec![act])
}

/// Records several acts outside any task, in one commit.
pub(super) fn record_all_at_desk(
    store: &mut Store,
    device: &dyn Device,
    identity: &Identity,
    acts: Vec<Act>,
) -> Result<(), StoreError> {
    let acts = start_of_log(store, device)?.into_iter().chain(acts);
    let first_seq = store.next_seq()?;
    let data_as_of = store.cursor()?.1;
    let event = |numbered| event(store, device, identity, data_as_of, numbered);
    let events: Vec<Event> = (first_seq..).zip(acts).map(event).collect();
    store.append(&events, |_| Ok(()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::event::Stage;
    use shared::ids::{EpochId, TerminalId};
    use uuid::Uuid;

    use super::*;
    use crate::device::ManualDevice;

    fn open(path: &std::path::Path) -> Store {
        Store::open(path, TerminalId::new(Uuid::from_u128(1)), EpochId::new(Uuid::from_u128(2))).unwrap()
    }

    fn identity(operator: Option<&str>) -> Identity {
        Identity { member: "M".into(), site: "S".into(), operator: operator.map(Into::into) }
    }

    fn told(store: &Store) -> Vec<(Act, Option<String>)> {
        let events = store.events().unwrap().into_iter();
        events.map(|event| (event.act, event.operator.map(|operator| operator.to_string()))).collect()
    }

    #[test]
    fn a_change_of_shift_keeps_the_task_and_its_pending_records_and_names_the_next_person_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let device: Arc<dyn Device> = Arc::new(ManualDevice::new());
        let store = open(&folder.path().join("t.sqlite"));
        let task = (Stage::Outbound, "C1".into(), "N1".into());
        let mut session = Session::open(store, device, identity(None), task).unwrap();
        let pending = session.pending().unwrap();
        let opened = session.task().clone();
        session.sign_in("1".into()).unwrap();
        session.sign_in("1".into()).unwrap();
        session.sign_in("2".into()).unwrap();
        session.sign_out().unwrap();
        session.sign_out().unwrap();
        assert_eq!((session.operator(), session.task()), (None, &opened));
        assert_eq!(session.pending().unwrap(), pending + 3);
        let store = session.into_store();
        let one = |act, number: &str| (act, Some(number.to_owned()));
        let expected = [one(Act::SignedIn, "1"), one(Act::OperatorChanged, "2"), one(Act::SignedOut, "2")];
        assert_eq!(told(&store)[2..], expected);
        assert!(store.verify_log().unwrap().ok);
    }

    #[test]
    fn a_person_signs_in_before_any_task_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(&folder.path().join("t.sqlite"));
        let device = ManualDevice::new();
        record_at_desk(&mut store, &device, &identity(Some("1")), Act::SignedIn).unwrap();
        record_at_desk(&mut store, &device, &identity(Some("1")), Act::SignedOut).unwrap();
        let acts: Vec<Act> = told(&store).into_iter().map(|(act, _)| act).collect();
        assert_eq!(acts, [Act::EpochStarted { previous: None }, Act::SignedIn, Act::SignedOut]);
        assert!(store.verify_log().unwrap().ok);
    }
}
