//! Terminals for the window: configuration, key, store, frames; and where things lie on the handheld's canvas.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use vision::scene::{FrameSize, Scene, WAREHOUSE_1};

use super::super::world;

/// Left, top, width, height in px.
pub(super) type Rect = (usize, usize, usize, usize);

/// Header and calm line: painted with the first page.
pub(super) const FIRST_PAINT: Rect = (0, 0, 480, 110);
/// Within the viewfinder.
pub(super) const FINDER: Rect = (40, 240, 300, 160);
/// At the edge of the viewfinder, where no card lies on its black, with a strip above it or without.
pub(super) const VIEWFINDER: (usize, usize) = (6, 340);
/// Rows of a list, without its scroll bar.
pub(super) const ROWS: Rect = (0, 130, 440, 500);
/// The menu's button.
pub(super) const MENU: (usize, usize) = (434, 42);
/// The menu's second row: history.
pub(super) const HISTORY: (usize, usize) = (200, 246);
/// Within the history's rows.
pub(super) const HISTORY_ROW: (usize, usize) = (200, 400);

/// Labels that the camera sees, each for some frames.
const LABELS: usize = 10;
/// Frames of each.
const FRAMES_PER_LABEL: usize = 3;

/// The setting under which the viewfinder never sleeps: a sleeping one would burn and hold nothing.
const AWAKE: &str = "sleep_s = 0";
/// How soon it sleeps where its waking is measured, s.
pub(super) const SLEEP_S: u64 = 3;

/// A certificate authority that nobody is: the server of this terminal never answers.
const NOBODY: &str = include_str!("nobody.pem");

/// The window program, built beside this one.
pub(super) fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    // Tests run from `deps`, one folder below the programs.
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("scanner-app")).find(|path| path.is_file());
    found.context("scanner-app is not built beside this program; `cargo xtask bench scan` builds both")
}

/// A new terminal that expects the labels of some recorded frames, and those frames.
pub(super) fn before_frames(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir(folder)?;
    world::fill(&mut world::store(folder)?, LABELS)?;
    let frames = folder.join("frames");
    std::fs::create_dir(&frames)?;
    for label in 0..LABELS {
        let scene = Scene::new(&[world::label(label)?], FrameSize::HD, WAREHOUSE_1)?;
        for frame in 0..FRAMES_PER_LABEL {
            let picture = scene.render((label * FRAMES_PER_LABEL + frame) as u64);
            picture.save(frames.join(format!("{label:03}-{frame}.jpg")))?;
        }
    }
    with_store_of(folder)
}

/// A viewfinder that sleeps soon, and a picture without a label, so that nothing read keeps it awake.
pub(super) fn before_nothing(folder: &Path) -> anyhow::Result<PathBuf> {
    let config = folder.join("terminal.toml");
    let text = std::fs::read_to_string(&config)?;
    ensure!(text.contains(AWAKE), "{} does not say {AWAKE}", config.display());
    std::fs::write(&config, text.replace(AWAKE, &format!("sleep_s = {SLEEP_S}")))?;
    let blank = folder.join("blank");
    std::fs::create_dir_all(&blank)?;
    let scene = Scene::new::<&str>(&[], FrameSize::HD, WAREHOUSE_1)?;
    scene.render(0).save(blank.join("0.jpg"))?;
    Ok(blank)
}

/// Configuration and key for a store that `world` made.
pub(super) fn with_store_of(folder: &Path) -> anyhow::Result<()> {
    let (config, ca) = (folder.join("terminal.toml"), folder.join("nobody.pem"));
    std::fs::write(&ca, NOBODY)?;
    let key = "0".repeat(64);
    let text = format!(
        "terminal = \"{}\"\nsite = \"GATE\"\nmember = \"M\"\noperator = \"1024\"\nstore = \"terminal.sqlite\"\n\
         key = \"keys/terminal.pk8\"\nserver = \"https://127.0.0.1:9\"\nca = \"nobody.pem\"\nserver_key = \"{key}\"\n\
         [capture]\n{AWAKE}\n",
        world::terminal()
    );
    std::fs::write(&config, text)?;
    let mut init = Command::new(program()?);
    init.args(["init", "--site", "GATE", "--member", "M", "--server", "https://127.0.0.1:9", "--server-key", &key]);
    let output = init.arg("--ca").arg(&ca).arg("--config").arg(&config).output()?;
    ensure!(output.status.success(), "no key was made: {}", String::from_utf8_lossy(&output.stderr));
    // The app looks for the store's mark beside its key.
    std::fs::copy(folder.join("terminal.mark"), folder.join("keys/terminal.mark"))?;
    Ok(())
}
