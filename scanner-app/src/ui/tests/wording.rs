//! The words of every screen: one term per thing, nobody blamed, no word for programs, and letters that the fonts have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use shared::mismatch::Kind;

use super::super::{MainWindow, show};
use super::{labels, open, screens};
use crate::config::Language;

fn texts(window: &MainWindow, language: Language) -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    for (name, view) in screens::all(false) {
        show(window, &view, language);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        found.extend(labels(window).into_iter().map(|label| (label, name)));
    }
    found
}

/// Names of goods, places and people on the screens of these tests.
const NAMES: [&str; 14] = [
    "原味",
    "薄荷",
    "广州",
    "深圳",
    "李梅",
    "红星",
    "东门",
    "江南",
    "中文",
    "理货员",
    "张强",
    "王芳",
    "王主管",
    "顺达物流",
];

fn is_hanzi(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

#[test]
fn screens_say_what_a_clerk_says() {
    let (window, _wanted) = open(false);
    let mut faults = Vec::new();
    for (text, screen) in texts(&window, Language::Zh) {
        let plain = ["文件", "条件", "申请"].iter().fold(text.clone(), |text, word| text.replace(word, ""));
        let wrong = ["件", "请", "抱歉", "!", "!", "失败", "非法", "无效"].iter().filter(|word| plain.contains(**word));
        faults.extend(wrong.map(|word| format!("{screen}: `{word}` in `{text}`")));
        let letters: Vec<char> = text.chars().collect();
        let narrow = letters.windows(2).any(|two| is_hanzi(two[0]) && ",;:?!(".contains(two[1]));
        faults.extend(narrow.then(|| format!("{screen}: a mark as narrow as a Latin one in `{text}`")));
    }
    for (text, screen) in texts(&window, Language::En) {
        let wrong = ["sorry", "Sorry", "please", "Please", "!", "invalid", "Invalid", "failed", "Failed"];
        let wrong = wrong.iter().filter(|word| text.contains(**word));
        faults.extend(wrong.map(|word| format!("{screen}: `{word}` in `{text}`")));
        // A label that is read is quoted; everything else is English, but for the names of goods, places and people.
        if text.chars().any(is_hanzi) && !NAMES.iter().any(|name| text.contains(name)) {
            faults.push(format!("{screen}: `{text}` is not English"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_screen_shows_a_word_for_programs() {
    let (window, _wanted) = open(false);
    for language in [Language::Zh, Language::En] {
        for (text, screen) in texts(&window, language) {
            for kind in Kind::ALL {
                assert!(!text.contains(kind.slug()), "{screen}: `{}` in `{text}`", kind.slug());
            }
            assert!(!text.contains("Error") && !text.contains("::") && !text.contains("None"), "{screen}: `{text}`");
        }
    }
}

/// Characters that a font's `cmap` (format 12) has.
fn characters(font: &Path) -> BTreeSet<u32> {
    let bytes = std::fs::read(font).unwrap();
    let short = |at: usize| u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap()) as usize;
    let long = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let table = (0..short(4)).map(|place| 12 + place * 16).find(|at| &bytes[*at..at + 4] == b"cmap").unwrap();
    let cmap = long(table + 8) as usize;
    let mut found = BTreeSet::new();
    for place in 0..short(cmap + 2) {
        let part = cmap + long(cmap + 8 + place * 8) as usize;
        if short(part) == 12 {
            for group in 0..long(part + 12) as usize {
                let at = part + 16 + group * 12;
                found.extend(long(at)..=long(at + 4));
            }
        } else if short(part) == 4 {
            let count = short(part + 6) / 2;
            for segment in 0..count {
                let (end, start) = (short(part + 14 + segment * 2), short(part + 16 + (count + segment) * 2));
                found.extend((start..=end).filter(|code| *code != 0xffff).map(|code| u32::try_from(code).unwrap()));
            }
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, found);
        } else if path.is_file() && path.extension().is_some_and(|ending| ending == "rs" || ending == "slint") {
            found.push(path);
        }
    }
}

#[test]
fn bold_words_have_their_letters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src/ui", "src/cli/window", "src/operators", "src/session", "ui", "../shared/src/mismatch"] {
        sources(&root.join(folder), &mut files);
    }
    let known = characters(&root.join("ui/fonts/TallymanBold.otf"));
    assert!(known.len() > 500, "the font's characters were not found");
    let used: BTreeSet<char> = files
        .iter()
        .flat_map(|file| std::fs::read_to_string(file).unwrap().chars().collect::<Vec<_>>())
        .filter(|letter| u32::from(*letter) > 0x2e7f)
        .collect();
    let missing: String = used.into_iter().filter(|letter| !known.contains(&u32::from(*letter))).collect();
    assert!(missing.is_empty(), "the bold font lacks {missing}: run `python3 scanner-app/ui/fonts/make.py`");
    assert!(known.contains(&0x202f), "and the gap of thousands");
}

#[test]
fn any_label_of_gb_2312_can_be_shown() {
    let known = characters(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fonts/NotoSansSC-GB2312.otf"));
    for letter in ['啊', '座', '亍', '齄', '·', '–', '—', '…', '\u{202f}', '%', 'A', 'z', '0'] {
        assert!(known.contains(&u32::from(letter)), "{letter:?}");
    }
}
