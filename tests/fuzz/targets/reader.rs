//! Small pictures before the whole reader, as one picture and as frames.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::{LumaView, Reader, Symbol, Tracker};

// A panic inside rqrr is caught by design, so the hook that ends the process on any panic goes; one of ours still ends it.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    let Some((&[width, scale], pixels)) = bytes.split_first_chunk::<2>() else { return };
    let (width, scale) = (usize::from(width).max(1), usize::from(scale % 6) + 1);
    let height = pixels.len().div_ceil(width).clamp(1, 96);
    let pixel = |x: usize, y: usize| pixels.get(y / scale * width + x / scale).copied().unwrap_or(255);
    let side = width * scale;
    let luma: Vec<u8> = (0..side * height * scale).map(|at| pixel(at % side, at / side)).collect();
    let Ok(view) = LumaView::new(&luma, side, height * scale, side) else { return };
    Reader::new().read(&view).iter().for_each(check);
    let mut tracker = Tracker::default();
    for _ in 0..2 {
        tracker.look(&view).labels.iter().for_each(|label| check(&label.symbol));
    }
});

fn check(symbol: &Symbol) {
    assert!(symbol.corners.iter().flatten().all(|part| part.is_finite()), "{symbol:?}");
    assert!(symbol.agree >= 1 && symbol.accepted == (symbol.agree >= 2), "{symbol:?}");
}
