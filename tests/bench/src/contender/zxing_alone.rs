//! zxing-cpp with everything it offers, and nothing of ours around it.

use vision::LumaView;
use zxingcpp::{Barcode, BarcodeFormat, BarcodeReader, ImageFormat, ImageView, TextMode};

use super::Contender;

pub(super) struct Zxing {
    reader: BarcodeReader,
}

impl Zxing {
    pub(super) fn new() -> Self {
        // Plain: its default mode writes control characters out as words, which no collection does.
        let reader = BarcodeReader::new()
            .formats([BarcodeFormat::QRCode, BarcodeFormat::MicroQRCode])
            .text_mode(TextMode::Plain)
            .try_harder(true)
            .try_rotate(true)
            .try_invert(true)
            .try_downscale(true);
        Self { reader }
    }
}

impl Contender for Zxing {
    fn settings(&self) -> String {
        "zxing-cpp 0.5 (bundled C++): QR and Micro QR, plain text, try harder, rotate, invert, downscale".to_owned()
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        // Pictures come here without padding.
        let Ok(image) = ImageView::from_slice(view.data(), view.width(), view.height(), ImageFormat::Lum) else {
            return Vec::new();
        };
        self.reader.from(image).unwrap_or_default().iter().map(text).collect()
    }
}

/// The binding cuts a text off at its first NUL, which is not the decoder's fault: such a payload is put into text here, as UTF-8,
/// else as Latin-1 (ISO/IEC 18004, 7.3.5).
fn text(barcode: &Barcode) -> String {
    let bytes = barcode.bytes();
    if !bytes.contains(&0) {
        return barcode.text();
    }
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}
