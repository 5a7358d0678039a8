//! What goes wrong with terminals and on their way: clocks, restarts, gaps, forks, tampering, revocation.

use shared::time::Timestamp;

use super::Story;
use crate::calendar::duration_ms;
use crate::statement::{ScenarioError, Statement};

/// What goes wrong with a terminal or on its way.
pub(super) fn happen(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    story.terminal(said, &name)?;
    let numbers = || -> Result<(u64, u64), ScenarioError> {
        let text = said.option(&["seq"]).ok_or_else(|| said.wrong(&name, format!("`{}` lacks seq=", said.verb)))?;
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        Ok((said.number(from)?, said.number(to)?))
    };
    match said.verb.as_str() {
        "clock" => {
            let jump = said.option(&["jump"]).ok_or_else(|| said.wrong(&name, "`clock` lacks jump="))?;
            let ms = duration_ms(jump).map_err(|why| said.wrong(jump, why))?;
            story.terminal(said, &name)?.offset_ms += ms;
        }
        "reboot" => story.terminal(said, &name)?.reboot(at),
        "gap" => {
            let (from, to) = numbers()?;
            let log = &mut story.terminal(said, &name)?.log;
            log.iter_mut()
                .filter(|logged| (from..=to).contains(&logged.event.seq))
                .for_each(|logged| logged.dropped = true);
        }
        "drop" => {
            let count: usize = said.option(&["n"]).map_or(Ok(1), |text| said.number(text))?;
            story.terminal(said, &name)?.log.iter_mut().rev().take(count).for_each(|logged| logged.dropped = true);
        }
        verb => {
            let (from, to) = if matches!(verb, "tamper" | "admit") { numbers()? } else { (0, 0) };
            let _ = (said.option(&["twin"]), said.option(&["as"]));
            let of = said.option(&["as"]).filter(|_| verb == "replay").unwrap_or(&name).to_owned();
            let trouble = story.cast.troubles.entry(of).or_default();
            match verb {
                "revoke" => trouble.revoked_at = Some(at),
                "fork" => trouble.forked_at = Some(at),
                "replay" => trouble.replayed_at = Some(at),
                "tamper" => trouble.tampered_from = Some(from),
                _ => {
                    trouble.admitted.extend(from..=to);
                    trouble.admitted_at = Some(at);
                }
            }
        }
    }
    Ok(())
}
