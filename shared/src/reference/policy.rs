//! Thresholds that are not law but agreement. The one value without a default is the rulebook: when the revised trading rules
//! begin is agreed with the regulator.

use serde::{Deserialize, Serialize};

use crate::citation::Rulebook;
use crate::time::HOUR_MS;

const MINUTE_MS: i64 = 60_000;

/// What a retail order that moves before it is settled is (trading/2022-trial art. 14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unpaid {
    /// Someone must acknowledge it.
    #[default]
    Warn,
    /// The gate stays shut.
    Block,
}

/// Thresholds that are not law but agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which trading rules are in force when. No default.
    pub rules: Rulebook,
    /// The rest.
    #[serde(default)]
    pub limits: Limits,
}

/// The thresholds that have defaults. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// How long a missing counterpart may stay provisional. A day.
    pub grace_ms: i64,
    /// How late an event may arrive. A day.
    pub late_ms: i64,
    /// How far a terminal's clock may be off. Five minutes.
    pub skew_ms: i64,
    /// The least time that an aim takes a person, over [`Limits::PACE_AIMS`] aims. 0.6 s.
    pub pace_ms: i64,
    /// Age of reference data at the gate that is worth a warning. A day.
    pub stale_warn_ms: i64,
    /// Age of reference data with which the gate is not cleared. Three days.
    pub stale_block_ms: i64,
    /// The least time between two sites that do not lie in one region. 0: not judged until a region's travel times are agreed.
    pub travel_ms: i64,
    /// Share of typed codes of an operator under one basis that is worth a warning, in percent, from ten scans on. 20.
    pub manual_percent: u64,
    /// Shares of a quota, in percent, that are told and warned of. 80 and 95.
    pub quota_percent: (u64, u64),
    /// How late a scan may be undone. A day.
    pub undo_ms: i64,
    /// Agreed time in transit where the contract says none. No limit.
    pub transit_ms: Option<i64>,
    /// What an unpaid order is. A warning.
    pub unpaid: Unpaid,
    /// Whether a terminal may clear goods without the server. No.
    pub clear_offline: bool,
    /// Whether a supervisor may override the gate. No.
    pub may_override: bool,
}

impl Limits {
    /// Aims over which the pace is taken.
    pub const PACE_AIMS: usize = 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            grace_ms: 24 * HOUR_MS,
            late_ms: 24 * HOUR_MS,
            skew_ms: 5 * MINUTE_MS,
            pace_ms: 600,
            stale_warn_ms: 24 * HOUR_MS,
            stale_block_ms: 72 * HOUR_MS,
            travel_ms: 0,
            manual_percent: 20,
            quota_percent: (80, 95),
            undo_ms: 24 * HOUR_MS,
            transit_ms: None,
            unpaid: Unpaid::Warn,
            clear_offline: false,
            may_override: false,
        }
    }
}

impl Policy {
    /// The default limits under a rulebook.
    #[must_use]
    pub fn new(rules: Rulebook) -> Self {
        Self { rules, limits: Limits::default() }
    }
}
