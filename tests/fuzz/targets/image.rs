//! Picture files of arbitrary bytes: a picture within the limits, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::Luma;
use vision::frame::PIXELS_MAX;

// A panic inside a decoder is caught by design, so the hook that ends the process on any panic goes; one of ours still ends it.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    match Luma::from_bytes(bytes, "fuzz") {
        Ok(luma) => {
            let view = luma.view();
            assert!(view.width() >= 1 && view.height() >= 1 && view.width() * view.height() <= PIXELS_MAX);
            assert_eq!(view.data().len(), view.width() * view.height());
        }
        Err(error) => assert!(error.to_string().contains("fuzz"), "{error}"),
    }
});
