//! Scans, one-tap confirmations and open-case checks.

use std::collections::BTreeMap;

use shared::code::{PackageCode, format_digital_link};
use shared::event::{Act, Capture, Close, LabelMetadata, Movement, ReturnReason, Stage};
use shared::ids::{BasisId, DocumentId, EventRef};
use shared::mismatch::{Kind, Severity};
use shared::reference::{Level, Line, ShippingDocument};
use shared::rules::{tallies, verdict_on};
use shared::time::Timestamp;
use shared::trail::clock::Anchors;
use shared::trail::{Index, Scan};

use super::{Story, stage};
use crate::agreement::difference;
use crate::core::{Answer, Shown};
use crate::knowledge::fact;
use crate::names::Names;
use crate::statement::{ScenarioError, Statement};
use crate::terminal::TaskKey;
use crate::trade::CARRIER;

/// Codes of a range are scanned this far apart.
const EVERY_MS: i64 = 5_000;

/// `scan t1 outbound P2.1 basis=C1 document=N1 @…`.
pub(super) fn scan(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let stage = stage(said, said.word(1, "a stage")?)?;
    let labels = labels(story, said)?;
    let (basis, document, reserved) = reference(story, said, &name, stage)?;
    let within = said.duration(&["within"])?;
    let count = i64::try_from(labels.len()).unwrap_or(i64::MAX).max(1);
    let every = said.duration(&["every"])?.or(within.map(|ms| ms / count)).unwrap_or(EVERY_MS);
    let shot = Shot::of(said)?;
    if let Some(parent) = story.open_checks.get(&name).cloned() {
        let act = Act::CaseChecked { basis, document, parent, children: labels };
        story.terminal(said, &name)?.record(at, act);
        return Ok(());
    }
    let key = (stage, basis, document);
    for (place, text) in labels.into_iter().enumerate() {
        let at = at.plus_ms(every.saturating_mul(i64::try_from(place).unwrap_or(i64::MAX)));
        take(story, at, said, &name, &key, reserved, text, &shot)?;
    }
    Ok(())
}

/// How the labels of one statement are read.
struct Shot {
    how: Capture,
    label: Option<LabelMetadata>,
    same_frame: bool,
    reason: Option<ReturnReason>,
    site: Option<String>,
    operator: Option<String>,
    called: Option<String>,
}

impl Shot {
    fn of(said: &Statement) -> Result<Self, ScenarioError> {
        let how = match said.option(&["how", "by"]) {
            None | Some("camera") => Capture::Camera,
            Some("manual") => Capture::Manual,
            Some("wedge") => Capture::Wedge,
            Some("file" | "fixed") => Capture::File,
            Some(other) => return Err(said.wrong(other, format!("`{other}`: how is camera, wedge, manual or file"))),
        };
        let reason = match said.option(&["reason"]) {
            None => None,
            Some("quality") => Some(ReturnReason::Quality),
            Some("refused") => Some(ReturnReason::Refused),
            Some("undeliverable") => Some(ReturnReason::Undeliverable),
            Some(_) => Some(ReturnReason::Other),
        };
        Ok(Self {
            how,
            label: said.option(&["label"]).map(|text| label(said, text)).transpose()?,
            same_frame: said.option(&["frame"]) == Some("same"),
            reason,
            site: said.option(&["site"]).map(str::to_owned),
            operator: said.option(&["operator"]).map(str::to_owned),
            called: said.option(&["as"]).map(str::to_owned),
        })
    }

    /// Whether a session can take it: returns with a reason and pictures shown again are said beside it.
    const fn is_plain(&self) -> bool {
        self.reason.is_none() && !self.same_frame
    }
}

/// `label=VERSION-LEVEL-MODE`, a part that is unknown written `?`; `v2,L,byte` is read as well.
fn label(said: &Statement, text: &str) -> Result<LabelMetadata, ScenarioError> {
    let parts: Vec<&str> = text.split(['-', ',']).collect();
    let known = |place: usize| parts.get(place).copied().filter(|part| !matches!(*part, "?" | "" | "unknown"));
    let version = known(0).map(|part| said.number(part.trim_start_matches('v'))).transpose()?;
    let text_of = |place| known(place).map(str::to_owned);
    Ok(LabelMetadata { version, ec_level: text_of(1), mode: text_of(2) })
}

/// The texts of the labels that a statement scans.
fn labels(story: &Story<'_>, said: &Statement) -> Result<Vec<String>, ScenarioError> {
    if let Some(raw) = said.option(&["text"]) {
        return Ok(vec![raw.to_owned()]);
    }
    let mut texts = Vec::new();
    let mut times = None;
    let mut words = Vec::new();
    for word in said.plain().skip(2) {
        match word.text.strip_prefix('x').and_then(|count| count.parse::<u32>().ok()).filter(|_| !word.quoted) {
            Some(count) => times = Some(count),
            None => words.push(word.clone()),
        }
    }
    for word in &words {
        let first = match times {
            Some(count) if word.text.contains('.') && count > 0 => {
                let (pack, from) = word.text.rsplit_once('.').unwrap_or((&word.text, "1"));
                let from: u32 = said.number(from)?;
                format!("{pack}.{from}..{}", from.saturating_add(count - 1))
            }
            Some(count) => format!("{}.1..{count}", word.text),
            None => word.text.clone(),
        };
        if word.quoted {
            texts.push(word.text.clone());
            continue;
        }
        for code in Names::range(&first).map_err(|why| said.wrong(&word.text, why))? {
            texts.push(label_text(story, said, &code)?);
        }
    }
    if texts.is_empty() {
        return Err(said.wrong("scan", "`scan` lacks a code"));
    }
    Ok(texts)
}

/// The text of a code's label.
pub(super) fn label_text(story: &Story<'_>, said: &Statement, word: &str) -> Result<String, ScenarioError> {
    let code = story.cast.plot.names.code(word);
    let code = code
        .ok_or_else(|| said.wrong(word, format!("`{word}` is no code: write it like P1.7, or raw text in quotes")))?;
    Ok(format_digital_link("ID.EXAMPLE.CN", &code))
}

/// Which basis and document a statement works on, and whether the terminal reserves the document's number.
pub(super) fn reference(
    story: &mut Story<'_>,
    said: &Statement,
    name: &str,
    stage: Stage,
) -> Result<(BasisId, DocumentId, bool), ScenarioError> {
    let (basis, document) = named_reference(story, said)?;
    if said.option(&["document"]).is_some() || !matches!(stage, Stage::Outbound | Stage::TransferOut) {
        return Ok((basis, document, false));
    }
    let number = story.terminal(said, name)?.reserve(stage, &basis);
    Ok((basis, number, true))
}

/// The basis and document that the options name; a document brings its basis.
pub(super) fn named_reference(story: &Story<'_>, said: &Statement) -> Result<(BasisId, DocumentId), ScenarioError> {
    let document = said.option(&["document"]).map_or_else(DocumentId::none, DocumentId::from);
    if let Some(basis) = said.option(&["basis"]) {
        return Ok((basis.into(), document));
    }
    let references = story.cast.plot.references_at(Timestamp::from_ms(i64::MAX))?;
    match references.documents.get(&document) {
        Some(note) => Ok((note.basis.clone(), document)),
        None => Err(ScenarioError::new(
            said.line,
            1,
            format!("`{}` lacks basis=, and no known document tells it", said.verb),
        )),
    }
}

/// One label before one terminal: recorded, judged, set aside where something speaks against it.
#[expect(clippy::too_many_arguments, reason = "one scan: where, when, what, how")]
fn take(
    story: &mut Story<'_>,
    at: Timestamp,
    said: &Statement,
    name: &str,
    key: &TaskKey,
    reserved: bool,
    text: String,
    shot: &Shot,
) -> Result<(), ScenarioError> {
    story.cast.deliver(name, at)?;
    let terminal = story.terminal(said, name)?;
    let (site, operator) = (terminal.site.clone(), terminal.operator.clone());
    if let Some(other) = &shot.site {
        terminal.site = other.as_str().into();
    }
    if let Some(other) = &shot.operator {
        terminal.operator = Some(other.as_str().into());
    }
    let task = terminal.task(at, key, reserved);
    if terminal.has_core() && shot.is_plain() {
        let shown = Shown { text, label: shot.label.clone(), how: shot.how };
        let answer = terminal.scan(at, key, &shown);
        (terminal.site, terminal.operator) = (site, operator);
        if let (Some(called), Some(answer)) = (&shot.called, &answer) {
            let by = EventRef { terminal: terminal.id, epoch: terminal.epoch, seq: answer.seq };
            terminal.named.insert(called.clone(), by);
        }
        compare(story, said, name, answer.as_ref());
        return Ok(());
    }
    terminal.frame += u64::from(!shot.same_frame);
    // A core numbers its pictures itself: the one that is shown again is the last of its log.
    let last = terminal.log.iter().rev().find_map(|logged| logged.event.act.movement()?.1.frame);
    let shown = last.filter(|_| terminal.has_core() && shot.same_frame).unwrap_or(terminal.frame);
    let frame = (shot.how == Capture::Camera).then_some(shown);
    let (basis, document) = (key.1.clone(), key.2.clone());
    let movement = Movement {
        task: task.clone(),
        basis,
        document,
        text,
        how: shot.how,
        label: shot.label.clone(),
        frame,
        reason: shot.reason,
    };
    let by = terminal.record(at, Act::scan(key.0, movement));
    if let Some(called) = &shot.called {
        terminal.named.insert(called.clone(), by);
    }
    (terminal.site, terminal.operator) = (site, operator);
    if key.0.sends() {
        let against = against(story, said, name, at, by)?;
        if !against.is_empty() {
            story.terminal(said, name)?.record(at, Act::SetAside { task, scan_seq: by.seq, kinds: against });
        }
    }
    Ok(())
}

/// Holds a core's verdict against the rules' on the whole history.
fn compare(story: &mut Story<'_>, said: &Statement, name: &str, answer: Option<&Answer>) {
    let terminal = story.cast.terminals.iter().find(|terminal| terminal.name == name);
    let (Some(terminal), Some(answer)) = (terminal, answer) else { return };
    let (policy, names) = (story.cast.policy(), &story.cast.plot.names);
    story.failed.extend(difference(terminal, answer, policy, names, said.line));
    story.compared += 1;
}

/// The kinds that set a package aside: what the terminal shows against its scan, from hold on.
fn against(
    story: &mut Story<'_>,
    said: &Statement,
    name: &str,
    at: Timestamp,
    by: EventRef,
) -> Result<Vec<Kind>, ScenarioError> {
    let shown = story.cast.terminal_verdict(name, at)?;
    let references = story.cast.references(at)?;
    let terminal = story.terminal(said, name)?;
    let Some(logged) = terminal.log.iter().find(|logged| logged.event.by() == by) else { return Ok(Vec::new()) };
    let fact = fact(&logged.event, terminal, &Anchors::default());
    let code: Option<PackageCode> =
        fact.act.movement().and_then(|(_, movement)| references.grammars.parse(&movement.text).ok());
    let verdict = verdict_on(&fact, code.as_ref(), &shown);
    let grave = verdict.into_iter().filter(|found| found.severity >= Severity::Hold);
    Ok(grave.map(|found| found.kind).collect())
}

/// `confirm t3 receipt basis=O1 @…`: one tap stands for the list that was known then.
pub(super) fn confirm(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let stage = stage(said, said.word(1, "a stage")?)?;
    let (basis, document) = named_reference(story, said)?;
    let known = story.terminal(said, &name)?.connection.known_at(at);
    let mut lists: BTreeMap<DocumentId, Vec<PackageCode>> = BTreeMap::new();
    {
        let references = story.cast.references(known)?;
        let history = story.cast.server_history(known);
        let index = Index::new(&history, &references);
        let here = |scan: &&Scan<'_>| {
            let of = scan.movement.basis == basis && (document.is_none() || scan.movement.document == document);
            of && scan.stage == stage.counterpart() && scan.counts()
        };
        let taken_in = |scan: &Scan<'_>, code| {
            index.own_scans(code).any(|other| other.stage == stage && other.leg() == scan.leg() && other.counts())
        };
        for scan in index.scans.iter().filter(here) {
            if let Some(code) = scan.code.ok().filter(|code| !taken_in(scan, *code)) {
                lists.entry(scan.movement.document.clone()).or_default().push(index.package(code).code.clone());
            }
        }
    }
    lists.entry(document).or_default();
    story.cast.deliver(&name, at)?;
    let more_than_one = lists.len() > 1;
    for (document, codes) in
        lists.into_iter().filter(|(document, codes)| !(more_than_one && document.is_none() && codes.is_empty()))
    {
        let key = (stage, basis.clone(), document.clone());
        let terminal = story.terminal(said, &name)?;
        let task = terminal.task(at, &key, false);
        let counted = codes.len() as u64;
        for code in codes {
            let text = format_digital_link("ID.EXAMPLE.CN", &code);
            if story.terminal(said, &name)?.has_core() {
                let shown = Shown { text, label: None, how: Capture::Confirmed };
                let answer = story.terminal(said, &name)?.scan(at, &key, &shown);
                compare(story, said, &name, answer.as_ref());
                continue;
            }
            let movement = Movement {
                task: task.clone(),
                basis: basis.clone(),
                document: document.clone(),
                text,
                how: Capture::Confirmed,
                label: None,
                frame: None,
                reason: None,
            };
            story.terminal(said, &name)?.record(at, Act::scan(stage, movement));
        }
        story.terminal(said, &name)?.close(at, &key, Close::Final, counted, None);
    }
    Ok(())
}

/// `check t2 P2.1 P1.7 @…`; `open t1 inbound P2.1 @…`, after which scans are its children.
pub(super) fn check(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let (basis, document) = match said.option(&["document", "basis"]) {
        Some(_) => named_reference(story, said)?,
        None => super::last_reference(story, said, &name)?,
    };
    if said.verb == "open" {
        stage(said, said.word(1, "a stage")?)?;
        let parent = label_text(story, said, said.word(2, "a case")?)?;
        story.open_checks.insert(name, parent);
        return Ok(());
    }
    let parent = label_text(story, said, said.word(1, "a case")?)?;
    let mut children = Vec::new();
    for word in said.plain().skip(2) {
        for code in Names::range(&word.text).map_err(|why| said.wrong(&word.text, why))? {
            children.push(label_text(story, said, &code)?);
        }
    }
    story.terminal(said, &name)?.record(at, Act::CaseChecked { basis, document, parent, children });
    Ok(())
}

/// The note of a task from a basis alone, made from what was loaded.
pub(super) fn draft(
    story: &mut Story<'_>,
    at: Timestamp,
    said: &Statement,
    name: &str,
    (stage, basis, document): (Stage, &BasisId, &DocumentId),
) -> Result<(), ScenarioError> {
    let (history, references) = story.cast.terminal_history(name, at)?;
    let Some(agreed) = references.bases.get(basis) else { return Ok(()) };
    let loaded = tallies(&history, &references)
        .into_iter()
        .filter(|tally| tally.basis == *basis && tally.document == *document && tally.stage == stage);
    let note = ShippingDocument {
        document: document.clone(),
        basis: basis.clone(),
        consignor: agreed.seller.clone(),
        consignee: agreed.buyer.clone(),
        lines: loaded.map(|tally| Line::new(tally.product, tally.units)).collect(),
        carrier: said.option(&["carrier"]).unwrap_or(CARRIER).to_owned(),
        packing_level: Level::Unit,
        lacks: Vec::new(),
        absent: false,
    };
    story.terminal(said, name)?.record(at, Act::DocumentDrafted { note: Box::new(note) });
    Ok(())
}
