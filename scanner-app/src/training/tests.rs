//! Practice behaves like work and leaves no trace in it.

use shared::code::format_digital_link;
use shared::mismatch::{Kind, ScanResult};

use super::*;
use crate::device::ManualDevice;

struct Room {
    folder: tempfile::TempDir,
    device: Arc<ManualDevice>,
}

impl Room {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), device: Arc::new(ManualDevice::new()) }
    }

    fn real(&self) -> PathBuf {
        self.folder.path().join("terminal.sqlite")
    }

    fn open(&self, stage: Stage) -> Result<Training, TrainingError> {
        let trainee = Trainee {
            terminal: TerminalId::new(Uuid::from_u128(1)),
            member: "W".into(),
            site: "S".into(),
            operator: Some("1024".into()),
        };
        Training::open(&self.real(), Arc::clone(&self.device) as _, &trainee, stage)
    }
}

fn scan(training: &mut Training, text: &str) -> Practised {
    let mut answers = training.scan(&[(text.to_owned(), None)], Capture::Camera).unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn result(practised: &Practised) -> (ScanResult, Vec<Kind>) {
    let Practised::Scanned(answer) = practised else { panic!("{practised:?}") };
    (answer.result, answer.verdict.iter().map(|found| found.kind).collect())
}

#[test]
fn every_label_teaches_what_it_says_at_every_stage_that_is_practised() {
    for stage in [Stage::Outbound, Stage::Inbound] {
        let room = Room::new();
        let mut training = room.open(stage).unwrap();
        for (lesson, text) in labels() {
            room.device.pass_ms(2_000);
            let (result, kinds) = result(&scan(&mut training, &text));
            let expected = match lesson {
                Lesson::Accepted => ScanResult::Accepted,
                Lesson::Wrong => ScanResult::Wrong,
                Lesson::Blocked => ScanResult::Blocked,
            };
            assert_eq!(result, expected, "{} {lesson:?} {kinds:?}", stage.as_str());
            assert_eq!(kinds.is_empty(), lesson == Lesson::Accepted, "{} {lesson:?} {kinds:?}", stage.as_str());
        }
        room.device.pass_ms(2_000);
        assert_eq!(result(&scan(&mut training, &labels()[0].1)).0, ScanResult::Duplicate);
        if stage.sends() {
            let progress = training.progress().unwrap();
            assert_eq!((progress.packages_counted, progress.packages_expected), (4, Some(4)));
        }
    }
}

#[test]
fn a_real_label_is_named_and_not_recorded() {
    let room = Room::new();
    let mut training = room.open(Stage::Outbound).unwrap();
    let real = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
    let frame = [real, &labels()[0].1, "no code at all"].map(|text| (text.to_owned(), None));
    let answers = training.scan(&frame, Capture::Camera).unwrap();
    assert_eq!(answers[0], Practised::Real { text: real.to_owned() });
    assert_eq!(result(&answers[1]).0, ScanResult::Accepted);
    assert_eq!(answers[2], Practised::Real { text: "no code at all".to_owned() });
    assert_eq!(training.feedback().len(), 1);
    drop(training);
    let bytes = std::fs::read(store_path(&room.real())).unwrap();
    assert!(!bytes.windows(12).any(|window| window == b"7K3M9QX2T4WD"));
}

#[test]
fn practice_has_a_file_and_a_terminal_of_its_own_and_the_real_store_is_not_even_made() {
    let room = Room::new();
    let mut training = room.open(Stage::Outbound).unwrap();
    scan(&mut training, &labels()[0].1);
    assert!(!room.real().exists());
    let path = store_path(&room.real());
    assert!(path.ends_with("terminal.training.sqlite") && path.exists());
    drop(training);
    let real = TerminalId::new(Uuid::from_u128(1));
    assert_ne!(training_terminal(real), real);
    assert_eq!(training_terminal(real), training_terminal(real));
    let store = Store::open(&path, training_terminal(real), EpochId::new(Uuid::from_u128(2))).unwrap();
    let events = store.events().unwrap();
    assert!(events.len() > 2 && events.iter().all(|event| event.terminal == training_terminal(real)));
}

#[test]
fn practice_is_resumed_while_it_is_open_and_begins_anew_when_it_was_closed() {
    let room = Room::new();
    let mut training = room.open(Stage::Outbound).unwrap();
    scan(&mut training, &labels()[0].1);
    drop(training);
    let mut training = room.open(Stage::Outbound).unwrap();
    assert!(training.resumed());
    assert_eq!(training.counted(), 1);
    assert!(training.undo_last().unwrap().is_some());
    assert_eq!(training.close(Close::Final).unwrap().scanned, 0);
    drop(training);
    let mut training = room.open(Stage::Outbound).unwrap();
    assert!(!training.resumed());
    assert_eq!(result(&scan(&mut training, &labels()[0].1)).0, ScanResult::Accepted);
}

#[test]
fn a_stage_without_practice_says_so() {
    let error = Room::new().open(Stage::Sort).err().unwrap();
    assert!(error.to_string().contains("--task outbound"), "{error}");
}

#[test]
fn only_the_demonstration_range_is_practice() {
    assert!(labels().iter().all(|(_, text)| is_training(text)));
    let elements = labels()[0].1.replace("HTTPS://ID.EXAMPLE.CN/01/", "(01)").replace("/21/", "(21)");
    assert!(is_training(&elements), "{elements}");
    let body = "1690123456789";
    let gtin = format!("{body}{}", shared::code::check_digit::compute(body));
    let real = shared::code::PackageCode::item(&gtin, "952952").unwrap();
    assert!(!is_training(&format_digital_link("ID.EXAMPLE.CN", &real)));
    assert!(!is_training("") && !is_training("952952952952"));
}
