//! What to look at once the main job is done: a stranger knows neither where nor with what password.

use std::path::Path;

/// The console that stays open.
pub fn console(web: &str) -> String {
    format!(
        "Console:  {web}\n          No name and no password: the demo's server asks nobody who it is. The browser warns of the certificate, \
         which is\n          the demo's own: go on. Tap a row for its law and evidence, and from there to its page with the package's \
         trail.\n"
    )
}

/// The window that stays open, and what is to be tried there.
pub const WINDOW: &str = "\
Terminal: the factory gate's is open in a window of its own, in Chinese; EN is in the menu. Tap FH-2033. Its camera sees five
          labels: three cases that belong there, one that left before, and one of a stolen pack: hold the button for a second.
";

/// How what has ended is opened again.
pub fn look_again(folder: &Path, server: &Path, app: &Path) -> String {
    let (folder, server, app) = (folder.display(), server.display(), app.display());
    format!(
        "The data stay in {folder} until the next demo. To look at them:\n\
         console   {server} serve --config {folder}/server/server.toml   # prints its address as `web`; no password\n\
         terminal  {app} run --config {folder}/T1-factory-gate/terminal.toml --source images:{folder}/window-frames\n          \
         # offline, since the server's port is another each time; tap FH-2033\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_told_where_and_with_what_password() {
        let told = console("https://127.0.0.1:1");
        assert!(told.contains("https://127.0.0.1:1") && told.contains("no password"), "{told}");
        let told = look_again(Path::new("target/demo"), Path::new("sync-server"), Path::new("scanner-app"));
        assert!(told.contains("sync-server serve --config target/demo/server/server.toml"), "{told}");
        assert!(told.contains("run --config target/demo/T1-factory-gate/terminal.toml"), "{told}");
    }
}
