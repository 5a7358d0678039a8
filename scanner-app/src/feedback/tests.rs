//! What is told, when, and how it sounds.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use shared::mismatch::ScanResult;

use super::*;
use crate::config::Language;

const LOUD: Manner = Manner { volume: 5, silent: false, vibration: true };

fn told(result: ScanResult) -> Told {
    Told { result, note: false }
}

fn any_told() -> impl Strategy<Value = Told> {
    let results = [ScanResult::Accepted, ScanResult::Duplicate, ScanResult::Wrong, ScanResult::Blocked];
    (prop::sample::select(results.to_vec()), any::<bool>())
        .prop_map(|(result, note)| Told { result, note: note && result == ScanResult::Accepted })
}

#[test]
fn the_worst_of_a_frame_is_told_and_the_others_are_counted() {
    use ScanResult::{Accepted, Duplicate, Wrong};
    let frame = [Accepted, Duplicate, Wrong, Accepted].map(told);
    let cue = plan(&frame, false, LOUD).unwrap();
    assert_eq!((cue.signal, cue.tones.as_slice()), (Signal::Wrong, Signal::Wrong.tones()));
    assert_eq!(cue.others, Counts { accepted: 2, duplicate: 1, wrong: 0, blocked: 0 });
    assert_eq!(cue.same_frame(Language::Zh), "同帧：通过 2 · 重复 1");
    assert_eq!(cue.same_frame(Language::En), "Same frame: Accepted 2 · Duplicate 1");
    assert_eq!(plan(&[told(Accepted)], false, LOUD).unwrap().same_frame(Language::Zh), "");
    assert_eq!(plan(&[], true, LOUD), None);
}

#[test]
fn a_complete_document_is_sounded_after_the_last_accepted_and_not_over_a_grave_result() {
    let cue = plan(&[told(ScanResult::Accepted)], true, LOUD).unwrap();
    let hertz: Vec<u32> = cue.tones.iter().map(|tone| tone.hz).collect();
    assert_eq!(hertz, [2_000, 1_500, 2_000, 2_500]);
    assert_eq!((cue.tones[0].gap_ms, cue.colour), (80, Signal::Accepted.colour()));
    let wrong = plan(&[told(ScanResult::Accepted), told(ScanResult::Wrong)], true, LOUD).unwrap();
    assert_eq!(wrong.tones, Signal::Wrong.tones());
    assert!(wrong.all_there);
}

#[test]
fn silence_is_told_by_hand_and_eye() {
    let silent = Manner { silent: true, ..LOUD };
    let cue = plan(&[told(ScanResult::Wrong)], false, silent).unwrap();
    assert!(cue.tones.is_empty());
    assert_eq!((cue.buzzes.as_slice(), cue.edge_ms, cue.colour.fill), (Signal::Wrong.buzzes(), 400, 0xB5_12_1B));
    let mute = plan(&[told(ScanResult::Wrong)], false, Manner { volume: 0, vibration: false, silent: false }).unwrap();
    assert!(mute.tones.is_empty() && mute.buzzes.is_empty() && mute.edge_ms == 0);
}

#[test]
fn each_result_has_its_own_rhythm() {
    for one in Signal::EVERY {
        for other in Signal::EVERY.into_iter().filter(|other| *other != one) {
            assert_ne!(one.tones(), other.tones(), "{one:?} {other:?}");
            assert_ne!(one.word(Language::Zh), other.word(Language::Zh));
        }
        assert!(!one.word(Language::En).is_empty() && one.word(Language::En).is_ascii());
    }
    let results = [Signal::Accepted, Signal::AcceptedNote, Signal::Duplicate, Signal::Wrong, Signal::Blocked];
    for one in results {
        for other in results.into_iter().filter(|other| *other != one) {
            assert_ne!(one.buzzes(), other.buzzes(), "{one:?} {other:?}");
            assert_ne!(one.colour(), other.colour(), "{one:?} {other:?}");
        }
    }
}

#[test]
fn nothing_cuts_an_alarm_and_it_comes_back_until_it_is_acknowledged() {
    let accepted = Cue::of(Signal::Accepted, LOUD);
    let blocked = Cue::of(Signal::Blocked, LOUD);
    let mut player = Player::default();
    assert_eq!(player.offer(accepted.clone(), 0), Some(accepted.clone()));
    assert_eq!(player.offer(blocked.clone(), 10), Some(blocked.clone()), "a newer sound cuts an older");
    assert_eq!(player.offer(accepted.clone(), 20), None, "but not this one");
    assert_eq!(player.offer(blocked.clone(), 30), None);
    assert_eq!(player.offer(accepted.clone(), 1_000), Some(blocked.clone()), "scans are answered by the alarm");
    assert_eq!(player.tick(3_999), None);
    assert_eq!(player.tick(4_000), Some(blocked.clone()));
    assert_eq!(player.due_ms(), Some(7_000));
    assert!(player.is_alarmed());
    player.acknowledge();
    assert_eq!((player.tick(60_000), player.due_ms()), (None, None));
    assert_eq!(player.offer(accepted.clone(), 60_001), Some(accepted.clone()));
    let once = blocked.once();
    assert_eq!(player.offer(once.clone(), 60_002), Some(once));
    assert_eq!(player.offer(accepted.clone(), 60_003), Some(accepted), "where nobody can acknowledge it");
}

/// Zero crossings upwards in a second.
fn hertz(samples: &[i16]) -> f64 {
    let signs: Vec<bool> = samples.iter().filter(|sample| **sample != 0).map(|sample| *sample > 0).collect();
    let ups = signs.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    #[expect(clippy::cast_precision_loss, reason = "a second of sound has few samples")]
    let (ups, seconds) = (ups as f64, samples.len() as f64 / f64::from(RATE_HZ));
    ups / seconds
}

#[test]
fn every_tone_has_its_frequency_its_length_its_ramps_and_does_not_clip() {
    for tone in Signal::EVERY.into_iter().flat_map(Signal::tones) {
        let alone = Tone { gap_ms: 0, ..*tone };
        let sound = samples(&[alone], 5);
        assert_eq!(sound.len(), tone.ms as usize * 48, "{tone:?}");
        // One crossing more or less at the ends.
        let slack = 1_100.0 / f64::from(tone.ms);
        assert!((hertz(&sound) - f64::from(tone.hz)).abs() <= slack, "{tone:?}: {} Hz", hertz(&sound));
        let peak = |part: &[i16]| part.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        let (top, ramp) = (peak(&sound), 48 * 5);
        assert!((10_000..=26_300).contains(&top), "{tone:?} peaks at {top}");
        for (place, share) in [(0, 50), (ramp / 2, 2)] {
            let edge = peak(&sound[..=place]).max(peak(&sound[sound.len() - 1 - place..]));
            assert!(edge <= top / share + 400, "{tone:?} starts or ends at {edge}");
        }
        assert_eq!(samples(&[*tone], 5).len(), sound.len() + tone.gap_ms as usize * 48);
    }
}

#[test]
fn each_step_of_volume_halves_and_none_is_silence() {
    let peak = |volume| samples(Signal::Accepted.tones(), volume).into_iter().map(i16::unsigned_abs).max().unwrap();
    for volume in 1..5 {
        let ratio = f64::from(peak(volume + 1)) / f64::from(peak(volume));
        assert!((ratio - 2.0).abs() < 0.05, "{volume}: {ratio}");
    }
    assert_eq!(peak(0), 0);
}

fn recorded() -> (Deck, Recorder) {
    let recorder = Recorder::default();
    let [speaker, vibrator, lamp] = [recorder.clone(), recorder.clone(), recorder.clone()];
    let outputs = Outputs { speaker: Box::new(speaker), vibrator: Box::new(vibrator), lamp: Box::new(lamp) };
    (Deck::start(outputs), recorder)
}

#[test]
fn the_deck_gives_sound_vibration_and_edge() {
    let (deck, recorder) = recorded();
    deck.give(Cue::of(Signal::Accepted, LOUD));
    deck.give(Cue::of(Signal::Wrong, Manner { silent: true, ..LOUD }));
    drop(deck);
    let expected = [
        Given::Sound(80 * 48),
        Given::Buzz(Signal::Accepted.buzzes().to_vec()),
        Given::Buzz(Signal::Wrong.buzzes().to_vec()),
        Given::Edge(0xB5_12_1B, 400),
    ];
    assert_eq!(recorder.take(), expected);
}

#[test]
fn an_alarm_is_repeated_by_itself_and_ends_when_acknowledged() {
    let (deck, recorder) = recorded();
    let manner = Manner { vibration: false, ..LOUD };
    deck.give(Cue::of(Signal::Blocked, manner));
    let start = Instant::now();
    let sounds = |recorder: &Recorder| recorder.take().iter().filter(|given| matches!(given, Given::Sound(_))).count();
    let mut heard = 0;
    while heard < 2 && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
        heard += sounds(&recorder);
    }
    assert_eq!(heard, 2);
    assert!(start.elapsed() >= Duration::from_millis(ALARM_EVERY_MS - 100));
    deck.acknowledge();
    drop(deck);
    assert_eq!(recorder.take(), [Given::Stop]);
}

#[test]
fn samples_reach_a_player_program_whole_and_a_newer_sound_cuts_an_older() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heard.raw");
    let script = format!("cat > '{}'", file.display());
    let sound = samples(Signal::Blocked.tones(), 5);
    let mut speaker = ProgramSpeaker::new("sh", &["-c", &script]);
    speaker.play(&sound).unwrap();
    let start = Instant::now();
    while std::fs::metadata(&file).map_or(0, |found| found.len()) < 2 * sound.len() as u64 {
        assert!(start.elapsed() < Duration::from_secs(20), "the player heard too little");
        std::thread::sleep(Duration::from_millis(5));
    }
    let heard = std::fs::read(&file).unwrap();
    let expected: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert_eq!(heard, expected);

    let mut stuck = ProgramSpeaker::new("sleep", &["600"]);
    let start = Instant::now();
    for _ in 0..3 {
        stuck.play(&sound).unwrap();
    }
    stuck.stop();
    assert!(start.elapsed() < Duration::from_secs(10), "a player that takes nothing holds nobody up");
}

#[test]
#[ignore = "a measurement of time: run it alone on a quiet machine"]
fn long_the_first_samples_are_handed_on_within_fifty_milliseconds_of_a_cue() {
    let speaker = Box::new(ProgramSpeaker::new("sh", &["-c", "cat > /dev/null"]));
    let deck = Deck::start(Outputs { speaker, vibrator: Box::new(Nothing), lamp: Box::new(Nothing) });
    let mut took_us = Vec::new();
    for given in 1..=200 {
        deck.give(Cue::of(Signal::Wrong, LOUD));
        while deck.state().given < given {
            std::thread::sleep(Duration::from_millis(1));
        }
        took_us.push(deck.state().last_us);
        std::thread::sleep(Duration::from_millis(20));
    }
    took_us.sort_unstable();
    println!("of 200 cues in µs: median {}, p99 {}, longest {}", took_us[100], took_us[198], took_us[199]);
    assert!(took_us[198] < 50_000 && deck.state().trouble.is_none());
}

#[test]
fn a_missing_player_is_said_and_the_scan_goes_on() {
    let speaker = Box::new(ProgramSpeaker::new("no-such-player", &[]));
    let recorder = Recorder::default();
    let deck = Deck::start(Outputs { speaker, vibrator: Box::new(recorder.clone()), lamp: Box::new(Nothing) });
    deck.give(Cue::of(Signal::Accepted, LOUD));
    let start = Instant::now();
    while deck.state().given == 0 && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let trouble = deck.state().trouble.unwrap();
    assert!(trouble.contains("`no-such-player`") && trouble.contains("Install it"), "{trouble}");
    assert_eq!(recorder.take().len(), 1, "it vibrates all the same");
}

#[test]
fn settings_are_checked() {
    let read = |text: &str| toml::from_str::<FeedbackSettings>(text);
    assert_eq!(read("").unwrap(), FeedbackSettings::default());
    assert!(read("volume = 6").unwrap_err().to_string().contains("0 to 5"));
    assert!(read("loudness = 3").is_err() && read("speaker = \"trumpet\"").is_err());
    assert_eq!(read("speaker = \"pw-play\"").unwrap().speaker, SpeakerChoice::PwPlay);
}

proptest! {
    #[test]
    fn a_cue_tells_the_worst_and_counts_every_other(
        frame in prop::collection::vec(any_told(), 1..30), all_there: bool, volume in 0_u8..=5, silent: bool
    ) {
        let cue = plan(&frame, all_there, Manner { volume, silent, vibration: true }).unwrap();
        let counted = cue.others.accepted + cue.others.duplicate + cue.others.wrong + cue.others.blocked;
        prop_assert_eq!(counted as usize, frame.len() - 1);
        let blocked = frame.iter().any(|told| told.result == ScanResult::Blocked);
        prop_assert_eq!(cue.is_alarm, blocked);
        prop_assert_eq!(cue.tones.is_empty(), silent || volume == 0);
        let mut turned = frame.clone();
        turned.reverse();
        prop_assert_eq!(plan(&turned, all_there, Manner { volume, silent, vibration: true }).unwrap(), cue);
    }
}
