//! `scanner-app scan`: the same session as the window, without a screen. Each line is printed after its commit.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use shared::event::{Close, GateState, Stage};
use shared::mismatch::{ScanResult, Severity};
use shared::time::Timestamp;

use super::{ScanArgs, operators, stores};
use crate::capture::InputReader;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::feedback::{Deck, Told, plan};
use crate::session::gate::Gate;
use crate::session::gate::facts::reasons;
use crate::session::note::paper;
use crate::session::opening::{Opening, OpeningError, Papers};
use crate::session::{Acceptance, Closing, Feedback, Identity, Session};
use crate::ui::words;

pub(super) fn run(config: &Config, args: &ScanArgs) -> Result<ExitCode> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let mut store = stores::open(config, device.as_ref())?;
    let operator = operators::who_works(&mut store, config, device.as_ref())?;
    store.commit_on_a_thread()?;
    let stage: Stage = args.task.into();
    let mut source = args.source.open(&config.capture)?;
    let identity = Identity { member: config.member.clone(), site: config.site.clone(), operator };
    let opening = Opening {
        stage,
        basis: args.basis.as_str().into(),
        papers: papers(args, stage),
        reason: args.reason.map(Into::into),
    };
    let mut session = match Session::begin(store, Arc::clone(&device), identity, &opening) {
        Err(error @ OpeningError::Store(_)) => return Err(error.into()),
        Err(error) => {
            eprintln!("scanner-app: {error}");
            return Ok(ExitCode::from(2));
        }
        Ok(session) => session,
    };
    greet(&session, args);
    let deck = Deck::start(config.feedback.outputs());
    let mut acceptance = Acceptance::default();
    let mut reader = InputReader::new(source.as_ref(), config.capture.aim);
    reader.read_by(session.pulled().references.grammars.clone());
    let mut unread = false;
    while let Some(input) = source.next() {
        std::thread::sleep(Duration::from_millis(args.frame_delay_ms));
        match input.and_then(|input| reader.read(input)) {
            Ok(frame) => {
                if let Some(fault) = &frame.fault {
                    let (zh, en) = fault.words();
                    eprintln!("scanner-app: {en}. / {zh}。");
                }
                let new = acceptance.accept(frame.readings, frame.at_ms);
                let answers = session.scan(&new, source.how())?;
                let told: Vec<Told> = answers.iter().map(told).collect();
                if let Some(cue) = plan(&told, is_all_there(&mut session, &answers)?, config.feedback.manner()) {
                    deck.give(cue.once());
                }
                for answer in &answers {
                    print(&mut session, answer, args.json)?;
                }
            }
            Err(error) if error.is_passing() => {
                unread = true;
                eprintln!("scanner-app: {error}");
            }
            Err(error) => return Err(error.into()),
        }
    }
    finish(&mut session, args)?;
    Ok(if unread { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is told of an answer by sound, vibration and colour.
pub(super) fn told(answer: &Feedback) -> Told {
    let warned = answer.verdict.iter().any(|found| found.severity == Severity::Warn);
    Told { result: answer.result, note: warned && answer.result == ScanResult::Accepted }
}

/// Whether the document became complete with these answers.
pub(super) fn is_all_there(session: &mut Session, answers: &[Feedback]) -> Result<bool> {
    if !answers.iter().any(|answer| answer.result == ScanResult::Accepted) {
        return Ok(false);
    }
    let progress = session.progress()?;
    Ok(progress.packages_expected.is_some_and(|expected| progress.packages_counted == expected))
}

/// Goods that leave without a named document get a note of this terminal's own.
fn papers(args: &ScanArgs, stage: Stage) -> Papers {
    match &args.document {
        Some(document) => Papers::Named(document.as_str().into()),
        None if matches!(stage, Stage::Outbound | Stage::TransferOut) => Papers::Reserved,
        None => Papers::Without,
    }
}

fn greet(session: &Session, args: &ScanArgs) {
    if session.resumed {
        let counted = session.counted();
        eprintln!("Resumed at {counted}, nothing lost. / 已恢复到 {counted}，无丢失。");
    }
    if !session.basis_is_known() {
        let basis = &args.basis;
        eprintln!(
            "{basis} is not in the data of this terminal. Scans are recorded and judged when it is known; check the \
             number, and sync. / 未找到 {basis}:照常记录,先核对编号并同步。"
        );
    }
}

fn print(session: &mut Session, answer: &Feedback, as_json: bool) -> Result<()> {
    let progress = session.progress()?;
    let mut out = std::io::stdout().lock();
    if as_json {
        let kinds: Vec<_> = answer.verdict.iter().map(|found| found.kind).collect();
        let line = json!({
            "text": answer.text, "code": answer.code, "result": answer.result, "kinds": kinds, "seq": answer.seq,
            "counted": progress.packages_counted, "expected": progress.packages_expected,
        });
        writeln!(out, "{line}")?;
    } else {
        let tail = answer.code.as_ref().map_or(answer.text.as_str(), |code| code.tail());
        let why: Vec<&str> = answer.verdict.iter().map(|found| found.kind.info().title.zh).collect();
        let (counted, word) = (progress.packages_counted, word(answer));
        writeln!(out, "{word} {tail} {} · {counted}", why.join(" "))?;
    }
    out.flush()?;
    Ok(())
}

pub(super) fn word(answer: &Feedback) -> &'static str {
    match answer.result {
        ScanResult::Accepted => "通过",
        ScanResult::Duplicate => "重复",
        ScanResult::Wrong => "不符",
        ScanResult::Blocked => "拦截",
    }
}

fn finish(session: &mut Session, args: &ScanArgs) -> Result<()> {
    let departure = match args.close {
        Some(close) => Some(session.conclude(&Closing { close: Close::from(close), carrier: args.carrier.clone() })?),
        None => None,
    };
    let (scanned, set_aside) = match &departure {
        Some(departure) => (departure.closed.scanned, departure.closed.set_aside),
        None => (session.counted(), session.progress()?.set_aside),
    };
    let pending = session.pending()?;
    let gate = departure.as_ref().and_then(|departure| departure.gates.first());
    if args.json {
        let gate = gate.map(shown);
        println!("{}", json!({ "scanned": scanned, "set_aside": set_aside, "pending": pending, "gate": gate }));
        return Ok(());
    }
    println!("{scanned} scanned, {set_aside} set aside, {} for the server", stores::waiting(pending));
    for (note, loaded) in departure.iter().flat_map(|departure| &departure.notes) {
        println!("Note {}: {}", note.document, paper(note, loaded));
    }
    if let Some(gate) = gate {
        let (zh, en) = words_of(gate);
        println!("{zh} / {en}");
    }
    Ok(())
}

/// How a gate stands (`screens.md`, texts 25 to 27), in Chinese and in English.
pub(super) fn words_of(gate: &Gate) -> (String, String) {
    let data = gate.data_as_of.map_or_else(|| "–".to_owned(), Timestamp::to_clock);
    match gate.standing.state {
        GateState::Cleared => (format!("准予放行 · 按 {data} 的数据"), format!("Cleared · on data of {data}")),
        GateState::Waiting => {
            ("待上传 · 传完自动再判".to_owned(), "Waiting for upload · judged again by itself".to_owned())
        }
        GateState::Held => {
            let count = reasons(&gate.standing);
            (format!("暂不放行 · {count} 项原因"), format!("Held · {}", words::reasons(count)))
        }
    }
}

/// The gate as JSON: its state, and what it is held or waits for. None of it is left out for being empty but what does not apply:
/// `position` says that the server decided, `settled` quotes who resolved what would hold the goods.
pub(super) fn shown(gate: &Gate) -> Value {
    let standing = &gate.standing;
    let mut shown = match standing.state {
        GateState::Held => json!({ "state": "held", "reasons": standing.reasons }),
        GateState::Waiting => json!({ "state": "waiting", "waits": standing.waits }),
        GateState::Cleared => json!({ "state": "cleared", "by": standing.by, "position": standing.position }),
    };
    if let Some(position) = standing.position {
        shown["position"] = json!(position);
    }
    if !standing.settled.is_empty() {
        shown["settled"] = json!(standing.settled);
    }
    shown
}
