//! What is seen beside the pallet: the dark between its cartons, and the racking of the hall, out of focus.

use super::picture::Picture;
use super::plane::Plane;
use super::random::Random;
use super::sheet::Colour;

const WALL: Colour = Colour::new(66, 3, -1);
const BEAM: Colour = Colour::new(104, -36, 44);
const POST: Colour = Colour::new(68, 20, -14);

/// Paints the hall over the whole picture; `hall` decides where its racking stands, `shift` (frame heights) how the hand
/// moves it.
pub(crate) fn paint(picture: &mut Picture, hall: &mut Random, shift: [f32; 2]) {
    let height = picture.luma.height() as f32;
    // It is far behind the pallet, so it moves half as much with the hand.
    let [right, down] = shift.map(|at| 0.5 * at + hall.between(1.2, 1.8));
    fill(&mut picture.luma, [1.0 / height, right, down], |colour| f32::from(colour.luma));
    if let Some([blue, red]) = &mut picture.chroma {
        fill(blue, [2.0 / height, right, down], |colour| f32::from(colour.chroma[0]));
        fill(red, [2.0 / height, right, down], |colour| f32::from(colour.chroma[1]));
    }
}

/// Fills a plane with one part of the racking's colours: beams across before a wall that is darker below, posts before all.
fn fill(plane: &mut Plane, [step, right, down]: [f32; 3], part: fn(Colour) -> f32) {
    let posts: Vec<f32> = (0..plane.width()).map(|x| soft_bar((x as f32 * step + right) % 0.89, 0.3, 0.335)).collect();
    for (y, row) in plane.rows_mut().enumerate() {
        let y = y as f32 * step;
        let beam = soft_bar((y + down) % 0.5, 0.44, 0.49);
        let wall = part(WALL) * (1.15 - 0.3 * y);
        let behind = wall + (part(BEAM) - wall) * beam;
        for (pixel, post) in row.iter_mut().zip(&posts) {
            *pixel = behind + (part(POST) - behind) * post;
        }
    }
}

/// 1 between `from` and `to`, 0 outside, with soft edges.
fn soft_bar(at: f32, from: f32, to: f32) -> f32 {
    const EDGE: f32 = 0.012;
    ((at - from) / EDGE + 0.5).clamp(0.0, 1.0) * ((to - at) / EDGE + 0.5).clamp(0.0, 1.0)
}
