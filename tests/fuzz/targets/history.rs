//! Scenario files: any text plays to an end or to an error that names its line.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    // Large packs and ranges are legal and slow; they are not what is looked for here.
    let run = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    if text.len() < 4_000 && run.unwrap_or(0) < 4 {
        let outcome = scenario::pure::play(&text);
        if let Some(error) = outcome.error {
            assert!(error.starts_with("line "), "{error}");
        }
    }
});
