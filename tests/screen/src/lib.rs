//! A display of a test's own: an X server without a screen (Xvfb), a finger and a keyboard (xdotool), and what is painted.

mod painted;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use painted::Painted;
pub use painted::{Colour, Point, Rectangle};

/// How often it is looked again.
const LOOK: Duration = Duration::from_millis(40);

/// The running X server; ended when dropped.
#[derive(Debug)]
pub struct Screen {
    server: Child,
    display: String,
    folder: tempfile::TempDir,
}

/// How far a shade may be from a picture's: pictures have few colours, and edges of words on a coloured ground are told in greys.
const SHADE: u8 = 64;

impl Screen {
    /// Starts one of 1280 × 800 under a free number. It stays as it is when the last window closes, until the next opens.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-fbdir"]);
        command.arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().context("Xvfb cannot be started; `cargo xtask setup` installs it")?;
        let stdout = server.stdout.take().context("Xvfb has no stdout")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        let screen = Self { server, display: format!(":{}", number.trim()), folder };
        ensure!(number.trim().parse::<u32>().is_ok(), "Xvfb told no display number: {number:?}");
        Ok(screen)
    }

    /// Opens a program's windows here, one logical pixel a pixel.
    pub fn shows(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY").env_remove("SLINT_BACKEND");
        command.env("WINIT_X11_SCALE_FACTOR", "1");
    }

    /// Gives the keyboard to the window of this name, once there is one.
    pub fn give_keys_to(&self, name: &str) -> Result<()> {
        self.xdotool(&["search", "--sync", "--onlyvisible", "--name", name, "windowfocus", "--sync"])
    }

    /// A finger goes down and up.
    pub fn tap(&self, (x, y): (usize, usize)) -> Result<()> {
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", &x, &y, "mousedown", "1", "sleep", "0.05", "mouseup", "1"])
    }

    /// A hand scanner types a line.
    pub fn scan(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--delay", "4", "--", text])?;
        self.key("Return")
    }

    /// A wheel under the pointer goes down by so many clicks.
    pub fn wheel_down(&self, (x, y): (usize, usize), clicks: usize) -> Result<()> {
        let (x, y, clicks) = (x.to_string(), y.to_string(), clicks.to_string());
        self.xdotool(&["mousemove", &x, &y, "click", "--repeat", &clicks, "--delay", "1", "5"])
    }

    /// A key, by its name in X.
    pub fn key(&self, name: &str) -> Result<()> {
        self.xdotool(&["key", name])
    }

    /// A key that stays down for so long: X repeats it meanwhile.
    pub fn hold(&self, name: &str, time: Duration) -> Result<()> {
        let time = time.as_secs_f32().to_string();
        self.xdotool(&["keydown", name, "sleep", &time, "keyup", name])
    }

    fn xdotool(&self, args: &[&str]) -> Result<()> {
        let mut command = Command::new("xdotool");
        let output = command.args(args).env("DISPLAY", &self.display).output();
        let output = output.context("xdotool cannot be started; `cargo xtask setup` installs it")?;
        ensure!(output.status.success(), "xdotool {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// What is painted at a place.
    pub fn colour(&self, (x, y): (usize, usize)) -> Result<Colour> {
        Painted::read(&self.framebuffer())?.colour(x, y)
    }

    /// Waits until something holds, or fails with a picture of the screen.
    pub fn until(&self, what: &str, limit: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
        let started = Instant::now();
        while !holds()? {
            if started.elapsed() > limit {
                let picture = self.picture()?;
                bail!("after {limit:?} still not: {what}; the screen is in {}", picture.display());
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// A sum over what is painted within a rectangle (left, top, width, height): it changes with any pixel.
    pub fn sum(&self, place: Rectangle) -> Result<u64> {
        Painted::read(&self.framebuffer())?.sum(place)
    }

    /// Whether what is painted within a rectangle is what a picture shows there, but for a fiftieth of its pixels: edges of letters.
    pub fn shows_part_of(&self, picture: &image::RgbImage, place: Rectangle) -> Result<bool> {
        let (left, top, width, height) = place;
        let painted = Painted::read(&self.framebuffer())?;
        let mut differ = 0;
        for (x, y) in (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y))) {
            let wanted =
                picture.get_pixel_checked(u32::try_from(x)?, u32::try_from(y)?).context("a smaller picture")?;
            let found = painted.colour(x, y)?;
            differ += usize::from(found.iter().zip(wanted.0).any(|(one, two)| one.abs_diff(two) > SHADE));
        }
        Ok(differ * 50 <= width * height)
    }

    /// Writes what is painted to a file that stays.
    pub fn picture(&self) -> Result<PathBuf> {
        let painted = Painted::read(&self.framebuffer())?;
        let path = std::env::temp_dir().join(format!("tallyman-screen-{}.png", std::process::id()));
        let mut picture = image::RgbImage::new(u32::try_from(painted.width())?, u32::try_from(painted.height())?);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            *pixel = image::Rgb(painted.colour(x as usize, y as usize)?);
        }
        picture.save(&path)?;
        Ok(path)
    }

    fn framebuffer(&self) -> PathBuf {
        self.folder.path().join("Xvfb_screen0")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Either may fail only because it has ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
