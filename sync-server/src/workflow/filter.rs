//! Which mismatches are asked for: the same words in the console's addresses, the web API, exports and the command line.

use serde::{Deserialize, Serialize};
use shared::mismatch::{Kind, Severity, State};

use super::stage::Stage;
use crate::people::Refusal;
use crate::told::Told;

/// As asked. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `live` (the default), `provisional`, `confirmed`, `closed`, `resolved` or `all`.
    pub state: String,
    /// A kind's slug.
    pub kind: String,
    /// `block`, `hold`, `warn` or `info`.
    pub severity: String,
    /// `open`, `seen`, `in-progress`, `waiting`, `escalated` or `resolved`.
    pub workflow: String,
    /// A basis's number.
    pub basis: String,
    /// A document's number.
    pub document: String,
    /// A member's code: those of its trade.
    pub member: String,
    /// A person's sign-in name.
    pub assignee: String,
}

impl Asked {
    /// Every filter's name.
    pub const NAMES: [&str; 8] = ["state", "kind", "severity", "workflow", "basis", "document", "member", "assignee"];

    /// A filter by its name.
    pub fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "state" => &mut self.state,
            "kind" => &mut self.kind,
            "severity" => &mut self.severity,
            "workflow" => &mut self.workflow,
            "basis" => &mut self.basis,
            "document" => &mut self.document,
            "member" => &mut self.member,
            "assignee" => &mut self.assignee,
            _ => return None,
        })
    }
}

/// As understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// In these states.
    pub states: Vec<State>,
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// As grave as these.
    pub severities: Vec<Severity>,
    /// In these stages.
    pub stages: Vec<Stage>,
    /// Under this basis; empty: any.
    pub basis: String,
    /// With this document; empty: any.
    pub document: String,
    /// Of this member's trade; empty: anybody's.
    pub member: String,
    /// In these hands; empty: anybody's.
    pub assignee: String,
}

const SEVERITIES: [Severity; 4] = [Severity::Block, Severity::Hold, Severity::Warn, Severity::Info];

impl Default for Filter {
    /// Everything that stands.
    fn default() -> Self {
        Self {
            states: vec![State::Provisional, State::Confirmed],
            kinds: Kind::ALL.to_vec(),
            severities: SEVERITIES.to_vec(),
            stages: Stage::ALL.to_vec(),
            basis: String::new(),
            document: String::new(),
            member: String::new(),
            assignee: String::new(),
        }
    }
}

impl TryFrom<&Asked> for Filter {
    type Error = Refusal;

    fn try_from(asked: &Asked) -> Result<Self, Refusal> {
        let all = Self::default();
        let wrong = |word: &str, known: &str| {
            Refusal::Bad(Told::new(
                format!("`{word}` is not known here; choose one of {known}"),
                format!("此处没有 `{word}`，请选用：{known}。"),
            ))
        };
        let states = match asked.state.as_str() {
            "" | "live" => all.states,
            "provisional" => vec![State::Provisional],
            "confirmed" => vec![State::Confirmed],
            "closed" => vec![State::Closed],
            "resolved" => vec![State::Resolved],
            "all" => vec![State::Provisional, State::Confirmed, State::Closed, State::Resolved],
            other => return Err(wrong(other, "live, provisional, confirmed, closed, resolved, all")),
        };
        let kinds = match asked.kind.as_str() {
            "" => all.kinds,
            slug => vec![slug.parse().map_err(|_| wrong(slug, "the kinds of the catalogue, such as missing-goods"))?],
        };
        let severities = match asked.severity.as_str() {
            "" => all.severities,
            word => {
                let found = SEVERITIES.into_iter().find(|severity| severity.as_str() == word);
                vec![found.ok_or_else(|| wrong(word, "block, hold, warn, info"))?]
            }
        };
        let stages = match asked.workflow.as_str() {
            "" => all.stages,
            word => vec![word.parse().map_err(|error: super::stage::UnknownWord| Refusal::Bad(error.told()))?],
        };
        Ok(Self {
            states,
            kinds,
            severities,
            stages,
            basis: asked.basis.clone(),
            document: asked.document.clone(),
            member: asked.member.clone(),
            assignee: asked.assignee.clone(),
        })
    }
}
