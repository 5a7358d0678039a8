//! Pictures that hold no code and much that looks like one: what stalls a decoder there would stall a camera's thread.

use std::collections::BTreeMap;

use serde::Serialize;
use vision::Luma;

use super::scenes::mix;
use crate::measure::rounded;
use crate::race::{Fault, Field};
use crate::worker::Kind;

/// What one such picture cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stall {
    /// What is drawn: `finders`, `grid`, `speckle` or `noise`; several sizes of one are several pictures.
    pub name: &'static str,
    /// As `1920x1080`.
    pub size: String,
    /// CPU time of each contender, ms.
    pub cpu_ms: BTreeMap<&'static str, f64>,
    /// Those that the guard ended.
    pub timed_out: Vec<&'static str>,
    /// Those that crashed.
    pub crashed: Vec<&'static str>,
}

/// Gives each picture to each contender.
pub(super) fn measure(field: &mut Field) -> Vec<Stall> {
    pictures().into_iter().map(|(name, luma)| stall(field, name, &luma)).collect()
}

fn stall(field: &mut Field, name: &'static str, luma: &Luma) -> Stall {
    let view = luma.view();
    let outcomes = field.read(Kind::LoneFrame, &view, |_| true);
    let keys = || field.runners.iter().map(|runner| runner.name.key());
    let hit = |fault: Fault| {
        let all = keys().zip(&outcomes);
        all.filter(|(_, outcome)| outcome.as_ref().is_some_and(|outcome| outcome.fault == Some(fault)))
            .map(|(key, _)| key)
            .collect()
    };
    Stall {
        name,
        size: format!("{}x{}", view.width(), view.height()),
        cpu_ms: keys()
            .zip(&outcomes)
            .filter_map(|(key, outcome)| Some((key, rounded(outcome.as_ref()?.cpu_ms, 1))))
            .collect(),
        timed_out: hit(Fault::TimedOut),
        crashed: hit(Fault::Crashed),
    }
}

/// A megapixel is what a decoder may be given whole where larger pictures are spared it; so that size has one of its own.
fn pictures() -> [(&'static str, Luma); 6] {
    let finders = |x: usize, y: usize| ink(finder(x / 3, y / 3));
    [
        ("finders", draw(1000, 1000, finders)),
        ("finders", draw(1920, 1080, finders)),
        ("finders", draw(3840, 2160, finders)),
        ("grid", draw(1920, 1080, |x, y| ink((x / 6 + y / 6).is_multiple_of(2)))),
        ("speckle", draw(1920, 1080, |x, y| ink(chance(x / 4, y / 4) < 128))),
        ("noise", draw(1920, 1080, chance)),
    ]
}

fn draw(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Luma {
    let pixels = (0..width * height).map(|at| value(at % width, at / width)).collect();
    Luma::new(pixels, width, height).expect("as many pixels as the size says")
}

/// Finder patterns in rows, four modules apart: 1,890 in a frame of 1080p.
fn finder(x: usize, y: usize) -> bool {
    let (x, y) = (x % 11, y % 11);
    let ring = |from: usize, to: usize| (from..=to).contains(&x) && (from..=to).contains(&y);
    ring(4, 6) || (ring(2, 8) && !ring(3, 7))
}

fn ink(dark: bool) -> u8 {
    if dark { 20 } else { 235 }
}

fn chance(x: usize, y: usize) -> u8 {
    mix((x as u64) << 32 | y as u64).to_le_bytes()[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finders_have_their_proportions() {
        let row: String = (0..11).map(|x| if finder(x, 5) { '#' } else { '.' }).collect();
        assert_eq!(row, "..#.###.#..");
    }

    #[cfg(feature = "zxing")]
    #[test]
    fn no_picture_holds_a_code() {
        let mut zxing = crate::contender::open(crate::contender::Name::ZxingCpp).unwrap();
        for (name, luma) in pictures() {
            assert!(zxing.read(&luma.view()).is_empty(), "{name}");
        }
    }
}
