//! Bytes to frames of a moving QR code and back (`RaptorQ`, RFC 6330): any frames do, in any order, a few more than the bytes have
//! symbols. The reader need not see the first, and lost ones are never asked for.

use std::collections::HashSet;

use raptorq::{EncodingPacket, ObjectTransmissionInformation, PayloadId, SourceBlockDecoder, SourceBlockEncoder};
use shared::chain::{Hash, sha256};
use shared::wire::sealed::{Frame, FrameError, Load, MovingCode, SYMBOL_ALIGNMENT_BYTES};

/// Bytes of one symbol, unless asked otherwise: `bench carry` compares sizes.
pub const SYMBOL_BYTES: u16 = 256;

/// Encoding symbols are numbered below this; then they begin again.
const SYMBOL_IDS: u32 = 1 << 24;

/// The sender's side: frames without end.
pub struct Frames {
    code: MovingCode,
    encoder: SourceBlockEncoder,
    source: Vec<Vec<u8>>,
    next: u32,
}

impl Frames {
    /// Frames of `bytes`, 1 to [`shared::wire::sealed::MOVING_BYTES_MAX`] of them, in symbols of `symbol_bytes`.
    pub fn new(load: Load, bytes: &[u8], symbol_bytes: u16) -> Result<Self, FrameError> {
        let code = MovingCode::new(load, bytes, sha256(&[bytes]), symbol_bytes)?;
        let mut padded = bytes.to_vec();
        padded.resize(code.symbols() as usize * usize::from(symbol_bytes), 0);
        let encoder = SourceBlockEncoder::new(0, &information(&code), &padded);
        let source = encoder.source_packets().into_iter().map(|packet| packet.split().1).collect();
        Ok(Self { code, encoder, source, next: 0 })
    }

    /// What all frames agree on.
    #[must_use]
    pub const fn code(&self) -> MovingCode {
        self.code
    }
}

impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let symbol_id = self.next;
        let symbols = self.code.symbols();
        let symbol = match self.source.get(symbol_id as usize) {
            Some(symbol) => symbol.clone(),
            None => self.encoder.repair_packets(symbol_id - symbols, 1).pop()?.split().1,
        };
        // A little below the roof: the code's own numbers begin behind the padding of the block.
        self.next = if symbol_id + 1 < SYMBOL_IDS / 2 { symbol_id + 1 } else { 0 };
        Some(Frame { code: self.code, symbol_id, symbol })
    }
}

/// How far the receiver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Different symbols received.
    pub received: u32,
    /// The least that are needed; a few more may be.
    pub needed: u32,
}

/// What a text in view did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Another QR code, or nothing new.
    Nothing,
    /// A new symbol.
    Further(Progress),
    /// All is there, and its digest is right.
    Whole(Load, Vec<u8>),
    /// Put together it is not what was shown: it begins anew.
    Again,
}

/// The receiver's side.
#[derive(Default)]
pub struct Receiver {
    current: Option<Current>,
}

struct Current {
    code: MovingCode,
    decoder: SourceBlockDecoder,
    seen: HashSet<u32>,
}

impl Receiver {
    /// A receiver that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How far it is; none before the first frame.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.current.as_ref().map(Current::progress)
    }

    /// Takes the text of a QR code in view. A frame of another moving code begins anew: the sender shows something else now.
    pub fn hear(&mut self, text: &str) -> Heard {
        let Ok(frame) = Frame::from_text(text) else { return Heard::Nothing };
        if self.current.as_ref().is_none_or(|current| current.code != frame.code) {
            self.current = Some(Current::new(frame.code));
        }
        let Some(current) = &mut self.current else { return Heard::Nothing };
        let needed = current.code.symbols();
        // Beyond this many and still not whole, somebody mixes frames in: memory stays bounded.
        if current.seen.len() > 2 * needed as usize + 64 {
            self.current = None;
            return Heard::Again;
        }
        if !current.seen.insert(frame.symbol_id) {
            return Heard::Nothing;
        }
        let packet = EncodingPacket::new(PayloadId::new(0, frame.symbol_id), frame.symbol);
        let Some(mut bytes) = current.decoder.decode(std::iter::once(packet)) else {
            return Heard::Further(current.progress());
        };
        bytes.truncate(current.code.length as usize);
        let (code, digest): (_, Hash) = (current.code, sha256(&[&bytes]));
        self.current = None;
        if digest.as_bytes()[..8] == code.digest { Heard::Whole(code.load, bytes) } else { Heard::Again }
    }
}

impl Current {
    fn new(code: MovingCode) -> Self {
        let padded = u64::from(code.symbols()) * u64::from(code.symbol_bytes);
        let decoder = SourceBlockDecoder::new(0, &information(&code), padded);
        Self { code, decoder, seen: HashSet::new() }
    }

    fn progress(&self) -> Progress {
        let received = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        Progress { received, needed: self.code.symbols() }
    }
}

/// One source block, no sub-blocks; sizes were checked with the code.
fn information(code: &MovingCode) -> ObjectTransmissionInformation {
    let alignment = u8::try_from(SYMBOL_ALIGNMENT_BYTES).unwrap_or(8);
    ObjectTransmissionInformation::new(u64::from(code.length), code.symbol_bytes, 1, 1, alignment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from((n * 7 + n / 256) % 256).unwrap()).collect()
    }

    fn received(bytes: &[u8], symbol_bytes: u16, is_lost: impl Fn(u32) -> bool) -> (Vec<u8>, usize) {
        let mut receiver = Receiver::new();
        for (shown, frame) in Frames::new(Load::Parcel, bytes, symbol_bytes).unwrap().enumerate().take(100_000) {
            if is_lost(frame.symbol_id) {
                continue;
            }
            match receiver.hear(&frame.to_text()) {
                Heard::Whole(Load::Parcel, whole) => return (whole, shown + 1),
                Heard::Further(_) => {}
                other => panic!("{other:?}"),
            }
        }
        panic!("never whole");
    }

    #[test]
    fn any_frames_do() {
        for (length, symbol_bytes) in [(1, 32), (31, 32), (256, 256), (40_000, 256), (10_001, 472)] {
            let bytes = load(length);
            assert_eq!(received(&bytes, symbol_bytes, |_| false).0, bytes, "{length}");
            // All the first ones lost, and a third of the rest.
            let late = |id: u32| id < 200 || id.is_multiple_of(3);
            assert_eq!(received(&bytes, symbol_bytes, late).0, bytes, "{length}, late");
        }
    }

    #[test]
    fn a_frame_twice_and_another_code_change_nothing() {
        let bytes = load(5_000);
        let frames: Vec<_> = Frames::new(Load::Answers, &bytes, 128).unwrap().take(60).collect();
        let mut receiver = Receiver::new();
        for frame in &frames[..30] {
            assert!(matches!(receiver.hear(&frame.to_text()), Heard::Further(_)));
            assert_eq!(receiver.hear(&frame.to_text()), Heard::Nothing);
            assert_eq!(receiver.hear("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD"), Heard::Nothing);
        }
        assert_eq!(receiver.progress(), Some(Progress { received: 30, needed: 40 }));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        /// Whoever holds a screen before the camera may show anything.
        #[test]
        fn forged_frames_end_in_nothing(
            length in 1_u32..6_000,
            size in 4_u16..59,
            symbols in proptest::collection::vec((0_u32..1 << 24, proptest::prelude::any::<u8>()), 1..220),
        ) {
            let symbol_bytes = size * SYMBOL_ALIGNMENT_BYTES;
            let code = MovingCode { load: Load::Parcel, digest: [7; 8], length, symbol_bytes };
            let mut receiver = Receiver::new();
            for (symbol_id, byte) in symbols {
                let frame = Frame { code, symbol_id, symbol: vec![byte; usize::from(symbol_bytes)] };
                let heard = receiver.hear(&frame.to_text());
                assert!(!matches!(heard, Heard::Whole(..)), "{heard:?}");
            }
        }
    }

    #[test]
    fn frames_that_do_not_belong_together_are_noticed() {
        let mut frames: Vec<_> = Frames::new(Load::Parcel, &load(4_000), 400).unwrap().take(10).collect();
        frames[3].symbol[0] ^= 1;
        let mut receiver = Receiver::new();
        let last = frames.iter().map(|frame| receiver.hear(&frame.to_text())).last().unwrap();
        assert_eq!(last, Heard::Again);
        assert_eq!(receiver.progress(), None);
    }
}
