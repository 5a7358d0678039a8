//! No function of the store without a test on both databases.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What is no query: a test opens stores anyway.
const OPENING: [&str; 2] = ["open", "postgres"];

fn texts(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rust = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn every_function_of_the_store_has_a_test_on_both_databases() {
    let tests: String = texts("tests/store").into_iter().map(|(_, text)| text).collect();
    let (mut all, mut untested) = (BTreeSet::new(), BTreeSet::new());
    for (module, text) in texts("src/store").into_iter().filter(|(module, _)| !OPENING.contains(&module.as_str())) {
        // Methods of `Store` are indented; free functions are called by their module's name.
        for line in text.lines() {
            let (free, method) = (line.strip_prefix("pub async fn "), line.strip_prefix("    pub async fn "));
            let Some(name) = free.or(method).and_then(|rest| rest.split(['(', '<']).next()) else { continue };
            let called = match (free, module.as_str()) {
                (Some(_), "mod") => format!("store::{name}("),
                (Some(_), module) => format!("{module}::{name}("),
                (None, _) => format!("store.{name}("),
            };
            all.insert(called.clone());
            if !tests.contains(&called) {
                untested.insert(called);
            }
        }
    }
    assert!(all.len() > 70, "only {} functions were found", all.len());
    assert!(untested.is_empty(), "no test in tests/store calls {untested:?}: write one, it runs on both databases");
}
