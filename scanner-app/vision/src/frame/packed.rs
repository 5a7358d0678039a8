//! Pixels of several bytes to luma, one pass over the rows. The frame was checked before: every row is whole.

use super::RawFrame;
use crate::luma::weigh;

/// Byte `AT` of every two: luma of YUYV (0) and UYVY (1).
pub(super) fn every_second<const AT: usize>(frame: &RawFrame<'_>, buffer: &mut Vec<u8>) {
    rows(frame, buffer, |from, to| {
        for (luma, pair) in to.iter_mut().zip(from.as_chunks::<2>().0) {
            *luma = pair[AT];
        }
    });
}

/// Three bytes a pixel, put in the order red, green, blue and weighed.
pub(super) fn weighed(frame: &RawFrame<'_>, buffer: &mut Vec<u8>, order: impl Fn([u8; 3]) -> [u8; 3]) {
    rows(frame, buffer, |from, to| {
        for (luma, pixel) in to.iter_mut().zip(from.as_chunks::<3>().0) {
            *luma = weigh(order(*pixel));
        }
    });
}

fn rows(frame: &RawFrame<'_>, buffer: &mut Vec<u8>, convert: impl Fn(&[u8], &mut [u8])) {
    // A buffer of the right length is not cleared: every byte is written.
    buffer.resize(frame.width * frame.height, 0);
    for (from, to) in frame.bytes.chunks(frame.stride).zip(buffer.chunks_exact_mut(frame.width)) {
        convert(from, to);
    }
}
