//! Batches: what is read and written again is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::wire::Batch;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(batch) = Batch::from_ndjson(bytes) {
        assert_eq!(Batch::from_ndjson(&batch.to_ndjson().unwrap()).unwrap(), batch);
        let _ = batch.hashes();
    }
});
