//! Pictures of the window as small palette PNGs.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use slint::{Rgba8Pixel, SharedPixelBuffer};

type Rgb = [u8; 3];

fn rgb(pixel: Rgba8Pixel) -> Rgb {
    [pixel.r, pixel.g, pixel.b]
}

/// The most frequent colours, two dozen at most: flat surfaces first, the steps of letters' edges after them.
fn palette(picture: &SharedPixelBuffer<Rgba8Pixel>) -> Vec<Rgb> {
    let mut counts: HashMap<Rgb, u32> = HashMap::new();
    for pixel in picture.as_slice() {
        *counts.entry(rgb(*pixel)).or_default() += 1;
    }
    let mut colours: Vec<(Rgb, u32)> = counts.into_iter().collect();
    colours.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    colours.into_iter().take(24).map(|(colour, _)| colour).collect()
}

fn nearest(palette: &[Rgb], colour: Rgb) -> u8 {
    let distance = |other: &Rgb| -> i32 {
        other.iter().zip(colour).map(|(one, two)| (i32::from(*one) - i32::from(two)).pow(2)).sum()
    };
    let place = (0..palette.len()).min_by_key(|place| distance(&palette[*place])).unwrap();
    u8::try_from(place).unwrap()
}

/// Writes a picture.
pub(super) fn write(path: &Path, picture: &SharedPixelBuffer<Rgba8Pixel>) {
    let palette = palette(picture);
    let mut known: HashMap<Rgb, u8> = HashMap::new();
    let pixels = picture.as_slice().iter().map(|pixel| {
        let colour = rgb(*pixel);
        *known.entry(colour).or_insert_with(|| nearest(&palette, colour))
    });
    let pixels: Vec<u8> = pixels.collect();
    let file = BufWriter::new(File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}

/// The share of pixels, in thousandths, that differ from a picture on disk by more than an eye forgives.
pub(super) fn difference(path: &Path, picture: &SharedPixelBuffer<Rgba8Pixel>) -> Result<usize, String> {
    const FORGIVEN: u8 = 48;
    let golden = image::open(path).map_err(|error| format!("{}: {error}", path.display()))?.to_rgb8();
    if golden.dimensions() != (picture.width(), picture.height()) {
        return Err(format!("{}: other size, {:?}", path.display(), golden.dimensions()));
    }
    // As the golden one was written: in its own few colours.
    let palette: Vec<Rgb> = golden.pixels().map(|pixel| pixel.0).collect::<BTreeSet<Rgb>>().into_iter().collect();
    let mut known: HashMap<Rgb, Rgb> = HashMap::new();
    let differ = golden.pixels().zip(picture.as_slice()).filter(|(golden, pixel)| {
        let colour = rgb(**pixel);
        let shown = known.entry(colour).or_insert_with(|| palette[usize::from(nearest(&palette, colour))]);
        golden.0.iter().zip(*shown).any(|(one, two)| one.abs_diff(two) > FORGIVEN)
    });
    Ok(differ.count() * 1_000 / picture.as_slice().len().max(1))
}
