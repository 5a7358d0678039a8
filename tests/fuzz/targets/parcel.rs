//! What comes without a network: parcels, bundles, answers, frames of moving codes, words on a local network. What is read and written
//! again is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::wire::sealed::{Frame, LanFrame, Parcel, read_answers, read_bundle, write_answers, write_bundle};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(parcel) = Parcel::read(bytes.to_vec()) {
        let sum: u64 = parcel.header.held.iter().map(|span| span.to - span.from + 1).sum();
        assert_eq!(sum, parcel.header.count);
        // The header may have been written with other spaces: what it says is the same.
        if let Ok(again) = Parcel::new(&parcel.header, parcel.sealed()) {
            assert_eq!((&again.header, again.sealed()), (&parcel.header, parcel.sealed()));
        }
    }
    if let Ok(batches) = read_bundle(bytes) {
        assert_eq!(write_bundle(&batches).unwrap(), bytes);
    }
    if let Ok(answers) = read_answers(bytes) {
        assert_eq!(read_answers(&write_answers(&answers).unwrap()).unwrap(), answers);
    }
    if let Ok(frame) = LanFrame::read(bytes) {
        let written = frame.to_bytes().unwrap();
        assert_eq!(LanFrame::read(&written[4..]).unwrap(), frame);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(frame) = Frame::from_text(text)
    {
        assert_eq!(frame.to_text(), text);
    }
});
