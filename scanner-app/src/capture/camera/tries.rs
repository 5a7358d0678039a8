//! Which modes are tried one after the other where a driver refuses what it offers. A refusal has a cause, and the next try must not
//! share it: a rate that is only claimed, a format that is only claimed, a bus without room.

use super::mode::Mode;

/// At most six of the modes, which come best first: the best; then the best with another rate, with another format, with fewer pixels,
/// with fewer pixels and all else other too; at last the one that asks least of the bus.
pub(super) fn tries(ranked: &[Mode]) -> Vec<Mode> {
    let Some(best) = ranked.first() else { return Vec::new() };
    let is_best_size = |mode: &Mode| (mode.width, mode.height) == (best.width, best.height);
    let is_smaller = |mode: &Mode| pixels(mode) < pixels(best);
    let mut tries = vec![*best];
    let mut add = |found: Option<&Mode>| {
        if let Some(mode) = found.filter(|mode| !tries.contains(mode)) {
            tries.push(*mode);
        }
    };
    let mut of_best_size = ranked.iter().filter(|mode| is_best_size(mode));
    add(of_best_size.clone().find(|mode| mode.format == best.format && mode.fps != best.fps));
    add(of_best_size.find(|mode| mode.format != best.format));
    add(ranked.iter().find(|mode| is_smaller(mode)));
    add(ranked.iter().find(|mode| is_smaller(mode) && mode.format != best.format && mode.fps != best.fps));
    add(ranked.iter().min_by_key(|mode| pixels(mode) * u64::from(mode.fps)));
    tries
}

fn pixels(mode: &Mode) -> u64 {
    u64::from(mode.width) * u64::from(mode.height)
}

#[cfg(test)]
mod tests {
    use vision::frame::PixelFormat;
    use vision::frame::PixelFormat::{Mjpeg, Nv12, Yuyv};

    use super::super::mode::ranked;
    use super::super::wish::CameraWish;
    use super::*;

    fn mode(format: PixelFormat, width: u32, height: u32, fps: u32) -> Mode {
        Mode { format, width, height, fps }
    }

    #[test]
    fn each_try_differs_in_what_the_one_before_may_have_failed_by() {
        let mut modes = Vec::new();
        for format in [Yuyv, Nv12, Mjpeg] {
            for (width, height, rates) in [(1_920, 1_080, &[30, 25][..]), (1_280, 720, &[30, 10]), (320, 240, &[30, 5])]
            {
                modes.extend(rates.iter().map(|fps| mode(format, width, height, *fps)));
            }
        }
        let tried = tries(&ranked(modes, &CameraWish::default()));
        let meant = [
            mode(Nv12, 1_920, 1_080, 30),
            mode(Nv12, 1_920, 1_080, 25),
            mode(Yuyv, 1_920, 1_080, 30),
            mode(Nv12, 1_280, 720, 30),
            mode(Yuyv, 1_280, 720, 10),
            mode(Nv12, 320, 240, 5),
        ];
        assert_eq!(tried, meant);
    }

    #[test]
    fn a_camera_of_many_formats_at_one_size_is_not_given_up_at_that_size() {
        let formats = [Nv12, Yuyv, Mjpeg, PixelFormat::Gray, PixelFormat::Rgb, PixelFormat::Bgr];
        let mut modes: Vec<Mode> = formats.map(|format| mode(format, 1_920, 1_080, 30)).to_vec();
        modes.push(mode(Yuyv, 640, 480, 15));
        assert!(tries(&modes).contains(&mode(Yuyv, 640, 480, 15)));
    }

    #[test]
    fn no_mode_is_tried_twice_and_none_gives_none() {
        assert_eq!(tries(&[mode(Yuyv, 640, 480, 30)]), [mode(Yuyv, 640, 480, 30)]);
        assert!(tries(&[]).is_empty());
    }
}
