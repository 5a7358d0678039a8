//! Labels over frames: each is read once, then followed; the time goes to those that are still to be read.

mod cover;
mod template;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::cover::covered;
use self::template::Template;
use crate::luma::LumaView;
use crate::modules;
use crate::perspective::small;
use crate::reader::{Clock, FrameWork, thread_time};
use crate::symbol::{Corners, Symbol, centre, same_place};

/// Processor time for one frame of 1920x1080 at thirty a second; larger frames get more in proportion, and come more seldom.
const FRAME_LIMIT: Duration = Duration::from_millis(33);
const FRAME_PIXELS: usize = 1920 * 1080;

/// Frames that a label may be out of sight, behind a hand or a blur, and still be the same one.
const MISSED_MAX: u16 = 15;

/// Which labels of a frame are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// Every one.
    #[default]
    Everything,
    /// Only the one in the middle, or the nearest to it within a quarter of the picture's height: for a clerk who points
    /// at one label among many.
    Centre,
}

/// One label in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The same for one label as long as it stays in sight.
    pub id: u64,
    /// What was read of it; its corners are those in this frame, its `agree` counts reads over all frames.
    pub symbol: Symbol,
    /// Whether it was first read in this frame.
    pub is_new: bool,
}

/// What one frame shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// Labels that are read, in this frame or an earlier one, and in sight.
    pub labels: Vec<Sighting>,
    /// Where labels seem to be that could not be read yet.
    pub unread: Vec<Corners>,
}

/// Reads the frames of a camera, one after the other.
#[derive(Debug)]
pub struct Tracker {
    clock: Clock,
    limit: Duration,
    aim: Aim,
    tracks: Vec<Track>,
    work: FrameWork,
    next_id: u64,
}

#[derive(Debug)]
struct Track {
    id: u64,
    symbol: Symbol,
    template: Option<Template>,
    /// How it moved from the last frame to this.
    motion: [f32; 2],
    missed: u16,
    is_new: bool,
}

impl Default for Tracker {
    fn default() -> Self {
        Self::new(thread_time, FRAME_LIMIT)
    }
}

impl Tracker {
    /// A tracker that spends at most about `limit` of `clock` on a frame of 1920x1080, in proportion on larger ones:
    /// the step that is at work when it is over is ended.
    #[must_use]
    pub fn new(clock: Clock, limit: Duration) -> Self {
        Self { clock, limit, aim: Aim::Everything, tracks: Vec::new(), work: FrameWork::default(), next_id: 1 }
    }

    /// Which labels are wanted from the next frame on.
    pub fn aim(&mut self, aim: Aim) {
        self.aim = aim;
    }

    /// Looks at the next frame. It may have another size than the last.
    pub fn look(&mut self, view: &LumaView<'_>) -> Sight {
        let start = (self.clock)();
        self.follow(view);
        self.read_again(view);
        let known: Vec<Corners> = self.in_sight().map(|track| track.symbol.corners).collect();
        let picture = (!known.is_empty()).then(|| covered(view, known.iter()));
        let rest = picture.as_ref().map_or(*view, crate::Luma::view);
        let limit = self.limit.mul_f32((small(view.width() * view.height()) / small(FRAME_PIXELS)).max(1.0));
        let left = limit.saturating_sub((self.clock)().saturating_sub(start));
        let (symbols, mut unread) = self.work.read(&rest, self.clock, left, !known.is_empty());
        for symbol in symbols {
            self.add(view, symbol);
        }
        self.tracks.retain(|track| track.missed <= MISSED_MAX);
        unread.retain(|place| !self.in_sight().any(|track| same_place(&track.symbol.corners, place)));
        self.sight(view, unread)
    }

    fn in_sight(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter(|track| track.missed == 0)
    }

    /// Finds each label again. All of them move about alike: what the first did is expected of the others.
    fn follow(&mut self, view: &LumaView<'_>) {
        let mut common = None;
        for track in &mut self.tracks {
            track.is_new = false;
            let expected = common.unwrap_or(track.motion);
            let before = track.symbol.corners;
            let found = track.template.as_ref().and_then(|template| template.follow(view, &before, expected));
            if let Some(corners) = found {
                let (from, to) = (centre(&before), centre(&corners));
                track.motion = [to[0] - from[0], to[1] - from[1]];
                common = Some(track.motion);
                track.symbol.corners = corners;
                track.missed = 0;
            } else {
                track.motion = [0.0; 2];
                track.missed = track.missed.saturating_add(1);
            }
        }
    }

    /// A text that only one read vouches for is read once more: another frame is another witness.
    fn read_again(&mut self, view: &LumaView<'_>) {
        for track in self.tracks.iter_mut().filter(|track| track.missed == 0 && track.symbol.agree < 2) {
            let symbol = &mut track.symbol;
            if modules::read_again(view, symbol).is_some() {
                symbol.agree += 1;
                symbol.accept(false);
            }
        }
    }

    /// A symbol that was read in the part of the frame where nothing was known.
    fn add(&mut self, view: &LumaView<'_>, symbol: Symbol) {
        let template = Template::new(view, &symbol.corners);
        let again = self.tracks.iter_mut().find(|track| track.missed > 0 && track.symbol.payload() == symbol.payload());
        if let Some(track) = again {
            let agree = track.symbol.agree.saturating_add(symbol.agree);
            track.symbol = Symbol { agree, ..symbol };
            track.symbol.accept(false);
            track.template = template;
            track.missed = 0;
            return;
        }
        // Another text where one was read once before: one of the two is wrong, and neither is vouched for.
        self.tracks.retain(|track| track.symbol.agree >= 2 || !same_place(&track.symbol.corners, &symbol.corners));
        self.tracks.push(Track { id: self.next_id, symbol, template, motion: [0.0; 2], missed: 0, is_new: true });
        self.next_id += 1;
    }

    fn sight(&self, view: &LumaView<'_>, unread: Vec<Corners>) -> Sight {
        let sighting = |track: &Track| Sighting { id: track.id, symbol: track.symbol.clone(), is_new: track.is_new };
        match self.aim {
            Aim::Everything => Sight { labels: self.in_sight().map(sighting).collect(), unread },
            Aim::Centre => {
                let off = |track: &&Track| off_centre(view, &track.symbol.corners);
                let nearest = self.in_sight().min_by(|a, b| off(a).total_cmp(&off(b)));
                let limit = small(view.height()) / 4.0;
                Sight {
                    labels: nearest.filter(|track| off(track) <= limit).map(sighting).into_iter().collect(),
                    unread,
                }
            }
        }
    }
}

/// Pixels from the middle of the picture to the middle of a symbol; 0 when the middle lies on it.
fn off_centre(view: &LumaView<'_>, corners: &Corners) -> f32 {
    let middle = [small(view.width()) / 2.0, small(view.height()) / 2.0];
    let at = centre(corners);
    let off = (at[0] - middle[0]).hypot(at[1] - middle[1]);
    if crate::symbol::is_around(corners, middle) { off * 1e-3 } else { off }
}
