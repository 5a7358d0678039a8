//! Pages of references: any that can be read can be taken in and judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::citation::Rulebook;
use shared::reference::{Policy, References};
use shared::rules::judge;
use shared::time::Timestamp;
use shared::trail::History;
use shared::wire::ChangesPage;

fuzz_target!(|bytes: &[u8]| {
    let Ok(page) = serde_json::from_slice::<ChangesPage>(bytes) else { return };
    let mut references = References::default();
    let mut history = History::default();
    for change in page.changes {
        let _ = change.record.key();
        if let Some(shared::wire::Record::Manifest(manifest)) = references.insert(change.record) {
            history.add_manifest(&manifest);
        }
    }
    let policy = references.policy.unwrap_or(Policy::new(Rulebook::Trial));
    let _ = judge(&history, &references, &policy, Timestamp::from_ms(1_772_409_600_000));
});
