//! A scan's body is read in one pass, and says there what the general form says.

use proptest::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Act, Capture, Event, LabelMetadata, Movement, ReturnReason, Stage, VoidReason, scan_body};
use crate::ids::{EpochId, EventRef, TerminalId};
use crate::time::Timestamp;

fn terminal() -> TerminalId {
    TerminalId::new(Uuid::from_u128(1))
}

fn event(act: Act) -> Event {
    Event {
        terminal: terminal(),
        epoch: EpochId::new(Uuid::from_u128(2)),
        seq: 3,
        event_id: None,
        at: Timestamp::from_ms(1_772_413_200_000),
        mono_ms: 4,
        boot: Uuid::from_u128(5),
        operator: Some("1024".into()),
        site: "SZ-GATE".into(),
        app: "0.1.0".to_owned(),
        data_as_of: 6,
        act,
    }
}

fn movement() -> impl Strategy<Value = Movement> {
    let label = LabelMetadata { version: Some(3), ec_level: Some("M".to_owned()), mode: None };
    let how = prop::sample::select(vec![Capture::Camera, Capture::Wedge, Capture::Manual, Capture::Confirmed]);
    let reason = prop::sample::select(vec![None, Some(ReturnReason::Quality), Some(ReturnReason::Other)]);
    (".{0,30}", ".{0,30}", how, prop::option::of(Just(label)), prop::option::of(any::<u64>()), reason).prop_map(
        |(basis, text, how, label, frame, reason)| Movement {
            task: "t".into(),
            basis: basis.into(),
            document: "none".into(),
            text,
            how,
            label,
            frame,
            reason,
        },
    )
}

fn scan() -> impl Strategy<Value = Event> {
    let stage = prop::sample::select(Stage::EVERY.to_vec());
    (stage, movement(), prop::option::of(any::<u128>()), any::<bool>()).prop_map(
        |(stage, movement, id, is_signed_in)| {
            let mut event = event(Act::scan(stage, movement));
            event.event_id = id.map(Uuid::from_u128);
            event.operator = event.operator.filter(|_| is_signed_in);
            event
        },
    )
}

/// The general form, as it reads what is no scan.
fn general(body: &[u8]) -> Option<Event> {
    serde_json::from_slice(body).ok()
}

/// Values that stand where they should not, and one that any field may have.
fn values() -> Vec<Value> {
    let texts = ["outbound", "void", "camera", "2026-10-04T14:02:00+08:00", "", "\u{0}"].map(Value::from);
    let others = [Value::Null, Value::from(-1), Value::from(1.5), Value::from(u64::MAX), Value::Object(Map::new())];
    texts.into_iter().chain(others).collect()
}

/// A body with one field changed, left out, added or said twice.
fn spoilt(event: &Event, (field, how, value): (usize, u8, usize)) -> Vec<u8> {
    let Value::Object(mut fields) = serde_json::to_value(event).unwrap() else { unreachable!("an event is an object") };
    let name = fields.keys().nth(field % fields.len()).unwrap().clone();
    let mut all = values();
    let value = all.swap_remove(value % all.len());
    match how % 4 {
        0 => drop(fields.insert(name, value)),
        1 => drop(fields.remove(&name)),
        2 => drop(fields.insert("a later version says".to_owned(), value)),
        _ => {
            let twice = format!("{{\"{name}\":{value},");
            return Value::Object(fields).to_string().replacen('{', &twice, 1).into_bytes();
        }
    }
    Value::Object(fields).to_string().into_bytes()
}

proptest! {
    #[test]
    fn a_scan_reads_the_same_in_one_pass(event in scan()) {
        let body = event.to_body().unwrap();
        prop_assert_eq!(scan_body::read(&body), Some(event.clone()));
        prop_assert_eq!(general(&body), Some(event));
    }

    /// Rubbish included: what one pass takes, the general form takes, and reads the same.
    #[test]
    fn no_body_is_a_scan_in_one_pass_alone(event in scan(), change in any::<(usize, u8, usize)>()) {
        let body = spoilt(&event, change);
        if let Some(read) = scan_body::read(&body) {
            prop_assert_eq!(general(&body), Some(read));
        }
    }
}

#[test]
fn other_acts_go_the_general_way() {
    let voids = EventRef { terminal: terminal(), epoch: EpochId::new(Uuid::from_u128(2)), seq: 1 };
    for act in [Act::SignedIn, Act::Void { voids, reason: VoidReason::IncorrectData }] {
        let event = event(act);
        let body = event.to_body().unwrap();
        assert_eq!(scan_body::read(&body), None);
        assert_eq!(Event::from_body(&body).unwrap(), event);
    }
}
