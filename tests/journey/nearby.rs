//! One terminal without a network hands its records to another nearby: two windows, the pairing code read from the other's screen as its
//! camera would.

use crate::app::{App, PATIENCE};
use crate::site::Site;
use anyhow::{Context, Result, ensure};
use screen::Screen;
use serde_json::Value;
use tests::succeed;
use tests::terminal::Terminal;

/// The gate has no network; the hub takes what it scanned, and sends it with its own.
pub fn handed_over(gate: &Screen, hub: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[0];
    let (taker, colleague) = &site.posts[1];
    terminal.cable.cut();
    let app = App::open(gate, terminal, &site.folder.path().join("nothing"), false)?;
    app.sign_in(person)?;
    app.scan("TALLYMAN:DOC/FH-2032/BASIS/HT-2031")?;
    for case in site.cases() {
        app.scan(case)?;
    }
    app.logged("three scans at the gate", |events| {
        events.iter().filter(|event| event["kind"] == "outbound").count() == site.cases().len()
    })?;
    ensure!(!site.ledger()?.contains_key("outbound"), "the cable was not cut");

    let other = App::open(hub, taker, &site.folder.path().join("nothing"), false)?;
    other.sign_in(colleague)?;
    other.key("F10")?;
    other.says("sync-of-desk", "menu-desk")?;
    other.tap("sync-of-desk")?;
    to_nearby(&other)?;
    other.tap("listen")?;
    let mut pairing = None;
    hub.until("a pairing code on the hub's screen", PATIENCE, || {
        pairing = pairing_on(hub)?;
        Ok(pairing.is_some())
    })?;

    app.key("F10")?;
    app.says("sync-of-task", "menu")?;
    app.tap("sync-of-task")?;
    to_nearby(&app)?;
    app.scan(&pairing.context("no pairing code")?)?;
    app.begins("nearby-told", "nearby")?;
    other.begins("nearby-taken", "nearby-waiting")?;
    ensure!(queued(terminal)? > 0, "only the server's receipt ends the waiting");

    gate.until("the gate's scans in the ledger", PATIENCE, || {
        Ok(site.ledger()?.get("outbound") == Some(&site.cases().len()))
    })
}

/// From the queue to the page of terminals nearby.
fn to_nearby(app: &App<'_>) -> Result<()> {
    app.says("carry", "queue")?;
    app.tap("carry")?;
    app.says("nearby", "carry")?;
    app.tap("nearby")?;
    app.says_no_more("nearby", "carry")
}

/// The text of a pairing code, read from a screen as a camera would.
fn pairing_on(screen: &Screen) -> Result<Option<String>> {
    let read = vision::decode_file(&screen.picture()?)?;
    Ok(read.into_iter().map(|symbol| symbol.text).find(|text| text.starts_with("TALLYMAN-LAN/1 ")))
}

fn queued(terminal: &Terminal) -> Result<u64> {
    let told: Value = serde_json::from_str(&succeed(terminal.command("queue")?.arg("--json"))?)?;
    told["pending"].as_u64().context("no count of what is queued")
}
