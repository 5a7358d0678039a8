//! All scenes of one frame size and number of labels.

use std::collections::BTreeSet;

use vision::LumaView;

use super::scenes::{self, FRAME_MS};
use super::{Options, Size};
use crate::contender::Name;
use crate::race::{Fault, Field, Outcome};
use crate::worker::Kind;

/// What a contender made of one frame by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    /// Labels of the scene that it read.
    pub read: usize,
    /// Texts that are on no label.
    pub wrong: Vec<String>,
    /// CPU ms.
    pub cpu_ms: f64,
    /// ms on the wall.
    pub wall_ms: f64,
    /// What went wrong.
    pub fault: Option<Fault>,
}

/// What a contender read over all consecutive frames of one scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Labels of the scene that it read at least once.
    pub read: usize,
    /// Texts that are on no label.
    pub wrong: Vec<String>,
    /// CPU ms of each frame; empty for one that reads each frame by itself, whose times are those of the singles.
    pub cpu_ms: Vec<f64>,
}

/// All scenes of one frame size and number of labels; contenders in the order of the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Frame size.
    pub size: Size,
    /// Labels in a frame.
    pub labels: usize,
    /// By contender, then by frame; `None` for a frame that it was not given.
    pub singles: Vec<Vec<Option<Single>>>,
    /// By contender, then by scene, for scenes that it was given wholly.
    pub sequences: Vec<Vec<Sequence>>,
    /// Contenders that used up their budget.
    pub cut: BTreeSet<Name>,
}

impl Cell {
    /// Draws and reads every scene.
    #[must_use]
    pub fn measure(field: &mut Field, size: Size, labels: usize, options: &Options) -> Self {
        let count = field.runners.len();
        let (singles, sequences) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut cell = Self { size, labels, singles, sequences, cut: BTreeSet::new() };
        let mut spent_ms = vec![0.0; count];
        for seed in options.seeds.clone() {
            cell.scene(field, seed, options, &mut spent_ms);
        }
        cell
    }

    fn scene(&mut self, field: &mut Field, seed: u64, options: &Options, spent_ms: &mut [f64]) {
        let Some(profile) = vision::scene::Profile::named(&options.profile) else { return };
        let texts = scenes::texts(seed, self.labels);
        let scene = scenes::scene(&texts, self.size.pixels(), profile);
        let planted: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
        let mut over: Vec<Over> = vec![Over::default(); field.runners.len()];
        for (at, luma) in scenes::film(&scene, seed, u32::try_from(options.frames).unwrap_or(u32::MAX)).enumerate() {
            let view = luma.view();
            if self.singles.iter().all(Vec::is_empty) {
                field.warm_up(&view);
            }
            let outcomes = field.read(Kind::LoneFrame, &view, |runner| !self.cut.contains(&runner.name));
            self.follow(field, &view, at, &outcomes, &mut over);
            for (at, outcome) in outcomes.into_iter().enumerate() {
                spent_ms[at] += outcome.as_ref().map_or(0.0, |outcome| outcome.cpu_ms);
                self.singles[at].push(outcome.map(|outcome| single(outcome, &planted)));
            }
            self.cut_slow(field, spent_ms, options.budget_s * 1e3);
        }
        for (at, over) in over.into_iter().enumerate().filter(|(_, over)| over.frames == options.frames) {
            let (right, wrong): (Vec<String>, Vec<String>) =
                over.texts.into_iter().partition(|text| planted.contains(text.as_str()));
            self.sequences[at].push(Sequence { read: right.len(), wrong, cpu_ms: over.cpu_ms });
        }
    }

    /// The frame as one of a sequence: followed by those that can, for all others what they read of it by itself.
    fn follow(&self, field: &mut Field, view: &LumaView<'_>, at: usize, alone: &[Option<Outcome>], over: &mut [Over]) {
        let at_ms = at as u64 * FRAME_MS;
        let kind = if at == 0 { Kind::FirstFrame(at_ms) } else { Kind::NextFrame(at_ms) };
        let wanted = |name: Name| !self.cut.contains(&name);
        let followed = field.read(kind, view, |runner| runner.follows_frames && wanted(runner.name));
        for (over, (followed, alone)) in over.iter_mut().zip(followed.iter().zip(alone)) {
            if let Some(outcome) = followed {
                over.cpu_ms.push(outcome.cpu_ms);
            }
            if let Some(outcome) = followed.as_ref().or(alone.as_ref()) {
                over.frames += 1;
                over.texts.extend(outcome.texts.iter().cloned());
            }
        }
    }

    fn cut_slow(&mut self, field: &Field, spent_ms: &[f64], budget_ms: f64) {
        for (runner, spent_ms) in field.runners.iter().zip(spent_ms) {
            let slow = *spent_ms > budget_ms && !matches!(runner.name, Name::Ours | Name::ZxingCpp);
            if slow {
                self.cut.insert(runner.name);
            }
        }
    }
}

/// What has been read of a scene so far.
#[derive(Clone, Default)]
struct Over {
    texts: BTreeSet<String>,
    cpu_ms: Vec<f64>,
    frames: usize,
}

fn single(outcome: Outcome, planted: &BTreeSet<&str>) -> Single {
    let Outcome { texts, cpu_ms, wall_ms, fault } = outcome;
    let distinct: BTreeSet<String> = texts.into_iter().collect();
    let (right, wrong): (Vec<String>, Vec<String>) =
        distinct.into_iter().partition(|text| planted.contains(text.as_str()));
    Single { read: right.len(), wrong, cpu_ms, wall_ms, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_counts_once_and_a_ghost_is_wrong() {
        let texts = ["A", "A", "GHOST"].map(str::to_owned).to_vec();
        let outcome = Outcome { texts, cpu_ms: 1.0, wall_ms: 2.0, fault: None };
        let single = single(outcome, &BTreeSet::from(["A", "B"]));
        assert_eq!((single.read, single.wrong), (1, vec!["GHOST".to_owned()]));
    }
}
