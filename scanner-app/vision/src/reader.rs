//! The pipeline: stages in order of cost, their reads merged.

use crate::decoder::{Decoder, Found};
use crate::grid::confirm;
use crate::luma::LumaView;
use crate::merge::{Merge, Transform};
use crate::pure::{RQRR_MAX_PIXELS, RqrrDecoder};
use crate::symbol::Symbol;
#[cfg(not(feature = "zxing"))]
use crate::transform::halved;

/// Reads every QR symbol of a picture with all decoders of the build.
///
/// With `zxing`: fast pass, full pass, second try on symbols that were located but not read, then, where nothing was
/// read, the picture at another scale and rqrr. Without it: rqrr, larger pictures scaled down until it takes them.
/// Each text is then read once more from the sampled modules by rqrr, which gives most a second witness.
/// It holds no state between pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader;

impl Reader {
    /// A reader with the decoders of this build.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// The symbols of `view` in the order they were found, each place and text once, corners in its pixels.
    #[must_use]
    pub fn read(&self, view: &LumaView<'_>) -> Vec<Symbol> {
        let mut merge = Merge::default();
        #[cfg(feature = "zxing")]
        with_zxing::read(view, &mut merge);
        if merge.is_empty() && view.width() * view.height() <= RQRR_MAX_PIXELS {
            add(&mut merge, RqrrDecoder.decode(view), &RqrrDecoder, Transform::Frame);
        }
        #[cfg(not(feature = "zxing"))]
        read_large(view, &mut merge);
        merge.confirm(|symbol| confirm(view, symbol));
        merge.finish()
    }
}

fn add(merge: &mut Merge, found: Found, decoder: &dyn Decoder, transform: Transform) {
    for symbol in found.symbols {
        merge.add(symbol, decoder.family(), transform);
    }
}

/// rqrr on a picture that is too large for it, halved until it is not.
#[cfg(not(feature = "zxing"))]
fn read_large(view: &LumaView<'_>, merge: &mut Merge) {
    if view.width() * view.height() <= RQRR_MAX_PIXELS {
        return;
    }
    let mut looks = vec![halved(view)];
    while let Some(last) = looks.last() {
        let small = last.luma.view();
        if small.width() * small.height() <= RQRR_MAX_PIXELS {
            let mut found = RqrrDecoder.decode(&small);
            for symbol in &mut found.symbols {
                symbol.corners = looks.iter().rev().fold(symbol.corners, |corners, look| look.back(&corners));
            }
            add(merge, found, &RqrrDecoder, Transform::Scaled);
            return;
        }
        let next = halved(&small);
        looks.push(next);
    }
}

#[cfg(feature = "zxing")]
mod with_zxing {
    use super::{Decoder, LumaView, Merge, Transform, add};
    use crate::symbol::{Corners, Stage, longest_side, same_place};
    use crate::transform::{Look, around, doubled, halved};
    use crate::zxing::ZxingDecoder;

    /// Located symbols that get a second try in one picture; noise can look like hundreds.
    const MAX_CROPS: usize = 24;
    /// From this side on, in pixels, a located symbol is rather too large (blur, grain) than too small.
    const LARGE_SIDE: f32 = 400.0;
    /// Pictures above are tried at half size when nothing was read, those up to it at double size.
    const DOUBLE_MAX_PIXELS: usize = 1 << 19;

    pub(super) fn read(view: &LumaView<'_>, merge: &mut Merge) {
        let mut unread = Vec::new();
        for decoder in [ZxingDecoder::fast(), ZxingDecoder::full()] {
            let mut found = decoder.decode(view);
            unread.append(&mut found.unread);
            add(merge, found, &decoder, Transform::Frame);
        }
        for corners in distinct(&unread, merge) {
            let look = around(view, &corners, longest_side(&corners) > LARGE_SIDE);
            read_look(&look, merge, Stage::Crop, Transform::Crop);
        }
        if merge.is_empty() {
            let small = view.width() * view.height() <= DOUBLE_MAX_PIXELS;
            let look = if small { doubled(view) } else { halved(view) };
            read_look(&look, merge, Stage::Scaled, Transform::Scaled);
        }
    }

    fn read_look(look: &Look, merge: &mut Merge, stage: Stage, transform: Transform) {
        let decoder = ZxingDecoder::full();
        let mut found = decoder.decode(&look.luma.view());
        for symbol in &mut found.symbols {
            symbol.corners = look.back(&symbol.corners);
            symbol.stage = stage;
        }
        add(merge, found, &decoder, transform);
    }

    /// Each place once, without those that were read meanwhile.
    fn distinct(unread: &[Corners], merge: &Merge) -> Vec<Corners> {
        let mut places: Vec<Corners> = Vec::new();
        for corners in unread {
            if !merge.covers(corners) && !places.iter().any(|place| same_place(place, corners)) {
                places.push(*corners);
            }
        }
        places.truncate(MAX_CROPS);
        places
    }
}
