//! `scanner-app operators`: signing in without a screen, for fixed readers and scripts.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::json;
use shared::credential::SealingKey;
use shared::event::Act;
use shared::ids::OperatorId;

use super::{ConfigArg, stores};
use crate::config::{Config, Language};
use crate::device::{Device, Machine};
use crate::keys;
use crate::operators::{Answer, Claim, Desk, Moment, Place, count_age, keep_active, on_duty, sign_out};
use crate::session::{Identity, record_at_desk};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum OperatorsCommand {
    /// Sign in with a badge or a number; the PIN is read from standard input.
    SignIn {
        #[command(flatten)]
        config: ConfigArg,
        /// The staff number.
        #[arg(long, required_unless_present = "badge", conflicts_with = "badge")]
        number: Option<String>,
        /// The badge's text.
        #[arg(long)]
        badge: Option<String>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Sign out. What waits for the server stays and is sent.
    SignOut {
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Who may sign in here, and who is on duty; one JSON object a line.
    List {
        #[command(flatten)]
        config: ConfigArg,
    },
}

impl OperatorsCommand {
    pub(super) const fn config(&self) -> &ConfigArg {
        match self {
            Self::SignIn { config, .. } | Self::SignOut { config } | Self::List { config } => config,
        }
    }
}

pub(super) fn run(config: &Config, command: &OperatorsCommand) -> Result<ExitCode> {
    match command {
        OperatorsCommand::SignIn { number, badge, json, .. } => {
            let claim = match (badge, number) {
                (Some(badge), _) => Claim::Badge(badge),
                (None, number) => Claim::Number(number.as_deref().unwrap_or_default()),
            };
            run_sign_in(config, claim, *json)
        }
        OperatorsCommand::SignOut { .. } => run_sign_out(config),
        OperatorsCommand::List { .. } => list(config),
    }
}

/// Who works on this terminal now: whoever is signed in, else whom the configuration names.
pub(super) fn who_works(store: &mut Store, config: &Config, device: &dyn Device) -> Result<Option<OperatorId>> {
    let now = Moment::of(device);
    count_age(store, now)?;
    let signed_in = on_duty(store, &config.operators, now)?;
    if signed_in.is_some() {
        keep_active(store, now)?;
    }
    Ok(signed_in.or_else(|| config.operator.clone()))
}

fn desk(config: &Config, store: &Store) -> Result<Desk> {
    let key = SealingKey::derive(&keys::open(&config.key)?);
    let place = Place { member: config.member.clone(), site: config.site.clone() };
    Ok(Desk::load(store, key, place, config.operators.clone())?)
}

fn identity(config: &Config, operator: Option<OperatorId>) -> Identity {
    Identity { member: config.member.clone(), site: config.site.clone(), operator }
}

fn run_sign_in(config: &Config, claim: Claim<'_>, as_json: bool) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    let now = Moment::of(&device);
    let before = on_duty(&store, &config.operators, now)?;
    let mut pin = String::new();
    std::io::stdin().lock().read_line(&mut pin).context("the PIN cannot be read from standard input")?;
    let answer = desk(config, &store)?.sign_in(&mut store, claim, &pin, Moment::of(&device))?;
    if let Answer::Welcome { operator, .. } = &answer
        && before.as_ref() != Some(operator)
    {
        let act = if before.is_some() { Act::OperatorChanged } else { Act::SignedIn };
        record_at_desk(&mut store, &device, &identity(config, Some(operator.clone())), act)?;
    }
    tell(&answer, as_json);
    Ok(if matches!(answer, Answer::Welcome { .. }) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(answer: &Answer, as_json: bool) {
    if !as_json {
        println!("{}\n{}", answer.says(Language::Zh), answer.says(Language::En));
        return;
    }
    let mut line = json!({ "result": answer.word(), "zh": answer.says(Language::Zh), "en": answer.says(Language::En) });
    match answer {
        Answer::Welcome { operator, name, rights } => {
            line["operator"] = json!(operator);
            line["name"] = json!(name);
            line["rights"] = json!(rights);
        }
        Answer::Wrong { tries_left } => line["tries_left"] = json!(tries_left),
        Answer::Locked { left_ms } => line["left_ms"] = json!(left_ms),
        _ => {}
    }
    println!("{line}");
}

fn run_sign_out(config: &Config) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    if let Some(operator) = on_duty(&store, &config.operators, Moment::of(&device))? {
        record_at_desk(&mut store, &device, &identity(config, Some(operator)), Act::SignedOut)?;
    }
    sign_out(&mut store)?;
    let (pending, _) = store.pending()?;
    println!("已退出。待传 {pending} 条照常上传。\nSigned out. {pending} events wait and are sent as ever.");
    Ok(ExitCode::SUCCESS)
}

fn list(config: &Config) -> Result<ExitCode> {
    let device = Machine::new();
    let store = Store::open_beside(&config.store, config.terminal, device.epoch())?;
    let on_duty = on_duty(&store, &config.operators, Moment::of(&device))?;
    for found in desk(config, &store)?.operators() {
        let here = found.member == config.member && found.works_at(&config.site);
        println!(
            "{}",
            json!({
                "operator": found.operator, "name": found.name, "role": found.role, "here": here, "until": found.until,
                "badge": found.badge.is_some(), "pin": found.pin.is_some(),
                "on_duty": on_duty.as_ref() == Some(&found.operator),
            })
        );
    }
    Ok(ExitCode::SUCCESS)
}
