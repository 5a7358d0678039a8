//! Our pipeline: `vision`, in the build that this program has.

use vision::{LumaView, Reader, Sight, Symbol, Tracker};

use super::Contender;

pub(super) struct Ours {
    reader: Reader,
    tracker: Tracker,
}

impl Ours {
    pub(super) fn new() -> Self {
        Self { reader: Reader::new(), tracker: Tracker::default() }
    }
}

impl Contender for Ours {
    fn settings(&self) -> String {
        let build = if cfg!(feature = "zxing") {
            "zxing-cpp and our own locator"
        } else {
            "pure Rust, rqrr and our own locator"
        };
        format!("pictures: vision::Reader, frames: vision::Tracker; {build}; every text reported, accepted or not")
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        self.reader.read(view).into_iter().map(text).collect()
    }

    fn read_lone_frame(&mut self, view: &LumaView<'_>) -> Vec<String> {
        texts(Tracker::default().look(view))
    }

    fn follows_frames(&self) -> bool {
        true
    }

    fn read_frame(&mut self, view: &LumaView<'_>, first: bool, _: u64) -> Vec<String> {
        if first {
            self.tracker = Tracker::default();
        }
        texts(self.tracker.look(view))
    }
}

fn texts(sight: Sight) -> Vec<String> {
    sight.labels.into_iter().map(|label| text(label.symbol)).collect()
}

fn text(symbol: Symbol) -> String {
    symbol.text
}
