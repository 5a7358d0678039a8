//! How good the simulated camera and its holder are.

/// A camera, its light and its holder, as ranges that each frame draws from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// Pixels to the module, least and most, in a frame of 720 rows; in proportion in others.
    pub module_px: (f32, f32),
    /// Most tilt of a carton away from the picture plane about either axis, degrees.
    pub tilt_deg: f32,
    /// Most turn of a carton in the picture plane, degrees.
    pub turn_deg: f32,
    /// Deviation of the lens blur, least and most, pixels.
    pub blur_px: (f32, f32),
    /// Deviation of the sensor noise, grey levels of 255.
    pub noise_sigma: f32,
    /// Share of the light that is missing in the darkest corner, 0 to 1.
    pub shade: f32,
    /// Quality of the camera's JPEG, 1 to 100.
    pub jpeg_quality: u8,
}

/// `warehouse-1`: a steady hand at arm's length in even hall light; the pipeline reads at least 99 % of the labels.
pub const WAREHOUSE_1: Profile = Profile {
    module_px: (4.0, 5.0),
    tilt_deg: 18.0,
    turn_deg: 9.0,
    blur_px: (0.5, 0.9),
    noise_sigma: 4.0,
    shade: 0.35,
    jpeg_quality: 82,
};
