//! `scanner-app run`: the window.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::Form;
use crate::capture::SourceName;
use crate::config::Config;

pub(super) fn run(_config: &Config, _source: &SourceName, _form: Form) -> Result<ExitCode> {
    bail!("window: not yet")
}
