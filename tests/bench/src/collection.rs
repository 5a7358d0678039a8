//! Pictures to measure over: folders, manifests, single files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::texts::Truth;

/// Endings of the files that a folder without a manifest is searched for.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "bmp"];

/// A picture file and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Where it is.
    pub path: PathBuf,
    /// How reports call it: the manifest's name, else the path as given.
    pub name: String,
    /// The class it belongs to: the manifest's set, else the folder's name.
    pub set: String,
    /// Its texts.
    pub truth: Truth,
}

/// A file or folder that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unusable {
    /// The path as it was given.
    pub path: String,
    /// What, why, and what next.
    pub error: String,
}

/// Pictures in the order of the paths, each file once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// What can be tried.
    pub pictures: Vec<Picture>,
    /// What cannot.
    pub unusable: Vec<Unusable>,
}

impl Collection {
    /// Everything that `paths` name. A folder with a `manifest.csv` is what that says, one without is its picture files and folders.
    #[must_use]
    pub fn open(paths: &[PathBuf]) -> Self {
        let mut all = Self::default();
        for path in paths {
            all.add(path);
        }
        let mut seen = BTreeSet::new();
        all.pictures.retain(|picture| seen.insert(picture.path.clone()));
        all
    }

    fn add(&mut self, path: &Path) {
        if path.is_dir() {
            self.add_folder(path);
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            self.add_manifest(path);
        } else if path.exists() {
            self.add_file(path);
        } else {
            self.refuse(path, "it does not exist; give a picture, a folder of pictures or a manifest.csv");
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let manifest = folder.join("manifest.csv");
        if manifest.is_file() {
            return self.add_manifest(&manifest);
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(folder, &format!("the folder cannot be read: {error}")),
        };
        let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        inside.sort();
        for path in inside {
            if path.is_dir() {
                self.add_folder(&path);
            } else if path
                .extension()
                .is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
            {
                self.add_file(&path);
            }
        }
    }

    fn add_file(&mut self, path: &Path) {
        let set = path.parent().and_then(Path::file_name).map_or_else(String::new, |name| name.display().to_string());
        let name = path.display().to_string();
        self.pictures.push(Picture { path: path.to_owned(), name, set, truth: Truth::Unknown });
    }

    fn add_manifest(&mut self, manifest: &Path) {
        if let Err(why) = self.read_manifest(manifest) {
            self.refuse(manifest, &why);
        }
    }

    fn read_manifest(&mut self, manifest: &Path) -> Result<(), String> {
        let folder = manifest.parent().unwrap_or(Path::new(""));
        let mut rows = csv::Reader::from_path(manifest).map_err(|error| format!("it cannot be read: {error}"))?;
        let header = rows.headers().map_err(|error| format!("its first line cannot be read: {error}"))?.clone();
        let column = |name: &str| header.iter().position(|column| column == name);
        let needed =
            |name: &str| column(name).ok_or(format!("it has no column `{name}`; its first line must name one"));
        let (file, texts) = (needed("file")?, needed("expected_texts_json")?);
        let (set, truth) = (column("set"), column("truth"));
        for (at, row) in rows.records().enumerate() {
            // Line 1 names the columns.
            let place = format!("{} row {}", manifest.display(), at + 2);
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    self.unusable.push(Unusable { path: place, error: format!("the row cannot be read: {error}") });
                    continue;
                }
            };
            let word = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
            let known: BTreeSet<String> = match serde_json::from_str(word(Some(texts))) {
                Ok(known) => known,
                Err(error) => {
                    let error = format!("expected_texts_json is no JSON list of texts: {error}");
                    self.unusable.push(Unusable { path: place, error });
                    continue;
                }
            };
            let name = word(Some(file)).to_owned();
            let beside = folder.join(&name);
            let path = if beside.is_file() { beside } else { folder.join("files").join(&name) };
            let truth = Truth::new(word(truth), known);
            self.pictures.push(Picture { path, name, set: word(set).to_owned(), truth });
        }
        Ok(())
    }

    fn refuse(&mut self, path: &Path, error: &str) {
        self.unusable.push(Unusable { path: path.display().to_string(), error: error.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(collection: &Collection) -> Vec<&str> {
        collection.pictures.iter().map(|picture| picture.name.rsplit('/').next().unwrap()).collect()
    }

    #[test]
    fn a_folder_without_a_manifest_is_its_pictures() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        for file in ["b.PNG", "a.jpg", "notes.txt", "inner/c.webp"] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let found = Collection::open(&[folder.path().to_owned(), folder.path().join("a.jpg")]);
        assert_eq!(names(&found), ["a.jpg", "b.PNG", "c.webp"], "each once");
        assert_eq!(found.pictures[2].set, "inner");
        assert!(found.pictures.iter().all(|picture| picture.truth == Truth::Unknown) && found.unusable.is_empty());
    }

    #[test]
    fn a_manifest_says_what_is_known() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let rows =
            "file,set,expected_texts_json,truth\nx.png,one,\"[\"\"A\"\"]\",set\ny.png,one,[],none\nz.png,two,A,set\n";
        std::fs::write(folder.path().join("manifest.csv"), rows).unwrap();
        for path in [folder.path().to_owned(), folder.path().join("manifest.csv")] {
            let found = Collection::open(&[path]);
            assert_eq!(names(&found), ["x.png", "y.png"]);
            assert_eq!(found.pictures[0].path, folder.path().join("files/x.png"));
            assert_eq!(found.pictures[0].truth, Truth::Texts(BTreeSet::from(["A".to_owned()])));
            assert_eq!(found.pictures[1].truth, Truth::Nothing);
            assert!(found.unusable[0].path.ends_with("row 4"), "{:?}", found.unusable);
        }
    }

    #[test]
    fn what_cannot_be_used_is_listed_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (picture, table) = (folder.path().join("odd.name"), folder.path().join("other.csv"));
        std::fs::write(&picture, "").unwrap();
        std::fs::write(&table, "name\nx\n").unwrap();
        let found = Collection::open(&[folder.path().join("gone.png"), table, picture]);
        assert_eq!(names(&found), ["odd.name"], "a file that is named is tried whatever its name");
        assert!(found.unusable[0].error.contains("does not exist"));
        assert!(found.unusable[1].error.contains("`file`"));
    }
}
