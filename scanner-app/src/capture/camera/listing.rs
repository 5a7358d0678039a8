//! Which cameras there are, and what they can do.

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
        match open(index) {
            Ok(mut hardware) => {
                match hardware.modes() {
                    Ok(modes) => info.modes = ranked(modes, &CameraWish::default()),
                    Err(why) => info.trouble = Some(why),
                }
                info.controls = hardware.controls();
            }
            Err(OpenError::NotACamera(_)) => return None,
            Err(OpenError::Failed(why)) => info.trouble = Some(why),
        }
        Some(info)
    });
    looked.collect()
}
