//! A camera that vanishes, hangs, lies about its frames and changes their size.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use vision::frame::{PixelFormat, RawFrame};

use super::control::CameraControl;
use super::hardware::{self, Hardware, OpenError, refusal};
use super::link::Timing;
use super::listing;
use super::mode::Mode;
use super::source::CameraSource;
use super::wish::{CameraWish, Lever};
use super::worker::Opener;
use crate::capture::{CaptureError, Seen, Source};

/// A machine under load must not look like a camera that hangs.
const PATIENT: Timing = Timing { opening_ms: 8_000, silence_ms: 8_000, pause_ms: 20, pause_max_ms: 80 };
const QUICK: Timing = Timing { opening_ms: 400, silence_ms: 200, ..PATIENT };

/// What a frame of the script is.
#[derive(Clone, Copy)]
enum Act {
    /// A whole frame of this size.
    Frame(u32, u32),
    /// A frame with fewer bytes than its size takes.
    Short,
    /// The device is gone.
    Vanish,
    /// The read never returns while the test runs.
    Hang,
    /// The driver's library panics.
    Panic,
}

struct Fake {
    acts: VecDeque<Act>,
    refused: Vec<Mode>,
    /// The only rate that the driver knows, whatever is asked for.
    fps: u32,
    set: Arc<Mutex<Vec<(u32, i64)>>>,
    /// What its lamp's control stands at; none where it has no lamp.
    lamp: Option<i64>,
}

fn fake(acts: &[Act]) -> Fake {
    Fake { acts: acts.iter().copied().collect(), refused: Vec::new(), fps: 30, set: Arc::default(), lamp: None }
}

/// The driver's number of a lamp, and what it stands at when it shines.
const LAMP: u32 = 0x009c_0901;
const SHINES: i64 = 2;

const HD: Mode = Mode { format: PixelFormat::Gray, width: 1_280, height: 720, fps: 30 };
const VGA: Mode = Mode { format: PixelFormat::Gray, width: 640, height: 480, fps: 30 };

impl Hardware for Fake {
    fn modes(&mut self) -> Result<Vec<Mode>, String> {
        Ok(vec![VGA, HD])
    }

    fn start(&mut self, mode: Mode) -> Result<Mode, String> {
        if self.refused.contains(&mode) { Err("busy".to_owned()) } else { Ok(Mode { fps: self.fps, ..mode }) }
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        let offered = |id, name: &str, max, value| CameraControl {
            id: Some(id),
            name: name.to_owned(),
            is_switch: false,
            min: 0,
            max,
            step: 1,
            default: 0,
            value,
        };
        let lamp = self.lamp.map(|value| offered(LAMP, "LED Mode", 2, value));
        [offered(0x009a_090a, "Focus", 9, 0)].into_iter().chain(lamp).collect()
    }

    fn set(&mut self, id: u32, _: bool, value: i64) -> Result<(), String> {
        self.set.lock().unwrap().push((id, value));
        if id == LAMP {
            self.lamp = Some(value);
        }
        if value == 9 { Err("rejected".to_owned()) } else { Ok(()) }
    }

    fn frame(&mut self, take: &mut dyn FnMut(RawFrame<'_>)) -> Result<(), String> {
        std::thread::sleep(Duration::from_millis(2));
        match self.acts.pop_front() {
            Some(Act::Frame(width, height)) => {
                let bytes = vec![7; (width * height) as usize];
                take(RawFrame::packed(PixelFormat::Gray, &bytes, width as usize, height as usize));
                Ok(())
            }
            Some(Act::Short) => {
                take(RawFrame::packed(PixelFormat::Gray, &[7; 100], 640, 480));
                Ok(())
            }
            Some(Act::Hang) => {
                std::thread::sleep(Duration::from_secs(20));
                Ok(())
            }
            Some(Act::Panic) => panic!("as the library does when a device goes away"),
            Some(Act::Vanish) | None => Err("No such device".to_owned()),
        }
    }
}

/// Opens one script after the other; none is an open that fails.
fn opener(scripts: &[Option<&[Act]>]) -> (Opener, Arc<AtomicUsize>) {
    let scripts: Vec<Option<Vec<Act>>> = scripts.iter().map(|script| script.map(<[Act]>::to_vec)).collect();
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let open = move || {
        let script = scripts.get(count.fetch_add(1, Ordering::SeqCst)).cloned().flatten();
        let acts = script.ok_or_else(|| "No such file or directory".to_owned())?;
        Ok(Box::new(fake(&acts)) as Box<dyn Hardware>)
    };
    (Arc::new(open), opened)
}

fn open(scripts: &[Option<&[Act]>], timing: Timing) -> Result<CameraSource, CaptureError> {
    CameraSource::open(3, CameraWish::default(), opener(scripts).0, timing)
}

/// Asks until `enough` says so; sizes of frames, and words of errors. No answer may take long.
fn watch(source: &mut CameraSource, enough: impl Fn(&[(usize, usize)], &[String]) -> bool) -> Vec<String> {
    let (mut sizes, mut errors) = (Vec::new(), Vec::new());
    let (started, mut last_ms) = (Instant::now(), 0);
    while !enough(&sizes, &errors) {
        assert!(started.elapsed() < Duration::from_secs(10), "{sizes:?} {errors:?}");
        let asked = Instant::now();
        let answer = source.next().expect("a camera does not end");
        assert!(asked.elapsed() < Duration::from_secs(1), "the app hung");
        match answer {
            Ok(input) => {
                assert!(input.at_ms >= last_ms, "the clock stepped back");
                last_ms = input.at_ms;
                if let Seen::Picture(luma) = input.seen {
                    sizes.push((luma.view().width(), luma.view().height()));
                }
            }
            Err(error) => {
                assert!(error.is_passing(), "{error}");
                errors.push(error.to_string());
            }
        }
    }
    errors
}

const FRAME: Act = Act::Frame(640, 480);

#[test]
fn frames_come_and_a_changed_size_just_works() {
    let acts: Vec<Act> = (0..40).flat_map(|_| [FRAME, FRAME, FRAME, Act::Frame(320, 240)]).collect();
    let mut source = open(&[Some(&acts)], PATIENT).unwrap();
    watch(&mut source, |sizes, _| sizes.contains(&(640, 480)) && sizes.contains(&(320, 240)));
}

#[test]
fn a_camera_that_vanishes_is_an_error_for_that_moment_and_frames_go_on_when_it_is_back() {
    let scripts = [Some(&[FRAME, Act::Vanish][..]), None, None, Some(&[FRAME; 50][..])];
    let mut source = open(&scripts, PATIENT).unwrap();
    let errors = watch(&mut source, |sizes, errors| sizes.len() >= 2 && errors.len() >= 3);
    assert!(errors[0].contains("camera 3 is away: No such device") && errors[0].contains("20 ms"), "{errors:?}");
    assert!(errors[1].contains("40 ms") && errors[2].contains("80 ms"), "pauses grow: {errors:?}");
}

#[test]
fn a_camera_that_is_not_there_at_first_is_refused_with_what_to_do() {
    let error = open(&[None], PATIENT).err().unwrap();
    assert!(!error.is_passing());
    assert!(
        error.to_string().contains("camera 3 gives no picture") && error.to_string().contains("wedge:-"),
        "{error}"
    );
}

#[test]
fn truncated_frames_are_told_and_the_next_whole_one_is_taken() {
    let acts = [&[FRAME][..], &[Act::Short; 20], &[FRAME; 30]].concat();
    let mut source = open(&[Some(&acts)], PATIENT).unwrap();
    let errors = watch(&mut source, |sizes, errors| sizes.len() >= 3 && !errors.is_empty());
    assert_eq!(errors.len(), 1, "one word for a run of them: {errors:?}");
    assert!(errors[0].contains("GRAY") && errors[0].contains("307200 bytes"), "{errors:?}");
}

#[test]
fn a_read_that_hangs_is_left_to_itself_and_the_camera_opened_anew() {
    let scripts = [Some(&[FRAME, Act::Hang][..]), Some(&[FRAME; 50])];
    let mut source = open(&scripts, QUICK).unwrap();
    let errors = watch(&mut source, |sizes, errors| !errors.is_empty() && sizes.len() >= 2);
    assert!(errors[0].contains("no picture came for"), "{errors:?}");
}

#[test]
fn a_driver_that_always_hangs_gets_no_thread_without_end() {
    let hanging = Some(&[Act::Hang][..]);
    let (opener, opened) = opener(&[hanging; 20]);
    let error = CameraSource::open(3, CameraWish::default(), opener, QUICK).err().unwrap();
    assert!(error.to_string().contains("no picture came"), "{error}");
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    let scripts = [Some(&[FRAME, Act::Hang][..]), hanging, hanging, hanging, hanging];
    let mut source = open(&scripts, QUICK).unwrap();
    let errors = watch(&mut source, |_, errors| errors.iter().any(|error| error.contains("unplug the camera")));
    assert!(errors.len() >= 3, "{errors:?}");
}

#[test]
fn a_panic_in_the_drivers_library_is_a_lost_camera() {
    let scripts = [Some(&[FRAME, Act::Panic][..]), Some(&[FRAME; 50])];
    let mut source = open(&scripts, PATIENT).unwrap();
    let errors = watch(&mut source, |sizes, errors| !errors.is_empty() && sizes.len() >= 2);
    assert!(errors[0].contains("its driver's library stopped"), "{errors:?}");
}

#[test]
fn a_source_that_is_gone_lets_the_camera_go() {
    let acts = vec![FRAME; 2_000];
    let (opener, opened) = opener(&[Some(&acts)]);
    let alive = Arc::downgrade(&opener);
    drop(CameraSource::open(3, CameraWish::default(), opener, PATIENT).unwrap());
    assert!(alive.upgrade().is_none(), "its thread goes on and holds the camera");
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

fn start(camera: &mut Fake, wish: &CameraWish) -> Result<hardware::Started, String> {
    hardware::start(camera, wish, &mut |_| {})
}

#[test]
fn the_next_best_mode_is_taken_where_the_best_is_refused() {
    let mut camera = fake(&[FRAME; 9]);
    assert_eq!(start(&mut camera, &CameraWish::default()).unwrap().mode, HD);
    camera.refused = vec![HD];
    let started = start(&mut camera, &CameraWish::default()).unwrap();
    assert_eq!(started.mode, VGA);
    assert!(started.notes[0].contains("1280x720") && started.notes[0].contains("busy"), "{:?}", started.notes);
    camera.refused = vec![HD, VGA];
    assert_eq!(start(&mut camera, &CameraWish::default()).unwrap_err(), "busy");
}

#[test]
fn a_mode_without_a_first_frame_is_refused_as_well() {
    let mut camera = fake(&[Act::Vanish, FRAME]);
    let mut frames = 0;
    let started = hardware::start(&mut camera, &CameraWish::default(), &mut |_| frames += 1).unwrap();
    assert_eq!((started.mode, frames), (VGA, 1), "the first frame is not lost");
    assert!(started.notes[0].contains("1280x720 GRAY 30/s was refused: No such device"), "{:?}", started.notes);
}

#[test]
fn another_rate_than_asked_for_is_told_and_kept() {
    let mut camera = fake(&[FRAME]);
    camera.fps = 25;
    let started = start(&mut camera, &CameraWish::default()).unwrap();
    assert_eq!(started.mode, Mode { fps: 25, ..HD });
    assert!(started.notes[0].contains("25/s"), "{:?}", started.notes);
}

#[test]
fn wishes_that_cannot_be_had_are_told_and_the_camera_runs() {
    let mut camera = fake(&[FRAME; 9]);
    let wish = CameraWish { fps: Some(60), torch: Some(true), focus: Some(Lever::Value(4)), ..CameraWish::default() };
    let notes = start(&mut camera, &wish).unwrap().notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("nearest") && notes[1].contains("torch"), "{notes:?}");
    assert_eq!(*camera.set.lock().unwrap(), [(0x009a_090a, 4)]);
    let wish = CameraWish { focus: Some(Lever::Value(9)), ..CameraWish::default() };
    let notes = start(&mut camera, &wish).unwrap().notes;
    assert!(notes[0].contains("focus could not be set to 9: rejected"), "{notes:?}");
}

/// What was set on a camera: controls and their values.
type Set = Arc<Mutex<Vec<(u32, i64)>>>;

/// A camera with a lamp, and what was set on it, whoever opens it.
fn with_a_lamp() -> (Opener, Set) {
    let set = Set::default();
    let told = Arc::clone(&set);
    let open = move || {
        let camera = Fake { lamp: Some(0), set: Arc::clone(&told), ..fake(&vec![FRAME; 4_000]) };
        Ok(Box::new(camera) as Box<dyn Hardware>)
    };
    (Arc::new(open), set)
}

/// Looks until the lamp is as wanted.
fn until_lamp(source: &mut CameraSource, wanted: Option<bool>) {
    let started = Instant::now();
    while source.lamp() != wanted {
        assert!(started.elapsed() < Duration::from_secs(10), "the lamp is {:?}", source.lamp());
        source.next().unwrap().unwrap();
    }
}

#[test]
fn the_lamp_of_a_running_camera_is_switched_without_losing_a_picture() {
    let (opener, set) = with_a_lamp();
    let mut source = CameraSource::open(3, CameraWish::default(), opener, PATIENT).unwrap();
    until_lamp(&mut source, Some(false));
    assert!(set.lock().unwrap().is_empty(), "nobody asked for light yet");
    source.shine(true);
    until_lamp(&mut source, Some(true));
    source.shine(false);
    until_lamp(&mut source, Some(false));
    assert_eq!(*set.lock().unwrap(), [(LAMP, SHINES), (LAMP, 0)]);
}

#[test]
fn a_camera_that_comes_back_shines_as_it_did() {
    let (opener, set) = with_a_lamp();
    let opened = AtomicUsize::new(0);
    let scripts: Opener = Arc::new(move || {
        // The first one goes away when it was lit for a while.
        let camera = opener()?;
        Ok(if opened.fetch_add(1, Ordering::SeqCst) == 0 { Box::new(Shaky(camera, 200)) } else { camera })
    });
    let mut source = CameraSource::open(3, CameraWish::default(), scripts, PATIENT).unwrap();
    source.shine(true);
    until_lamp(&mut source, Some(true));
    let started = Instant::now();
    while set.lock().unwrap().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", set.lock().unwrap());
        let _ = source.next();
    }
    assert_eq!(*set.lock().unwrap(), [(LAMP, SHINES), (LAMP, SHINES)]);
}

/// A camera that is unplugged after so many frames.
struct Shaky(Box<dyn Hardware>, usize);

impl Hardware for Shaky {
    fn modes(&mut self) -> Result<Vec<Mode>, String> {
        self.0.modes()
    }

    fn start(&mut self, mode: Mode) -> Result<Mode, String> {
        self.0.start(mode)
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        self.0.controls()
    }

    fn set(&mut self, id: u32, is_switch: bool, value: i64) -> Result<(), String> {
        self.0.set(id, is_switch, value)
    }

    fn frame(&mut self, take: &mut dyn FnMut(RawFrame<'_>)) -> Result<(), String> {
        self.1 = self.1.checked_sub(1).ok_or("No such device")?;
        self.0.frame(take)
    }
}

#[test]
fn a_camera_without_a_lamp_says_so_and_nothing_is_set() {
    let mut source = open(&[Some(&[FRAME; 200])], PATIENT).unwrap();
    source.shine(true);
    watch(&mut source, |sizes, _| sizes.len() > 5);
    assert_eq!(source.lamp(), None);
}

#[test]
fn a_camera_that_does_not_open_is_told_with_those_that_do() {
    let others = [(2, "HD Webcam".to_owned()), (4, "Gate".to_owned())];
    let words = refusal(OpenError::NotACamera("an output".to_owned()), &others);
    assert!(words.contains("takes no pictures (an output)"), "{words}");
    assert!(words.contains("camera:2 (HD Webcam), camera:4 (Gate)"), "{words}");
    let words = refusal(OpenError::Failed("there is no /dev/video9".to_owned()), &[]);
    assert_eq!(words, "there is no /dev/video9; there is no other camera");
}

#[test]
fn nodes_that_take_no_pictures_are_not_listed_and_trouble_is() {
    let open = |index| match index {
        0 => Err(OpenError::NotACamera("an output".to_owned())),
        1 => Ok(Box::new(fake(&[])) as Box<dyn Hardware>),
        2 => Err(OpenError::Failed("away".to_owned())),
        _ => panic!("as the library does where it does not know an answer"),
    };
    let listed = listing::look((0..4).map(|index| (index, format!("device {index}"))).collect(), open);
    assert_eq!(listed.iter().map(|info| info.index).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((listed[0].modes[0], listed[0].controls.len(), listed[0].trouble.is_none()), (HD, 1, true));
    assert_eq!(listed[1].trouble.as_deref(), Some("away"));
    assert!(listed[2].trouble.as_ref().is_some_and(|why| why.contains("library stopped")), "{listed:?}");
}
