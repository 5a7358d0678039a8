use std::fs;
use std::path::Path;

use tempfile::TempDir;
use uuid::Uuid;

use super::{BackupError, DATABASE, KEYS, backup, put_back};
use crate::config::Config;
use crate::store::{self, Store};
use crate::testing::{NOW, Trade};

fn config(data: &Path) -> Config {
    toml::from_str(&format!("revised_rules_from = \"never\"\ndata = {data:?}\n")).unwrap()
}

/// A backup of a small trade.
async fn made(folder: &Path) {
    let trade = Trade::new().await;
    let state = trade.state();
    let data = state.keys.ca_file.parent().unwrap().parent().unwrap().to_owned();
    backup(&trade.store, &data, folder).await.unwrap();
}

/// What is left of a data folder after a refusal.
fn names(data: &Path) -> Vec<String> {
    fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Damages a backup, wants it refused with words, and mends it.
async fn refused(backup: &Path, file: &str, damage: impl Fn(&Path), told: &str) {
    let (file, data) = (backup.join(file), TempDir::new().unwrap());
    let whole = fs::read(&file).unwrap();
    damage(&file);
    let error = put_back(backup, &config(data.path()), NOW).await.unwrap_err();
    assert!(error.to_string().contains(told), "{error}");
    assert_eq!(names(data.path()), Vec::<String>::new(), "{error}");
    fs::write(&file, whole).unwrap();
    // The same folder takes the good one.
    put_back(backup, &config(data.path()), NOW).await.unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_put_in_place() {
    let folder = TempDir::new().unwrap();
    let backup = folder.path().join("backup");
    made(&backup).await;
    let half = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    };
    let in_the_middle = |file: &Path| {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0x5A);
        fs::write(file, bytes).unwrap();
    };
    let gone = |file: &Path| fs::remove_file(file).unwrap();
    let empty = |file: &Path| fs::write(file, b"").unwrap();
    refused(&backup, DATABASE, half, "is damaged, nothing of it was put back").await;
    refused(&backup, DATABASE, in_the_middle, "is damaged, nothing of it was put back").await;
    refused(&backup, DATABASE, empty, "holds no ledger").await;
    refused(&backup, "keys/ca.key", gone, "ca.key is missing in it").await;
    refused(&backup, "keys/ca.key", empty, "ca.key does not hold the key that it should").await;
    refused(&backup, "keys/acknowledgement.pk8", half, "does not hold the key that it should").await;
    refused(&backup, "keys/sealed.age", gone, "sealed.age is missing in it").await;
}

#[tokio::test]
async fn a_backup_goes_into_an_empty_folder_only_and_keeps_its_ledger() {
    let folder = TempDir::new().unwrap();
    let (backup, data) = (folder.path().join("backup"), folder.path().join("data"));
    made(&backup).await;
    // What an interrupted restore left is in nobody's way.
    fs::create_dir_all(data.join("restoring").join(KEYS)).unwrap();
    put_back(&backup, &config(&data), NOW).await.unwrap();
    let store = Store::open(&data.join(DATABASE), Uuid::from_u128(9)).await.unwrap();
    assert_eq!(store::ledger_id(&mut store.read().await.unwrap()).await.unwrap(), Uuid::from_u128(7));
    let again = put_back(&backup, &config(&data), NOW).await.unwrap_err();
    assert!(matches!(again, BackupError::NotEmpty(_)), "{again}");
}
