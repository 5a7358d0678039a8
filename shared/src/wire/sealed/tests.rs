//! What is refused, and that nothing is lost between writing and reading.

use uuid::Uuid;

use super::*;
use crate::chain::{Hash, sha256};
use crate::ids::{EpochId, TerminalId};
use crate::time::Timestamp;
use crate::wire::BATCH_COMPRESSED_BYTES_MAX;

fn terminal() -> TerminalId {
    TerminalId::new(Uuid::from_u128(1))
}

fn span(from: u64, to: u64) -> Span {
    Span { epoch: EpochId::new(Uuid::from_u128(2)), from, to }
}

fn header(held: Vec<Span>, count: u64) -> ParcelHeader {
    ParcelHeader { terminal: terminal(), held, count, made_at: Timestamp::from_ms(1_772_409_600_000) }
}

#[test]
fn a_parcel_is_read_as_it_was_made() {
    let parcel = Parcel::new(&header(vec![span(1, 4), span(9, 9)], 5), b"sealed").unwrap();
    let again = Parcel::read(parcel.bytes().to_vec()).unwrap();
    assert_eq!((again.sealed(), again.digest()), (b"sealed".as_slice(), sha256(&[parcel.bytes()])));
    assert_eq!(again, parcel);
    let frozen = concat!(
        "tallyman-parcel/1\n",
        r#"{"terminal":"00000000-0000-0000-0000-000000000001","held":[{"epoch":"00000000-0000-0000-0000-000000000002","from":1,"to":4},"#,
        r#"{"epoch":"00000000-0000-0000-0000-000000000002","from":9,"to":9}],"count":5,"made_at":"2026-03-02T08:00:00.000+08:00"}"#,
        "\nsealed"
    );
    assert_eq!(std::str::from_utf8(parcel.bytes()).unwrap(), frozen);
}

#[test]
fn what_is_no_parcel_is_told_apart() {
    let made = |held, count| Parcel::new(&header(held, count), b"x");
    assert!(matches!(made(vec![span(1, 4)], 3), Err(ParcelError::Numbers)));
    assert!(matches!(made(vec![], 0), Err(ParcelError::Numbers)));
    assert!(matches!(made(vec![span(0, 4)], 5), Err(ParcelError::Numbers)));
    assert!(matches!(made(vec![span(5, 4)], 0), Err(ParcelError::Numbers)));
    assert!(matches!(made(vec![span(1, u64::MAX), span(1, u64::MAX)], 0), Err(ParcelError::Numbers)));
    assert!(matches!(made(vec![span(1, 1); PARCEL_SPANS_MAX + 1], 49), Err(ParcelError::Numbers)));
    assert!(made(vec![span(1, 1); PARCEL_SPANS_MAX], 48).is_ok(), "the most spans fit into the header's bound");
    assert!(matches!(Parcel::new(&header(vec![span(1, 1)], 1), b""), Err(ParcelError::Empty)));
    assert!(matches!(Parcel::read(b"tallyman-parcel/2\n{}\nx".to_vec()), Err(ParcelError::Magic)));
    assert!(matches!(Parcel::read(b"tallyman-parcel/1\n{}\nx".to_vec()), Err(ParcelError::Header(_))));
    assert!(matches!(Parcel::read(b"tallyman-parcel/1\n".to_vec()), Err(ParcelError::HeaderLength)));
    let endless = [b"tallyman-parcel/1\n".as_slice(), &vec![b' '; PARCEL_HEADER_BYTES_MAX], b"{}\nx"].concat();
    assert!(matches!(Parcel::read(endless), Err(ParcelError::HeaderLength)));
    let long = Parcel::new(&header(vec![span(1, 1)], 1), &vec![0; PARCEL_BYTES_MAX]);
    assert!(matches!(long, Err(ParcelError::TooLong)));
}

#[test]
fn a_bundle_is_taken_apart_as_it_was_put_together() {
    let batches = [b"one".to_vec(), vec![0; BATCH_COMPRESSED_BYTES_MAX], b"3".to_vec()];
    let bytes = write_bundle(&batches).unwrap();
    assert_eq!(read_bundle(&bytes).unwrap(), batches.iter().map(Vec::as_slice).collect::<Vec<_>>());
    assert_eq!(read_bundle(&bytes[..bytes.len() - 1]), Err(BundleError::CutOff));
    assert_eq!(read_bundle(&bytes[..21]), Err(BundleError::CutOff));
    assert_eq!(read_bundle(b"tallyman-batches/1\n"), Err(BundleError::Count));
    assert_eq!(read_bundle(b"tallyman-batches/1\n\0\0\0\0"), Err(BundleError::Length(1)));
    assert_eq!(read_bundle(b"tallyman-batches/1\n\xff\xff\xff\xff"), Err(BundleError::Length(1)));
    assert_eq!(read_bundle(b"tallyman-batches/2\n"), Err(BundleError::Magic));
    assert_eq!(write_bundle::<Vec<u8>>(&[]), Err(BundleError::Count));
    assert_eq!(write_bundle(&vec![b"x"; BUNDLE_BATCHES_MAX + 1]), Err(BundleError::Count));
    assert_eq!(write_bundle(&[vec![0; BATCH_COMPRESSED_BYTES_MAX + 1]]), Err(BundleError::Length(1)));
}

fn moving(length: u32, symbol_bytes: u16) -> Result<MovingCode, FrameError> {
    MovingCode::new(Load::Parcel, &vec![0; length as usize], Hash::new([7; 32]), symbol_bytes)
}

#[test]
fn a_frame_is_read_as_it_was_shown() {
    for symbol_bytes in [32, 256, 472] {
        let symbol = (0..symbol_bytes).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let frame = Frame { code: moving(40_000, symbol_bytes).unwrap(), symbol_id: 0x00ab_cdef, symbol };
        let text = frame.to_text();
        assert!(text.bytes().all(|byte| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&byte)));
        assert_eq!(Frame::from_text(&text).unwrap(), frame);
        assert!(usize::from(symbol_bytes) + FRAME_OVERHEAD_BYTES <= FRAME_BYTES_MAX);
        assert!(Frame::from_text(&text[..text.len() - 3]).is_err());
    }
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    for (length, symbol_bytes) in [(0, 256), (MOVING_BYTES_MAX + 1, 256), (9, 0), (9, 24), (9, 100), (9, 480)] {
        assert_eq!(moving(length, symbol_bytes), Err(FrameError::Size), "{length} in {symbol_bytes}");
    }
    for text in ["", "A", "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD", ":::", "abc", "\u{ff21}\u{ff21}"] {
        assert!(Frame::from_text(text).is_err(), "{text}");
    }
    assert_eq!(Frame::from_text(&"A".repeat(100_000)), Err(FrameError::Text));
}

#[test]
fn words_and_bytes_go_over_a_local_network() {
    let proof = lan_proof("012345", Hash::new([1; 32]), terminal());
    let words = [
        LanWord::Hello { protocol: LAN_PROTOCOL, nonce: Hash::new([1; 32]) },
        LanWord::Prove { terminal: terminal(), proof },
        LanWord::Offer { parcel: proof, length: 9 },
        LanWord::Sorry { why: "满了".into() },
        LanWord::Ask,
    ];
    for frame in words.into_iter().map(LanFrame::Word).chain([LanFrame::Bytes(vec![7; LAN_CHUNK_BYTES_MAX])]) {
        let bytes = frame.to_bytes().unwrap();
        let (length, rest) = bytes.split_first_chunk::<4>().unwrap();
        assert_eq!(LanFrame::checked(u32::from_be_bytes(*length) as usize).unwrap() as usize, rest.len());
        assert_eq!(LanFrame::read(rest).unwrap(), frame);
    }
    assert!(LanFrame::Bytes(vec![7; LAN_CHUNK_BYTES_MAX + 1]).to_bytes().is_err());
    assert!(matches!(LanFrame::checked(0), Err(LanError::Length(0))));
    assert!(matches!(LanFrame::checked(1 << 30), Err(LanError::Length(_))));
    assert!(matches!(LanFrame::read(&[9]), Err(LanError::Kind(9))));
    assert!(matches!(LanFrame::read(b"\0{}"), Err(LanError::Word(_))));
    assert!(matches!(LanFrame::read(&[0; LAN_WORDS_BYTES_MAX + 2]), Err(LanError::Length(_))));
    let other = lan_proof("012346", Hash::new([1; 32]), terminal());
    assert_ne!(proof, other);
    assert_eq!(
        proof.to_string(),
        "720441f1fc85c6f035cb49ac34e39ef98e8d9b0ea586ddb64872733603fe03ab",
        "as another language computes it"
    );
}

proptest::proptest! {
    /// What comes by a stick, a screen or a stranger's connection may be anything.
    #[test]
    fn nothing_that_comes_breaks_a_reader(
        start in 0_usize..5,
        mut rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
    ) {
        let starts: [&[u8]; 5] =
            [b"", b"tallyman-parcel/1\n", b"tallyman-batches/1\n\0\0\0", b"tallyman-answers/1\n", b"\0{\"say\":\""];
        let mut bytes = starts[start].to_vec();
        bytes.append(&mut rest);
        let _ = Parcel::read(bytes.clone());
        let _ = read_answers(&bytes);
        let _ = LanFrame::read(&bytes);
        if let Ok(batches) = read_bundle(&bytes) {
            assert_eq!(write_bundle(&batches).unwrap(), bytes);
        }
        let text: String = bytes.iter().map(|byte| char::from(b' ' + byte % 64)).collect();
        if let Ok(frame) = Frame::from_text(&text) {
            assert_eq!(frame.to_text(), text);
        }
    }
}
