//! The decoders that are compared, each behind one trait.

mod ours;
mod rqrr_alone;
#[cfg(feature = "peers")]
mod rxing_alone;
#[cfg(feature = "peers")]
mod zbar;
#[cfg(feature = "zxing")]
mod zxing_alone;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use vision::LumaView;

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Name {
    /// Our pipeline.
    Ours,
    /// Our pipeline in its build of pure Rust.
    OursPure,
    /// zxing-cpp alone.
    ZxingCpp,
    /// rqrr alone.
    Rqrr,
    /// rxing alone.
    Rxing,
    /// zbar alone.
    Zbar,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Ours, Self::OursPure, Self::ZxingCpp, Self::Rqrr, Self::Rxing, Self::Zbar];

    /// Its key in reports and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursPure => "ours_pure",
            Self::ZxingCpp => "zxing_cpp",
            Self::Rqrr => "rqrr",
            Self::Rxing => "rxing",
            Self::Zbar => "zbar",
        }
    }
}

/// A decoder with its best settings.
pub trait Contender {
    /// Its version, if it tells, and how it is set, for the report.
    fn settings(&self) -> String;

    /// Every text that it reports for a picture, in any order; a text may come several times.
    fn read(&mut self, view: &LumaView<'_>) -> Vec<String>;

    /// Every text that it reports for a camera's frame that nothing came before.
    fn read_lone_frame(&mut self, view: &LumaView<'_>) -> Vec<String> {
        self.read(view)
    }

    /// Whether it does more over consecutive frames than read each: only then is [`Contender::read_frame`] called.
    fn follows_frames(&self) -> bool {
        false
    }

    /// Texts reported for one of consecutive frames; `first` begins a new sequence, `at_ms` is the camera's clock.
    fn read_frame(&mut self, view: &LumaView<'_>, first: bool, at_ms: u64) -> Vec<String> {
        let _ = (first, at_ms);
        self.read(view)
    }
}

/// Makes a contender ready, or says why it is absent and what would bring it.
pub fn open(name: Name) -> Result<Box<dyn Contender>, String> {
    match name {
        Name::Ours if cfg!(feature = "zxing") => Ok(Box::new(ours::Ours::new())),
        Name::OursPure if !cfg!(feature = "zxing") => Ok(Box::new(ours::Ours::new())),
        Name::Ours | Name::OursPure => {
            Err("this program was built with the other feature set; `cargo xtask bench` builds both".to_owned())
        }
        Name::Rqrr => Ok(Box::new(rqrr_alone::Rqrr)),
        #[cfg(feature = "zxing")]
        Name::ZxingCpp => Ok(Box::new(zxing_alone::Zxing::new())),
        #[cfg(feature = "peers")]
        Name::Rxing => Ok(Box::new(rxing_alone::Rxing)),
        #[cfg(feature = "peers")]
        Name::Zbar => Ok(Box::new(zbar::Zbar::open()?)),
        #[cfg(not(feature = "peers"))]
        _ => Err("this program was built without its peers; `cargo xtask bench` builds them in".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vision::scene::Label;

    #[test]
    fn every_contender_of_this_build_reads_a_plain_label() {
        let luma = Label::new("TALLYMAN 7").unwrap().to_luma(6);
        let mut ready = 0;
        for name in Name::ALL {
            match open(name) {
                Ok(mut contender) => {
                    assert_eq!(contender.read(&luma.view()), ["TALLYMAN 7"], "{}", name.key());
                    assert!(!contender.settings().is_empty());
                    ready += 1;
                }
                Err(why) => assert!(why.contains("xtask") || why.contains("libzbar0"), "{why}"),
            }
        }
        assert!(ready >= 2, "our pipeline and rqrr are in every build");
    }

    #[test]
    fn keys_are_those_of_the_command_line() {
        for name in Name::ALL {
            assert_eq!(Name::from_str(name.key(), false), Ok(name));
            assert_eq!(serde_json::to_value(name).unwrap(), name.key());
        }
    }
}
