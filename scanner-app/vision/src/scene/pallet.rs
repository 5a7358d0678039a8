//! The pallet: rows of cartons or cans, and which of them carry the labels.

use super::FrameSize;
use super::camera::{Aim, Camera, Rotation};
use super::carton;
use super::film::Wrap;
use super::grid::Grid;
use super::hand::STILL;
use super::label::Label;
use super::picture::Picture;
use super::profile::Profile;
use super::random::Random;
use super::sheet::{Colour, Sheet};
use super::sticker::{SYMBOL_AT, Sticker};
use super::surface::{Lit, Surface};
use super::{backdrop, draw::Seen};
use crate::symbol::Corners;

/// Modules between two cartons.
const GAP: f32 = 1.6;

/// Fronts that are drawn once and used in turn.
const FRONTS: usize = 4;

/// The dark between and behind the goods.
const HOLLOW: Colour = Colour::new(26, 2, 1);

/// Everything before the camera but the film, laid out and printed; it stays from take to take.
#[derive(Clone, Debug)]
pub(crate) struct Pallet {
    pub(crate) aim: Aim,
    pub(crate) wrap: Option<Wrap>,
    /// The labelled goods in the order of the labels.
    pub(crate) labelled: Vec<Labelled>,
    blank: Vec<Good>,
    cartons: Vec<Sheet>,
    cans: Vec<Sheet>,
    hollow: Sheet,
    /// Left top and right bottom of the stack, modules.
    stack: [[f32; 2]; 2],
    hall: Random,
}

/// A carton or can.
#[derive(Clone, Debug)]
struct Good {
    /// Which of the drawn fronts.
    front: usize,
    surface: Surface,
    /// Its middle: right, down and away from the middle of the pallet, modules.
    at: [f32; 3],
    lean: Rotation,
    size: [f32; 2],
    light: f32,
}

/// A good with its sticker.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    good: Good,
    pub(crate) sticker: Sticker,
    /// Modules a side of the symbol.
    pub(crate) side: usize,
    pub(crate) arc_deg: f32,
    /// Where the sticker's middle is, from the front's middle, modules, and how it is turned.
    middle: [f32; 2],
    turn: Rotation,
    /// How large it is printed, as a share of the profile's largest.
    scale: f32,
}

impl Good {
    fn new(grid: &Grid, cell: (i32, i32), side: usize, profile: &Profile, random: &mut Random) -> (Self, f32) {
        let arc_deg = random.within(profile.arc_deg);
        let surface = Surface::new(side as f32, arc_deg);
        // Sound stacks lean little; a straight camera (no tilt) stands before a straight stack.
        let slack = (profile.tilt_deg.1 / 12.0).min(1.0);
        let middle = grid.middle(cell);
        let good = Self {
            front: random.below(FRONTS),
            surface,
            at: [middle[0] + random.between(-0.6, 0.6) * slack, middle[1], random.between(-3.0, 1.0) * slack],
            lean: Rotation::new(
                [random.between(-2.5, 2.5) * slack, random.between(-1.5, 1.5) * slack],
                random.between(-0.8, 0.8) * slack,
            ),
            size: [(grid.cell[0] - GAP).min(surface.widest()), grid.cell[1] - GAP],
            light: random.between(0.88, 1.06),
        };
        (good, arc_deg)
    }

    /// Where a point of the front, from its middle, lies on the pallet.
    fn place(&self, point: [f32; 2]) -> [f32; 3] {
        let lifted = self.lean.turn(self.surface.lift(point));
        [0, 1, 2].map(|axis| self.at[axis] + lifted[axis])
    }

    fn paint(&self, camera: &Camera, pallet: &Pallet, picture: &mut Picture) {
        let fronts = if matches!(self.surface, Surface::Can(_)) { &pallet.cans } else { &pallet.cartons };
        let seen = Seen::new(self.surface.cells(), |share| {
            let point = [0, 1].map(|axis| (share[axis] - 0.5) * self.size[axis]);
            (camera.see(self.place(point)), self.surface.lit(point))
        });
        seen.paint(&fronts[self.front], self.light, picture);
    }
}

impl Labelled {
    fn new(good: Good, arc_deg: f32, label: &Label, density: usize, profile: &Profile, random: &mut Random) -> Self {
        let sticker = Sticker::new(label, density, &profile.wear, random);
        let (least, most) = profile.module_px;
        let scale = random.between((least / most.max(0.1)).clamp(0.2, 1.0), 1.0);
        let size = sticker.sheet.size().map(|side| side * scale);
        let round = matches!(good.surface, Surface::Can(_));
        // On a carton it is stuck anywhere, on a can in front.
        let slack = |axis: usize| ((good.size[axis] - size[axis]) / 2.0 - 2.5).max(0.0);
        let across = if round { slack(0).min(2.0) } else { slack(0) };
        let middle = [random.between(-across, across), random.between(-slack(1), slack(1))];
        let turn = Rotation::new([0.0; 2], random.between(-profile.turn_deg, profile.turn_deg));
        Self { good, sticker, side: label.side(), arc_deg, middle, turn, scale }
    }

    /// Where a point of the sticker (modules from its left top) is on the front, from the front's middle.
    fn on_front(&self, point: [f32; 2]) -> [f32; 2] {
        let size = self.sticker.sheet.size();
        let [x, y] = [0, 1].map(|axis| (point[axis] - size[axis] / 2.0) * self.scale);
        let [x, y, _] = self.turn.turn([x, y, 0.0]);
        [self.middle[0] + x, self.middle[1] + y]
    }

    /// Where a point of the symbol (shares of its side) is seen, pixels.
    pub(crate) fn see(&self, camera: &Camera, share: [f32; 2]) -> [f32; 2] {
        let point = [0, 1].map(|axis| SYMBOL_AT[axis] + share[axis] * self.side as f32);
        camera.see(self.good.place(self.on_front(point)))
    }

    /// The symbol's corners in pixels.
    pub(crate) fn corners(&self, camera: &Camera) -> Corners {
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|share| self.see(camera, share))
    }

    fn sticker_corners(&self, camera: &Camera) -> Corners {
        let [width, height] = self.sticker.sheet.size();
        [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]
            .map(|point| camera.see(self.good.place(self.on_front(point))))
    }

    /// The factor and the gloss that the surface gives the symbol's middle.
    pub(crate) fn lit(&self) -> Lit {
        let half = self.side as f32 / 2.0;
        self.good.surface.lit(self.on_front([SYMBOL_AT[0] + half, SYMBOL_AT[1] + half]))
    }

    fn paint(&self, camera: &Camera, pallet: &Pallet, picture: &mut Picture) {
        self.good.paint(camera, pallet, picture);
        let size = self.sticker.sheet.size();
        let seen = Seen::new(self.good.surface.cells(), |share| {
            let point = self.on_front([share[0] * size[0], share[1] * size[1]]);
            (camera.see(self.good.place(point)), self.good.surface.lit(point))
        });
        seen.paint(&self.sticker.sheet, 1.0, picture);
    }
}

impl Pallet {
    /// A pallet with these labels. Where everything stands comes from the labels alone, so that each take of a scene
    /// shows the same.
    pub(crate) fn new(labels: &[Label], size: FrameSize, profile: &Profile) -> Self {
        let mut random = Random::new(seed(labels));
        let side = labels.iter().map(Label::side).max().unwrap_or(29);
        let wanted_px = profile.module_px.1.max(0.5) * size.height as f32 / 1080.0;
        let wrap = Wrap::new(profile.film, &mut random);
        // Film is wound round the whole stack, so a wrapped one fills the frame.
        let open = random.below(3) == 0 && wrap.is_none();
        let grid = Grid::new(labels.len(), side, size, wanted_px, open);
        let (columns, rows) = ((grid.cell[0] - GAP) as usize, (grid.cell[1] - GAP) as usize);
        let coarse = (grid.module_px + 0.5).clamp(2.0, 8.0) as usize;
        let fine = (grid.module_px * 2.0 + 0.5).clamp(4.0, 16.0) as usize;
        let mut fronts = |paint: fn(usize, usize, usize, &mut Random) -> Sheet| {
            (0..FRONTS).map(|_| paint(columns, rows, coarse, &mut random)).collect()
        };
        let (cartons, cans) = (fronts(carton::carton), fronts(carton::can));
        let mut blank: Vec<Good> =
            grid.blank.iter().map(|cell| Good::new(&grid, *cell, side, profile, &mut random).0).collect();
        blank.sort_by(|a, b| b.at[2].total_cmp(&a.at[2]));
        let labelled = grid.labelled.iter().zip(labels).map(|(cell, label)| {
            let (good, arc_deg) = Good::new(&grid, *cell, label.side(), profile, &mut random);
            Labelled::new(good, arc_deg, label, fine, profile, &mut random)
        });
        let labelled: Vec<Labelled> = labelled.collect();
        let yaw_deg = random.sign() * random.within(profile.tilt_deg);
        let pitch_deg = 0.6 * random.sign() * random.within(profile.tilt_deg);
        let aim = Aim {
            size,
            module_px: grid.module_px,
            tilt_deg: [yaw_deg, pitch_deg],
            turn_deg: random.between(-0.4, 0.4) * profile.turn_deg,
            middle: [size.width as f32 / 2.0, size.height as f32 / 2.0],
        };
        let hollow = Sheet::new(1, 1, 1, HOLLOW);
        let mut pallet = Self { aim, wrap, labelled, blank, cartons, cans, hollow, stack: grid.stack, hall: random };
        pallet.fit(profile);
        pallet
    }

    /// Moves the camera so that every sticker is in the frame and stays there while the hand sways.
    fn fit(&mut self, profile: &Profile) {
        if self.labelled.is_empty() {
            return;
        }
        let largest_px = self.aim.module_px;
        let frame = [self.aim.size.width as f32, self.aim.size.height as f32];
        let margin = frame[1] * (0.012 + profile.sway / 1000.0);
        // Nearer means more perspective, so one step is not enough.
        for _ in 0..5 {
            let camera = self.aim.camera(&STILL);
            let corners: Vec<[f32; 2]> =
                self.labelled.iter().flat_map(|labelled| labelled.sticker_corners(&camera)).collect();
            let bounds = [0, 1].map(|axis| {
                let values = corners.iter().map(|corner| corner[axis]);
                values.fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at), high.max(at)))
            });
            let ratio = |axis: usize| (frame[axis] - 2.0 * margin) / (bounds[axis].1 - bounds[axis].0).max(1.0);
            let scale = ratio(0).min(ratio(1)).clamp(0.2, 5.0);
            let module_px = (self.aim.module_px * scale).min(largest_px);
            let grown = module_px / self.aim.module_px;
            for axis in 0..2 {
                let off = f32::midpoint(bounds[axis].0, bounds[axis].1) - self.aim.middle[axis];
                self.aim.middle[axis] = frame[axis] / 2.0 - off * grown;
            }
            self.aim.module_px = module_px;
        }
    }

    /// Paints the pallet and the hall behind it.
    pub(crate) fn paint(&self, camera: &Camera, shift: [f32; 2], picture: &mut Picture) {
        backdrop::paint(picture, &mut self.hall.clone(), shift);
        let behind = Seen::new((1, 1), |share| {
            let [first, last] = self.stack;
            let point = [0, 1].map(|axis| first[axis] + share[axis] * (last[axis] - first[axis]));
            (camera.see([point[0], point[1], 8.0]), Surface::Flat.lit(point))
        });
        behind.paint(&self.hollow, 1.0, picture);
        for good in &self.blank {
            good.paint(camera, self, picture);
        }
        for labelled in &self.labelled {
            labelled.paint(camera, self, picture);
        }
    }
}

/// A seed that the labels alone decide (FNV-1a over their texts).
fn seed(labels: &[Label]) -> u64 {
    let bytes = labels.iter().flat_map(|label| label.text().bytes().chain([0]));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
