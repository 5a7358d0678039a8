//! Which cameras there are, and what they can do.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::control::CameraControl;
use super::hardware::{Hardware, OpenError};
use super::mode::{Mode, ranked};
use super::wish::CameraWish;

/// One camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CameraInfo {
    /// The N of `camera:N`.
    pub index: u32,
    /// Its name, as the driver has it.
    pub name: String,
    /// Its modes, best first: without a wish the first is taken.
    pub modes: Vec<Mode>,
    /// Its controls.
    pub controls: Vec<CameraControl>,
    /// Why it cannot be looked at, if so: in use, for example.
    pub trouble: Option<String>,
}

/// The cameras among the listed devices; nodes that take no pictures are left out.
pub(super) fn look(
    listed: Vec<(u32, String)>,
    mut open: impl FnMut(u32) -> Result<Box<dyn Hardware>, OpenError>,
) -> Vec<CameraInfo> {
    let looked = listed.into_iter().filter_map(|(index, name)| {
        let mut info = CameraInfo { index, name, modes: Vec::new(), controls: Vec::new(), trouble: None };
        // The driver's library panics on answers that it does not know; that hides one camera, not all.
        let looked = catch_unwind(AssertUnwindSafe(|| {
            let mut hardware = open(index)?;
            let modes = hardware.modes().map_err(OpenError::Failed);
            Ok((modes, hardware.controls()))
        }));
        let looked = looked.unwrap_or_else(|_| Err(OpenError::Failed("its driver's library stopped".to_owned())));
        let modes = looked.map(|(modes, controls)| {
            info.controls = controls;
            modes
        });
        match modes.flatten() {
            Ok(modes) => info.modes = ranked(modes, &CameraWish::default()),
            Err(OpenError::NotACamera(_)) => return None,
            Err(OpenError::Failed(why)) => info.trouble = Some(why),
        }
        Some(info)
    });
    looked.collect()
}
