//! Which carton stands where.

use super::carton::{Carton, FACE};
use super::label::Label;
use super::profile::Profile;
use super::random::Random;
use super::{FrameSize, pixel};
use crate::symbol::Corners;

/// Distance of the camera to the cartons, in frame heights.
const DISTANCE: f32 = 1.6;

/// How far the hand moves the picture between frames, in frame heights, and turns it, degrees.
const SHAKE: f32 = 0.008;
const SHAKE_DEG: f32 = 1.0;

/// One carton for each label, in a grid of cells. Where each stands comes from the labels alone, so that the frames of
/// a scene show the same cartons; `moment` moves the camera a little.
pub(crate) fn place(labels: &[Label], size: FrameSize, profile: &Profile, moment: &mut Random) -> Vec<Carton> {
    let random = &mut Random::new(seed(labels));
    let (columns, rows) = cells(labels.len());
    let (width, height) = (pixel(size.width), pixel(size.height));
    let (cell_width, cell_height) = (width / small(columns), height / small(rows));
    // A turned and tilted face needs room around it.
    let most = (cell_width / (FACE.width() * 1.05)).min(cell_height / (FACE.height() * 1.05));
    let scale = height / 720.0;
    let shake = [0, 1].map(|_| moment.between(-SHAKE, SHAKE) * height);
    let turn_deg = moment.between(-SHAKE_DEG, SHAKE_DEG);
    let mut cartons = Vec::with_capacity(labels.len());
    for (at, label) in labels.iter().enumerate() {
        let module_px = (random.between(profile.module_px.0, profile.module_px.1) * scale).min(most);
        let slack_x = (cell_width - FACE.width() * module_px).max(0.0) / 4.0;
        let slack_y = (cell_height - FACE.height() * module_px).max(0.0) / 4.0;
        let centre = [
            cell_width * (small(at % columns) + 0.5) + random.between(-slack_x, slack_x) + shake[0],
            cell_height * (small(at / columns) + 0.5) + random.between(-slack_y, slack_y) + shake[1],
        ];
        let tilt = profile.tilt_deg;
        let pose = Pose {
            yaw: random.between(-tilt, tilt).to_radians(),
            pitch: random.between(-tilt, tilt).to_radians(),
            roll: (random.between(-profile.turn_deg, profile.turn_deg) + turn_deg).to_radians(),
        };
        let corners = pose.project(module_px, centre, height * DISTANCE);
        cartons.extend(Carton::new(label.clone(), corners, random));
    }
    cartons
}

/// A seed that the labels alone decide (FNV-1a over their texts).
fn seed(labels: &[Label]) -> u64 {
    let bytes = labels.iter().flat_map(|label| label.text().bytes().chain([0]));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Columns and rows for a number of labels, in a wide frame.
fn cells(labels: usize) -> (usize, usize) {
    match labels {
        0 | 1 => (1, 1),
        2 => (2, 1),
        3 => (3, 1),
        4 => (2, 2),
        5 | 6 => (3, 2),
        7 | 8 => (4, 2),
        more => {
            let rows = (more / 2).isqrt().max(1);
            (more.div_ceil(rows), rows)
        }
    }
}

/// How a face is turned, radians.
struct Pose {
    yaw: f32,
    pitch: f32,
    roll: f32,
}

impl Pose {
    /// The corners of the face in the frame, its middle at `centre`, seen from `distance` pixels.
    fn project(&self, module_px: f32, centre: [f32; 2], distance: f32) -> Corners {
        let (half_width, half_height) = (FACE.width() / 2.0 * module_px, FACE.height() / 2.0 * module_px);
        [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| {
            let (x, y) = (x * half_width, y * half_height);
            let (x, y) = (x * self.roll.cos() - y * self.roll.sin(), x * self.roll.sin() + y * self.roll.cos());
            let (x, z) = (x * self.yaw.cos(), x * self.yaw.sin());
            let (y, z) = (y * self.pitch.cos() - z * self.pitch.sin(), y * self.pitch.sin() + z * self.pitch.cos());
            let shrink = distance / (distance + z);
            [centre[0] + x * shrink, centre[1] + y * shrink]
        })
    }
}

#[allow(clippy::cast_precision_loss)] // counts of labels
fn small(count: usize) -> f32 {
    count as f32
}
