//! The trigger: a label that was taken back stays taken back while it lies in view, until the clerk pulls; held, it reads on with a sheet
//! open.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::app::{ACCEPTED, App, PRIMARY};
use crate::site::Site;
use screen::Screen;

/// Several rounds of the camera's pictures.
const A_WHILE: Duration = Duration::from_millis(1_500);

fn count(app: &App<'_>, kind: &str) -> Result<usize> {
    Ok(app.events()?.iter().filter(|event| event["kind"] == kind).count())
}

/// Until so many scans and takings-back are recorded.
fn recorded(app: &App<'_>, scans: usize, voids: usize) -> Result<()> {
    app.logged(&format!("{scans} scans, {voids} taken back"), |events| {
        let of = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
        (of("outbound"), of("void")) == (scans, voids)
    })
}

pub fn pulled_and_held(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[0];
    let app = App::open(screen, terminal, &site.folder.path().join("cases"), false)?;
    app.sign_in(person)?;
    app.scan("TALLYMAN:DOC/FH-2032/BASIS/HT-2031")?;
    let all = site.cases().len();
    recorded(&app, all, 0)?;

    // Pressed once: what was taken back is read again.
    app.tap("undo")?;
    recorded(&app, all, 1)?;
    std::thread::sleep(A_WHILE);
    ensure!(count(&app, "outbound")? == all, "a label that was taken back was read by itself");
    app.key("F5")?;
    recorded(&app, all + 1, 1)?;
    app.shows("banner", ACCEPTED)?;

    // Held, with the lists open over the task.
    app.tap("undo")?;
    recorded(&app, all + 1, 2)?;
    app.key("F2")?;
    app.hides("banner", ACCEPTED)?;
    std::thread::sleep(A_WHILE);
    ensure!(count(&app, "outbound")? == all + 1, "a label that was taken back was read by itself");
    app.hold("F5", A_WHILE)?;
    recorded(&app, all + 2, 2)?;

    // On a page that counts nothing it is looked up, and not recorded.
    app.key("Escape")?;
    app.shows("banner", ACCEPTED)?;
    app.tap("undo")?;
    recorded(&app, all + 2, 3)?;
    app.key("F4")?;
    app.shows("close-final", PRIMARY)?;
    std::thread::sleep(A_WHILE);
    app.shows("close-final", PRIMARY)?;
    app.hold("F5", A_WHILE)?;
    app.hides("close-final", PRIMARY)?;
    ensure!(count(&app, "outbound")? == all + 2, "a look-up was counted");
    Ok(())
}
