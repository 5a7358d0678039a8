//! The programs of a `PostgreSQL` server, and as whom they run: they refuse root.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Who runs the server where tests run as root: the user that the package makes.
const SERVER_USER: &str = "postgres";

/// Where the programs are, and who we are.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
    pub(crate) user_id: u32,
}

impl Programs {
    pub(crate) fn find() -> Result<Self> {
        // Debian keeps a folder for each version, outside the path.
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
        let mut folders: Vec<(u32, PathBuf)> = versions
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        folders.sort();
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        let all = folders.into_iter().rev().map(|(_, folder)| folder).chain(std::env::split_paths(&on_path));
        let found = all.into_iter().find(|folder| folder.join("initdb").is_file());
        let folder = found.context("PostgreSQL's server programs are not installed; run `cargo xtask setup`")?;
        let user_id = fs::metadata("/proc/self").context("/proc says nothing of this process")?.uid();
        Ok(Self { folder, user_id })
    }

    fn is_root(&self) -> bool {
        self.user_id == 0
    }

    /// The words before a program of the server, and its path.
    pub(crate) fn words(&self, program: &str) -> Vec<String> {
        let path = self.folder.join(program).display().to_string();
        if self.is_root() {
            return ["runuser", "-u", SERVER_USER, "--"].map(str::to_owned).into_iter().chain([path]).collect();
        }
        vec![path]
    }

    /// Runs a program of the server to its end; it must succeed.
    pub(crate) fn run(&self, program: &str, args: impl Iterator<Item = impl AsRef<OsStr>>) -> Result<()> {
        let words = self.words(program);
        let mut command = Command::new(&words[0]);
        clean(&mut command).args(&words[1..]).args(args);
        // What stays behind must not hold our pipes open: said is what a file holds.
        let said = tempfile_of(program)?;
        let (out, err) = (said.1.try_clone()?, said.1.try_clone()?);
        let status =
            command.stdout(out).stderr(err).status().with_context(|| format!("{program} cannot be started"))?;
        let told = fs::read_to_string(&said.0).unwrap_or_default();
        let _ = fs::remove_file(&said.0);
        ensure!(status.success(), "{program} ended with {status}: {}", told.trim());
        Ok(())
    }

    /// A client's program: it runs as we do.
    pub(crate) fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        clean(&mut command);
        command
    }

    pub(crate) fn is_running(&self, data: &Path) -> bool {
        let Some(data) = data.to_str() else { return false };
        self.run("pg_ctl", ["-D", data, "status"].iter()).is_ok()
    }

    /// Makes a folder or a file the server's own.
    pub(crate) fn own(&self, folder: &Path) -> Result<()> {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        if self.is_root() {
            let status = Command::new("chown").arg(SERVER_USER).arg(folder).status().context("no chown")?;
            ensure!(status.success(), "{} cannot be given to {SERVER_USER}", folder.display());
        }
        Ok(())
    }

    /// Lets the server's user reach a folder within one of our own.
    pub(crate) fn let_through(&self, folder: &Path) -> Result<()> {
        if let (true, Some(parent)) = (self.is_root(), folder.parent()) {
            fs::set_permissions(parent, fs::Permissions::from_mode(0o711))?;
        }
        Ok(())
    }
}

/// The user's own settings for `PostgreSQL` are not for tests.
fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).current_dir("/")
}

/// A file for what a program says.
fn tempfile_of(program: &str) -> Result<(PathBuf, fs::File)> {
    let name = format!("tallyman-{program}-{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    let file = fs::File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    Ok((path, file))
}
