//! What each person does at their window.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::app::{ACCEPTED, App, COMPLETE, PRIMARY, SURFACE};
use crate::site::Site;
use screen::Screen;

fn of_kind<'e>(events: &'e [Value], kind: &str) -> impl Iterator<Item = &'e Value> {
    events.iter().filter(move |event| event["kind"] == kind)
}

/// The camera sees every case; what it could not read is scanned by hand, as a clerk would.
fn scan_cases(app: &App<'_>, site: &Site, kind: &str) -> Result<()> {
    let texts = |events: &[Value]| -> Vec<String> {
        of_kind(events, kind).filter_map(|event| event["text"].as_str().map(str::to_owned)).collect()
    };
    app.shows("banner", ACCEPTED)?;
    let is_whole = app.shows("figure", COMPLETE);
    if is_whole.is_err() {
        let read = texts(&app.events()?);
        for case in site.cases().iter().filter(|case| !read.contains(case)) {
            app.scan(case)?;
        }
        app.shows("figure", COMPLETE)?;
    }
    let events = app.events()?;
    ensure!(of_kind(&events, kind).any(|event| event["how"] == "file"), "the camera read nothing: {events:?}");
    Ok(())
}

/// Closes the task for good and waits until the server has all of it.
fn close(app: &App<'_>, screen: &Screen, site: &Site, closed: usize) -> Result<()> {
    app.key("F4")?;
    // The scanning page's own act is as blue once everything is scanned, and stands where this one begins.
    app.shows_wide("close-final", PRIMARY)?;
    app.tap("close-final")?;
    uploaded(screen, site, closed)
}

/// Waits until the server holds so many closed tasks.
fn uploaded(screen: &Screen, site: &Site, closed: usize) -> Result<()> {
    let limit = std::time::Duration::from_secs(20);
    let what = format!("{closed} tasks closed in the ledger");
    screen.until(&what, limit, || Ok(site.ledger()?.get("task_closed").copied().unwrap_or(0) >= closed))
}

/// The factory gate: three cases by the camera, the papers looked through, the gate cleared.
pub fn outbound(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[0];
    let app = App::open(screen, terminal, &site.folder.path().join("cases"), false)?;
    app.sign_in(person)?;
    app.scan("TALLYMAN:DOC/FH-2032/BASIS/HT-2031")?;
    scan_cases(&app, site, "outbound")?;
    app.tap("menu")?;
    app.hides("banner", ACCEPTED)?;
    // A colleague reads English: the session goes on, and from here every word of it is another.
    app.shows("language", SURFACE)?;
    app.tap("language")?;
    app.tap("papers")?;
    app.shows("papers-done", PRIMARY)?;
    app.tap("papers-done")?;
    app.shows("papers-back", PRIMARY)?;
    app.tap("papers-back")?;
    app.shows("banner", ACCEPTED)?;
    close(&app, screen, site, 1)?;
    app.shows("gate", ACCEPTED)?;
    ensure!(of_kind(&app.events()?, "task_opened").count() == 1, "the language cost the session");
    app.tap("print")?;
    let printed = site.printed("SZ-GATE");
    screen.until("the gate's paper at the printer", PRINTED, || Ok(printed.is_file()))?;
    let page = std::fs::read_to_string(printed)?;
    ensure!(page.starts_with("<svg") && page.contains("FH-2032"), "the printer got another page: {page}");
    Ok(())
}

/// How long a printer's command may take here: a bound, not a measure.
const PRINTED: std::time::Duration = std::time::Duration::from_secs(20);

/// The sorting centre takes the same cases in.
pub fn inbound(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[1];
    terminal.sync()?;
    let app = App::open(screen, terminal, &site.folder.path().join("cases"), false)?;
    app.sign_in(person)?;
    app.scan("TALLYMAN:DOC/FH-2032/BASIS/HT-2031")?;
    scan_cases(&app, site, "inbound")?;
    close(&app, screen, site, 2)
}

/// The same person sorts two of them to both retailers, unit by unit, by the hand scanner. Nobody signs in twice.
pub fn sort(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, _) = &site.posts[1];
    let app = App::open(screen, terminal, &site.folder.path().join("nothing"), false)?;
    app.hides("sign-in", PRIMARY)?;
    app.scan("TALLYMAN:DOC/PD-8841/BASIS/PS-8841")?;
    let units: Vec<&String> = site.units(0).iter().chain(site.units(1)).collect();
    for (done, unit) in units.into_iter().enumerate() {
        app.scan(unit)?;
        app.logged("the unit sorted", |events| of_kind(events, "sort").count() > done)?;
        app.shows("sort-banner", ACCEPTED)?;
    }
    close(&app, screen, site, 4)
}

/// The shop counter, on a tablet: one tap says that all came.
pub fn receipt(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[2];
    terminal.sync()?;
    let app = App::open(screen, terminal, &site.folder.path().join("nothing"), true)?;
    app.sign_in(person)?;
    app.scan("TALLYMAN:DOC/PD-8841/BASIS/PS-8841")?;
    app.shows("receive-all", PRIMARY)?;
    app.tap("receive-all")?;
    app.logged("the receipt confirmed", |events| of_kind(events, "receipt").count() > 0)?;
    app.shows("receipt-done", PRIMARY)?;
    app.tap("receipt-done")?;
    uploaded(screen, site, 5)
}
