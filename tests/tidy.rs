//! What would be said in review, said by a test.

use std::path::{Path, PathBuf};

/// Lines of a file, at most.
const LINES_MAX: usize = 400;

fn sources(root: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "slint") {
            found.push(path);
        }
    }
}

fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap(), &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found
}

#[test]
fn files_stay_small_and_finished() {
    for path in all() {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines; split it by job", path.display());
        let undone = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")];
        for word in undone {
            assert!(!text.contains(word), "{} still has {word}", path.display());
        }
    }
}

#[test]
fn arrows_point_down() {
    let forbidden = [
        ("scanner-app/src/ui/", "crate::store"),
        ("scanner-app/src/ui/", "crate::session"),
        ("scanner-app/src/sync/", "crate::ui"),
        ("scanner-app/src/store/", "crate::session"),
        ("scanner-app/src/capture/", "crate::session"),
        ("sync-server/src/store/", "crate::http"),
        ("sync-server/src/store/", "crate::reconcile"),
        ("sync-server/src/reconcile/", "crate::ingest"),
        ("shared/src/", "std::fs"),
        ("shared/src/", "SystemTime"),
    ];
    for path in all() {
        let shown = path.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        for (folder, arrow) in forbidden {
            assert!(!(shown.contains(folder) && text.contains(arrow)), "{shown} points up: {arrow}");
        }
    }
}

#[test]
fn the_changelog_says_what_is_unreleased() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("CHANGELOG.md")).unwrap();
    assert!(text.contains("## Unreleased"));
}
