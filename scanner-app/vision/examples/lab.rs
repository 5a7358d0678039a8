//! lab
use vision::*;
fn main() {
    for p in std::env::args().skip(1) {
        let l = Luma::open(std::path::Path::new(&p)).unwrap();
        let v = l.view();
        let img = zxingcpp::ImageView::from_slice(v.data(), v.width(), v.height(), zxingcpp::ImageFormat::Lum).unwrap();
        let r = zxingcpp::BarcodeReader::new().formats([zxingcpp::BarcodeFormat::QRCode]).text_mode(zxingcpp::TextMode::Plain).return_errors(true).try_harder(true).try_rotate(true).try_invert(true).try_downscale(true);
        println!("{p} {}x{}", v.width(), v.height());
        for b in &r.from(img).unwrap() {
            println!("  {} {:?} v={} ec={} pos={:?} text={:?}", b.is_valid(), b.error(), b.extra_with_key("Version"), b.extra_with_key("ECLevel"), b.position().to_string(), b.text());
        }
        for s in RqrrDecoder.decode(&v).unread { println!("  rqrr unread {s:?}"); }
    }
}
