//! What commands print: JSON for programs on stdout, sentences for people.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::json;
use shared::chain::Hash;
use shared::citation::Rulebook;
use shared::code::PackageCode;
use shared::time::Timestamp;
use shared::trail::{History, Index};
use sqlx::AnyConnection;

use crate::attachments;
use crate::heartbeat::{Heard, watermark};
use crate::keys::ServerKeys;
use crate::labels;
use crate::store::facts::Facts;
use crate::store::identity::Enrolment;
use crate::store::mismatch::StoredMismatch;
use crate::store::terminal::Terminal;
use crate::store::{self};

/// One line of JSON on stdout.
pub(super) fn line(value: &impl Serialize) -> Result<()> {
    text(&serde_json::to_string(value)?)
}

/// One line of text on stdout. A reader that has seen enough (`| head`) is no fault.
fn text(line: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("stdout cannot be written"),
    }
}

pub(super) fn keys(keys: &ServerKeys) {
    let (ca, server_key) = (keys.ca_file.display().to_string(), keys.server_key.to_string());
    println!("{}", json!({ "ca": ca, "server_key": server_key, "server_recipient": keys.sealed.recipient() }));
}

pub(super) fn terminal(
    terminal: &Terminal,
    (certificate_until, contact_at): (Option<&Timestamp>, Option<&Timestamp>),
    heard: Option<&Heard>,
) -> Result<()> {
    line(&json!({
        "terminal": terminal.terminal,
        "name": terminal.name,
        "member": terminal.member,
        "site": terminal.site,
        "revoked_at": terminal.revoked_at,
        "reached_at": terminal.reached_at,
        "watermark": watermark(terminal, heard),
        "heard_at": heard.map(|heard| heard.received_at),
        "pending": heard.map(|heard| heard.pending),
        "certificate_until": certificate_until,
        "contact_at": contact_at,
    }))
}

pub(super) fn pending(found: &Enrolment) -> Result<()> {
    let Some(asked) = &found.asked else { return Ok(()) };
    let invitation = &found.invitation;
    line(&json!({
        "terminal": asked.terminal, "check_code": asked.check_code, "name": invitation.name, "member": invitation.member,
        "site": invitation.site, "asked_at": asked.at, "app": asked.app, "public_key": asked.public_key,
        "again": invitation.device.is_some(),
    }))
}

/// Writes a photo to a new file.
pub(super) async fn attachment(conn: &mut AnyConnection, name: &str, out: &Path) -> Result<()> {
    let hash: Option<[u8; 32]> = hex::decode(name).ok().and_then(|bytes| bytes.try_into().ok());
    let hash = hash
        .with_context(|| format!("`{name}` is no SHA-256 of 64 hex digits; the event that names the photo shows it"))?;
    let found = attachments::store::find(conn, Hash::new(hash)).await?;
    let body =
        found.with_context(|| format!("the photo {name} is not here; where an event names it, it is on its way"))?;
    let file = File::create_new(out)
        .with_context(|| format!("{} cannot be made; name a file that is not there yet", out.display()));
    file?.write_all(&body).with_context(|| format!("{} cannot be written", out.display()))?;
    line(&json!({ "sha256": name, "bytes": body.len(), "out": out.display().to_string() }))
}

pub(super) async fn mismatches(conn: &mut AnyConnection, as_json: bool, all: bool) -> Result<()> {
    let found = store::mismatch::list(conn).await?;
    let rulebook = store::reference::load_all(conn).await?.policy().rules;
    let shown: Vec<_> = found.iter().filter(|found| all || found.state.is_live()).collect();
    if shown.is_empty() {
        eprintln!(
            "{}",
            if all {
                "No mismatch was ever found."
            } else {
                "No mismatch stands; --all lists closed and resolved ones too."
            }
        );
    }
    for found in shown {
        if as_json { line(&mismatch_json(found, rulebook))? } else { text(&mismatch_text(found))? }
    }
    Ok(())
}

fn mismatch_json(found: &StoredMismatch, rulebook: Rulebook) -> serde_json::Value {
    let mismatch = &found.mismatch;
    let citations: Vec<String> = mismatch.citations(rulebook).iter().map(ToString::to_string).collect();
    json!({
        "kind": mismatch.kind,
        "severity": mismatch.severity,
        "state": found.state,
        "workflow": found.workflow,
        "subject": mismatch.subject,
        "count": mismatch.count,
        "codes": mismatch.codes,
        "events": mismatch.events,
        "citation": citations.join("; "),
        "raised_at": found.raised_at,
        "owner": null,
    })
}

fn mismatch_text(found: &StoredMismatch) -> String {
    let mismatch = &found.mismatch;
    let info = mismatch.kind.info();
    format!(
        "{:<5} {:<11} {} {}: {} - {}",
        mismatch.severity.as_str(),
        found.state.as_str(),
        info.title.zh,
        info.slug,
        mismatch.subject,
        info.what.en
    )
}

pub(super) async fn trace(conn: &mut AnyConnection, named: &str, as_json: bool) -> Result<ExitCode> {
    let code: PackageCode = named
        .parse()
        .or_else(|_| labels::read(named))
        .with_context(|| format!("`{named}` is no code; write it like 01/GTIN/21/SERIAL, or as on its label"))?;
    let mut references = labels::references();
    let family = store::code::load_families(conn, &[code.clone()].into(), &mut references).await?;
    let mut facts = Facts::default();
    store::lookup::of_codes(conn, &family, &mut facts).await?;
    store::lookup::about_found(conn, &mut facts).await?;
    let history = History { facts: facts.into_owned(), ..History::default() };
    let index = Index::new(&history, &references);
    let trail = index.trail(&code);
    for scan in &trail {
        let inferred = scan.code.as_ref().ok().map(|scanned| &index.package(*scanned).code) != Some(&code);
        if as_json {
            line(&json!({
                "stage": scan.stage, "at": scan.at, "member": scan.member, "basis": scan.movement.basis,
                "document": scan.movement.document, "inferred": inferred, "set_aside": scan.set_aside.is_some(),
                "event": scan.by,
            }))?;
        } else {
            let how = if inferred { "( ) inferred from its case" } else { "(o) scanned" };
            let (stage, member) = (scan.stage.as_str(), scan.member);
            text(&format!("{} {stage:<8} {member} {} {how}", scan.at.to_minute(), scan.movement.document))?;
        }
    }
    if trail.is_empty() {
        eprintln!("nothing is recorded of {code}");
    }
    Ok(ExitCode::SUCCESS)
}
