//! Torch, exposure and focus: which of a camera's controls are to be set, in which order. Numbers are those of V4L2.

use serde::Serialize;

use super::wish::{CameraWish, Lever};

/// A control that a camera offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CameraControl {
    /// The driver's number of it; none where it has none.
    pub id: Option<u32>,
    /// Its name, as the driver has it.
    pub name: String,
    /// Whether it is only on or off.
    pub is_switch: bool,
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
    /// Between two values.
    pub step: i64,
    /// The value at start.
    pub default: i64,
    /// The value now.
    pub value: i64,
}

const EXPOSURE_MODE: u32 = 0x009a_0901;
const EXPOSURE_TIME: u32 = 0x009a_0902;
const FOCUS: u32 = 0x009a_090a;
const FOCUS_BY_ITSELF: u32 = 0x009a_090c;
const LAMP: u32 = 0x009c_0901;

/// Exposure modes: all by itself, by hand, and the aperture's priority, which is what webcams call automatic.
const EXPOSURE_AUTO: i64 = 0;
const EXPOSURE_BY_HAND: i64 = 1;
const EXPOSURE_APERTURE: i64 = 3;

/// Lamp modes.
const LAMP_OFF: i64 = 0;
const LAMP_TORCH: i64 = 2;

/// A control and the value that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) id: u32,
    pub(super) is_switch: bool,
    pub(super) value: i64,
    /// The word of the wish, for the clerk.
    pub(super) word: &'static str,
}

/// Whether the lamp shines; none where the camera offers none that can.
pub(super) fn lamp(offered: &[CameraControl]) -> Option<bool> {
    let lamp = offered.iter().find(|control| control.id == Some(LAMP))?;
    (lamp.min..=lamp.max).contains(&LAMP_TORCH).then_some(lamp.value == LAMP_TORCH)
}

/// What to set, in this order, and what cannot be set, in words.
pub(super) fn plan(wish: &CameraWish, offered: &[CameraControl]) -> (Vec<Setting>, Vec<String>) {
    let mut plan = Plan { offered, settings: Vec::new(), refusals: Vec::new() };
    if let Some(is_on) = wish.torch {
        plan.add("torch", LAMP, if is_on { LAMP_TORCH } else { LAMP_OFF });
    }
    match wish.exposure {
        Some(Lever::Auto) => {
            let max = plan.find(EXPOSURE_MODE).map_or(0, |control| control.max);
            plan.add(
                "exposure",
                EXPOSURE_MODE,
                if max >= EXPOSURE_APERTURE { EXPOSURE_APERTURE } else { EXPOSURE_AUTO },
            );
        }
        Some(Lever::Value(value)) => {
            // A time is only taken by hand; a camera without modes is always so.
            plan.add_fixed("exposure", (EXPOSURE_MODE, EXPOSURE_BY_HAND), (EXPOSURE_TIME, value));
        }
        None => {}
    }
    match wish.focus {
        Some(Lever::Auto) => plan.add("focus", FOCUS_BY_ITSELF, 1),
        Some(Lever::Value(value)) => plan.add_fixed("focus", (FOCUS_BY_ITSELF, 0), (FOCUS, value)),
        None => {}
    }
    (plan.settings, plan.refusals)
}

struct Plan<'c> {
    offered: &'c [CameraControl],
    settings: Vec<Setting>,
    refusals: Vec<String>,
}

impl Plan<'_> {
    fn find(&self, id: u32) -> Option<&CameraControl> {
        self.offered.iter().find(|control| control.id == Some(id))
    }

    /// A value, and before it the switch that lets it count, where there is one. A value that is refused switches nothing.
    fn add_fixed(&mut self, word: &'static str, by_hand: (u32, i64), fixed: (u32, i64)) {
        let place = self.settings.len();
        self.add(word, fixed.0, fixed.1);
        if self.settings.len() > place && self.find(by_hand.0).is_some() {
            self.add(word, by_hand.0, by_hand.1);
            self.settings[place..].reverse();
        }
    }

    fn add(&mut self, word: &'static str, id: u32, value: i64) {
        match self.find(id) {
            None => self.refusals.push(format!(
                "{word} cannot be set: the camera's driver has no such control; set it on the camera or choose another camera"
            )),
            Some(control) if !(control.min..=control.max).contains(&value) => self.refusals.push(format!(
                "{word} cannot be {value}: the camera takes {} to {}",
                control.min, control.max
            )),
            Some(control) => {
                let is_switch = control.is_switch;
                self.settings.push(Setting { id, is_switch, value, word });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(id: u32, min: i64, max: i64, is_switch: bool) -> CameraControl {
        CameraControl { id: Some(id), name: String::new(), is_switch, min, max, step: 1, default: min, value: min }
    }

    fn webcam() -> Vec<CameraControl> {
        vec![
            control(EXPOSURE_MODE, 0, 3, false),
            control(EXPOSURE_TIME, 3, 2_047, false),
            control(FOCUS, 0, 250, false),
            control(FOCUS_BY_ITSELF, 0, 1, true),
        ]
    }

    fn set(wish: &CameraWish, offered: &[CameraControl]) -> Vec<(u32, i64)> {
        let (settings, refusals) = plan(wish, offered);
        assert!(refusals.is_empty(), "{refusals:?}");
        settings.into_iter().map(|setting| (setting.id, setting.value)).collect()
    }

    #[test]
    fn a_fixed_value_switches_the_automatic_off_first() {
        let wish =
            CameraWish { exposure: Some(Lever::Value(250)), focus: Some(Lever::Value(30)), ..CameraWish::default() };
        let meant = [(EXPOSURE_MODE, 1), (EXPOSURE_TIME, 250), (FOCUS_BY_ITSELF, 0), (FOCUS, 30)];
        assert_eq!(set(&wish, &webcam()), meant);
        assert_eq!(set(&wish, &[webcam()[1].clone(), webcam()[2].clone()]), [(EXPOSURE_TIME, 250), (FOCUS, 30)]);
    }

    #[test]
    fn automatic_is_what_the_camera_calls_so() {
        let wish = CameraWish { exposure: Some(Lever::Auto), focus: Some(Lever::Auto), ..CameraWish::default() };
        assert_eq!(set(&wish, &webcam()), [(EXPOSURE_MODE, 3), (FOCUS_BY_ITSELF, 1)]);
        let simple = [control(EXPOSURE_MODE, 0, 1, false), control(FOCUS_BY_ITSELF, 0, 1, true)];
        assert_eq!(set(&wish, &simple), [(EXPOSURE_MODE, 0), (FOCUS_BY_ITSELF, 1)]);
    }

    #[test]
    fn the_torch_is_a_mode_of_the_lamp() {
        let lamp = [control(LAMP, 0, 2, false)];
        for (is_on, value) in [(true, 2), (false, 0)] {
            let wish = CameraWish { torch: Some(is_on), ..CameraWish::default() };
            assert_eq!(set(&wish, &lamp), [(LAMP, value)]);
        }
    }

    #[test]
    fn what_is_not_offered_or_out_of_range_is_said_and_the_rest_is_set() {
        let wish = CameraWish {
            torch: Some(true),
            exposure: Some(Lever::Value(9_000)),
            focus: Some(Lever::Auto),
            ..CameraWish::default()
        };
        let (settings, refusals) = plan(&wish, &webcam());
        assert_eq!(settings.iter().map(|setting| setting.id).collect::<Vec<_>>(), [FOCUS_BY_ITSELF]);
        assert!(refusals[0].contains("torch") && refusals[0].contains("no such control"), "{refusals:?}");
        assert!(refusals[1].contains("9000") && refusals[1].contains("3 to 2047"), "{refusals:?}");
    }

    #[test]
    fn nothing_wished_sets_nothing() {
        assert_eq!(plan(&CameraWish::default(), &webcam()), (Vec::new(), Vec::new()));
    }
}
