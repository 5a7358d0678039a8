//! `scanner-app scan --training`: practice without a screen. Every line is marked.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use shared::event::Close;

use super::ScanArgs;
use super::operators::who_works;
use super::scan::{told, word};
use crate::capture::InputReader;
use crate::config::{Config, Language};
use crate::device::{Device, Machine};
use crate::feedback::{Deck, Told, plan};
use crate::session::Acceptance;
use crate::store::Store;
use crate::training::{self, Practised, Trainee, Training, mark};

pub(super) fn labels() -> ExitCode {
    for (lesson, text) in training::labels() {
        let (zh, en) = lesson.words();
        println!("{}", json!({ "text": text, "zh": zh, "en": en }));
    }
    ExitCode::SUCCESS
}

pub(super) fn run(config: &Config, args: &ScanArgs) -> Result<ExitCode> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let trainee = Trainee {
        terminal: config.terminal,
        member: config.member.clone(),
        site: config.site.clone(),
        operator: trainee(config, device.as_ref())?,
    };
    let mut source = args.source.open(&config.capture)?;
    let mut training = Training::open(&config.store, device, &trainee, args.task.into())?;
    eprintln!(
        "{} {}: nothing of this is sent or counted. / 训练内容不上传、不计数。",
        mark(Language::Zh),
        mark(Language::En)
    );
    let deck = Deck::start(config.feedback.outputs());
    let mut acceptance = Acceptance::default();
    let mut reader = InputReader::new(source.as_ref(), config.capture.aim);
    let mut unread = false;
    while let Some(input) = source.next() {
        std::thread::sleep(Duration::from_millis(args.frame_delay_ms));
        match input.and_then(|input| reader.read(input)) {
            Ok(frame) => {
                let new = acceptance.accept(frame.readings, frame.at_ms);
                let practised = training.scan(&new, source.how())?;
                let results: Vec<Told> = practised.iter().filter_map(as_told).collect();
                if let Some(cue) = plan(&results, false, config.feedback.manner()) {
                    deck.give(cue.once());
                }
                for practised in &practised {
                    print(&mut training, practised, args.json)?;
                }
            }
            Err(error) if error.is_passing() => {
                unread = true;
                eprintln!("scanner-app: {error}");
            }
            Err(error) => return Err(error.into()),
        }
    }
    finish(&mut training, args)?;
    Ok(if unread { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whoever works here practises; a terminal that has not begun to work has nobody signed in.
fn trainee(config: &Config, device: &dyn Device) -> Result<Option<shared::ids::OperatorId>> {
    if !config.store.exists() {
        return Ok(config.operator.clone());
    }
    let mut store = Store::open_beside(&config.store, config.terminal, device.epoch())?;
    who_works(&mut store, config, device)
}

fn as_told(practised: &Practised) -> Option<Told> {
    match practised {
        Practised::Scanned(answer) => Some(told(answer)),
        Practised::Real { .. } => None,
    }
}

fn print(training: &mut Training, practised: &Practised, as_json: bool) -> Result<()> {
    let marks = format!("{} {}", mark(Language::Zh), mark(Language::En));
    match practised {
        Practised::Scanned(answer) if as_json => {
            let kinds: Vec<_> = answer.verdict.iter().map(|found| found.kind).collect();
            let progress = training.progress()?;
            println!(
                "{}",
                json!({
                    "training": true, "text": answer.text, "code": answer.code, "result": answer.result, "kinds": kinds,
                    "seq": answer.seq, "counted": progress.packages_counted, "expected": progress.packages_expected,
                })
            );
        }
        Practised::Scanned(answer) => {
            let tail = answer.code.as_ref().map_or(answer.text.as_str(), |code| code.tail());
            println!("{marks} · {} {tail} · {}", word(answer), training.progress()?.packages_counted);
        }
        Practised::Real { text } if as_json => {
            println!("{}", json!({ "training": true, "text": text, "result": "real-label" }));
        }
        Practised::Real { .. } => {
            println!("{marks} · {} {}", Practised::real_words(Language::Zh), Practised::real_words(Language::En));
        }
    }
    Ok(())
}

fn finish(training: &mut Training, args: &ScanArgs) -> Result<()> {
    let scanned = match args.close {
        Some(close) => training.close(Close::from(close))?.scanned,
        None => training.counted(),
    };
    let set_aside = training.progress()?.set_aside;
    if args.json {
        println!(
            "{}",
            json!({ "training": true, "scanned": scanned, "set_aside": set_aside, "pending": 0, "gate": null })
        );
    } else {
        let marks = format!("{} {}", mark(Language::Zh), mark(Language::En));
        println!("{marks} · {scanned} scanned, {set_aside} set aside; nothing is sent");
    }
    Ok(())
}
