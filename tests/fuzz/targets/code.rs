//! Label texts: no bytes make the grammars panic, and what they read comes back from its canonical form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::code::{CodeKey, Grammars, PackageCode, label_faults};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let grammars: Grammars = serde_json::from_str(
        r#"{"opaque":[{"namespace":"YC","pattern":"YC.{2,40}","gtin":"06901234567892"}],"upper_case_gtins":["0690"]}"#,
    )
    .unwrap();
    if let Ok(code) = grammars.parse(&text) {
        let canonical = code.to_string();
        assert_eq!(canonical.parse::<PackageCode>().as_ref(), Ok(&code), "{canonical}");
        let _ = (CodeKey::of(&code), code.tail());
    }
    let _ = text.parse::<PackageCode>().map_err(|error| error.to_string());
    let _ = label_faults(bytes.first().copied(), Some(&text), Some(&text), &text);
});
