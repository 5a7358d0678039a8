//! The camera, tried again while it is away; and the lines that a hand scanner types into the window.

use std::time::{Duration, Instant};

use shared::code::Grammars;
use shared::event::{Capture, LabelMetadata};
use shared::time::Timestamp;
use vision::Aim;

use crate::capture::{
    CaptureError, CaptureSettings, Frame, Input, InputReader, LineClock, Seen, Source, SourceName, read_line,
};
use crate::session::Acceptance;
use crate::ui::view::{FrameView, Pair, RawRead};

/// How long a source rests that has nothing.
const FRAME: Duration = Duration::from_millis(33);

/// How long a lost camera rests before it is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// Raw reads that are remembered.
const READS: usize = 20;

/// What was read anew: texts with what is known of their labels.
pub(super) type Readings = Vec<(String, Option<LabelMetadata>)>;

pub(super) struct Eye {
    name: SourceName,
    source: Option<(Box<dyn Source>, InputReader)>,
    settings: CaptureSettings,
    trouble: Option<Pair>,
    rests_until: Instant,
    acceptance: Acceptance,
    pub(super) seen: Option<Frame>,
    /// Of lines that a hand scanner types into the window.
    line_clock: LineClock,
    lines: Acceptance,
    line_trouble: Option<Pair>,
    reads: Vec<RawRead>,
    forced_single: bool,
    grammars: Grammars,
}

impl Eye {
    pub(super) fn new(name: SourceName, settings: CaptureSettings) -> Self {
        Self {
            name: name.paced(),
            settings,
            source: None,
            trouble: None,
            rests_until: Instant::now(),
            acceptance: Acceptance::default(),
            seen: None,
            line_clock: LineClock::default(),
            lines: Acceptance::default(),
            line_trouble: None,
            reads: Vec::new(),
            forced_single: false,
            grammars: Grammars::default(),
        }
    }

    /// Whether pictures come from a device: recorded ones are kept for the work, a camera looks on every page that reads.
    pub(super) const fn is_live(&self) -> bool {
        matches!(self.name, SourceName::Camera { .. } | SourceName::Wedge | SourceName::Scanner(_))
    }

    pub(super) const fn has_camera(&self) -> bool {
        self.seen.is_some() && self.trouble.is_none()
    }

    /// What the clerk is to do about camera or scanner.
    pub(super) fn trouble(&self) -> Option<Pair> {
        self.line_trouble.clone().or_else(|| self.trouble.clone())
    }

    pub(super) fn reads(&self) -> &[RawRead] {
        &self.reads
    }

    pub(super) fn source_name(&self) -> String {
        match &self.name {
            SourceName::Camera { index, .. } => format!("camera:{index}"),
            SourceName::Images { path, .. } | SourceName::Video { path, .. } | SourceName::Scanner(path) => {
                path.display().to_string()
            }
            SourceName::Wedge => "wedge".to_owned(),
        }
    }

    pub(super) fn is_single(&self) -> bool {
        self.forced_single || self.settings.aim == Aim::Centre
    }

    /// One label at a time, or all in view.
    pub(super) fn switch_mode(&mut self) {
        self.settings.aim = if self.settings.aim == Aim::Centre { Aim::Everything } else { Aim::Centre };
        self.reaim();
    }

    /// A sort takes one package at a time, whatever the clerk set.
    pub(super) fn force_single(&mut self, forced: bool) {
        if self.forced_single != forced {
            self.forced_single = forced;
            self.reaim();
        }
    }

    fn reaim(&mut self) {
        let aim = if self.is_single() { Aim::Centre } else { Aim::Everything };
        if let Some((source, reader)) = &mut self.source {
            *reader = InputReader::new(source.as_ref(), aim);
            reader.read_by(self.grammars.clone());
        }
    }

    /// Lines of hand scanners are read by these grammars from now on.
    pub(super) fn read_by(&mut self, grammars: Grammars) {
        if let Some((_, reader)) = &mut self.source {
            reader.read_by(grammars.clone());
        }
        self.grammars = grammars;
    }

    /// Whether the lamp shines, as the device says; none where it has none.
    pub(super) fn torch(&self) -> Option<bool> {
        self.source.as_ref().and_then(|(source, _)| source.lamp())
    }

    /// Switches the lamp of the running camera; one that is opened later shines as this one did.
    pub(super) fn switch_torch(&mut self) {
        let Some((source, _)) = &mut self.source else { return };
        let Some(was_on) = source.lamp() else { return };
        source.shine(!was_on);
        if let SourceName::Camera { wish, .. } = &mut self.name {
            wish.torch = Some(!was_on);
        }
    }

    /// What is new in the next frame, or none within a frame's time.
    pub(super) fn look(&mut self, now: Timestamp) -> Option<(Readings, Capture)> {
        let (frame, how) = self.next()?;
        let is_line = frame.picture.is_none();
        let new = self.acceptance.accept(frame.readings.clone(), frame.at_ms);
        for (text, _) in &new {
            self.note(RawRead { is_wedge: is_line, text: text.clone(), fault: None, at: now });
        }
        self.seen = Some(frame);
        Some((new, how))
    }

    /// Labels in view are new once more where `again` says so of their text.
    pub(super) fn look_again(&mut self, again: impl Fn(&str) -> bool) {
        self.acceptance.forget(again);
    }

    /// A line that a hand scanner typed into the window: what is new in it.
    pub(super) fn line(&mut self, text: String, now: Timestamp) -> Readings {
        let frame = read_line(self.line_clock.tick(), text.clone(), &self.grammars);
        self.line_trouble = unrestored(&frame);
        self.note(RawRead { is_wedge: true, text, fault: self.line_trouble.clone(), at: now });
        self.lines.accept(frame.readings, frame.at_ms)
    }

    fn note(&mut self, read: RawRead) {
        self.reads.insert(0, read);
        self.reads.truncate(READS);
    }

    /// Lets a device go that nobody looks through.
    pub(super) fn rest(&mut self) {
        if self.is_live() {
            self.source = None;
        }
    }

    fn next(&mut self) -> Option<(Frame, Capture)> {
        if self.source.is_none() && Instant::now() >= self.rests_until {
            let aim = if self.is_single() { Aim::Centre } else { self.settings.aim };
            match self.name.open(&self.settings) {
                Ok(source) => {
                    let mut reader = InputReader::new(source.as_ref(), aim);
                    reader.read_by(self.grammars.clone());
                    self.source = Some((source, reader));
                    self.trouble = None;
                }
                Err(error) => self.lose(&error),
            }
        }
        let Some((source, reader)) = &mut self.source else {
            std::thread::sleep(FRAME);
            return None;
        };
        let how = source.how();
        let next = match source.next() {
            // A silent moment of the source; it has looked after its waiting itself.
            Some(Ok(Input { seen: Seen::Nothing, .. })) => return None,
            next => next.map(|input| input.and_then(|input| reader.read(input))),
        };
        self.take(next, how)
    }

    fn take(&mut self, next: Option<Result<Frame, CaptureError>>, how: Capture) -> Option<(Frame, Capture)> {
        match next {
            Some(Ok(frame)) => {
                self.trouble = unrestored(&frame);
                Some((frame, how))
            }
            Some(Err(error)) if error.is_passing() => {
                tracing::warn!("{error}");
                self.trouble = Some(error.words());
                None
            }
            Some(Err(error)) => {
                self.lose(&error);
                None
            }
            None => {
                // Pictures have ended: the last one stays in view. A black picture would say nothing.
                let has_pictures = matches!(self.name, SourceName::Images { .. } | SourceName::Video { .. });
                if has_pictures && self.seen.is_none() && self.trouble.is_none() {
                    self.trouble = Some(("没有图片可读。".to_owned(), "There are no pictures to read.".to_owned()));
                }
                std::thread::sleep(FRAME);
                None
            }
        }
    }

    fn lose(&mut self, error: &CaptureError) {
        tracing::warn!("{error}");
        self.trouble = Some(error.words());
        self.source = None;
        self.rests_until = Instant::now() + RETRY;
    }

    /// The picture that was seen last.
    pub(super) fn picture(&self) -> Option<FrameView> {
        self.seen.as_ref()?.picture.clone().map(FrameView)
    }
}

/// What the clerk is to do about a scanner whose text could not be restored.
fn unrestored(frame: &Frame) -> Option<Pair> {
    let fault = frame.fault.as_ref().filter(|fault| fault.restored.is_none())?;
    let (zh, en) = fault.words();
    Some((format!("{zh}。"), format!("{en}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that shows nothing and has a lamp.
    struct Lit(bool);

    impl Source for Lit {
        fn next(&mut self) -> Option<Result<Input, CaptureError>> {
            Some(Ok(Input { at_ms: 0, seen: Seen::Nothing }))
        }

        fn how(&self) -> Capture {
            Capture::Camera
        }

        fn lamp(&self) -> Option<bool> {
            Some(self.0)
        }

        fn shine(&mut self, is_on: bool) {
            self.0 = is_on;
        }
    }

    fn eye() -> Eye {
        Eye::new("camera:0".parse().unwrap(), CaptureSettings::default())
    }

    fn wished(eye: &Eye) -> Option<bool> {
        let SourceName::Camera { wish, .. } = &eye.name else { panic!("no camera") };
        wish.torch
    }

    #[test]
    fn a_source_without_a_picture_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("images:{}", folder.path().display());
        let mut eye = Eye::new(name.parse().unwrap(), CaptureSettings::default());
        assert!(eye.look(Timestamp::from_ms(0)).is_none());
        let (_, english) = eye.trouble().unwrap();
        assert_eq!(english, "There are no pictures to read.");
    }

    #[test]
    fn the_torch_is_the_lamp_of_the_camera_that_runs_and_stays_for_the_next() {
        let mut eye = eye();
        assert_eq!(eye.torch(), None, "no camera runs yet");
        eye.switch_torch();
        assert_eq!(wished(&eye), None, "what has no lamp is not switched");
        let lit: Box<dyn Source> = Box::new(Lit(false));
        let reader = InputReader::new(lit.as_ref(), Aim::Everything);
        eye.source = Some((lit, reader));
        assert_eq!(eye.torch(), Some(false));
        eye.switch_torch();
        assert_eq!((eye.torch(), wished(&eye)), (Some(true), Some(true)));
        eye.switch_torch();
        assert_eq!((eye.torch(), wished(&eye)), (Some(false), Some(false)));
    }
}
