//! A person before the real app: its window on a screen, its camera before recorded frames, its own store beneath.

use std::path::Path;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tests::terminal::Terminal;

use crate::places::Place;
use screen::{Colour, Screen};

/// How long anything may take that a person waits for: a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fills of `ui/theme.slint`.
pub const SURFACE: Colour = [0xff, 0xff, 0xff];
pub const PRIMARY: Colour = [0x0b, 0x4f, 0x9e];
pub const ACCEPTED: Colour = [0x00, 0xa2, 0x72];
pub const COMPLETE: Colour = [0x10, 0x16, 0x1c];

/// Who signs in.
pub struct Person {
    pub badge: String,
    pub pin: &'static str,
}

/// The running app; killed when dropped.
pub struct App<'s> {
    screen: &'s Screen,
    terminal: &'s Terminal,
    process: Child,
    tablet: bool,
}

impl<'s> App<'s> {
    /// Starts it before a folder of frames that goes round and round, as what a camera sees that is held still.
    pub fn open(screen: &'s Screen, terminal: &'s Terminal, frames: &Path, tablet: bool) -> Result<Self> {
        let mut command = terminal.command("run")?;
        command.args(["--form", if tablet { "tablet" } else { "handheld" }, "--source"]);
        command.arg(format!("images:{}?loop=forever&fps=5", frames.display()));
        screen.shows(&mut command);
        let process = command.spawn().context("the app cannot be started")?;
        let app = Self { screen, terminal, process, tablet };
        screen.give_keys_to("Tallyman")?;
        Ok(app)
    }

    /// Badge by the hand scanner, PIN on the pad.
    pub fn sign_in(&self, person: &Person) -> Result<()> {
        self.shows("sign-in", PRIMARY)?;
        self.screen.scan(&person.badge)?;
        // The number's field makes room: from then on the digits are the PIN's.
        std::thread::sleep(Duration::from_millis(400));
        for digit in person.pin.chars() {
            self.tap(&format!("digit-{digit}"))?;
        }
        self.tap("sign-in")?;
        self.hides("sign-in", PRIMARY)
    }

    pub fn tap(&self, place: &str) -> Result<()> {
        self.screen.tap(Place::named(self.tablet, place)?.middle())
    }

    pub fn key(&self, name: &str) -> Result<()> {
        self.screen.key(name)
    }

    pub fn scan(&self, text: &str) -> Result<()> {
        self.screen.scan(text)
    }

    /// Waits until a place has a fill.
    pub fn shows(&self, place: &str, fill: Colour) -> Result<()> {
        let at = Place::named(self.tablet, place)?.fill();
        self.screen.until(&format!("{place} in {fill:02x?}"), PATIENCE, || Ok(self.screen.colour(at)? == fill))
    }

    /// Waits until a place has it no more.
    pub fn hides(&self, place: &str, fill: Colour) -> Result<()> {
        let at = Place::named(self.tablet, place)?.fill();
        self.screen.until(&format!("{place} not in {fill:02x?}"), PATIENCE, || Ok(self.screen.colour(at)? != fill))
    }

    /// Waits until this terminal's log holds something.
    pub fn logged(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Result<()> {
        self.screen.until(what, PATIENCE, || Ok(holds(&self.events()?)))
    }

    /// Everything that this terminal recorded, oldest first.
    pub fn events(&self) -> Result<Vec<Value>> {
        let store = self.terminal.config().with_file_name("terminal.sqlite");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let conn = rusqlite::Connection::open_with_flags(store, flags)?;
        conn.busy_timeout(PATIENCE)?;
        let mut bodies = conn.prepare("select cast(body as text) from log order by rowid")?;
        let rows = bodies.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|body| Ok(serde_json::from_str(&body?)?)).collect()
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        // Killed, as a battery's end would: what was confirmed must stand that.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
