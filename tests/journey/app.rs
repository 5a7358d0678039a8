//! A person before the real app: its window on a screen, its camera before recorded frames, its own store beneath.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tests::terminal::Terminal;

use crate::places::Place;
use screen::{Colour, Point, Rectangle, Screen};

/// How long anything may take that a person waits for: a bound, not a measure.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Fills of `ui/theme.slint`.
pub const SURFACE: Colour = [0xff, 0xff, 0xff];
pub const PRIMARY: Colour = [0x0b, 0x4f, 0x9e];
pub const ACCEPTED: Colour = [0x00, 0xa2, 0x72];
pub const COMPLETE: Colour = [0x10, 0x16, 0x1c];
pub const TROUBLE: Colour = [0xfb, 0xe0, 0xe2];

/// Pictures of every screen, drawn without a display.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scanner-app/tests/golden");

/// Who signs in.
pub struct Person {
    pub badge: String,
    pub pin: &'static str,
}

/// The running app; killed when dropped.
pub struct App<'s> {
    screen: &'s Screen,
    store: PathBuf,
    process: Child,
    tablet: bool,
}

impl<'s> App<'s> {
    /// Starts it before a folder of frames that goes round and round, as what a camera sees that is held still.
    pub fn open(screen: &'s Screen, terminal: &'s Terminal, frames: &Path, tablet: bool) -> Result<Self> {
        let mut command = terminal.command("run")?;
        command.args(["--form", if tablet { "tablet" } else { "handheld" }, "--source"]);
        command.arg(format!("images:{}?loop=forever&fps=5", frames.display()));
        Self::start(screen, command, terminal.config().with_file_name("terminal.sqlite"), tablet)
    }

    /// Starts a handheld that nobody enrolled yet.
    pub fn open_new(screen: &'s Screen, folder: &Path, frames: &Path) -> Result<Self> {
        std::fs::create_dir(folder)?;
        let mut command = Command::new(tests::program("scanner-app")?);
        command.arg("run").arg("--config").arg(folder.join("terminal.toml")).args(["--form", "handheld", "--source"]);
        command.arg(format!("images:{}", frames.display()));
        Self::start(screen, command, folder.join("terminal.sqlite"), false)
    }

    /// Starts a handheld on a copy of the terminal that lies on a disk of so many MB, in memory: `disk` is where.
    pub fn open_on_small_disk(screen: &'s Screen, terminal: &Terminal, (disk, mb): (&Path, u32)) -> Result<Self> {
        let folder = terminal.config().parent().context("a configuration without a folder")?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c"]);
        command.arg(format!(
            "mount -t tmpfs -o size={mb}m none \"$1\" && cp -a \"$2\"/. \"$1\" && cd \"$1\" \
             && exec \"$0\" run --config \"$1/terminal.toml\" --form handheld --source images:\"$3\""
        ));
        command.arg(tests::program("scanner-app")?).arg(disk).arg(folder).arg(disk);
        let mut app = Self::start(screen, command, PathBuf::new(), false)?;
        app.store = app.within(disk).join("terminal.sqlite");
        Ok(app)
    }

    /// A path as the app's own mounts have it.
    pub fn within(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.process.id()));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    fn start(screen: &'s Screen, mut command: Command, store: PathBuf, tablet: bool) -> Result<Self> {
        screen.shows(&mut command);
        let process = command.spawn().context("the app cannot be started")?;
        let app = Self { screen, store, process, tablet };
        screen.give_keys_to("Tallyman")?;
        Ok(app)
    }

    /// Badge by the hand scanner, PIN on the pad.
    pub fn sign_in(&self, person: &Person) -> Result<()> {
        self.show_badge(person)?;
        self.type_pin(person.pin)?;
        self.asks_who(false)
    }

    /// Waits until the sign-in is there, or no more.
    pub fn asks_who(&self, wanted: bool) -> Result<()> {
        self.asks_who_within(PATIENCE, wanted)
    }

    /// The same, waiting for so long. Its button is looked at half-way down: above a task that waits the pad is shorter.
    pub fn asks_who_within(&self, patience: Duration, wanted: bool) -> Result<()> {
        let at = Place::named(self.tablet, "sign-in")?.edge();
        let what = if wanted { "the sign-in" } else { "a page behind the sign-in" };
        self.until_colour(what, patience, at, (PRIMARY, wanted))
    }

    /// The badge alone, by the hand scanner.
    pub fn show_badge(&self, person: &Person) -> Result<()> {
        self.asks_who(true)?;
        self.screen.scan(&person.badge)?;
        // The number's field makes room: from then on the digits are the PIN's.
        std::thread::sleep(Duration::from_millis(400));
        Ok(())
    }

    /// A PIN on the pad, and the button beside it.
    pub fn type_pin(&self, pin: &str) -> Result<()> {
        for digit in pin.chars() {
            self.tap(&format!("digit-{digit}"))?;
        }
        self.tap("sign-in")
    }

    pub fn tap(&self, place: &str) -> Result<()> {
        self.screen.tap(Place::named(self.tablet, place)?.middle())
    }

    pub fn key(&self, name: &str) -> Result<()> {
        self.screen.key(name)
    }

    /// A key that stays down for so long.
    pub fn hold(&self, name: &str, time: Duration) -> Result<()> {
        self.screen.hold(name, time)
    }

    pub fn scan(&self, text: &str) -> Result<()> {
        self.screen.scan(text)
    }

    /// Waits until a place has a fill.
    pub fn shows(&self, place: &str, fill: Colour) -> Result<()> {
        self.until_part(place, Place::fill, (fill, true))
    }

    /// Waits until a place has it in the middle too: no row of narrower ones stands there.
    pub fn shows_wide(&self, place: &str, fill: Colour) -> Result<()> {
        self.until_part(place, Place::above_words, (fill, true))
    }

    /// Waits until the ground of some words has it, left of them.
    pub fn shows_beside(&self, place: &str, fill: Colour) -> Result<()> {
        self.until_part(place, Place::before_words, (fill, true))
    }

    /// Waits until a place has it no more.
    pub fn hides(&self, place: &str, fill: Colour) -> Result<()> {
        self.until_part(place, Place::fill, (fill, false))
    }

    /// Waits until a place is edged by the fill of what is wrong: the words stand within.
    pub fn warns(&self, place: &str) -> Result<()> {
        self.until_part(place, Place::edge, (TROUBLE, true))
    }

    /// Waits until it warns no more.
    pub fn is_calm(&self, place: &str) -> Result<()> {
        self.until_part(place, Place::edge, (TROUBLE, false))
    }

    fn until_part(&self, place: &str, part: fn(Place) -> Point, (fill, wanted): (Colour, bool)) -> Result<()> {
        let what = format!("{place} {}in {fill:02x?}", if wanted { "" } else { "not " });
        self.until_colour(&what, PATIENCE, part(Place::named(self.tablet, place)?), (fill, wanted))
    }

    fn until_colour(&self, what: &str, patience: Duration, at: Point, (fill, wanted): (Colour, bool)) -> Result<()> {
        self.screen.until(what, patience, || Ok((self.screen.colour(at)? == fill) == wanted))
    }

    /// Waits until the words of a place are those of a golden picture.
    pub fn says(&self, place: &str, picture: &str) -> Result<()> {
        self.matches((place, picture), Place::whole, true)
    }

    /// Waits until its first word is: numbers and names follow.
    pub fn begins(&self, place: &str, picture: &str) -> Result<()> {
        self.matches((place, picture), Place::first_word, true)
    }

    /// Waits until they are others.
    pub fn says_no_more(&self, place: &str, picture: &str) -> Result<()> {
        self.matches((place, picture), Place::whole, false)
    }

    fn matches(&self, (place, picture): (&str, &str), part: fn(Place) -> Rectangle, wanted: bool) -> Result<()> {
        let at = part(Place::named(self.tablet, place)?);
        let form = if self.tablet { "tablet" } else { "handheld" };
        let path = format!("{GOLDEN}/{picture}-zh-{form}-light.png");
        let golden = image::open(&path).with_context(|| format!("{path} cannot be read"))?.to_rgb8();
        let what =
            format!("{place} {} {picture}", if wanted { "says what is in" } else { "no longer says what is in" });
        self.screen.until(&what, PATIENCE, || Ok(self.screen.shows_part_of(&golden, at)? == wanted))
    }

    /// Waits until this terminal's log holds something.
    pub fn logged(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Result<()> {
        self.screen.until(what, PATIENCE, || Ok(holds(&self.events()?)))
    }

    /// The store where it can be opened: SQLite follows links itself, and loses its way into another's mounts. There it is copied.
    fn readable(&self, copies: &Path) -> Result<PathBuf> {
        if !self.store.starts_with("/proc") {
            return Ok(self.store.clone());
        }
        for name in ["terminal.sqlite", "terminal.sqlite-wal"] {
            std::fs::copy(self.store.with_file_name(name), copies.join(name)).with_context(|| format!("no {name}"))?;
        }
        Ok(copies.join("terminal.sqlite"))
    }

    /// Everything that this terminal recorded, oldest first.
    pub fn events(&self) -> Result<Vec<Value>> {
        let (copy, flags) = (tempfile::tempdir()?, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE);
        let conn = rusqlite::Connection::open_with_flags(self.readable(copy.path())?, flags)?;
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
