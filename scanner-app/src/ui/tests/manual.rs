//! The manual shows pictures that exist: those of the golden test.

use std::path::Path;

use super::super::show;
use super::{labels, open, screens};
use crate::config::Language;

fn page(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/manual");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Words of the pages that no label holds by themselves.
fn words_of_pages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/pages");
    let pages = std::fs::read_dir(folder).unwrap();
    pages.map(|page| std::fs::read_to_string(page.unwrap().path()).unwrap()).collect()
}

/// What stands between these quotation marks.
fn quoted(text: &str, (left, right): (char, char)) -> Vec<&str> {
    let text = text.lines().flat_map(|line| line.split(left).skip(1).step_by(if left == right { 2 } else { 1 }));
    text.filter_map(|rest| rest.split_once(right).map_or((left == right).then_some(rest), |(words, _)| Some(words)))
        .collect()
}

#[test]
fn the_manual_says_what_the_screens_say() {
    let (window, _wanted) = open(false);
    for (name, language, marks) in [("zh.md", Language::Zh, ('“', '”')), ("en.md", Language::En, ('"', '"'))] {
        let text = page(name);
        let mut said = words_of_pages();
        for (_, view) in screens::all(false) {
            show(&window, &view, language);
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
            said.push_str(&labels(&window).join("\n"));
        }
        let words = quoted(&text, marks);
        assert!(words.len() >= 3, "{name} quotes {words:?}");
        let unknown: Vec<&str> = words.into_iter().filter(|words| !said.contains(*words)).collect();
        assert!(unknown.is_empty(), "{name} quotes what no screen says: {unknown:?}");
        if language == Language::Zh {
            let plain = ["文件", "条件", "申请"].iter().fold(text, |text, word| text.replace(word, ""));
            assert!(!plain.contains('件'), "goods are 盒, 箱 or 包装: {plain}");
        }
    }
}

#[test]
fn every_page_of_the_manual_shows_pictures_that_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/manual");
    for name in ["zh.md", "en.md"] {
        let text = page(name);
        let pictures: Vec<&str> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(pictures.len() > 15, "{name} shows {} pictures", pictures.len());
        for picture in pictures {
            assert!(folder.join(picture).exists(), "{name} names {picture}, which is not there");
        }
    }
}
