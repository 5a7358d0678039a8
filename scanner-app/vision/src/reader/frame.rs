//! One frame of many: the cheap steps each time, one of the dear ones in turn.

use std::time::Duration;

use super::budget::{Budget, Clock};
use super::memory::Memory;
use super::work::Work;
use super::{Another, main_decoder, quick_decoder};
use crate::luma::LumaView;
use crate::symbol::{Corners, Symbol};

/// What is tried in turn, one in each frame, when nothing in the frame asks for more. Without the main decoder large symbols
/// fall to the locator.
const TURNS: [Another; 6] = [FIRST_TURN, Another::Thorough, FIRST_TURN, Another::Inverted, FIRST_TURN, Another::Scaled];
const FIRST_TURN: Another = if cfg!(feature = "zxing") { Another::Locate } else { Another::Large };

/// So many labels at once are a pallet, not one in the hand.
const MANY: usize = 8;

/// The memory from frame to frame: whose turn it is, and whether something is in sight that could not be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameWork {
    turn: usize,
    is_restless: bool,
    memory: Memory,
}

impl FrameWork {
    /// The symbols of `view`, and where labels are that could not be read; `is_known` when labels in sight were painted over.
    pub(crate) fn read(
        &mut self,
        view: &LumaView<'_>,
        clock: Clock,
        limit: Duration,
        is_known: bool,
    ) -> (Vec<Symbol>, Vec<Corners>) {
        let (quick, main) = (quick_decoder(), main_decoder());
        let mut work = Work::new(view, Budget::new(clock, limit));
        work.rest(self.memory.resting());
        work.pass(&quick);
        // Where one label could not be read, or many came into sight at once, others may have been passed over without a trace.
        // And without the main decoder the locator does most of the work.
        let asks = work.asks() || self.is_restless || work.merge.len() >= MANY || cfg!(not(feature = "zxing"));
        if asks {
            work.locate(false, &quick);
        }
        work.second_tries(&quick);
        if work.asks() || (work.merge.is_empty() && (!is_known || self.turn.is_multiple_of(3))) {
            let another = TURNS[self.turn % TURNS.len()];
            let was_done = asks && another == Another::Locate;
            if !work.budget.is_spent() && !was_done {
                another.look(&mut work, &main);
                work.second_tries(&main);
            }
        }
        work.merge.drop_micro();
        self.turn = self.turn.wrapping_add(1);
        let unread = work.unread();
        self.is_restless = self.memory.learn(&unread, work.tried(), work.there());
        (work.finish(), self.memory.labels())
    }
}
