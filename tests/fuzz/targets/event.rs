//! Bodies of events: what is read and written again is read the same, and the rules take any of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::citation::Rulebook;
use shared::event::Event;
use shared::reference::{Policy, References};
use shared::rules::{judge, tallies};
use shared::time::Timestamp;
use shared::trail::clock::Anchors;
use shared::trail::{Fact, History};

fuzz_target!(|bytes: &[u8]| {
    let log: Vec<Event> = bytes.split(|byte| *byte == b'\n').filter_map(|body| Event::from_body(body).ok()).collect();
    for event in &log {
        let again = Event::from_body(&event.to_body().unwrap()).unwrap();
        assert_eq!(&again, event);
    }
    let anchors = Anchors::of(&log);
    let facts = log.iter().map(|event| Fact::at(event.clone(), "M".into(), anchors.moment(event))).collect();
    let history = History { facts, ..History::default() };
    let references = References::default();
    let _ = judge(&history, &references, &Policy::new(Rulebook::Trial), Timestamp::from_ms(0));
    let _ = tallies(&history, &references);
});
