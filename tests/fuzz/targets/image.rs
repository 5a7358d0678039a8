//! Picture files of arbitrary bytes: a picture within the limits, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::Luma;
use vision::frame::PIXELS_MAX;

fuzz_target!(|bytes: &[u8]| {
    match Luma::from_bytes(bytes, "fuzz") {
        Ok(luma) => {
            let view = luma.view();
            assert!(view.width() >= 1 && view.height() >= 1 && view.width() * view.height() <= PIXELS_MAX);
            assert_eq!(view.data().len(), view.width() * view.height());
        }
        Err(error) => assert!(error.to_string().contains("fuzz"), "{error}"),
    }
});
