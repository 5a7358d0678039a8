//! Texts from keyboards: whatever is restored reads as a code.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::code::Grammars;
use shared::code::wedge::explain;

fuzz_target!(|bytes: &[u8]| {
    let grammars = Grammars::default();
    if let Some(restored) = explain(&String::from_utf8_lossy(bytes), &grammars).and_then(|fault| fault.restored) {
        assert!(grammars.parse(&restored).is_ok(), "{restored}");
    }
});
