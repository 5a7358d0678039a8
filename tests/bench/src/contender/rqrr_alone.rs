//! rqrr as its documentation uses it.

use rqrr::PreparedImage;
use vision::LumaView;

use super::Contender;

pub(super) struct Rqrr;

impl Contender for Rqrr {
    fn settings(&self) -> String {
        "rqrr 0.11: prepare_from_greyscale, detect_grids, decode".to_owned()
    }

    fn read(&mut self, view: &LumaView<'_>) -> Vec<String> {
        let mut image = PreparedImage::prepare_from_greyscale(view.width(), view.height(), |x, y| view.row(y)[x]);
        image.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
    }
}
