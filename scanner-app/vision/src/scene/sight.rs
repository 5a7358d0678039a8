//! What makes a label hard to read in one frame, so that a miss can be explained.

/// One label in one frame, measured on what was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// Pixels to the module along the symbol's shortest side.
    pub module_px: f32,
    /// The shortest side as a share of the longest: 1 seen from in front, less where it is tilted.
    pub squeeze: f32,
    /// Arc that the symbol spans, degrees; 0 on a flat carton.
    pub arc_deg: f32,
    /// Radius of the blur out of focus, pixels.
    pub defocus_px: f32,
    /// Length of the blur by motion, pixels.
    pub motion_px: f32,
    /// Share of the symbol on which reflections add more than 60 grey levels.
    pub glare_share: f32,
    /// Mean share of the film's milky light over the symbol, 0 to 1.
    pub haze: f32,
    /// Grey levels from ink to paper in the symbol's middle, before blur.
    pub contrast: f32,
    /// Deviation of the noise on paper in the symbol's middle, grey levels.
    pub noise: f32,
    /// Modules that look wrong on the label itself, as a share of all: dirt, scratches, tears, ink.
    pub damage_share: f32,
}
