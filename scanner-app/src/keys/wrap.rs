//! Wrapping the key by `systemd-creds`: with the machine's TPM where it has one, else with a secret that only root of this machine
//! reads. A copy of the file alone is worth nothing then.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The name under which the key is wrapped; another name does not open it.
const NAME: &str = "--name=tallyman-terminal";

/// The program that wraps.
#[derive(Clone, Debug)]
pub struct Wrapper {
    program: PathBuf,
}

impl Wrapper {
    /// The one of this machine, where it is on the search path.
    #[must_use]
    pub fn of_this_machine() -> Option<Self> {
        Self::on_path(&std::env::var_os("PATH")?)
    }

    /// The first on a search path.
    #[must_use]
    pub fn on_path(path: &std::ffi::OsStr) -> Option<Self> {
        let found = std::env::split_paths(path).map(|folder| folder.join("systemd-creds"));
        found.into_iter().find(|program| program.is_file()).map(|program| Self { program })
    }

    /// The wrapped form; none where it does not work here: no right to the secret, no TPM that answers.
    pub(super) fn wrap(&self, secret: &[u8]) -> Option<Vec<u8>> {
        let wrapped = self.run(&["encrypt", NAME, "-", "-"], secret)?;
        // What cannot be opened again must not take the key's place, nor what is not wrapped at all.
        let opens = self.run(&["decrypt", NAME, "-", "-"], &wrapped)? == secret;
        (opens && wrapped != secret).then_some(wrapped)
    }

    /// What is wrapped in a file.
    pub(super) fn unwrap_file(&self, file: &Path) -> Option<Vec<u8>> {
        self.run(&["decrypt", NAME, "-", "-"], &std::fs::read(file).ok()?)
    }

    /// Secrets go through pipes, never through arguments or files.
    fn run(&self, args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
        let mut command = Command::new(&self.program);
        let mut child =
            command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        // Short enough for the pipe's buffer: nothing waits for anything here.
        let written = child.stdin.take().map(|mut stdin| stdin.write_all(input));
        let output = child.wait_with_output().ok()?;
        let done = written.is_some_and(|written| written.is_ok()) && output.status.success();
        (done && !output.stdout.is_empty()).then_some(output.stdout)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keys::{KeyError, is_there, make, open, public};

    /// A program that answers like systemd-creds, but only turns letters.
    const TURNS: &str = "#!/bin/sh\ncase $2 in --name=tallyman-terminal) ;; *) exit 1;; esac\n\
                         case $1 in encrypt) od -An -v -tx1 | tr -d ' \\n';; decrypt) exec xxd -r -p;; esac\n";

    fn machine(script: &str) -> (tempfile::TempDir, Option<Wrapper>) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("systemd-creds");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let wrapper = Wrapper::on_path(folder.path().as_os_str());
        (folder, wrapper)
    }

    #[test]
    fn a_key_is_wrapped_where_that_works_and_opens_again() {
        // The shell decodes hex by printf, so that the test needs no further program.
        let script = TURNS.replace("exec xxd -r -p", "sed 's/../\\\\x&/g' | xargs -0 printf '%b'");
        let (folder, wrapper) = machine(&script);
        assert!(wrapper.is_some());
        let path = folder.path().join("keys/terminal.pk8");
        let made = make(&path, wrapper.as_ref()).unwrap();
        assert!(!path.exists() && path.with_extension("cred").exists() && is_there(&path));
        let opened = super::super::open_with(&path, wrapper.as_ref()).unwrap();
        assert_eq!(public(&made), public(&opened));
        assert!(matches!(super::super::open_with(&path, None), Err(KeyError::Wrapped(_))));
    }

    #[test]
    fn where_wrapping_does_not_work_the_key_lies_plain_for_its_owner() {
        for script in
            ["#!/bin/sh\nexit 1\n", "#!/bin/sh\ncat\n exit 0\n", "#!/bin/sh\necho other\n", "no program at all"]
        {
            let (folder, wrapper) = machine(script);
            let path = folder.path().join("keys/terminal.pk8");
            let made = make(&path, wrapper.as_ref()).unwrap();
            assert_eq!(public(&made), public(&open(&path).unwrap()), "{script}");
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700), "{script}");
        }
    }
}
