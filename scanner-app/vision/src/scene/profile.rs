//! How good the simulated camera, its holder, the light and the labels are: plain data.

/// A camera, its light, its holder and the state of the labels. A pair is a range, least and most, that each picture
/// or each label draws from evenly; all zeros means that nothing of the kind is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// What it is called in documents and on the command line.
    pub name: &'static str,
    /// Pixels to the module before tilt, drawn for each label, in a frame of 1080 rows and in proportion in others; where
    /// the labels would not fit into the frame all are smaller by the same factor.
    pub module_px: (f32, f32),
    /// Tilt of the pallet away from the picture plane, degrees about the upright axis; about the level one 0.6 of it.
    pub tilt_deg: (f32, f32),
    /// Most turn of a sticker in its own plane, degrees to each side.
    pub turn_deg: f32,
    /// Arc that a symbol spans, degrees: below 30 on a carton that bulges both ways, from there on round a can.
    pub arc_deg: (f32, f32),
    /// How far the hand sways from the middle, thousandths of the frame's height.
    pub sway: f32,
    /// Radius of the circle that a point becomes out of focus, pixels; the focus hunts between the two. This and the next
    /// hold for frames of 1080 rows and more, and are less in proportion in smaller ones, whose cameras join pixels.
    pub defocus_px: (f32, f32),
    /// Length of the line that a point becomes while the shutter is open, pixels, from the hand at rest to its fastest.
    pub motion_px: (f32, f32),
    /// Grey level of white paper in full light.
    pub white: (f32, f32),
    /// Deviation of the noise in the dark, grey levels.
    pub read_noise: f32,
    /// Deviation that light adds at grey level 255; it grows with the root of the light.
    pub shot_noise: f32,
    /// Share of the light that is missing where it falls off most, 0 to 1.
    pub shade: f32,
    /// Share of the light that a shadow with a visible edge takes, 0 to 1.
    pub shadow: (f32, f32),
    /// The film that is wound round the pallet.
    pub film: Film,
    /// What has happened to the labels.
    pub wear: Wear,
    /// Quality of the camera's JPEG, 1 to 100.
    pub jpeg_quality: (u8, u8),
}

/// Stretch film round a pallet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    /// Share of what the camera sees that is the film's own milky light, 0 to 1.
    pub haze: (f32, f32),
    /// Grey levels that the film's reflections add at their brightest; above 255 nothing below can be seen.
    pub glare: (f32, f32),
    /// Wrinkles over the height of the frame.
    pub wrinkles: f32,
}

/// What has happened to a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wear {
    /// Share of the ink's contrast that is gone, 0 to 1.
    pub fade: (f32, f32),
    /// Modules by which dark grows over each edge; below 0 the print is too thin.
    pub ink_spread: (f32, f32),
    /// Scratches across the sticker.
    pub scratches: (u8, u8),
    /// How far a corner of the sticker is torn off, modules from the corner inwards.
    pub tear: (f32, f32),
    /// Share of the light that the darkest smudge swallows, 0 to 1.
    pub dirt: (f32, f32),
}

const NO_FILM: Film = Film { haze: (0.0, 0.0), glare: (0.0, 0.0), wrinkles: 0.0 };

const NO_WEAR: Wear =
    Wear { fade: (0.0, 0.0), ink_spread: (0.0, 0.0), scratches: (0, 0), tear: (0.0, 0.0), dirt: (0.0, 0.0) };

/// `clean`: a good camera at rest before fresh labels in even light; nothing makes it hard but size.
pub const CLEAN: Profile = Profile {
    name: "clean",
    module_px: (6.0, 7.5),
    tilt_deg: (0.0, 0.0),
    turn_deg: 0.0,
    arc_deg: (0.0, 0.0),
    sway: 2.0,
    defocus_px: (0.0, 0.0),
    motion_px: (0.0, 0.0),
    white: (225.0, 225.0),
    read_noise: 0.0,
    shot_noise: 0.0,
    shade: 0.0,
    shadow: (0.0, 0.0),
    film: NO_FILM,
    wear: NO_WEAR,
    jpeg_quality: (100, 100),
};

/// `warehouse-1`: a hand at arm's length in hall light before fresh labels, the focus hunting a little.
pub const WAREHOUSE_1: Profile = Profile {
    name: "warehouse-1",
    module_px: (6.0, 7.5),
    tilt_deg: (0.0, 16.0),
    turn_deg: 6.0,
    arc_deg: (0.0, 0.0),
    sway: 8.0,
    defocus_px: (0.6, 3.2),
    motion_px: (0.0, 2.5),
    white: (190.0, 235.0),
    read_noise: 2.5,
    shot_noise: 3.5,
    shade: 0.35,
    shadow: (0.0, 0.4),
    film: NO_FILM,
    wear: NO_WEAR,
    jpeg_quality: (75, 90),
};

/// `film`: the pallet is wrapped in stretch film, which reflects the lamps and veils the print.
pub const FILM: Profile = Profile {
    name: "film",
    defocus_px: (0.6, 2.0),
    film: Film { haze: (0.08, 0.3), glare: (120.0, 380.0), wrinkles: 26.0 },
    ..WAREHOUSE_1
};

/// `dock`: little light at the gate, so the shutter is open long and the gain is high.
pub const DOCK: Profile = Profile {
    name: "dock",
    defocus_px: (0.8, 2.2),
    motion_px: (0.5, 6.0),
    sway: 12.0,
    white: (70.0, 130.0),
    read_noise: 6.0,
    shot_noise: 9.0,
    shade: 0.5,
    shadow: (0.2, 0.6),
    jpeg_quality: (60, 80),
    ..WAREHOUSE_1
};

/// `worn`: labels that have been scratched, torn, soiled, bleached, or printed with too much or too little ink.
pub const WORN: Profile = Profile {
    name: "worn",
    defocus_px: (0.6, 2.0),
    wear: Wear { fade: (0.0, 0.6), ink_spread: (-0.12, 0.2), scratches: (0, 8), tear: (0.0, 8.0), dirt: (0.0, 0.6) },
    ..WAREHOUSE_1
};

/// `round`: labels round cans and on bulging cartons.
pub const ROUND: Profile = Profile { name: "round", defocus_px: (0.6, 2.0), arc_deg: (10.0, 60.0), ..WAREHOUSE_1 };

impl Profile {
    /// All published profiles.
    pub const ALL: [Self; 6] = [WAREHOUSE_1, FILM, DOCK, WORN, ROUND, CLEAN];

    /// The published profile of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }
}
