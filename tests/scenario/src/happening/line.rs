//! What production lines upload: associations, dissociations, packs put into use, labels replaced.

use shared::event::Act;
use shared::time::Timestamp;

use super::{Story, scan};
use crate::names::Names;
use crate::statement::{ScenarioError, Statement};
use crate::terminal::Terminal;

pub(super) fn happen(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let first = said.word(0, "a code, a pack or a terminal")?;
    let skip = usize::from(story.is_terminal(first));
    let (terminal, words): (Option<String>, Vec<String>) = {
        let words = said.plain().skip(skip).map(|word| word.text.clone());
        ((skip == 1).then(|| first.to_owned()), words.collect())
    };
    let subject =
        words.first().cloned().ok_or_else(|| said.wrong(first, format!("`{}` lacks a code or pack", said.verb)))?;
    let terminal = terminal.unwrap_or_else(|| line_of(story, &subject));
    let act = match said.verb.as_str() {
        "activate" => Act::PackActivated { pack: subject.as_str().into() },
        "relabel" => {
            let new = words.get(1).ok_or_else(|| said.wrong(&subject, "`relabel` lacks the new code"))?;
            Act::Relabel { old: scan::label_text(story, said, &subject)?, new: scan::label_text(story, said, new)? }
        }
        "remainder" => {
            let units = said.option(&["units"]).map_or(Ok(0), |text| said.number(text))?;
            let parent = scan::label_text(story, said, &subject)?;
            Act::Associate { parent, children: Vec::new(), remainder_units: Some(units) }
        }
        "dissociate" => {
            let children = texts(story, said, &codes(said, &words[1..])?)?;
            Act::Dissociate { parent: scan::label_text(story, said, &subject)?, children, ends: Vec::new() }
        }
        "mix" => return mix(story, at, said, &terminal, &subject),
        _ => {
            let is_remainder = words.last().is_some_and(|word| word == "remainder");
            let named = &words[1..words.len() - usize::from(is_remainder)];
            let children = really_inside(story, &subject, codes(said, named)?);
            let children = texts(story, said, &children)?;
            let remainder_units = is_remainder.then_some(children.len() as u64);
            Act::Associate { parent: scan::label_text(story, said, &subject)?, children, remainder_units }
        }
    };
    story.terminal(said, &terminal)?.record(at, act);
    Ok(())
}

/// A case that no association names is filled by `mix` alone.
fn mix(
    story: &mut Story<'_>,
    at: Timestamp,
    said: &Statement,
    terminal: &str,
    case: &str,
) -> Result<(), ScenarioError> {
    let with = story.mixed.get(case).cloned().unwrap_or_default();
    let _ = said.option(&["with"]);
    let associated = story
        .cast
        .plot
        .happenings
        .iter()
        .any(|(_, other)| other.verb == "associate" && other.plain().take(2).any(|word| word.text == case));
    if !associated {
        let children = texts(story, said, &with)?;
        let parent = scan::label_text(story, said, case)?;
        story.terminal(said, terminal)?.record(at, Act::Associate { parent, children, remainder_units: None });
    }
    Ok(())
}

/// What an association put in: its last children are others where the case is mixed.
fn really_inside(story: &Story<'_>, case: &str, mut children: Vec<String>) -> Vec<String> {
    if let Some(with) = story.mixed.get(case) {
        children.truncate(children.len().saturating_sub(with.len()));
        children.extend(with.iter().cloned());
    }
    children
}

fn codes(said: &Statement, words: &[String]) -> Result<Vec<String>, ScenarioError> {
    let mut codes = Vec::new();
    for word in words {
        codes.extend(Names::range(word).map_err(|why| said.wrong(word, why))?);
    }
    Ok(codes)
}

fn texts(story: &Story<'_>, said: &Statement, codes: &[String]) -> Result<Vec<String>, ScenarioError> {
    codes.iter().map(|code| scan::label_text(story, said, code)).collect()
}

/// The production line of a pack's maker; made when it is first needed.
fn line_of(story: &mut Story<'_>, word: &str) -> String {
    let pack = word.split('.').next().unwrap_or(word);
    let plot = story.cast.plot;
    let product = plot.names.packs.get(pack).map(|pack| pack.product.as_str());
    let references = plot.references_at(Timestamp::from_ms(i64::MAX)).unwrap_or_default();
    let maker =
        product.and_then(|product| references.products.get(&product.into())).map(|found| found.maker.to_string());
    let maker = maker.unwrap_or_else(|| "M".to_owned());
    let name = format!("line-{maker}");
    if !story.is_terminal(&name) {
        let site = plot
            .places
            .iter()
            .find(|(member, _)| *member == maker)
            .map_or_else(|| name.clone(), |(_, site)| site.clone());
        story.cast.enter(Terminal::new(&name, &maker, &site));
    }
    name
}
