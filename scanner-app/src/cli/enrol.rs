//! `scanner-app enrol`: an invitation in, a code on the screen, a configuration out.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use shared::enrolment::{Address, EnrolState, Enrolled, Invitation};
use shared::ids::TerminalId;
use shared::paper::PREFIX;
use vision::{Luma, Reader};

use crate::device::Machine;
use crate::enrol::{Asking, EnrolError, Place};
use crate::keys::Wrapper;
use crate::sync::TransportError;

/// How often the server is asked whether somebody decided.
const ASK_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(super) struct EnrolArgs {
    /// Configuration file to make; one that is there is enrolled again and keeps its identity, key and records.
    #[arg(long, default_value = "terminal.toml")]
    config: PathBuf,
    /// The invitation, as its QR says it or as `HOST:PORT CODE`. It is asked for where neither this nor a picture is given.
    #[arg(conflicts_with = "image")]
    text: Option<String>,
    /// A picture of the invitation's QR.
    #[arg(long)]
    image: Option<PathBuf>,
    /// How long to wait for the approval.
    #[arg(long, default_value_t = 60)]
    wait_minutes: u64,
    /// JSON objects on stdout: the code to compare, then the outcome.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &EnrolArgs) -> Result<ExitCode> {
    let invitation = Invitation::read(&text(args)?)?;
    let place = Place::of(&args.config)?;
    let terminal = place.terminal(Machine::terminal_id())?;
    let key = place.key(Wrapper::of_this_machine().as_ref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asking = runtime.block_on(Asking::begin(&invitation, (terminal, key), env!("CARGO_PKG_VERSION")))?;
    show_code(&asking, terminal, args.json);
    let Some(enrolled) =
        runtime.block_on(decided(&asking, Duration::from_secs(args.wait_minutes.saturating_mul(60))))?
    else {
        bail!("the supervisor refused this enrolment / 主管已拒绝登记. Ask for a new invitation");
    };
    place.keep(terminal, &enrolled, &in_order(&invitation, &asking))?;
    if args.json {
        let told = json!({
            "state": "approved", "terminal": terminal, "member": enrolled.member, "site": enrolled.site, "name": enrolled.name,
            "certificate_until": enrolled.certificate.expires_at,
        });
        say(&told.to_string());
    } else {
        say(&format!("已登记 / Enrolled: {} ({}, {})", enrolled.name, enrolled.member, enrolled.site));
    }
    Ok(ExitCode::SUCCESS)
}

fn show_code(asking: &Asking, terminal: TerminalId, as_json: bool) {
    let code = asking.check_code();
    if as_json {
        say(&json!({ "state": "pending", "terminal": terminal, "check_code": code }).to_string());
    } else {
        say(&format!(
            "校验码 / Code:  {code}\n\n请主管核对控制台显示的校验码，相同才批准。\n\
             The console must show the same code; only then it is to be approved."
        ));
    }
}

/// At once, since somebody decides on it; and a reader that went away ends no enrolment.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Asks until somebody decided; none where the answer is no. A network that comes and goes is waited for.
async fn decided(asking: &Asking, wait: Duration) -> Result<Option<Enrolled>> {
    let end = Instant::now() + wait;
    loop {
        match asking.state().await {
            Ok(EnrolState::Approved(enrolled)) => return Ok(Some(*enrolled)),
            Ok(EnrolState::Refused) => return Ok(None),
            Ok(EnrolState::Pending { .. })
            | Err(EnrolError::Transport(TransportError::Offline { .. } | TransportError::Busy { .. })) => {}
            Err(error) => return Err(error.into()),
        }
        if Instant::now() >= end {
            bail!("nobody decided in time / 等待批准超时. Start the same command again: the asking still stands");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// The invitation's addresses, the one that answered first.
fn in_order(invitation: &Invitation, asking: &Asking) -> Vec<Address> {
    let mut addresses = invitation.addresses.clone();
    let answered: Option<Address> = asking.address().as_str().parse().ok();
    addresses.sort_by_key(|address| Some(address) != answered.as_ref());
    addresses
}

fn text(args: &EnrolArgs) -> Result<String> {
    match (&args.text, &args.image) {
        (Some(text), _) => Ok(text.clone()),
        (None, Some(image)) => from_picture(image),
        (None, None) => typed(),
    }
}

fn from_picture(path: &Path) -> Result<String> {
    let picture = Luma::open(path).with_context(|| format!("the picture {} cannot be read", path.display()))?;
    let read = Reader::new().read(&picture.view());
    let invitation =
        read.into_iter().map(|symbol| symbol.text).find(|text| text.to_ascii_uppercase().starts_with(PREFIX));
    invitation.with_context(|| {
        format!("there is no invitation's QR in {}; take it again, or type the invitation", path.display())
    })
}

fn typed() -> Result<String> {
    let mut lines = std::io::stdin().lock().lines();
    let mut ask = |prompt: &str| -> Result<String> {
        if std::io::stdin().is_terminal() {
            eprint!("{prompt}");
        }
        Ok(lines.next().context("no invitation was typed; give it as an argument, or as a picture with --image")??)
    };
    let first = ask("服务器地址，或扫邀请码 / Server address, or scan the invitation: ")?;
    if first.trim().to_ascii_uppercase().starts_with(PREFIX) || first.trim().contains(char::is_whitespace) {
        return Ok(first);
    }
    let code = ask("邀请码（8 组，每组 4 字符）/ Code (8 groups of 4 characters): ")?;
    Ok(format!("{} {code}", first.trim()))
}
