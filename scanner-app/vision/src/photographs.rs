//! Rates over real photographs: `QR_IMAGES=DIR cargo nextest run --workspace -E 'package(vision)' --run-ignored all
//! --no-capture photographs`, where DIR holds `manifest.csv` (file, set, `expected_texts_json`, truth) and `files/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is counted over a set of pictures.
#[derive(Default, Debug)]
struct Tally {
    pictures: usize,
    known: usize,
    all_right: usize,
    any_right: usize,
    wrong: usize,
    wrong_as_stored: usize,
    wrong_accepted: usize,
    unreadable_files: usize,
    right_symbols: usize,
    right_accepted: usize,
    ms: Vec<f64>,
}

fn folder() -> PathBuf {
    std::env::var_os("QR_IMAGES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/qr-images"), PathBuf::from)
}

#[test]
#[ignore = "needs the collection of photographs, see QR_IMAGES"]
fn photographs_are_read() {
    let folder = folder();
    let mut manifest = csv::Reader::from_path(folder.join("manifest.csv")).unwrap();
    let mut tally = Tally::default();
    for row in manifest.records() {
        let row = row.unwrap();
        let expected: Vec<String> = serde_json::from_str(&row[2]).unwrap();
        count(&mut tally, &folder.join("files").join(&row[0]), &expected, &row[3]);
    }
    tally.ms.sort_by(f64::total_cmp);
    let (median, most) = (tally.ms[tally.ms.len() / 2], tally.ms[tally.ms.len() - 1]);
    tally.ms.clear();
    println!("{tally:?} median {median:.1} ms, most {most:.0} ms");
    assert_eq!(tally.unreadable_files, 0);
}

/// The sets state their texts without trailing space and with one kind of line end.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned()
}

fn count(tally: &mut Tally, path: &Path, stored: &[String], truth: &str) {
    let expected: &BTreeSet<String> = &stored.iter().map(|text| plain(text)).collect();
    let name = path.file_name().unwrap_or_default().display().to_string();
    tally.pictures += 1;
    let start = Instant::now();
    let symbols = match crate::decode_file(path) {
        Ok(symbols) => symbols,
        Err(error) => {
            println!("{error}");
            tally.unreadable_files += 1;
            return;
        }
    };
    tally.ms.push(start.elapsed().as_secs_f64() * 1000.0);
    if start.elapsed().as_millis() > 150 {
        println!("slow {name} {:?}", start.elapsed());
    }
    let read: BTreeSet<String> = symbols.iter().map(|symbol| plain(&symbol.text)).collect();
    let judged = !expected.is_empty() || truth == "none";
    for symbol in symbols.iter().filter(|_| judged) {
        tally.wrong_as_stored += usize::from(!stored.contains(&symbol.text));
        if expected.contains(&plain(&symbol.text)) {
            tally.right_symbols += 1;
            tally.right_accepted += usize::from(symbol.accepted);
        } else {
            tally.wrong += 1;
            tally.wrong_accepted += usize::from(symbol.accepted);
            println!(
                "wrong in {name}: {:?}, {:?}, accepted {}, expected {expected:?}",
                symbol.text, symbol.stage, symbol.accepted
            );
        }
    }
    if !expected.is_empty() {
        tally.known += 1;
        tally.any_right += usize::from(!read.is_disjoint(expected));
        let complete = expected.is_subset(&read);
        tally.all_right += usize::from(complete);
        if !complete {
            println!("missed in {name}: {} of {}", expected.difference(&read).count(), expected.len());
        }
    }
}
