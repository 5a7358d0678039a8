//! rxing, every QR symbol of a picture.

use std::collections::HashSet;

use rxing::{BarcodeFormat, DecodeHints, helpers};
use vision::LumaView;

use super::Contender;

pub(super) struct Rxing;

impl Contender for Rxing {
    fn settings(&self) -> String {
        "rxing 0.9: detect_multiple_in_luma_with_hints; QR and Micro QR, try harder, also inverted".to_owned()
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        let mut hints = DecodeHints {
            PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE, BarcodeFormat::MICRO_QR_CODE])),
            TryHarder: Some(true),
            AlsoInverted: Some(true),
            ..DecodeHints::default()
        };
        // A picture has fewer than 2^32 pixels a side: it was read from a file or drawn here.
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let data = view.to_luma().view().data().to_vec();
        // It calls a picture without codes an error.
        let found =
            helpers::detect_multiple_in_luma_with_hints(data, side(view.width()), side(view.height()), &mut hints);
        found.unwrap_or_default().iter().map(|result| result.getText().to_owned()).collect()
    }
}
