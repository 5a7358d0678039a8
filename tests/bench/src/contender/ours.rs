//! Our pipeline: `vision`, in the build that this program has.

use vision::{LumaView, Reader, Symbol};

use super::Contender;

pub(super) struct Ours {
    reader: Reader,
}

impl Ours {
    pub(super) fn new() -> Self {
        Self { reader: Reader::new() }
    }
}

impl Contender for Ours {
    fn settings(&self) -> String {
        let build = if cfg!(feature = "zxing") { "zxing-cpp and rqrr" } else { "pure Rust, rqrr" };
        format!("vision::Reader, {build}; every text reported, accepted or not")
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        self.reader.read(view).into_iter().map(text).collect()
    }
}

fn text(symbol: Symbol) -> String {
    symbol.text
}
