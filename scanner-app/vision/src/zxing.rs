//! The main decoder: zxing-cpp.

use zxingcpp::{Barcode, BarcodeFormat, BarcodeReader, ImageFormat, ImageView, PointI, TextMode};

use crate::decoder::{Decoder, Family, Found, Located};
use crate::luma::LumaView;
use crate::symbol::{Corners, EcLevel, Stage, Symbol};

/// QR and Micro QR by zxing-cpp, over the picture as it is or with all its own transforms.
#[derive(Clone, Copy, Debug)]
pub struct ZxingDecoder {
    thorough: bool,
}

impl ZxingDecoder {
    /// One quick pass over the picture as it is.
    #[must_use]
    pub fn fast() -> Self {
        Self { thorough: false }
    }

    /// A dense search, and the picture also turned, scaled down and inverted.
    #[must_use]
    pub fn full() -> Self {
        Self { thorough: true }
    }

    fn reader(self) -> BarcodeReader {
        // Plain: the default mode writes control characters and GS1 separators out as words.
        BarcodeReader::new()
            .formats([BarcodeFormat::QRCode, BarcodeFormat::MicroQRCode])
            .text_mode(TextMode::Plain)
            .return_errors(true)
            .try_harder(self.thorough)
            .try_rotate(self.thorough)
            .try_invert(self.thorough)
            .try_downscale(self.thorough)
    }
}

impl Decoder for ZxingDecoder {
    fn family(&self) -> Family {
        Family::Zxing
    }

    fn decode(&self, view: &LumaView<'_>) -> Found {
        // The binding's safe view has no stride: padding goes in as pixels and is cropped off, without a copy.
        let whole_rows = view.stride() * view.height();
        let copy;
        let (data, stride) = if view.data().len() >= whole_rows {
            (&view.data()[..whole_rows], view.stride())
        } else {
            copy = view.to_luma();
            (copy.view().data(), view.width())
        };
        let (Ok(width), Ok(height)) = (i32::try_from(view.width()), i32::try_from(view.height())) else {
            return Found::default();
        };
        let Ok(image) = ImageView::from_slice(data, stride, view.height(), ImageFormat::Lum) else {
            return Found::default();
        };
        let barcodes = self.reader().from(image.cropped(0, 0, width, height)).unwrap_or_default();
        let stage = if self.thorough { Stage::Full } else { Stage::Fast };
        let mut found = Found::default();
        for barcode in &barcodes {
            if barcode.is_valid() {
                found.symbols.push(symbol(barcode, stage));
            } else {
                // Micro QR versions read "M1" to "M4" and so stay unknown.
                let version = barcode.extra_with_key("Version").parse().ok();
                found.unread.push(Located { corners: corners(barcode), version });
            }
        }
        found
    }
}

fn symbol(barcode: &Barcode, stage: Stage) -> Symbol {
    let bytes = barcode.bytes();
    let mut symbol = Symbol::new(text(barcode, &bytes), corners(barcode), stage);
    symbol.bytes = (bytes != symbol.text.as_bytes()).then_some(bytes);
    // Micro QR versions read "M1" to "M4" and so stay unknown.
    symbol.version = barcode.extra_with_key("Version").parse().ok();
    symbol.ec_level = ec_level(&barcode.extra_with_key("ECLevel"));
    symbol.mirrored = barcode.is_mirrored();
    symbol
}

/// The text; the binding cuts it off at the first NUL, so a payload with one is put into text here.
fn text(barcode: &Barcode, bytes: &[u8]) -> String {
    if !bytes.contains(&0) {
        return barcode.text();
    }
    // Without an announced character set, what is not UTF-8 is Latin-1 (ISO/IEC 18004, 7.3.5).
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

fn ec_level(name: &str) -> Option<EcLevel> {
    match name {
        "L" => Some(EcLevel::L),
        "M" => Some(EcLevel::M),
        "Q" => Some(EcLevel::Q),
        "H" => Some(EcLevel::H),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss)] // pixel positions are far below 2^24
fn corners(barcode: &Barcode) -> Corners {
    let point = |point: PointI| [point.x as f32, point.y as f32];
    let at = barcode.position();
    let (right, left) = (point(at.top_right), point(at.bottom_left));
    // zxing names the corners of the grid as it lies in the picture: in a mirror these two change places.
    let (right, left) = if barcode.is_mirrored() { (left, right) } else { (right, left) };
    [point(at.top_left), right, point(at.bottom_right), left]
}
