//! The manual shows pictures that exist: those of the golden test.

use std::path::Path;

#[test]
fn every_page_of_the_manual_shows_pictures_that_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/manual");
    for page in ["zh.md", "en.md"] {
        let text = std::fs::read_to_string(folder.join(page)).unwrap();
        let pictures: Vec<&str> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(pictures.len() > 15, "{page} shows {} pictures", pictures.len());
        for picture in pictures {
            assert!(folder.join(picture).exists(), "{page} names {picture}, which is not there");
        }
    }
}
