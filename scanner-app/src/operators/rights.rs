//! What a signed-in person may do. Stages and sites come with the person's record; who supervises is a word of the member's own.

use serde::{Deserialize, Serialize};
use shared::event::Stage;
use shared::ids::{MemberId, SiteId};
use shared::reference::Operator;
use shared::time::Timestamp;

/// Settings of signing in, `[operators]` in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperatorSettings {
    /// Minutes without scan, key or touch after which the work is covered.
    pub idle_minutes: u32,
    /// Hours without a sync after which nobody can sign in: a person who left must not be able to for ever.
    pub pin_data_hours: u32,
    /// The member's own words for people who may do what takes a supervisor.
    pub supervisor_roles: Vec<String>,
}

impl Default for OperatorSettings {
    fn default() -> Self {
        let supervisor_roles = vec!["supervisor".to_owned(), "主管".to_owned()];
        Self { idle_minutes: 10, pin_data_hours: 168, supervisor_roles }
    }
}

impl OperatorSettings {
    /// Whether these are the settings that hold where the configuration says none.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The idle limit in milliseconds.
    #[must_use]
    pub fn idle_ms(&self) -> u64 {
        u64::from(self.idle_minutes) * 60_000
    }

    /// The oldest PINs that sign in, in milliseconds.
    #[must_use]
    pub fn pin_data_ms(&self) -> u64 {
        u64::from(self.pin_data_hours) * 3_600_000
    }
}

/// Where a terminal stands: whose it is and at which site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose terminal.
    pub member: MemberId,
    /// At which site.
    pub site: SiteId,
}

/// What the person may do here, as of the sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// The stages that the person may record. A stage that is missing is recorded all the same, and judged
    /// `unauthorised-operator`: a terminal never refuses to record.
    pub stages: Vec<Stage>,
    /// Whether the person may do what takes a supervisor: release a package that was set aside, override a gate where the policy
    /// allows it, end the other person's sign-in.
    pub supervises: bool,
}

impl Rights {
    /// The rights of a person at a place and time.
    #[must_use]
    pub fn of(operator: &Operator, place: &Place, settings: &OperatorSettings, when: Timestamp) -> Self {
        let may = |stage: &Stage| operator.may(&place.member, &place.site, *stage, when);
        let supervises = settings.supervisor_roles.iter().any(|role| role.eq_ignore_ascii_case(operator.role.trim()));
        Self { stages: Stage::EVERY.into_iter().filter(may).collect(), supervises }
    }
}
