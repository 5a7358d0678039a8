//! Sine, cosine and exponential whose last bit is the same on every machine, which the standard library leaves open.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// The sine of an angle in radians, within 0.00001.
pub(crate) fn sin(angle: f32) -> f32 {
    let turns = angle / TAU;
    let within = (turns - turns.floor()) * TAU - PI;
    // The half turn that was taken off changes the sign; the rest is folded into a quarter turn to each side.
    let folded = if within > FRAC_PI_2 {
        PI - within
    } else if within < -FRAC_PI_2 {
        -PI - within
    } else {
        within
    };
    let square = folded * folded;
    let series = 1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0)));
    -folded * series
}

/// The cosine of an angle in radians, within 0.00001.
pub(crate) fn cos(angle: f32) -> f32 {
    sin(angle + FRAC_PI_2)
}

/// e to the power of minus `distance`; below 0 it counts as 0, and above 16 nothing is left.
pub(crate) fn decay(distance: f32) -> f32 {
    let mut value = 1.0 - distance.clamp(0.0, 16.0) / 1024.0;
    for _ in 0..10 {
        value *= value;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_functions_of_the_standard_library_but_for_rounding() {
        for step in -400..400_i16 {
            let angle = f32::from(step) / 40.0;
            assert!((sin(angle) - angle.sin()).abs() < 1e-5, "{angle}");
            assert!((cos(angle) - angle.cos()).abs() < 1e-5, "{angle}");
            let distance = angle.abs();
            assert!((decay(distance) - (-distance).exp()).abs() < 1e-3, "{distance}");
        }
    }
}
