//! What goes wrong in use: a wrong PIN, a camera that is unplugged, a full disk, a terminal that is left alone. Each is said on the
//! screen, costs nothing that was recorded, and leaves a way on.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::app::{ACCEPTED, App, PATIENCE, PRIMARY, TROUBLE};
use crate::site::Site;
use screen::Screen;

const TASK: &str = "TALLYMAN:DOC/FH-2032/BASIS/HT-2031";

fn scans(app: &App<'_>) -> Result<usize> {
    Ok(app.events()?.iter().filter(|event| ["outbound", "inbound"].iter().any(|kind| event["kind"] == *kind)).count())
}

/// An enrolment code that came too late is named, with who makes a new one; the page goes on looking for it.
pub fn expired_enrolment(screen: &Screen, site: &Site) -> Result<()> {
    let (folder, nothing) = (site.folder.path().join("new"), site.folder.path().join("nothing"));
    let late = site.late_invitation(&site.posts[0].0)?;
    let app = App::open_new(screen, &folder, &nothing)?;
    app.hides("enrol-trouble", TROUBLE)?;
    app.scan(&late)?;
    app.says("enrol-trouble", "enrol-expired")?;
    ensure!(!folder.join("terminal.toml").exists(), "a code that came too late enrolled a terminal");
    Ok(())
}

/// A wrong PIN is named and the right one is asked again; a camera that goes away is named, the hand scanner goes on, and the picture
/// comes back by itself.
pub fn wrong_pin_and_lost_camera(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, person) = &site.posts[0];
    let (frames, away) = (site.folder.path().join("cases"), site.folder.path().join("unplugged"));
    let app = App::open(screen, terminal, &frames, false)?;
    app.show_badge(person)?;
    app.type_pin("913900")?;
    // The terminal's number is another each time and may take the title a second line: the words move by some px.
    app.shows_beside("sign-in-trouble", TROUBLE)?;
    ensure!(app.events()?.iter().all(|event| event["kind"] != "signed_in"), "a wrong PIN signed somebody in");
    app.type_pin(person.pin)?;
    app.hides("sign-in", PRIMARY)?;

    // A paper that nobody here knows leads on all the same; this one is put aside.
    app.scan("TALLYMAN:DOC/FH-2050/BASIS/HT-2050")?;
    app.says("stage-outbound", "which-stage")?;
    app.scan(TASK)?;
    app.shows("banner", ACCEPTED)?;
    std::fs::rename(&frames, &away)?;
    app.warns("viewfinder")?;
    let before = scans(&app)?;
    app.scan(&site.cases()[0])?;
    app.logged("a scan by hand without a camera", |events| {
        events.iter().filter(|event| event["kind"] == "outbound").count() > before
    })?;
    app.warns("viewfinder")?;
    std::fs::rename(&away, &frames)?;
    app.is_calm("viewfinder")
}

/// A full disk stops scans and says so; what was recorded stays, and once there is room the next scan is taken.
pub fn full_disk(screen: &Screen, site: &Site) -> Result<()> {
    let (terminal, _) = &site.posts[0];
    let disk = site.folder.path().join("disk");
    std::fs::create_dir(&disk)?;
    let app = App::open_on_small_disk(screen, terminal, (&disk, 32))?;
    // Whoever was signed in when the app ended still is.
    app.hides("sign-in", PRIMARY)?;
    app.scan(TASK)?;
    app.logged("the task opened", |events| events.iter().any(|event| event["kind"] == "task_opened"))?;
    let recorded = app.events()?.len();
    let filler = app.within(&disk).join("filler");
    fill(&filler)?;
    app.scan(&site.cases()[0])?;
    app.shows("strip", TROUBLE)?;
    app.scan(&site.cases()[1])?;
    std::thread::sleep(Duration::from_millis(500));
    ensure!(app.events()?.len() == recorded, "a scan was recorded on a full disk: {:?}", app.events()?);
    std::fs::remove_file(filler)?;
    app.scan(&site.cases()[2])?;
    app.logged("a scan once there is room", |events| events.len() > recorded)?;
    app.hides("strip", TROUBLE)
}

/// Writes a file until nothing more goes in.
fn fill(path: &std::path::Path) -> Result<()> {
    let mut file = std::fs::File::create(path)?;
    let block = vec![0xA5_u8; 1 << 16];
    for size in [1 << 16, 1 << 10] {
        while file.write_all(&block[..size]).is_ok() {}
    }
    Ok(())
}

/// A terminal that somebody signed in on and left.
pub fn leave_alone<'s>(screen: &'s Screen, site: &'s Site) -> Result<App<'s>> {
    let (terminal, person) = &site.posts[1];
    let config = std::fs::read_to_string(terminal.config())?;
    std::fs::write(terminal.config(), format!("{config}\n[operators]\nidle_minutes = 1\n"))?;
    let app = App::open(screen, terminal, &site.folder.path().join("nothing"), false)?;
    app.sign_in(person)?;
    app.scan(TASK)?;
    app.logged("the task opened", |events| events.iter().any(|event| event["kind"] == "task_opened"))?;
    Ok(app)
}

/// After a minute the sign-in covers the task; the badge and the PIN bring the same task back.
pub fn covered(app: &App<'_>, site: &Site) -> Result<()> {
    app.asks_who_within(5 * PATIENCE, true)?;
    app.sign_in(&site.posts[1].1)?;
    app.scan(&site.cases()[0])?;
    app.logged("a scan in the task of before", |events| events.iter().any(|event| event["kind"] == "inbound"))?;
    let opened = app.events()?.iter().filter(|event| event["kind"] == "task_opened").count();
    ensure!(opened == 1, "the lock cost the task");
    Ok(())
}
